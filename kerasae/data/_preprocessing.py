"""From a batch of samples to inputs and targets."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any, TypeAlias

import numpy as np

from kerasae._arrays import as_array
from kerasae._checks import Description, argument_error, positive, required_seed
from kerasae._identifiers import by_name
from kerasae._types import ArrayLike
from kerasae.data.corruption import DEFAULT_LEVELS, corrupt


def without_labels(batch: Any) -> Any:
    """Return the samples of a batch, without its labels."""
    if isinstance(batch, (tuple, list)) and batch:
        batch = batch[0]
    if isinstance(batch, (dict, tuple, list)):
        expected = "batches of samples, or of (samples, labels)"
        fix = "Select the samples of each batch first, with a map or a collate_fn."
        received = f"a {type(batch).__name__}"
        raise TypeError(argument_error("samples", expected, Description(received), fix))
    return batch


# Noise by its name, or by name and level.
NamedNoise: TypeAlias = str | tuple[str, float] | None
Noise: TypeAlias = Callable[[np.ndarray, int], np.ndarray]


class ToPair:
    """Turns a batch of samples into a pair (inputs, targets) of float32.

    Args:
        divide_by: As for `kerasae.data.pairs`.
        corruption: As for `kerasae.data.pairs`.
        seed: As for `kerasae.data.pairs`.
    """

    def __init__(
        self, divide_by: float | None, corruption: NamedNoise, seed: int
    ) -> None:
        self._divide_by = (
            None if divide_by is None else positive("divide_by", divide_by)
        )
        self.noise = _noise(corruption)
        self._seed = required_seed(seed)

    def __call__(
        self, samples: ArrayLike, epoch: int, step: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the pair of a step, the same one every time."""
        array = as_array("samples", samples)
        divisor = self.divisor(array.dtype)
        if divisor == 1:
            targets = array.astype(np.float32, copy=False)
        else:
            # One pass from the integers to the result, without a copy in between.
            targets = np.divide(array, np.float32(divisor), dtype=np.float32)
        if self.noise is None:
            return targets, targets
        return self.noise(targets, self.noise_seed(epoch, step)), targets

    def divisor(self, dtype: np.dtype) -> float:
        """Return what samples of a type are divided by, or raise if that is unknown."""
        if self._divide_by is not None and dtype.kind in "buif":
            return self._divide_by
        if dtype.kind in "bf":
            return 1.0
        if dtype == np.uint8:
            return 255.0
        fix = "Convert them to numbers: x.astype('float32')."
        if dtype.kind in "ui":
            fix = "State the largest value, such as divide_by=65535 for 16-bit images, "
            fix += "or scale them with kerasae.data.scale first."
        expected = "floats, booleans, or uint8 in 0..255"
        raise TypeError(
            argument_error("samples", expected, Description(str(dtype)), fix)
        )

    def noise_seed(self, epoch: int, step: int) -> int:
        """Return the seed of the noise of one step."""
        return int(
            np.random.SeedSequence((self._seed, epoch, step)).generate_state(1)[0]
        )

    def noise_seeds(self, epoch: int) -> Iterator[int]:
        """Yield the seeds of the steps of an epoch, endlessly."""
        return (self.noise_seed(epoch, step) for step in count())


def _noise(corruption: NamedNoise) -> Noise | None:
    """Return a function from samples and a seed to a noisy copy."""
    known = {kind: partial(_noise_of_kind, kind) for kind in DEFAULT_LEVELS}
    noise = by_name("corruption", corruption, known)
    if noise is corruption and noise is not None:
        expected = "None, a name, or a tuple (name, level)"
        fix = f"Names: {', '.join(known)}. Layers are for the builders' `corruption`."
        raise TypeError(argument_error("corruption", expected, corruption, fix))
    return noise


def _noise_of_kind(kind: str, level: float | None = None) -> Noise:
    def noise(x: np.ndarray, seed: int) -> np.ndarray:
        return corrupt(x, kind, level, seed=seed)

    noise(np.zeros(1, "float32"), 0)  # a bad level fails here, not in training
    return noise
