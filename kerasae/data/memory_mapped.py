"""Memory-mapped arrays, whose pages are given back once they are read."""

import mmap
from pathlib import Path
from typing import Any

import numpy as np

from kerasae._checks import argument_error

_ROWS = 1024  # read between two releases of memory


def open_mapped(path: Path, argument: str = "samples") -> np.ndarray:
    """Return the array in a .npy file, memory-mapped.

    Args:
        path: The file.
        argument: The name that messages have for it.

    Raises:
        OSError: If there is no such file.
        ValueError: If it holds no array of numbers.
    """
    expected = "a path to a .npy file"
    if path.suffix.lower() != ".npy":
        fix = "Save an array with numpy.save('data.npy', x). Named data sets and other "
        fix += "files: pairs(kerasae.data.load_dataset(source).x_train)."
        raise ValueError(argument_error(argument, expected, str(path), fix))
    if not path.is_file():
        fix = "No such file. Save an array with numpy.save('data.npy', x)."
        raise FileNotFoundError(argument_error(argument, expected, str(path), fix))
    try:
        return np.lib.format.open_memmap(path, mode="r")
    except ValueError as error:  # truncated, damaged, or pickled objects
        fix = f"Write it again with numpy.save, from an array of numbers ({error})."
        raise ValueError(argument_error(argument, expected, str(path), fix)) from error


def is_mapped(array: Any) -> bool:
    """Tell whether an array, or the one that it is a view of, is memory-mapped."""
    return _file_mapping(array) is not None


def take_rows(array: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return a copy of some rows, giving back the file's pages along the way.

    Reading a row brings its neighbors into memory, many times its own size.

    Args:
        array: In memory or memory-mapped, shape `(n, ...)`.
        rows: Indices, of any shape.

    Returns:
        Array of shape `(*rows.shape, ...)`.
    """
    if not is_mapped(array):
        return np.take(array, rows, axis=0)
    copy = np.empty((rows.size, *array.shape[1:]), array.dtype)
    plain = np.asarray(array)  # a view without the overhead of numpy.memmap
    for start in range(0, rows.size, _ROWS):
        part = slice(start, start + _ROWS)
        copy[part] = plain[rows.ravel()[part]]
        release_pages(array)
    return copy.reshape(*rows.shape, *array.shape[1:])


def release_pages(array: Any) -> None:
    """Give back the memory that reading a mapped array has taken.

    Pages that were touched count toward the process's memory until they are given
    back; what is read again comes from the file. Does nothing for other arrays, nor
    where the platform has no `madvise`.
    """
    mapping = _file_mapping(array)
    if mapping is not None and hasattr(mapping, "madvise"):
        mapping.madvise(mmap.MADV_DONTNEED)


def _file_mapping(array: Any) -> mmap.mmap | None:
    """Return the file mapping below an array, where its pages are safe to drop."""
    while array is not None:
        if isinstance(array, np.memmap):
            # Changes to a copy-on-write mapping exist nowhere but in its pages.
            return None if array.mode == "c" else getattr(array, "_mmap", None)
        array = getattr(array, "base", None)
    return None
