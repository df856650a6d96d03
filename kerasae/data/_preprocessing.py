"""From a batch of samples to inputs and targets."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from kerasae._arrays import Extent, as_array, check_scale, extent
from kerasae._checks import Description, argument_error, positive, required_seed
from kerasae._identifiers import by_name
from kerasae._types import ArrayLike, BatchShape
from kerasae.data.corruption import DEFAULT_LEVELS, corrupt

# Noise by its name, or by name and level.
NamedNoise: TypeAlias = str | tuple[str, float] | None
Noise: TypeAlias = Callable[[np.ndarray, int], np.ndarray]


class Shapes(NamedTuple):
    """What a model takes and returns, batch axes included."""

    input: BatchShape
    output: BatchShape


class Unpacked(NamedTuple):
    """What a stream gave for a step, or the description of what it will give.

    Attributes:
        x: The samples.
        y: Their targets; None where they are the samples.
        rest: Weights of the samples, at most.
    """

    x: Any
    y: Any = None
    rest: tuple[Any, ...] = ()


class ToPair:
    """Turns a batch of samples into a pair (inputs, targets) of float32.

    Args:
        divide_by: As for `kerasae.data.pairs`.
        corruption: As for `kerasae.data.pairs`.
        seed: As for `kerasae.data.pairs`.
        targets: As for `kerasae.data.pairs`.
    """

    def __init__(
        self,
        divide_by: float | None = None,
        corruption: NamedNoise = None,
        seed: int = 0,
        targets: bool | Shapes = False,
    ) -> None:
        self._divide_by = (
            None if divide_by is None else positive("divide_by", divide_by)
        )
        self.noise = _noise(corruption)
        self._seed = required_seed(seed)
        self._targets = targets
        # Called with the name of the targets and their extremes, before each step.
        self.check: Callable[[str, Extent], None] | None = None
        # What was wrong with a batch: TensorFlow raises an error of its own instead.
        self.error: Exception | None = None

    def __call__(self, batch: Any, epoch: int, step: int) -> tuple[Any, ...]:
        """Return the pair of a step, the same one every time; weights last."""
        x, y, rest = self.unpack(batch)
        inputs = self.floats("samples", x)
        if y is None:
            targets = inputs
        elif self.are_samples(x, y):
            targets = self.floats("targets", y)
        else:
            targets = as_array("targets", y)
        self.look_at(targets)
        if self.noise is not None:
            inputs = self.noise(inputs, self.noise_seed(epoch, step))
        return (inputs, targets, *rest)

    def unpack(self, batch: Any) -> Unpacked:
        """Return the samples and the targets of a batch, or of its specification."""
        parts = tuple(batch) if isinstance(batch, (tuple, list)) else (batch,)
        if not parts or any(isinstance(x, (dict, tuple, list)) for x in parts):
            expected = "batches of samples, or of (samples, labels)"
            fix = "Select the samples of each batch first, with a map or a collate_fn."
            received = f"a {type(batch).__name__}"
            if parts:
                received += f" of {', '.join(type(part).__name__ for part in parts)}"
            raise TypeError(
                argument_error("samples", expected, Description(received), fix)
            )
        x, *others = parts
        if self._targets is False:
            return Unpacked(x)
        if self._targets is not True and not _has_targets(self._targets, x, others):
            return Unpacked(x)
        if not 1 <= len(others) <= 2:
            expected = "batches of (inputs, targets), or of those and weights"
            received = f"{len(parts)} parts"
            raise TypeError(argument_error("samples", expected, Description(received)))
        return Unpacked(x, others[0], tuple(others[1:]))

    @staticmethod
    def are_samples(x: Any, y: Any) -> bool:
        """Tell whether targets are samples themselves: of one shape with the inputs.

        Raises:
            ValueError: If a specification leaves their shape open.
        """
        shapes = [_shape(part) for part in (x, y)]
        if any(shape is None or None in shape[1:] for shape in shapes):
            expected = "a stream of targets of known shape"
            received = Description(f"inputs and targets of shapes {shapes}")
            fix = "Name the shape: stream.map(lambda x, y: (x, tf.ensure_shape(y, "
            fix += "(None, 784))))."
            raise ValueError(argument_error("samples", expected, received, fix))
        return shapes[0][1:] == shapes[1][1:]  # type: ignore[index]

    def floats(self, name: str, samples: ArrayLike) -> np.ndarray:
        """Return a batch of samples as finite float32."""
        array = as_array(name, samples)
        divisor = self.divisor(array.dtype)
        found = extent(name, array)
        if self._divide_by is None:
            check_scale(name, array.dtype, found)
        if divisor == 1:
            return array.astype(np.float32, copy=False)
        # One pass from the integers to the result, without a copy in between.
        return np.divide(array, np.float32(divisor), dtype=np.float32)

    def look_at(self, targets: np.ndarray) -> None:
        """Raise if a loss cannot work with the targets of a step."""
        if self.check is not None:
            self.check("targets", extent("targets", targets))

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


def _has_targets(shapes: Shapes, x: Any, others: list[Any]) -> bool:
    """Tell whether the second part of a stream's batches are a model's targets.

    Raises:
        ValueError: If that is not to be told from the shapes.
    """
    if not others:
        return False
    wanted = shapes.output[1:]
    x_fits, y_fits = (_may_fit(part, wanted) for part in (x, others[0]))
    if x_fits is False:
        return True
    if y_fits is False and len(others) == 1:
        return False  # labels
    if x_fits and y_fits:
        return True
    fix = (
        "Say it: kerasae.fit(model, kerasae.data.pairs(stream)) trains on the samples "
    )
    fix += "alone, pairs(stream, targets=True) on (inputs, targets)."
    expected = "a stream whose shapes tell targets from labels"
    received = f"parts of shape {', '.join(str(_shape(part)) for part in (x, *others))}"
    received += f" for an output of shape {shapes.output}"
    raise ValueError(argument_error("samples", expected, Description(received), fix))


def _shape(part: Any) -> tuple[int | None, ...] | None:
    """Return the shape of an array, a tensor or a specification, if it is known."""
    shape = part.shape
    return None if getattr(shape, "rank", 0) is None else tuple(shape)


def _may_fit(part: Any, wanted: tuple[int | None, ...]) -> bool | None:
    """Tell whether the samples of a batch have a shape; None where it is not known."""
    shape = _shape(part)
    if shape is None:
        return None
    if len(shape) - 1 != len(wanted):
        return False
    known = True
    for size, other in zip(shape[1:], wanted, strict=True):
        if size is None and other is not None:
            known = False
        elif other is not None and size != other:
            return False
    return True if known else None


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
