"""Runs side by side."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kerasae import plotting
from kerasae._checks import argument_error
from kerasae.runs.run import Run


def compare(
    folders: Sequence[str | Path], *, path: str | os.PathLike[str] | None = None
) -> list[dict[str, Any]]:
    """Put finished runs side by side, and their learning curves in one picture.

    The errors compare models of any kind on the same data. The curves are those of
    the losses, which compare only where they are of one kind: a binary cross-entropy
    is larger than a mean squared error, and penalties are part of the loss.

    Args:
        folders: The runs' folders, each once.
        path: The picture to write; its suffix names the format, png or svg say.

    Returns:
        One dictionary a run, in the order of `folders`, with its name (the
        folder's, or all of its path where two folders have one name), variant,
        data, backend, code size, number of parameters, epochs, seconds of training,
        and mean squared errors per feature: on training and test data, and of a
        principal component analysis of the same code size on the test data (None
        where there is none).

    Raises:
        FileNotFoundError: If a folder holds no finished run, or no history.
        ValueError: If there are no folders or one is named twice, a file is
            damaged, or the suffix of `path` is unknown.
        OSError: If `path` cannot be written.

    Example:
        >>> import contextlib, io, tempfile
        >>> from kerasae.runs import compare, train
        >>> folder = tempfile.mkdtemp()
        >>> with contextlib.redirect_stdout(io.StringIO()):
        ...     for size in (2, 8):
        ...         options = {"latent_dim": size}
        ...         record = train(
        ...             f"{folder}/{size}", "undercomplete", options=options, epochs=1
        ...         )
        >>> rows = compare([f"{folder}/2", f"{folder}/8"], path=f"{folder}/both.png")
        >>> [(row["run"], row["code_size"]) for row in rows]
        [('2', 2), ('8', 8)]
    """
    runs = _named([Run(folder) for folder in folders])
    records = {name: run.read_finished() for name, run in runs.items()}
    histories = {name: run.history() for name, run in runs.items()}
    rows = [_row(name, record) for name, record in records.items()]
    if path is not None:
        plotting.plot_history(histories, path=path)
    return rows


def _named(runs: list[Run]) -> dict[str, Run]:
    """Return the runs by names short enough for a legend."""
    paths = [run.folder.resolve() for run in runs]
    if not runs or len(set(paths)) < len(paths):
        given = [str(run.folder) for run in runs]
        raise ValueError(argument_error("folders", "one run or more, each once", given))
    count = Counter(path.name for path in paths)
    return {
        path.name if count[path.name] == 1 else str(run.folder): run
        for path, run in zip(paths, runs, strict=True)
    }


def _row(name: str, record: dict[str, Any]) -> dict[str, Any]:
    errors = record["errors"]
    pca = [parts for whose, parts in errors.items() if whose.startswith("PCA")]
    return {
        "run": name,
        "variant": record["settings"]["variant"],
        "data": record["settings"]["data"],
        "backend": record["backend"],
        "code_size": record["code_size"],
        "parameters": record["parameters"],
        "epochs": record["epochs"],
        "seconds": record["seconds"],
        "train_error": errors["autoencoder"]["train"],
        "test_error": errors["autoencoder"]["test"],
        "pca_error": pca[0]["test"] if pca else None,
    }
