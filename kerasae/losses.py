"""Reconstruction losses that Keras does not have."""

from typing import Any

import keras
from keras import ops

from kerasae import _checks
from kerasae._public_names import public
from kerasae._types import Tensor

__all__ = ["MaskedMeanSquaredError", "SummedBinaryCrossentropy"]

__getattr__, __dir__ = public(__name__, __all__)


@keras.saving.register_keras_serializable("kerasae")
class MaskedMeanSquaredError(keras.losses.Loss):
    """Mean squared error over the steps of sequences that are not padding.

    A step is padding if all its features in `y_true` equal `mask_value`. The error
    of a sample is the mean over its other steps, so that neither the amount of
    padding nor the length of a sequence changes its weight. `kerasae.compile`
    chooses this loss for models with a `kerasae.layers.PaddingMask`.

    Args:
        mask_value: The padding value, finite. Default: 0.0.
        name: Name of the loss.
        **kwargs: `reduction` and `dtype`, as for every Keras loss.

    Shapes: targets and outputs `(batch, steps, features)`; one value for each sample
    before the reduction, 0 for a sample that is nothing but padding.

    Raises:
        TypeError, ValueError: If `mask_value` is not a finite number.

    Example:
        >>> import numpy as np
        >>> from kerasae.losses import MaskedMeanSquaredError
        >>> x = np.array([[[0.5], [0.5], [-1.0], [-1.0]]], dtype="float32")
        >>> output = np.array([[[0.5], [1.5], [7.0], [7.0]]], dtype="float32")
        >>> float(MaskedMeanSquaredError(-1.0)(x, output))
        0.5
    """

    def __init__(
        self,
        mask_value: float = 0.0,
        name: str = "masked_mean_squared_error",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.mask_value = _checks.finite("mask_value", mask_value)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the error of each sample, shape `(batch,)`."""
        valid = ops.any(ops.not_equal(y_true, self.mask_value), axis=-1)
        valid = ops.cast(valid, y_pred.dtype)
        steps = ops.mean(ops.square(y_true - y_pred), axis=-1)
        count = ops.maximum(ops.sum(valid, axis=-1), 1.0)
        return ops.sum(valid * steps, axis=-1) / count

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the loss."""
        return {**super().get_config(), "mask_value": self.mask_value}


@keras.saving.register_keras_serializable("kerasae")
class SummedBinaryCrossentropy(keras.losses.Loss):
    """Binary cross-entropy, summed over the features of each sample.

    Keras's `binary_crossentropy` averages over the features; papers sum. On
    784 pixels the two differ by a factor of 784, and so do the steps that a given
    learning rate takes.

    Args:
        from_logits: Whether the model's outputs are logits, not probabilities.
            Default: False.
        name: Name of the loss.
        **kwargs: `reduction` and `dtype`, as for every Keras loss.

    Shapes: targets and outputs `(batch, ...)`, targets in [0, 1]; one value
    for each sample before the reduction.

    Reference:
        Vincent et al. 2010, "Stacked Denoising Autoencoders", Journal of Machine
        Learning Research 11, section 2.2.

    Example:
        >>> import numpy as np
        >>> from kerasae.losses import SummedBinaryCrossentropy
        >>> x = np.full((2, 784), 0.5, dtype="float32")
        >>> round(float(SummedBinaryCrossentropy()(x, x)) / 784, 3)
        0.693
    """

    def __init__(
        self,
        from_logits: bool = False,
        name: str = "summed_binary_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.from_logits = from_logits

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the cross-entropy of each sample, shape `(batch,)`."""
        values = ops.binary_crossentropy(y_true, y_pred, from_logits=self.from_logits)
        return ops.sum(values, axis=tuple(range(1, len(values.shape))))

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the loss."""
        return {**super().get_config(), "from_logits": self.from_logits}
