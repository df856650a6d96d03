"""Masking noise: a share of the inputs is set to zero."""

from typing import Any

import keras
from keras import ops

from kerasae import _checks
from kerasae.layers.corruption import Corruption


@keras.saving.register_keras_serializable("kerasae")
class MaskingNoise(Corruption):
    """Sets a random share of the entries to zero in training.

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

    def __init__(
        self, rate: float = 0.3, *, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = _checks.fraction("rate", rate)

    def corrupt(self, inputs: Any) -> Any:
        """Return `inputs` with a random share set to zero."""
        drawn = keras.random.uniform(ops.shape(inputs), seed=self.seed_generator)
        return ops.where(drawn < self.rate, ops.zeros_like(inputs), inputs)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make the layer again."""
        return {**super().get_config(), "rate": self.rate}
