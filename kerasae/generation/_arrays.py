"""Arrays that come from outside, and noise."""

import random
from typing import Any

import numpy as np
from keras import ops

from kerasae import _checks
from kerasae._checks import complaint


def as_samples(argument: str, values: Any) -> np.ndarray:
    """Return `values` as finite floats, the first axis counting samples.

    Takes arrays, nested lists, and tensors of the Keras backend.
    """
    array = as_numbers(argument, values)
    if array.ndim < 2 or not array.size:
        expected = "a non-empty array whose first axis counts samples"
        fix = f"For a single sample write {argument}[None]." if array.size else ""
        raise ValueError(shape_complaint(argument, expected, array.shape, fix))
    return array


def as_numbers(argument: str, values: Any) -> np.ndarray:
    """Return `values` as an array of finite floats."""
    if isinstance(values, (np.ndarray, list, tuple)):
        try:
            array = np.asarray(values)
        except ValueError as error:  # ragged
            expected = "an array of numbers, all samples of one shape"
            received = f"{len(values)} samples of unequal shapes"
            message = complaint(argument, expected, received, words=True)
            raise ValueError(message) from error
    elif hasattr(values, "shape"):
        array = np.asarray(ops.convert_to_numpy(values))
    else:
        raise TypeError(complaint(argument, "an array of numbers", values))
    # "V": bfloat16, which mixed-precision models predict, is no native NumPy kind.
    if array.dtype.kind not in "buifV" or array.dtype.names:
        received = f"{argument}.dtype={array.dtype}"
        expected = "an array of real numbers"
        raise TypeError(complaint(argument, expected, received, words=True))
    array = array.astype("float32", copy=False)
    if not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).sum())
        received = f"NaN or infinity in {bad} of {array.size} values"
        raise ValueError(complaint(argument, "finite", received, words=True))
    return array


def shape_complaint(
    argument: str, expected: str, shape: tuple[Any, ...], fix: str = ""
) -> str:
    """Return the shared error text, with a shape for what came."""
    return complaint(argument, expected, f"{argument}.shape={shape}", fix, words=True)


def given_or_drawn(seed: Any) -> int:
    """Return a checked seed; for None one that is repeatable with Keras's seed."""
    seed = _checks.seed(seed)
    # `keras.utils.set_random_seed` seeds Python's own generator.
    return random.randrange(2**32) if seed is None else seed
