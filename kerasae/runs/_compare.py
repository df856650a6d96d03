"""Several runs side by side."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kerasae import plotting
from kerasae._checks import argument_error
from kerasae.runs.run import Run

# What a row takes from a run's record as it is.
_COPIED = ("backend", "code_size", "parameters", "epochs", "seconds")


def compare(
    folders: Sequence[str | Path], *, path: str | os.PathLike[str] | None = None
) -> list[dict[str, Any]]:
    """Compare finished runs, and draw their learning curves in one picture.

    Errors are comparable between models of any kind on the same data. The curves are
    those of the losses, which are comparable only if they are of the same kind: a
    binary cross-entropy is larger than a mean squared error, and penalties are part
    of the loss.

    Args:
        folders: The runs' folders, each once.
        path: The picture to write; its suffix sets the format, such as png or svg.
            None draws nothing.

    Returns:
        One dictionary per run, in the order of `folders`, with its name (that of the
        folder, or the whole path if several folders have the same name), variant,
        data, backend, code size, number of parameters, epochs, seconds of training,
        and mean squared errors per feature: on training and test data, and of a
        principal component analysis with the same code size on the test data (None
        if there is none).

    Raises:
        FileNotFoundError: If a folder holds no finished run, or no history.
        ValueError: If there are no folders or one is given twice, a file is damaged,
            or the suffix of `path` is unknown.
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
    runs = _by_name([Run(folder) for folder in folders])
    records = {name: run.read_finished() for name, run in runs.items()}
    histories = {name: run.history() for name, run in runs.items()}
    rows = [_row(name, record) for name, record in records.items()]
    if path is not None:
        plotting.plot_history(histories, path=path)
    return rows


def _by_name(runs: list[Run]) -> dict[str, Run]:
    """Return the runs by names that are unique and short enough for a legend."""
    paths = [run.folder.resolve() for run in runs]
    if not runs or len(set(paths)) < len(paths):
        received = [str(run.folder) for run in runs]
        expected = "one run or more, each once"
        raise ValueError(argument_error("folders", expected, received))
    count = Counter(path.name for path in paths)
    return {
        path.name if count[path.name] == 1 else str(run.folder): run
        for path, run in zip(paths, runs, strict=True)
    }


def _row(name: str, record: dict[str, Any]) -> dict[str, Any]:
    errors, settings = record["errors"], record["settings"]
    pca = [parts for model, parts in errors.items() if model.startswith("PCA")]
    return {
        "run": name,
        "variant": settings["variant"],
        "data": settings["data"],
        **{key: record[key] for key in _COPIED},
        "train_error": errors["autoencoder"]["train"],
        "test_error": errors["autoencoder"]["test"],
        "pca_error": pca[0]["test"] if pca else None,
    }
