"""The model of a run, with samples that fit it."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kerasae._triple import Autoencoder
from kerasae.data import load_samples
from kerasae.runs.run import Run


def load_with_samples(
    folder: str | Path,
    *,
    data: str | None = None,
    split: str = "all",
    log: Callable[[str], None] = print,
) -> tuple[Autoencoder, np.ndarray, str]:
    """Load the model of a finished run, with samples in the shape that it takes.

    Args:
        folder: The run's folder.
        data: As in `kerasae.data.load_samples`. None means the run's own data.
        split: Which samples: `"all"`, in the order of the data, `"train"` or `"test"`.
        log: Receives how the data were scaled, a line at a time.

    Returns:
        `(triple, x, name)`: the model; float32 samples of shape
        `(n, *input_shape)`, scaled as those that the run was trained on; the name of
        the data.

    Raises:
        FileNotFoundError: If the folder holds no finished run, or there is no such
            data.
        ValueError: If a file is damaged, or the data do not fit the model.

    Example:
        >>> import contextlib, io, tempfile
        >>> from kerasae.runs import load_with_samples, train
        >>> folder = tempfile.mkdtemp()
        >>> with contextlib.redirect_stdout(io.StringIO()):
        ...     record = train(folder, "deep", epochs=1)
        ...     triple, x, name = load_with_samples(folder)
        >>> x.shape, name
        ((1797, 8, 8, 1), 'digits')
    """
    triple, x, _, name = load_with_labels(folder, data=data, split=split, log=log)
    return triple, x, name


def load_with_labels(
    folder: str | Path,
    *,
    data: str | None,
    split: str,
    log: Callable[[str], None],
) -> tuple[Autoencoder, np.ndarray, np.ndarray | None, str]:
    """Do what `load_with_samples` does, and return labels, or None, behind samples."""
    run = Run(folder)
    triple = run.load()
    record = run.read()
    data = record["settings"]["data"] if data is None else data
    # Data that the run took as they were are never scaled.
    scale = record.get("scaled", True)
    x, labels, notes = load_samples(data, split=split, scale=scale)
    for note in notes:
        log(note)
    shape = triple.autoencoder.input_shape[1:]
    # Vectors for images and vice versa, a missing channel axis, or a superfluous one
    # for models of sequences, which read images row by row.
    equivalent = {x.shape[1:], (*x.shape[1:], 1), (math.prod(x.shape[1:]),)}
    if x.shape[-1] == 1:
        equivalent.add(x.shape[1:-1])
    if shape not in equivalent and x.shape[1:] != (math.prod(shape),):
        raise ValueError(
            f"The model in {str(run.folder)!r} takes samples of shape {shape}. "
            f"Received: samples of shape {x.shape[1:]} from {data!r}."
        )
    return triple, x.reshape(len(x), *shape), labels, Path(data).stem
