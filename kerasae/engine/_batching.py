"""Samples to train or evaluate on, checked, and handed over block by block."""

import math
import os
import random
from collections.abc import Iterator
from copy import copy
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from kerasae._arrays import extent, is_bytes, to_floats, to_numpy
from kerasae._checks import argument_error
from kerasae._types import ArrayLike, Tensor
from kerasae.data.memory_mapped import is_mapped, open_mapped, take_rows
from kerasae.data.pairs import error_of, is_stream, pairs, training_pairs
from kerasae.engine.devices import has_accelerator
from kerasae.engine.samples import (
    check_probabilities,
    checked_samples,
    checked_targets,
)

_BATCH_SIZE = 32  # Keras's
_RESIDENT = 2**31  # bytes of samples that an accelerator keeps in its own memory
_ALIGNMENT = 64  # bytes
_BLOCK = 2**25  # bytes per block at most
_BLOCKS = 8  # per epoch at least, so that progress shows and Ctrl-C takes effect


class Block(NamedTuple):
    """The batches of several steps in a row.

    Attributes:
        first: Number of the first step in its epoch.
        steps: How many steps; `x` and `y` may hold more, to keep one shape.
        x: Samples, shape `(steps, batch, ...)`.
        y: Targets, likewise, or None where they are the samples.
    """

    first: int
    steps: int
    x: Tensor
    y: Tensor | None


class BatchSource:
    """Samples and their targets: arrays, in memory or in a file, or a stream.

    Args:
        model: A compiled model, whose input the samples have to fit.
        x: Array, tensor, list or data frame of shape `(n_samples, *input_shape)`, path
            of a .npy file with one, or a stream of batches of samples or of samples
            and targets.
        y: Targets, likewise, but no stream; None for the samples.
        batch_size: Samples a step; None for Keras's, or that of the stream.
        name: The argument that the samples came as.

    Raises:
        TypeError, ValueError: If the samples or the targets do not fit.
    """

    def __init__(
        self, model: keras.Model, x: Any, y: Any, batch_size: int | None, name: str
    ) -> None:
        self._model = model
        self._pairs: Any = None  # what Keras was given of a stream
        if isinstance(x, (str, os.PathLike)):
            x = open_mapped(Path(x), name)
        self.is_stream = is_stream(x)
        if not self.is_stream:
            x, found = checked_samples(model, x, name)
            if y is None and not is_bytes(x):
                check_probabilities(model.loss, name, found)
        if y is not None and self.is_stream:
            fix = "Let the stream give pairs (x, y), or give both as arrays."
            raise TypeError(argument_error("y", "None where `x` is a stream", y, fix))
        if y is not None:
            y = checked_targets(model, y, x, "y" if name == "x" else name)
        self.x, self.y = x, None if y is x else y
        self.batch_size = batch_size or _BATCH_SIZE
        # A batch size that was given for `x` is not one for validation streams.
        self._stream_size = batch_size if name == "x" else None

    def __getitem__(self, rows: slice) -> "BatchSource":
        """Return some of the samples, with their targets."""
        part = copy(self)
        part.x, part.y = self.x[rows], None if self.y is None else self.y[rows]
        return part

    def for_keras(
        self, *, shuffle: bool, whole: bool, initial_epoch: int = 0
    ) -> tuple[Any, Any, int | None]:
        """Return samples, targets and batch size for `keras.Model.fit`.

        No targets and no batch size where the samples come as a stream of both.

        Args:
            shuffle: Whether a stream that is made of an array shuffles it, every
                epoch in an order of its own.
            whole: Whether there is something else for every sample, such as weights,
                so that it takes arrays.
            initial_epoch: The epoch whose order comes first.
        """
        if self.is_stream:
            return self._stream(), None, None
        if self.y is None and not whole and (is_mapped(self.x) or is_bytes(self.x)):
            seed = random.getrandbits(32)
            stream = pairs(
                self.x, batch_size=self.batch_size, shuffle=shuffle, seed=seed
            )
            for _ in range(initial_epoch):
                stream.on_epoch_end()
            return stream, None, None
        x = _whole_floats(self.x)
        if self.y is None:
            return x, x, self.batch_size
        alike = tuple(self.y.shape) == tuple(self.x.shape)
        return x, _whole_floats(self.y) if alike else self.y, self.batch_size

    def _stream(self) -> Any:
        """Return the stream as one of inputs and targets, checked as they pass."""
        model = self._model
        self._pairs = training_pairs(
            self.x,
            batch_size=self._stream_size,
            shapes=(model.input_shape, model.output_shape),
            check=partial(check_probabilities, model.loss),
        )
        return self._pairs

    def stream_error(self) -> Exception | None:
        """Return what was wrong with a batch of the stream, if there is one."""
        return None if self._pairs is None else error_of(self._pairs)

    def to_check(self) -> tuple[Any, Any]:
        """Return the samples and targets that a `CheckedModel` should check.

        None instead of samples in a file, all of which it would have to read, and of
        8-bit integers, which cannot be out of range.
        """
        x, y = (
            None if part is None or is_mapped(part) or is_bytes(part) else part
            for part in (self.x, self.y)
        )
        return x, y

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
        # As equal as possible, and all of one shape, so that only one is compiled.
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


def _whole_floats(samples: ArrayLike) -> Any:
    """Return samples as one array of floats; tensors and floats as they are."""
    if ops.is_tensor(samples) and not is_bytes(samples):
        return samples
    return to_floats(to_numpy(samples))


def _placed(samples: ArrayLike) -> Tensor:
    """Return samples in the memory that they are best taken from."""
    if ops.is_tensor(samples) or is_mapped(samples):
        return samples
    samples = np.asarray(samples)
    if has_accelerator() and samples.nbytes <= _RESIDENT:
        return ops.convert_to_tensor(samples)
    return samples


def _taken(samples: Tensor, rows: np.ndarray) -> Tensor:
    """Return the samples of some rows, an array of shape `(*rows.shape, ...)`."""
    if ops.is_tensor(samples):
        return ops.take(samples, rows, axis=0)
    if is_mapped(samples):
        some = take_rows(samples, rows)
        extent("x", some)
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
