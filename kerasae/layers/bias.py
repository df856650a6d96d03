"""A bias and an activation, for layers that have a kernel only."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("kerasae")
class Bias(keras.layers.Layer):
    """Adds a trainable bias to the last axis, then applies an activation.

    Follows a `TiedDense`, whose kernel serves two directions that need a bias
    each.

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

    def __init__(self, activation: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the bias."""
        self.bias = self.add_weight(
            shape=(input_shape[-1],), initializer="zeros", name="bias"
        )

    def call(self, inputs: Any) -> Any:
        """Return the activation of `inputs` plus the bias."""
        return self.activation(ops.add(inputs, self.bias))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make the layer again."""
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "activation": activation}
