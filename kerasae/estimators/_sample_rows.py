"""Samples of any shape as checked rows, of a file block by block."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from kerasae._arrays import shape_error, to_numpy
from kerasae._types import ArrayLike
from kerasae.data.memory_mapped import is_mapped, open_mapped, release_pages
from kerasae.estimators._base import rows

_BLOCK = 2**20  # numbers of a file looked at at once
# Timestamps and the like would lose their differences as float32.
FLOAT64: dict[str, Any] = {"reset": False, "dtype": np.float64}


def flat_rows(
    X: ArrayLike, wanted: tuple[int, ...] | None
) -> tuple[Any, tuple[int, ...]]:
    """Return samples of several axes as rows, others as they are, and their shape.

    Args:
        X: The samples.
        wanted: The shape that one sample must have, if it has several axes.
    """
    shape = tuple(getattr(X, "shape", ()))
    if len(shape) < 3:
        return X, shape[1:]
    if wanted is not None and shape[1:] != wanted:
        axes = ", ".join(map(str, wanted))
        raise ValueError(shape_error("X", f"of shape (n_samples, {axes})", shape))
    return to_numpy(X).reshape(len(X), -1), shape[1:]


def blocks(
    estimator: BaseEstimator, X: ArrayLike, shape: tuple[int, ...]
) -> Iterator[np.ndarray]:
    """Yield rows, checked for a fitted estimator, of a file block by block.

    Args:
        estimator: The estimator.
        X: Array-like, a memory-mapped array, or the path of a .npy file.
        shape: The shape of one sample.
    """
    if isinstance(X, (str, os.PathLike)):
        X = open_mapped(Path(X), "X")
    if not is_mapped(X):
        yield rows(estimator, flat_rows(X, shape)[0], **FLOAT64)
        return
    size = max(1, _BLOCK // X[:1].size)
    for start in range(0, len(X), size):
        block = np.asarray(X[start : start + size])
        yield rows(estimator, flat_rows(block, shape)[0], **FLOAT64)
        release_pages(X)
