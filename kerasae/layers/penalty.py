"""A term of the loss that the graph computes."""

from typing import Any

import keras
from keras import ops

from kerasae import _checks
from kerasae._types import BatchShape, Tensor


@keras.saving.register_keras_serializable("kerasae")
class Penalty(keras.layers.Layer):
    """Passes its first input on, and adds the mean of its second one to the loss.

    A layer of its own, called once: of a layer that is called twice, Keras on JAX
    drops the losses of the first call.

    Args:
        weight: Factor of the penalty, 0 or larger.
        **kwargs: As for every Keras layer.

    Input shapes: any, and `(batch,)` or any other. Output shape: the first one.

    Raises:
        ValueError: If `weight` is negative.

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import Penalty
        >>> layer = Penalty(weight=0.5)
        >>> layer([np.zeros((2, 3)), np.array([1.0, 3.0])]).shape == (2, 3)
        True
        >>> float(layer.losses[0])
        1.0
    """

    def __init__(self, weight: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weight = _checks.non_negative("weight", weight)

    def call(self, inputs: list[Tensor] | tuple[Tensor, Tensor]) -> Tensor:
        """Add the penalty to the loss, and return the first input."""
        passed, terms = inputs
        # A mean of many terms: not in half precision. What it is added to is of floatx.
        dtype = keras.backend.standardize_dtype(terms.dtype)
        exact = keras.backend.result_type(dtype, "float32")
        penalty = self.weight * ops.mean(ops.cast(terms, exact))
        self.add_loss(ops.cast(penalty, keras.config.floatx()))
        return passed

    def compute_output_shape(self, input_shape: list[BatchShape]) -> BatchShape:
        """Return the first shape."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the layer."""
        return {**super().get_config(), "weight": self.weight}
