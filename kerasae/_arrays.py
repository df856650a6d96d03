"""Arrays that come from outside: real numbers, finite, of a shape that fits."""

from typing import Any

import numpy as np

from kerasae._checks import Description, argument_error


def as_array(argument: str, values: Any) -> np.ndarray:
    """Return `values` as an array of real numbers.

    Takes arrays, nested lists, and tensors of the Keras backend.
    """
    if isinstance(values, (np.ndarray, list, tuple)):
        try:
            array = np.asarray(values)
        except ValueError as error:  # ragged
            expected = "an array of numbers, all samples of one shape"
            received = f"{len(values)} samples of unequal shapes"
            message = argument_error(argument, expected, Description(received))
            raise ValueError(message) from error
    else:
        array = _from_tensor(argument, values)
    # "V": bfloat16, which mixed-precision models predict, is no native NumPy kind.
    if array.dtype.kind not in "buifV" or array.dtype.names:
        received = f"{argument}.dtype={array.dtype}"
        expected = "an array of real numbers"
        raise TypeError(argument_error(argument, expected, Description(received)))
    return array


def _from_tensor(argument: str, values: Any) -> np.ndarray:
    if not hasattr(values, "shape"):
        raise TypeError(argument_error(argument, "an array of numbers", values))
    from keras import ops  # a tensor came, so its backend is loaded already

    return np.asarray(ops.convert_to_numpy(values))


def as_samples(argument: str, values: Any) -> np.ndarray:
    """Return `values` as finite floats, the first axis counting samples.

    Whole numbers of 8 bits keep their type, as it tells their range.
    """
    array = as_array(argument, values)
    if array.ndim < 2 or array.size == 0:
        expected = "a non-empty array whose first axis counts samples"
        fix = f"For a single sample write {argument}[None]."
        raise ValueError(shape_error(argument, expected, array.shape, fix))
    if array.dtype == np.uint8:
        return array
    if array.dtype not in (np.float32, np.float64):
        array = array.astype("float64")
    if not np.isfinite(array).all():
        bad = np.flatnonzero(~np.isfinite(array).reshape(len(array), -1).all(axis=1))
        raise ValueError(
            f"`{argument}` must be finite. Received: NaN or infinity in {len(bad)} of "
            f"{len(array)} samples, first in {argument}[{bad[0]}]. If a model "
            "predicted them, its training diverged: lower the learning rate."
        )
    return array


def shape_error(
    argument: str, expected: str, shape: tuple[Any, ...], fix: str = ""
) -> str:
    """Return the shared error text, with a shape for what came."""
    return argument_error(
        argument, expected, Description(f"{argument}.shape={shape}"), fix
    )


def fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    """Tell whether a shape is the one wanted, None standing for any size."""
    return len(shape) == len(wanted) and all(
        size is None or size == given for given, size in zip(shape, wanted, strict=True)
    )
