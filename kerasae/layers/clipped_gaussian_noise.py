"""Gaussian noise that stays within the range of the data."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from kerasae import _checks
from kerasae._types import Tensor
from kerasae.layers.corruption import Corruption


@keras.saving.register_keras_serializable("kerasae")
class ClippedGaussianNoise(Corruption):
    """Adds Gaussian noise in training and clips the sum to the data's range.

    `keras.layers.GaussianNoise` neither clips nor allows a deviation above 1.

    Args:
        stddev: Standard deviation of the noise, 0 or larger, in the units of the
            data. Default: 0.5.
        clip: Smallest and largest value of the result, or None for no clipping.
            Default: `(0.0, 1.0)`.
        seed: Integer, or None for a random seed.
        **kwargs: As for every Keras layer.

    Input and output shape: any, unchanged.

    Raises:
        ValueError: If `stddev` is negative or not finite, or `clip` is not an
            increasing pair.

    Reference:
        The denoising autoencoder of the Keras tutorials
        (https://blog.keras.io/building-autoencoders-in-keras.html).

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import ClippedGaussianNoise
        >>> layer = ClippedGaussianNoise(0.5, seed=0)
        >>> layer(np.zeros((2, 28, 28, 1)), training=True).shape == (2, 28, 28, 1)
        True
    """

    def __init__(
        self,
        stddev: float = 0.5,
        *,
        clip: Sequence[float] | None = (0.0, 1.0),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.stddev = _checks.non_negative("stddev", stddev)
        self.clip = None if clip is None else tuple(float(value) for value in clip)
        if self.clip is not None and (
            len(self.clip) != 2 or self.clip[0] >= self.clip[1]
        ):
            raise ValueError(
                _checks.argument_error(
                    "clip",
                    "None or a pair (smallest, largest)",
                    clip,
                    "For images scaled to [0, 1]: clip=(0.0, 1.0).",
                )
            )

    def corrupt(self, inputs: Tensor) -> Tensor:
        """Return `inputs` plus noise, clipped."""
        noise = keras.random.normal(
            ops.shape(inputs),
            stddev=self.stddev,
            dtype=inputs.dtype,
            seed=self.seed_generator,
        )
        noisy = inputs + noise
        return noisy if self.clip is None else ops.clip(noisy, *self.clip)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the layer."""
        return {**super().get_config(), "stddev": self.stddev, "clip": self.clip}
