"""Salt-and-pepper noise: a fraction of the entries becomes black or white."""

import keras
from keras import ops

from kerasae._types import Tensor
from kerasae.layers._entry_noise import EntryNoise


@keras.saving.register_keras_serializable("kerasae")
class SaltAndPepperNoise(EntryNoise):
    """Sets a random fraction of the entries to 0 or 1, each equally likely.

    For data in [0, 1], active in training only.

    Args:
        rate: Fraction of the entries that are overwritten, in [0, 1).
            Default: 0.3.
        seed: Integer, or None for a random seed.
        **kwargs: As for every Keras layer.

    Input and output shape: any, unchanged.

    Raises:
        ValueError: If `rate` is outside [0, 1).

    Reference:
        Vincent et al. 2010, "Stacked Denoising Autoencoders", Journal of Machine
        Learning Research 11.

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import SaltAndPepperNoise
        >>> layer = SaltAndPepperNoise(0.3, seed=0)
        >>> noisy = np.asarray(layer(np.full((100, 100), 0.5), training=True))
        >>> np.unique(noisy)
        array([0. , 0.5, 1. ], dtype=float32)
    """

    def corrupt(self, inputs: Tensor) -> Tensor:
        """Return `inputs` with a random fraction set to 0 or 1."""
        uniform = self.uniform(inputs)
        salted = ops.where(uniform < self.rate, ops.ones_like(inputs), inputs)
        return ops.where(uniform < self.rate / 2, ops.zeros_like(inputs), salted)
