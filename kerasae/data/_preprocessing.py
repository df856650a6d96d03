"""One batch of samples as inputs and targets."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import numpy as np

from kerasae._arrays import as_array
from kerasae._checks import Description, argument_error, positive, required_seed
from kerasae._identifiers import by_name
from kerasae.data.corruption import DEFAULT_LEVELS, corrupt


def first(batch: Any) -> Any:
    """Return the samples of a batch, without its labels."""
    if isinstance(batch, (tuple, list)) and batch:
        batch = batch[0]
    if isinstance(batch, (dict, tuple, list)):
        expected = "batches of samples, or of pairs (samples, labels)"
        fix = "Pick the samples out of each batch first, by a map or a collate_fn."
        received = f"a {type(batch).__name__}"
        raise TypeError(argument_error("samples", expected, Description(received), fix))
    return batch


class ToPair:
    """Turns batches of samples into pairs (inputs, targets) of float32.

    Args:
        divide_by: As for `kerasae.data.pairs`.
        corruption: As for `kerasae.data.pairs`.
        seed: As for `kerasae.data.pairs`.
    """

    def __init__(self, divide_by: Any, corruption: Any, seed: Any) -> None:
        self._divide_by = (
            None if divide_by is None else positive("divide_by", divide_by)
        )
        self.noise = _noise(corruption)
        self._seed = required_seed(seed)

    def __call__(
        self, samples: Any, epoch: int, step: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the pair of a step, the same one whenever it is asked for."""
        array = as_array("samples", samples)
        divisor = self.divisor(array.dtype)
        if divisor == 1:
            targets = array.astype(np.float32, copy=False)
        else:
            # One pass from the integers to the result, without a copy in between.
            targets = np.divide(array, np.float32(divisor), dtype=np.float32)
        if self.noise is None:
            return targets, targets
        return self.noise(targets, self.seed_at(epoch, step)), targets

    def divisor(self, dtype: np.dtype) -> float:
        """Return what samples of a type are divided by, or raise if none is known."""
        if self._divide_by is not None and dtype.kind in "buif":
            return self._divide_by
        if dtype.kind in "bf":
            return 1.0
        if dtype == np.uint8:
            return 255.0
        fix = "Convert them to numbers: x.astype('float32')."
        if dtype.kind in "ui":
            fix = "Say what the largest value is, such as divide_by=65535 for images "
            fix += "of 16 bits; or scale them with kerasae.data.scale before."
        expected = "floats, booleans, or uint8 in 0..255"
        raise TypeError(
            argument_error("samples", expected, Description(str(dtype)), fix)
        )

    def seed_at(self, epoch: int, step: int) -> int:
        """Return the seed of the noise of one step."""
        return int(
            np.random.SeedSequence((self._seed, epoch, step)).generate_state(1)[0]
        )

    def seeds(self, epoch: int) -> Iterator[int]:
        """Yield the seeds of the steps of an epoch, without an end."""
        return (self.seed_at(epoch, step) for step in count())


Noise = Callable[[np.ndarray, int], np.ndarray]


def _noise(corruption: Any) -> Noise | None:
    """Return what makes a noisy copy of samples, by a seed."""
    known = {kind: partial(_noise_of_kind, kind) for kind in DEFAULT_LEVELS}
    noise = by_name("corruption", corruption, known)
    if noise is corruption and noise is not None:
        expected = "None, a name or a pair (name, level)"
        fix = f"Names: {', '.join(known)}. Layers are for the builders' `corruption`."
        raise TypeError(argument_error("corruption", expected, corruption, fix))
    return noise


def _noise_of_kind(kind: str, level: float | None = None) -> Noise:
    def noise(x: np.ndarray, seed: int) -> np.ndarray:
        return corrupt(x, kind, level, seed=seed)

    noise(np.zeros(1, "float32"), 0)  # an unfit level fails here, not in training
    return noise
