"""A bias and an activation, for layers that have only a kernel."""

from typing import Any

import keras
from keras import ops

from kerasae import _identifiers
from kerasae._types import Activation, BatchShape, Tensor


@keras.saving.register_keras_serializable("kerasae")
class Bias(keras.layers.Layer):
    """Adds a trainable bias to the last axis, then applies an activation.

    Follows a `TiedDense`, whose kernel serves two directions, each of which needs a
    bias of its own.

    Args:
        activation: As in `keras.layers.Dense`; None for none.
        **kwargs: As for every Keras layer.

    Input and output shape: `(batch, ..., units)`, unchanged.

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import Bias
        >>> layer = Bias("relu")
        >>> layer(np.ones((5, 3))).shape == (5, 3)
        True
    """

    def __init__(self, activation: Activation = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = _identifiers.activation("activation", activation)
        self.supports_masking = True

    def build(self, input_shape: BatchShape) -> None:
        """Create the bias."""
        self.bias = self.add_weight(
            shape=(input_shape[-1],), initializer="zeros", name="bias"
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Return the activation of `inputs` plus the bias."""
        return self.activation(ops.add(inputs, self.bias))

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the layer."""
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "activation": activation}
