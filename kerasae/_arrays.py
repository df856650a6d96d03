"""One rule for the arrays that users pass in, whatever they are passed to.

Floats are taken as they are, booleans are 0 and 1, and 8-bit integers are brightness:
they are divided by 255. What could be read in two ways is refused, with the way to say
it: 8-bit integers that are only 0 and 1, and wider integers.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from kerasae._checks import Description, argument_error
from kerasae._types import ArrayLike

_CHUNK = 2**20  # numbers looked at at once: few enough to stay in the cache
_REAL = "buif"
# bfloat16, which mixed-precision models predict, is not a native NumPy kind.
_NUMERIC = "buifV"


class Extent(NamedTuple):
    """The smallest and the largest number of an array without NaN and infinity."""

    low: float
    high: float


# Containers: what an array may come as


def as_array(argument: str, values: ArrayLike) -> np.ndarray:
    """Return `values` as an array of real numbers, of the type they have.

    Takes arrays, nested lists, tensors of any backend, and data frames whose columns
    are numbers or booleans; missing values become NaN.
    """
    if isinstance(values, (list, tuple)):
        array = _from_list(argument, values)
    elif hasattr(values, "columns") and hasattr(values, "__array__"):
        array = _from_table(argument, values)
    else:
        array = _from_one(argument, values)
    check_real(argument, array, kinds=_NUMERIC)
    return array


def _from_list(argument: str, values: Any) -> np.ndarray:
    if any(hasattr(value, "toarray") for value in values[:1]):
        raise _sparse_error(argument, values[0])
    try:
        return np.asarray(values)
    except ValueError as error:
        raise _ragged_error(argument, len(values)) from error


def _from_one(argument: str, values: Any) -> np.ndarray:
    if hasattr(values, "toarray"):
        raise _sparse_error(argument, values)
    if hasattr(values, "to_numpy"):  # a column of a data frame
        return np.asarray(values.to_numpy())
    if not hasattr(values, "shape"):
        raise TypeError(argument_error(argument, "an array of numbers", values))
    return to_numpy(values)


def to_numpy(values: ArrayLike) -> np.ndarray:
    """Return an array as it is, or what a tensor holds.

    Keras's own conversion would copy an array on JAX.
    """
    if isinstance(values, np.ndarray):
        return np.asarray(values)
    from keras import ops  # for a tensor, whose backend is loaded already

    return np.asarray(ops.convert_to_numpy(values))


def _from_table(argument: str, table: Any) -> np.ndarray:
    """Return the columns of a data frame as an array, or name those without numbers."""
    names = list(table.columns)
    columns = [table[name] for name in names]
    bad = [
        str(name)
        for name, column in zip(names, columns, strict=True)
        if not _is_numeric(column.dtype)
    ]
    if bad:
        expected = "a table of numbers"
        received = f"no numbers in {_listed('column', [repr(name) for name in bad])}"
        fix = "Leave these columns out, or turn them into numbers: "
        fix += "pandas.get_dummies(x), sklearn.preprocessing.OneHotEncoder."
        raise TypeError(argument_error(argument, expected, Description(received), fix))
    array = table.to_numpy()
    if array.dtype.kind in _REAL:
        return array
    # Booleans beside numbers, or numbers of which some are missing.
    parts = [np.asarray(column.to_numpy()) for column in columns]
    parts = [
        part
        if part.dtype.kind in _REAL
        else np.array([_number(value) for value in part], "float64")
        for part in parts
    ]
    return np.stack(parts, axis=1).astype("float64")


def _number(value: Any) -> float:
    try:
        return float(value)
    except TypeError:  # a missing value
        return np.nan


def _is_numeric(dtype: Any) -> bool:
    """Tell whether a column of pandas or polars holds numbers or booleans."""
    if hasattr(dtype, "is_numeric"):  # polars
        return bool(dtype.is_numeric()) or str(dtype) == "Boolean"
    return getattr(dtype, "kind", "O") in _REAL


def _sparse_error(argument: str, values: Any) -> TypeError:
    received = f"a sparse {type(values).__name__}"
    fix = f"Make it dense, if it fits into memory: {argument}.toarray()."
    return TypeError(
        argument_error(argument, "a dense array", Description(received), fix)
    )


def _ragged_error(argument: str, count: int) -> ValueError:
    expected = "an array of numbers, all samples of one shape"
    received = Description(f"{count} samples of unequal shapes")
    fix = "Pad sequences to one length, keras.utils.pad_sequences(x, padding='post', "
    fix += "value=-1, dtype='float32'), and build the model with mask_value=-1."
    return ValueError(argument_error(argument, expected, received, fix))


def check_real(argument: str, array: np.ndarray, *, kinds: str = _REAL) -> None:
    """Raise if an array holds anything but real numbers."""
    if array.dtype.kind in kinds and not array.dtype.names:
        return
    if array.dtype.kind == "O" and array.size and hasattr(array.flat[0], "shape"):
        raise _ragged_error(argument, len(array))
    expected = "an array of real numbers"
    received = Description(f"{argument}.dtype={array.dtype}")
    fix = "Convert it to numbers: x.astype('float32')."
    if array.dtype.kind == "c":
        fix = "Take numpy.abs(x), or both parts: numpy.stack([x.real, x.imag], -1)."
    elif array.dtype.kind in "US":
        fix = "Turn text into numbers, with sklearn.preprocessing.OneHotEncoder for "
        fix += "instance."
    raise TypeError(argument_error(argument, expected, received, fix))


# Shapes


def check_samples_shape(
    argument: str, shape: tuple[int, ...], *, axes: int = 2
) -> None:
    """Raise if a shape has fewer axes than samples need, or an empty one."""
    if len(shape) < axes or 0 in shape:
        expected = "a non-empty array of shape (n_samples, n_features) or "
        expected += "(n_samples, ...)"
        fix = f"For a single sample write {argument}[None]; for samples of one number "
        fix += f"each, {argument}[:, None]."
        fix = "" if 0 in shape else fix
        raise ValueError(shape_error(argument, expected, shape, fix))


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


def valid_steps(x: np.ndarray, padding: float) -> np.ndarray:
    """Return which steps of sequences are not padding, shape (n_samples, steps).

    Compared in float32, which is what models see.
    """
    return (x.astype("float32", copy=False) != np.float32(padding)).any(axis=-1)


# Values


def is_bytes(array: Any) -> bool:
    """Tell whether an array or tensor holds 8-bit unsigned integers."""
    return str(array.dtype).removeprefix("torch.") in ("uint8", "<dtype: 'uint8'>")


def extent(argument: str, array: np.ndarray, names: Any = None) -> Extent:
    """Return the extremes of an array, in one pass, or raise if it is not finite.

    Args:
        argument: The array's name.
        array: Real numbers, at least one, the first axis counting samples.
        names: The table's column names, for the error.

    Raises:
        ValueError: If there is NaN or infinity.
    """
    lows, highs = [], []
    with np.errstate(invalid="ignore"):
        for part in _chunks(array):
            lows.append(part.min())
            highs.append(part.max())
        low, high = float(np.min(lows)), float(np.max(highs))
    # NaN and infinity show in the extremes: a full mask is made for the error alone.
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError(_finite_error(argument, ~np.isfinite(array), names))
    return Extent(low, high)


def _chunks(array: np.ndarray) -> Iterator[np.ndarray]:
    rows = max(1, _CHUNK // max(1, array[:1].size))
    for start in range(0, len(array), rows):
        part = array[start : start + rows]
        yield part.astype("float32") if part.dtype.kind == "V" else part


def check_scale(argument: str, dtype: Any, found: Extent) -> None:
    """Raise if the type of integers leaves open what they stand for.

    Args:
        argument: The array's name.
        dtype: Its data type.
        found: Its smallest and its largest value.
    """
    kind = np.dtype(dtype)
    if kind.kind not in "ui":
        return
    if kind == np.uint8:
        if found.high != 1:
            return
        received = "8-bit integers 0 and 1, which would be divided by 255"
        fix = "Binary data: x.astype(bool). Nearly black images: x / 255."
    elif found.low >= 0 and found.high <= 1:
        return  # read in one way only
    else:
        received = f"{kind} values from {found.low:g} to {found.high:g}"
        fix = "Pixels: kerasae.data.scale(x) gives floats in [0, 1]. Other numbers: "
        fix += "x.astype('float32')."
    expected = "floats, booleans or 8-bit integers in 0..255"
    error = TypeError if kind != np.uint8 else ValueError
    raise error(argument_error(argument, expected, Description(received), fix))


def to_floats(array: np.ndarray, dtype: str | None = None) -> np.ndarray:
    """Return checked samples as floats, bytes divided by 255.

    Args:
        array: Floats, booleans or bytes.
        dtype: The type of the result. None keeps float32 and float64, and makes
            float32 of all others.
    """
    if dtype is None:
        dtype = str(array.dtype) if array.dtype.kind == "f" else "float32"
        dtype = "float32" if dtype == "float16" else dtype
    if is_bytes(array):
        return np.divide(array, 255, dtype=dtype)
    return array.astype(dtype, copy=False)


def as_samples(argument: str, values: ArrayLike, *, axes: int = 2) -> np.ndarray:
    """Return samples as finite floats, the first axis counting them.

    Bytes are divided by 255, booleans become 0 and 1.

    Args:
        argument: Their name.
        values: The samples, in any container that `as_array` takes.
        axes: How many axes they have at least.

    Raises:
        TypeError: If they are not numbers, or integers of more than 8 bits.
        ValueError: If there are none, they have no axis but the first, a number is
            NaN or infinite, or bytes are only 0 and 1.
    """
    array = as_array(argument, values)
    check_samples_shape(argument, array.shape, axes=axes)
    found = extent(argument, array, getattr(values, "columns", None))
    check_scale(argument, array.dtype, found)
    return to_floats(array)


def as_numbers(argument: str, values: ArrayLike, *, axes: int = 2) -> np.ndarray:
    """Return finite numbers on a scale of their own, such as codes or kernels.

    Args:
        argument: Their name.
        values: Numbers of any type, integers as they are.
        axes: How many axes they have at least.

    Returns:
        Array of float32 or float64.
    """
    array = as_array(argument, values)
    check_samples_shape(argument, array.shape, axes=axes)
    extent(argument, array)
    if array.dtype in (np.float32, np.float64):
        return array
    return array.astype("float64" if array.dtype.kind in "ui" else "float32")


def as_vector(argument: str, values: ArrayLike, fix: str = "") -> np.ndarray:
    """Return finite numbers of one axis as float64, or raise.

    Args:
        argument: Their name.
        values: Numbers of any type, shape (n,).
        fix: What to do about another shape.
    """
    array = as_numbers(argument, values, axes=1)
    if array.ndim != 1:
        raise ValueError(shape_error(argument, "of one axis", array.shape, fix))
    return array.astype("float64", copy=False)


def as_floats(argument: str, values: ArrayLike) -> np.ndarray:
    """Return `values` as finite numbers of float32, of any shape."""
    array = as_array(argument, values).astype("float32", copy=False)
    if array.size:
        extent(argument, np.atleast_1d(array))
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
    return extent(argument, x)


def _listed(kind: str, names: list[str], most: int = 5) -> str:
    """Return "column 'a'" or "columns 'a', 'b', ..." for an error."""
    plural = "" if len(names) == 1 else "s"
    more = ", ..." if len(names) > most else ""
    return f"{kind}{plural} {', '.join(islice(names, most))}{more}"


def _finite_error(argument: str, bad: np.ndarray, names: Any) -> str:
    """Return the error text for NaN and infinity, by a mask of where they are."""
    fix = "Leave these out, or fill them in with numpy.nan_to_num(x) or "
    fix += "sklearn.impute.SimpleImputer. If a model predicted them, its training "
    fix += "diverged: lower the learning rate."
    first = ", ".join(map(str, np.argwhere(bad)[0]))
    if bad.ndim < 2:
        where = f"in {bad.sum()} of {bad.size} values, the first {argument}[{first}]"
    else:
        samples = bad.reshape(len(bad), -1).any(axis=1)
        where = f"in {samples.sum()} of {len(bad)} samples, the first at "
        where += f"{argument}[{first}]"
        if bad.ndim == 2:
            columns = np.flatnonzero(bad.any(axis=0))
            known = [repr(str(name)) for name in names] if names is not None else None
            shown = [known[i] if known else str(i) for i in columns]
            where += f", in {_listed('column', shown)} of {bad.shape[1]}"
    received = Description(f"NaN or infinity {where}")
    return argument_error(argument, "finite", received, fix)
