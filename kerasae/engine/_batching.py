"""What a model is trained or judged on: checked, and block by block on the device."""

import math
import os
import random
from collections.abc import Iterator
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from kerasae._arrays import fits
from kerasae._checks import Description, argument_error
from kerasae.data.memory_mapped import is_mapped, open_mapped, take_rows
from kerasae.data.pairs import pairs
from kerasae.engine.backend import has_accelerator

_BATCH_SIZE = 32  # Keras's
_RESIDENT = 2**31  # bytes of samples that an accelerator keeps in its own memory
_ALIGNMENT = 64  # bytes
_BLOCK = 2**25  # bytes of a block at most
_BLOCKS = 8  # of an epoch at least, for progress to be seen and Ctrl-C to be heard


class Block(NamedTuple):
    """The batches of some steps in a row.

    Attributes:
        first: Number of the first step in its epoch.
        steps: How many steps; `x` and `y` may hold more, to keep one shape.
        x: Samples, shape `(steps, batch, ...)`.
        y: Targets, likewise, or None where they are the samples.
    """

    first: int
    steps: int
    x: Any
    y: Any


class BatchSource:
    """Samples and their targets: arrays, in memory or in a file, or a stream.

    Args:
        model: Whose input the samples have to fit.
        x: Array or tensor of shape `(n_samples, *input_shape)`, path of a .npy file
            with one, or a stream as `kerasae.data.pairs` takes it.
        y: Targets, an array or tensor; None for the samples.
        batch_size: Samples a step; None for Keras's, or that of the stream.
        name: The argument that the samples came as.

    Raises:
        TypeError, ValueError: If samples or targets are unfit.
    """

    def __init__(
        self, model: keras.Model, x: Any, y: Any, batch_size: int | None, name: str
    ) -> None:
        if isinstance(x, (str, os.PathLike)):
            x = open_mapped(Path(x))
        self.is_stream = not hasattr(x, "__array__")
        if not self.is_stream and not hasattr(x, "dtype"):  # a table of pandas
            x = np.asarray(x)
        if self.is_stream:
            _check_stream(name, model, x, y)
        else:
            _check_arrays(name, model, x, y)
        self.x, self.y = x, None if y is x else y
        self.batch_size = batch_size or _BATCH_SIZE
        # A size that was given for `x` is none for what to validate on.
        self._stream_size = batch_size if name == "x" else None

    def __getitem__(self, rows: slice) -> "BatchSource":
        """Return some of the samples, with their targets."""
        part = copy(self)
        part.x, part.y = self.x[rows], None if self.y is None else self.y[rows]
        return part

    def for_keras(self, *, shuffle: bool) -> tuple[Any, Any, int | None]:
        """Return samples, targets and batch size for `keras.Model.fit`.

        No targets and no batch size where the samples come as a stream of both.
        """
        if self.is_stream:
            return pairs(self.x, batch_size=self._stream_size), None, None
        if self.y is None and (is_mapped(self.x) or _is_bytes(self.x)):
            seed = random.getrandbits(32)
            stream = pairs(
                self.x, batch_size=self.batch_size, shuffle=shuffle, seed=seed
            )
            return stream, None, None
        x = np.divide(self.x, 255, dtype="float32") if _is_bytes(self.x) else self.x
        return x, x if self.y is None else self.y, self.batch_size

    def to_check(self) -> tuple[Any, Any]:
        """Return samples and targets that a `CheckedModel` should look at.

        None instead of those in a file, which it would have to read whole, and of
        8-bit integers, which cannot be out of range.
        """
        if is_mapped(self.x) or _is_bytes(self.x):
            return None, self.y
        return self.x, self.y

    def first(self) -> tuple[Any, Any]:
        """Return zeros like the first sample, and the first target."""
        x = np.zeros((1, *self.x.shape[1:]), keras.config.floatx())
        return x, x if self.y is None else self.y[:1]

    @property
    def steps(self) -> int:
        """The number of batches, a smaller last one included."""
        return math.ceil(len(self.x) / self.batch_size)

    @cached_property
    def _placed(self) -> tuple[Any, Any]:
        return _placed(self.x), None if self.y is None else _placed(self.y)

    def blocks(self, order: np.ndarray) -> Iterator[Block]:
        """Yield an epoch's blocks; a smaller last batch is one by itself.

        Args:
            order: The indices of all samples.
        """
        size, mapped = self.batch_size, is_mapped(self.x)
        full = len(order) // size
        most = max(1, min(math.ceil(full / _BLOCKS), _BLOCK // self._bytes_of_batch()))
        # As equal as may be; one shape for all, so that they are compiled once.
        steps = math.ceil(full / max(1, math.ceil(full / most)))
        batches = order[: full * size].reshape(full, size)
        firsts = range(0, full, steps or 1)
        parts = [(first, batches[first : first + steps]) for first in firsts]
        if full < self.steps:
            parts.append((full, order[None, full * size :]))
        for first, rows in parts:
            count = len(rows)
            if mapped:
                rows = np.sort(rows, axis=1)  # the same batches, read front to back
            if first < full and count < steps:
                rows = np.resize(rows, (steps, size))
            x, y = self._placed
            targets = None if y is None else _taken(y, rows)
            yield Block(first, count, _taken(x, rows), targets)

    def _bytes_of_batch(self) -> int:
        return 4 * self.batch_size * math.prod(self.x.shape[1:])


def _check_stream(name: str, model: keras.Model, x: Any, y: Any) -> None:
    if isinstance(x, (list, tuple)):
        expected = f"an array of samples of shape {model.input_shape[1:]}, or a stream"
        fix = "A list becomes one array with numpy.asarray(x)."
        received = f"a {type(x).__name__}"
        raise TypeError(argument_error(name, expected, Description(received), fix))
    if y is not None:
        fix = "Give both as arrays, or train with the model's own `fit`."
        raise TypeError(argument_error("y", "None where `x` is a stream", y, fix))


def _check_arrays(name: str, model: keras.Model, x: Any, y: Any) -> None:
    shape = model.input_shape[1:]
    if not fits(tuple(x.shape[1:]), shape) or not len(x):
        expected = f"an array of samples of shape {shape}"
        received = f"an array of shape {tuple(x.shape)}"
        fix = f"Bring it to that shape: x.reshape(-1, {', '.join(map(str, shape))})."
        raise ValueError(argument_error(name, expected, Description(received), fix))
    kind = keras.backend.standardize_dtype(x.dtype)
    expected = "floats, booleans or 8-bit integers in 0..255"
    if "int" in kind and kind != "uint8":
        fix = "kerasae.data.scale(x) gives floats in [0, 1]."
        raise TypeError(
            argument_error(name, expected, Description(f"{kind} values"), fix)
        )
    if kind == "uint8" and ops.max(x[:1000]) == 1:
        fix = "Binary images: x.astype(bool)."
        received = "8-bit integers 0 and 1, which would be divided by 255"
        raise ValueError(argument_error(name, expected, Description(received), fix))
    if y is not None and len(y) != len(x):
        expected = f"as long as the samples, {len(x)}"
        raise ValueError(
            argument_error("y", expected, Description(f"{len(y)} targets"))
        )


def _is_bytes(samples: Any) -> bool:
    return keras.backend.standardize_dtype(samples.dtype) == "uint8"


def _placed(samples: Any) -> Any:
    """Return samples where they are best taken from."""
    if ops.is_tensor(samples) or is_mapped(samples):
        return samples
    samples = np.asarray(samples)
    if has_accelerator() and samples.nbytes <= _RESIDENT:
        return ops.convert_to_tensor(samples)
    return samples


def _taken(samples: Any, rows: np.ndarray) -> Any:
    """Return the samples of some rows, an array of shape `(*rows.shape, ...)`."""
    if ops.is_tensor(samples):
        return ops.take(samples, rows, axis=0)
    if is_mapped(samples):
        some = take_rows(samples, rows)
    else:
        some = _aligned((*rows.shape, *samples.shape[1:]), samples.dtype)
        np.take(samples, rows, axis=0, out=some, mode="clip")
    return some.astype(keras.config.floatx()) if some.dtype == np.float64 else some


def _aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Return an empty array that starts where JAX takes it over without a copy."""
    size = math.prod(shape) * dtype.itemsize
    memory = np.empty(size + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + size].view(dtype).reshape(shape)
