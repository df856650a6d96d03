"""The base of the corruption layers."""

from abc import abstractmethod
from typing import Any

import keras

from kerasae import _checks
from kerasae._types import BatchShape, Tensor


class Corruption(keras.layers.Layer):
    """Abstract base: corrupts its input in training, passes it on at inference.

    A subclass implements `corrupt(inputs)`, which returns a tensor of the same shape
    and takes its random numbers from `self.seed_generator`.

    Args:
        seed: Integer, or None for a random seed (which
            `keras.utils.set_random_seed` makes repeatable).
        **kwargs: `name`, `dtype` and the like, as for every Keras layer.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> from kerasae.layers import Corruption
        >>> class Darkening(Corruption):
        ...     def corrupt(self, inputs):
        ...         return inputs * keras.random.uniform((), seed=self.seed_generator)
        >>> x = np.ones((2, 3), dtype="float32")
        >>> layer = Darkening(seed=0)
        >>> float(layer(x)[0, 0]), float(layer(x, training=True)[0, 0]) < 1
        (1.0, True)
    """

    def __init__(self, *, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = _checks.seed(seed)
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return `inputs`, corrupted if `training` is true."""
        return self.corrupt(inputs) if training else inputs

    @abstractmethod
    def corrupt(self, inputs: Tensor) -> Tensor:
        """Return a corrupted copy of `inputs`, of the same shape and dtype."""

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        """Return `input_shape`: noise changes no shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the layer."""
        return {**super().get_config(), "seed": self.seed}
