"""The base of noise that overwrites single entries."""

from typing import Any

import keras
from keras import ops

from kerasae import _checks
from kerasae._types import Tensor
from kerasae.layers.corruption import Corruption


class EntryNoise(Corruption):
    """Abstract base: overwrites a random fraction `rate` of the entries."""

    def __init__(
        self, rate: float = 0.3, *, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = _checks.fraction("rate", rate)

    def uniform(self, inputs: Tensor) -> Tensor:
        """Return fresh random numbers in [0, 1), one for each entry of `inputs`."""
        return keras.random.uniform(ops.shape(inputs), seed=self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the layer."""
        return {**super().get_config(), "rate": self.rate}
