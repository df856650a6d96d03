"""Finite floats, and noise."""

import random
from typing import Any

import numpy as np

from kerasae import _checks
from kerasae._arrays import as_array
from kerasae._checks import Description, argument_error


def as_numbers(argument: str, values: Any) -> np.ndarray:
    """Return `values` as an array of finite floats."""
    array = as_array(argument, values).astype("float32", copy=False)
    if not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).sum())
        received = f"NaN or infinity in {bad} of {array.size} values"
        raise ValueError(argument_error(argument, "finite", Description(received)))
    return array


def given_or_drawn(seed: Any) -> int:
    """Return a checked seed; for None one that is repeatable with Keras's seed."""
    seed = _checks.seed(seed)
    # `keras.utils.set_random_seed` seeds Python's own generator.
    return random.randrange(2**32) if seed is None else seed
