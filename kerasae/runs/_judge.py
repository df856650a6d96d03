"""How good the model of a run is, and what went wrong with it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from kerasae import evaluation
from kerasae.runs._load import load_with_labels, load_with_samples
from kerasae.runs.run import Run


def evaluate(
    folder: str | Path,
    *,
    data: str | None = None,
    num_samples: int = 0,
    seed: int = 0,
    log: Callable[[str], None] = print,
) -> evaluation.Evaluation:
    """Measure what can be measured of a finished run's model, on its test data.

    Args:
        folder: The run's folder.
        data: Other data, as in `kerasae.data.load_samples`, all of which are judged.
            None means the run's own test data. Labels are used where there are some.
        num_samples: As in `kerasae.evaluate`.
        seed: As in `kerasae.evaluate`.
        log: Receives how the data were scaled, a line at a time.

    Returns:
        What `kerasae.evaluate` returns; principal components are fitted to the run's
        training data.

    Raises:
        FileNotFoundError: If the folder holds no finished run, or there is no such
            data.
        ValueError: If a file is damaged, or the data do not fit the model.

    Example:
        >>> import contextlib, io, tempfile
        >>> from kerasae.runs import evaluate, train
        >>> folder = tempfile.mkdtemp()
        >>> with contextlib.redirect_stdout(io.StringIO()):
        ...     record = train(folder, "deep", epochs=1)
        ...     found = evaluate(folder)
        >>> "labels" in found.values
        True
    """
    _, x_train, _ = load_with_samples(folder, split="train", log=lambda note: None)
    split = "test" if data is None else "all"
    triple, x, labels, _ = load_with_labels(folder, data=data, split=split, log=log)
    if labels is not None and not _are_classes(labels):
        labels = None
    return evaluation.evaluate(
        triple, x, labels, x_train=x_train, num_samples=num_samples, seed=seed
    )


def _are_classes(labels: np.ndarray) -> bool:
    """Tell whether labels are classes with some samples each, and not numbers."""
    _, counts = np.unique(labels, return_counts=True)
    return labels.ndim == 1 and len(counts) > 1 and bool(counts.min() >= 4)


def diagnose(
    folder: str | Path,
    *,
    data: str | None = None,
    log: Callable[[str], None] = print,
) -> evaluation.Findings:
    """Look for what went wrong in a finished run: data, training, code.

    Args:
        folder: The run's folder.
        data: Other data, as in `kerasae.data.load_samples`. None means the run's own
            test data.
        log: Receives how the data were scaled, a line at a time.

    Returns:
        What `kerasae.diagnose` returns.

    Raises:
        FileNotFoundError: If the folder holds no finished run, or there is no such
            data.
        ValueError: If a file is damaged, or the data do not fit the model.

    Example:
        >>> import contextlib, io, tempfile
        >>> from kerasae.runs import diagnose, train
        >>> folder = tempfile.mkdtemp()
        >>> with contextlib.redirect_stdout(io.StringIO()):
        ...     record = train(folder, "deep", epochs=1)
        ...     found = diagnose(folder)
        >>> found.names[0]
        'one-output-for-all'
    """
    split = "test" if data is None else "all"
    triple, x, _ = load_with_samples(folder, data=data, split=split, log=log)
    return evaluation.diagnose(triple, x, Run(folder).history())
