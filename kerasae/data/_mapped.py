"""Arrays that lie in a file and come into memory as they are read."""

import mmap
from pathlib import Path
from typing import Any

import numpy as np

from kerasae._checks import complaint
from kerasae.data.scaling import wrong


def open_mapped(path: Path) -> np.ndarray:
    """Return the array of a .npy file, mapped."""
    expected = "a path to a .npy file"
    if path.suffix.lower() != ".npy":
        fix = "Save an array with numpy.save('data.npy', x). Named data sets and other "
        fix += "files: pairs(kerasae.data.load_dataset(source).x_train)."
        raise wrong("samples", expected, str(path), fix)
    if not path.is_file():
        fix = "No such file. Save an array with numpy.save('data.npy', x)."
        raise FileNotFoundError(complaint("samples", expected, str(path), fix))
    try:
        return np.lib.format.open_memmap(path, mode="r")
    except ValueError as error:  # cut, damaged, or pickled objects
        fix = f"Write it again with numpy.save, from an array of numbers ({error})."
        raise wrong("samples", expected, str(path), fix) from error


def is_mapped(array: Any) -> bool:
    """Tell whether an array, or the one that it is a view of, lies in a file."""
    return _mapping(array) is not None


def release(array: Any) -> None:
    """Give back the memory of what was read of a mapped array.

    Pages that were touched count as the process's own until they are given back;
    what is read again comes from the file. Does nothing for other arrays, nor where
    the platform has no `madvise`.
    """
    mapping = _mapping(array)
    if mapping is not None and hasattr(mapping, "madvise"):
        mapping.madvise(mmap.MADV_DONTNEED)


def _mapping(array: Any) -> mmap.mmap | None:
    """Return the file mapping below an array, where its pages are safe to drop."""
    while array is not None:
        if isinstance(array, np.memmap):
            # Changes to a copy-on-write mapping are nowhere but in its pages.
            return None if array.mode == "c" else getattr(array, "_mmap", None)
        array = getattr(array, "base", None)
    return None
