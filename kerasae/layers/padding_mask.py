"""A mask over the padded time steps of sequences."""

from typing import Any

import keras
import numpy as np
from keras import ops

from kerasae import _checks
from kerasae._arrays import valid_steps
from kerasae._types import Tensor


def padding_value(model: keras.Model) -> float | None:
    """Return the value that the padded steps of a model's sequences have.

    Args:
        model: A Functional model.

    Returns:
        That of its first `keras.layers.Masking` layer, None without one.

    Example:
        >>> import kerasae
        >>> from kerasae.layers.padding_mask import padding_value
        >>> padding_value(kerasae.build_lstm_ae((9, 2), mask_value=-1.0).autoencoder)
        -1.0
    """
    masks = (x for x in model.layers if isinstance(x, keras.layers.Masking))
    return next((float(mask.mask_value) for mask in masks), None)


@keras.saving.register_keras_serializable("kerasae")
class PaddingMask(keras.layers.Masking):
    """Masks padded time steps.

    A step is padding if all its features equal `mask_value`; recurrent layers then
    skip it. Unlike `keras.layers.Masking`, the layer compares in float32 under half
    precision, too, and lets a `kerasae.models.CheckedModel` reject sequences that are
    nothing but padding.

    Args:
        mask_value: The padding value, finite. Choose one that no step of the data has
            in all its features. Default: 0.0.
        **kwargs: As for every Keras layer.

    Input and output shape: `(batch, steps, features)`; padding comes out as zeros.

    Raises:
        TypeError, ValueError: If `mask_value` is not a finite number.

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import PaddingMask
        >>> x = np.array([[[0.5], [0.2], [-1.0], [-1.0]]])
        >>> np.asarray(PaddingMask(-1.0).compute_mask(x)).tolist()
        [[True, True, False, False]]
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        # Not in half precision: -999 would become -1000, which equals nothing.
        super().__init__(_checks.finite("mask_value", mask_value), **kwargs)
        self.autocast = False

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs with zeros for padding, in the layer's precision."""
        return ops.cast(super().call(inputs), self.compute_dtype)

    def check_inputs(self, inputs: np.ndarray) -> None:
        """Raise a ValueError if a sequence is nothing but padding."""
        empty = np.flatnonzero(~valid_steps(inputs, self.mask_value).any(axis=1))
        if not empty.size:
            return
        shown = ", ".join(str(index) for index in empty[:5])
        more = ", ..." if empty.size > 5 else ""
        expected = "sequences with at least one step that is not padding"
        received = (
            f"{empty.size} of {len(inputs)} samples with all steps equal to "
            f"mask_value={self.mask_value:g}, at index {shown}{more}"
        )
        fix = (
            f"Leave them out: x = x[(x != {self.mask_value:g}).any(axis=(1, 2))]. If "
            "they are data, build the model with another mask_value."
        )
        raise ValueError(
            _checks.argument_error("x", expected, _checks.Description(received), fix)
        )
