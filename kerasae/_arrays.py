"""Checks of the arrays that users pass in: real numbers, finite, of the right shape."""

from typing import Any

import numpy as np

from kerasae._checks import Description, argument_error
from kerasae._types import ArrayLike


def as_array(argument: str, values: ArrayLike) -> np.ndarray:
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
    # "V": bfloat16, which mixed-precision models predict, is not a native NumPy kind.
    check_real(argument, array, kinds="buifV")
    return array


def _from_tensor(argument: str, values: Any) -> np.ndarray:
    if not hasattr(values, "shape"):
        raise TypeError(argument_error(argument, "an array of numbers", values))
    from keras import ops  # for a tensor, whose backend is loaded already

    return np.asarray(ops.convert_to_numpy(values))


def as_floats(argument: str, values: ArrayLike) -> np.ndarray:
    """Return `values` as finite numbers of float32, of any shape."""
    array = as_array(argument, values).astype("float32", copy=False)
    if not np.isfinite(array).all():
        bad = ~np.isfinite(array)
        raise ValueError(_finite_error(argument, bad, "values", _first(bad)))
    return array


def as_samples(argument: str, values: ArrayLike) -> np.ndarray:
    """Return `values` as finite floats, the first axis counting samples.

    8-bit unsigned integers keep their type, which tells their range.
    """
    array = as_array(argument, values)
    check_samples_shape(argument, array.shape)
    if array.dtype == np.uint8:
        return array
    if array.dtype not in (np.float32, np.float64):
        array = array.astype("float64")
    if not np.isfinite(array).all():
        bad = ~np.isfinite(array).reshape(len(array), -1).all(axis=1)
        fix = "If a model predicted them, its training diverged: lower the "
        fix += "learning rate."
        first = f"{argument}[{bad.argmax()}]"
        raise ValueError(_finite_error(argument, bad, "samples", first, fix))
    return array


def finite_range(argument: str, x: np.ndarray, *, axes: int = 2) -> tuple[Any, Any]:
    """Return the smallest and the largest value of an array of finite numbers.

    Args:
        argument: The array's name.
        x: The array.
        axes: How many axes it has at least.

    Raises:
        TypeError: If it holds no numbers.
        ValueError: If it is empty, or has fewer axes, or NaN or infinity in it.
    """
    check_real(argument, x)
    check_samples_shape(argument, x.shape, axes=axes)
    with np.errstate(invalid="ignore"):
        low, high = x.min(), x.max()
    # NaN and infinity show in the extremes: a full mask is made for the error alone.
    if not (np.isfinite(low) and np.isfinite(high)):
        fix = "Remove these samples, or fill them in with numpy.nan_to_num(x)."
        bad = ~np.isfinite(x)
        raise ValueError(_finite_error(argument, bad, "values", _first(bad), fix))
    return low, high


def check_real(argument: str, array: np.ndarray, *, kinds: str = "buif") -> None:
    """Raise if an array holds anything but real numbers."""
    if array.dtype.kind not in kinds or array.dtype.names:
        expected = "an array of real numbers"
        received = Description(f"{argument}.dtype={array.dtype}")
        fix = "Convert it to numbers: x.astype('float32')."
        raise TypeError(argument_error(argument, expected, received, fix))


def check_samples_shape(
    argument: str, shape: tuple[int, ...], *, axes: int = 2
) -> None:
    """Raise if a shape has fewer axes than samples need, or an empty one."""
    if len(shape) < axes or 0 in shape:
        expected = "a non-empty array of shape (n_samples, n_features) or "
        expected += "(n_samples, ...)"
        fix = f"For a single sample write {argument}[None]; for samples of one number "
        fix += f"each, {argument}[:, None]."
        raise ValueError(shape_error(argument, expected, shape, fix))


def _first(bad: np.ndarray) -> str:
    return f"at index {np.argwhere(bad)[0].tolist()}"


def _finite_error(
    argument: str, bad: np.ndarray, kind: str, first: str, fix: str = ""
) -> str:
    """Return the error text for NaN and infinity, by a mask of where they are."""
    received = f"NaN or infinity in {bad.sum()} of {bad.size} {kind}, the first {first}"
    return argument_error(argument, "finite", Description(received), fix)


def shape_error(
    argument: str, expected: str, shape: tuple[Any, ...], fix: str = ""
) -> str:
    """Return the shared error text, with the shape that was received."""
    return argument_error(
        argument, expected, Description(f"{argument}.shape={shape}"), fix
    )


def fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    """Tell whether a shape is the one wanted, where None stands for any size."""
    return len(shape) == len(wanted) and all(
        size is None or size == given for given, size in zip(shape, wanted, strict=True)
    )
