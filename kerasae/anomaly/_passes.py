"""Samples and what a model makes of them, a block at a time."""

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from kerasae._arrays import to_floats, to_numpy, valid_steps
from kerasae._checks import positive_integer
from kerasae._triple import as_triple
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.data.memory_mapped import is_mapped, open_mapped, release_pages
from kerasae.engine.prediction import affordable, predict_float32
from kerasae.engine.samples import checked_samples
from kerasae.layers.padding_mask import padding_value

_BATCH_SIZE = 128
_NUMBERS = 2**22  # of a block: 16 MB of float32, whatever the samples' size


class Pass(NamedTuple):
    """A block of samples on its way through a model.

    Attributes:
        x: Samples, float32, shape (n, *input_shape).
        reconstructed: What the model returns, of the same shape.
        codes: Their codes, shape (n, *code_shape); (n, 0) where they are not wanted.
        valid: Which steps of sequences are not padding, shape (n, steps), or None
            where the model knows of no padding.
    """

    x: np.ndarray
    reconstructed: np.ndarray
    codes: np.ndarray
    valid: np.ndarray | None

    @property
    def errors(self) -> np.ndarray:
        """The samples less their reconstructions, float64; 0 for padded steps."""
        errors = self.x.astype("float64") - self.reconstructed
        return errors if self.valid is None else errors * self.valid[..., None]


def rows_of(model: keras.Model, x: ArrayLike) -> np.ndarray:
    """Return checked samples as an array, of the type they have, or a mapped file."""
    if isinstance(x, (str, os.PathLike)):
        x = open_mapped(Path(x), "x")
    samples = checked_samples(model, x).values
    return samples if is_mapped(samples) else to_numpy(samples)


def passes(
    model: ModelOrTriple,
    x: ArrayLike,
    *,
    with_codes: bool = False,
    batch_size: int | None = None,
) -> Iterator[Pass]:
    """Yield samples with their reconstructions, without reading them all at once.

    What comes out for a sample does not depend on the others, to the last bit: all
    batches have one size.

    Args:
        model: A triple, or an autoencoder.
        x: As in `kerasae.predict`.
        with_codes: Whether codes are wanted, for which the model must have some.
        batch_size: As in `kerasae.predict`; None for 128, fewer where a layer's output
            would be large.
    """
    triple = as_triple(model) if with_codes else None
    whole = model if isinstance(model, keras.Model) else model.autoencoder
    rows = rows_of(whole, x)
    padding = padding_value(whole)
    if batch_size is None:
        batch_size = affordable(whole, most=_BATCH_SIZE)
    batch_size = positive_integer("batch_size", batch_size)
    size = _multiple(_NUMBERS // rows[:1].size, batch_size)
    for start in range(0, len(rows), size):
        block = to_floats(np.asarray(rows[start : start + size]), "float32")
        if is_mapped(rows):
            release_pages(rows)
        count = len(block)
        full = _filled(block, _multiple(count, batch_size))
        if triple is None:
            codes = np.zeros((count, 0), "float32")
            made = predict_float32(whole, full, batch_size=batch_size)
        else:
            codes = predict_float32(triple.encoder, full, batch_size=batch_size)
            made = predict_float32(triple.decoder, codes, batch_size=batch_size)
        valid = None if padding is None else valid_steps(block, padding)
        yield Pass(block, made[:count], codes[:count], valid)


def _multiple(count: int, of: int) -> int:
    """Return the least multiple of a number that is at least `count`."""
    return max(1, math.ceil(count / of)) * of


def _filled(block: np.ndarray, rows: int) -> np.ndarray:
    """Return a block of so many rows, by repeating those that it has."""
    return np.resize(block, (rows, *block.shape[1:])) if rows > len(block) else block
