"""Salt-and-pepper noise: a share of the inputs becomes black or white."""

from typing import Any

import keras
from keras import ops

from kerasae import _checks
from kerasae.layers.corruption import Corruption


@keras.saving.register_keras_serializable("kerasae")
class SaltAndPepperNoise(Corruption):
    """Sets a random share of the entries to 0 or 1, with equal chances.

    Made for data in [0, 1].

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

    def __init__(
        self, rate: float = 0.3, *, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = _checks.fraction("rate", rate)

    def corrupt(self, inputs: Any) -> Any:
        """Return `inputs` with a random share set to 0 or 1."""
        drawn = keras.random.uniform(ops.shape(inputs), seed=self.seed_generator)
        salted = ops.where(drawn < self.rate, ops.ones_like(inputs), inputs)
        return ops.where(drawn < self.rate / 2, ops.zeros_like(inputs), salted)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make the layer again."""
        return {**super().get_config(), "rate": self.rate}
