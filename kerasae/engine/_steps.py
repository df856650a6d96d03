"""What the loops of all backends have in common: their types, and a step's batch."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

import keras
from keras import ops

from kerasae._types import Tensor

# Metrics by their names, as numbers or as tensors.
Logs: TypeAlias = dict[str, Any]
# Takes samples and targets of some steps, shape (steps, batch, ...), no targets where
# they are the samples, and how many of the steps to run; returns the metrics so far.
Run: TypeAlias = Callable[[Any, Any, int], Logs]
# Opens an epoch; the model's variables are up to date again when it is closed.
Epoch: TypeAlias = Callable[[], AbstractContextManager[Run]]


def batch_of(x: Tensor, y: Tensor, step: Any) -> tuple[Tensor, Tensor]:
    """Return the samples and targets of a step; only now do samples become floats."""
    samples = _floats(x, step)
    if y is None:
        return samples, samples
    # Targets of another kind, such as labels, stay as they are.
    alike = tuple(y.shape) == tuple(x.shape)
    return samples, _floats(y, step) if alike else y[step]


def _floats(values: Tensor, step: Any) -> Tensor:
    floats = ops.cast(values[step], keras.config.floatx())
    is_bytes = keras.backend.standardize_dtype(values.dtype) == "uint8"
    return floats / 255 if is_bytes else floats
