"""Data that users have to fetch themselves, from the folder `KERASAE_DATA` names."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_VARIABLE = "KERASAE_DATA"


def read_arrays(path: str, names: Sequence[str], where: str) -> list[np.ndarray]:
    """Read arrays of a .npz file.

    Args:
        path: The file, below the folder that the environment variable `KERASAE_DATA`
            names.
        names: Names of the arrays.
        where: How to get the file, one sentence or more.

    Returns:
        The arrays, in the order of their names.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it lacks an array.
    """
    folder = os.environ.get(_VARIABLE)
    if not folder:
        raise FileNotFoundError(
            f"The experiment needs the file {path!r} in the folder that the "
            f"environment variable {_VARIABLE} names, which is not set. {where}"
        )
    file = Path(folder) / path
    if not file.is_file():
        raise FileNotFoundError(
            f"The experiment needs {str(file)!r}, which does not exist. {where} "
            "Put it there."
        )
    with np.load(file) as arrays:
        missing = [name for name in names if name not in arrays]
        if missing:
            raise ValueError(
                f"{str(file)!r} has no array {missing[0]!r}, but {list(arrays)}. "
                f"{where}"
            )
        return [arrays[name] for name in names]
