"""Masking noise: a fraction of the entries is set to zero."""

import keras
from keras import ops

from kerasae._types import Tensor
from kerasae.layers._entry_noise import EntryNoise


@keras.saving.register_keras_serializable("kerasae")
class MaskingNoise(EntryNoise):
    """Sets a random fraction of the entries to zero in training.

    Unlike `keras.layers.Dropout` it does not scale up what is left: the entries
    that survive keep their values, as in the denoising autoencoder's definition.

    Args:
        rate: Fraction of the entries that become zero, in [0, 1). Default: 0.3.
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
        >>> from kerasae.layers import MaskingNoise
        >>> layer = MaskingNoise(0.3, seed=0)
        >>> noisy = np.asarray(layer(np.ones((100, 100)), training=True))
        >>> noisy.max(), 0.25 < (noisy == 0).mean() < 0.35
        (np.float32(1.0), np.True_)
    """

    def corrupt(self, inputs: Tensor) -> Tensor:
        """Return `inputs` with a random fraction set to zero."""
        uniform = self.uniform(inputs)
        return ops.where(uniform < self.rate, ops.zeros_like(inputs), inputs)
