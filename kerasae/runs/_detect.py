"""Anomalies in new data, by the model of a run."""

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kerasae import anomaly
from kerasae._files import checked_path, replacing
from kerasae._triple import Autoencoder
from kerasae.runs._load import load_with_samples

_REASONS = 3  # features that are named for each sample
_BLOCK = 4096  # samples whose contributions are in memory at once


class Detection(NamedTuple):
    """What `detect` found, sample by sample.

    Attributes:
        scores: Scores, larger for more anomalous samples, shape (n,).
        p_values: Conformal p-values, shape (n,).
        flagged: Which samples are flagged, shape (n,).
        threshold: The score above which they are.
        features: The features that contribute most to each score, the first one
            most: their indices within a sample, shape (n, 3, axes of a sample), without
            the channel of gray images.
        shares: What they contribute, of the score, shape (n, 3).
        calibrated_on: How many held-out samples the p-values are ranks among.

    Example:
        >>> from kerasae.runs import Detection
        >>> Detection._fields[:3]
        ('scores', 'p_values', 'flagged')
    """

    scores: np.ndarray
    p_values: np.ndarray
    flagged: np.ndarray
    threshold: float
    features: np.ndarray
    shares: np.ndarray
    calibrated_on: int


def detect(
    folder: str | Path,
    data: str,
    *,
    measure: str = "joint",
    false_alarm_rate: float = 0.01,
    path: str | os.PathLike[str] | None = None,
    log: Callable[[str], None] = print,
) -> Detection:
    """Find anomalies in data, with the model of a finished run.

    What is ordinary are the run's own training data. Alarms are calibrated on its test
    data, which it was not trained on; with `patience` they chose the best epoch, and
    the rate of false alarms is a little above what was asked.

    Args:
        folder: The run's folder.
        data: The data to judge, as in `kerasae.data.load_samples`.
        measure: As in `kerasae.anomaly.scores`.
        false_alarm_rate: The share of ordinary samples that may be flagged, in
            (0, 1).
        path: A `.csv` file to write, one line a sample: its index, score and p-value,
            whether it is flagged, and the three features that contribute most, each
            with its share of the score.
        log: Receives how the data were scaled, a line at a time.

    Returns:
        The scores, p-values, flags and reasons.

    Raises:
        FileNotFoundError: If the folder holds no finished run, or there is no such
            data.
        ValueError: If the data do not fit the model, the rate is outside (0, 1), or
            the run has too few test samples for it.
        OSError: If `path` cannot be written.

    Example:
        >>> import contextlib, io, tempfile
        >>> from kerasae.runs import detect, train
        >>> folder = tempfile.mkdtemp()
        >>> with contextlib.redirect_stdout(io.StringIO()):
        ...     record = train(folder, "deep", epochs=1)
        ...     found = detect(folder, "digits", path=f"{folder}/scores.csv")
        >>> found.scores.shape, found.shares.shape, found.calibrated_on
        ((1797,), (1797, 3), 540)
    """
    target = None if path is None else checked_path(path, ("csv",))
    rate = anomaly.checked_rate("false_alarm_rate", false_alarm_rate)
    triple, train, _ = load_with_samples(folder, split="train", log=lambda note: None)
    _, held_out, _ = load_with_samples(folder, split="test", log=lambda note: None)
    _, x, _ = load_with_samples(folder, data=data, log=log)
    reference = anomaly.fit_reference(triple, train)
    calibration = anomaly.scores(triple, held_out, measure, reference=reference)
    threshold = anomaly.conformal_threshold(calibration, rate)
    scores = anomaly.scores(triple, x, measure, reference=reference)
    features, shares = _reasons(triple, x, measure, reference)
    found = Detection(
        scores,
        anomaly.conformal_p_values(scores, calibration),
        scores > threshold,
        threshold,
        features,
        shares / np.where(scores != 0, scores, 1.0)[:, None],
        len(calibration),
    )
    if target is not None:
        _write(target, found)
    return found


def _reasons(
    triple: Autoencoder, x: np.ndarray, measure: str, reference: anomaly.Reference
) -> tuple[np.ndarray, np.ndarray]:
    """Return which features contribute most, and what."""
    shape = x.shape[1:]
    if len(shape) > 2 and shape[-1] == 1:
        shape = shape[:-1]  # images of one channel: a row and a column say it
    features, shares = [], []
    for start in range(0, len(x), _BLOCK):
        block = x[start : start + _BLOCK]
        parts = anomaly.contributions(triple, block, measure, reference=reference)
        parts = parts.reshape(len(block), -1)
        first = np.argsort(-parts, axis=1, kind="stable")[:, :_REASONS]
        places = np.stack(np.unravel_index(first, shape), axis=-1)
        features.append(places)
        shares.append(np.take_along_axis(parts, first, axis=1))
    return np.concatenate(features), np.concatenate(shares)


def _write(path: Path, found: Detection) -> None:
    header = ["index", "score", "p_value", "flagged"]
    for number in range(1, found.shares.shape[1] + 1):
        header += [f"feature_{number}", f"share_{number}"]
    with replacing(path, ("csv",)) as temporary, temporary.open("w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(header)
        for index in range(len(found.scores)):
            reasons: list[str] = []
            for place, share in zip(
                found.features[index], found.shares[index], strict=True
            ):
                reasons += [feature_word(place), f"{share:.4f}"]
            writer.writerow(
                [
                    index,
                    f"{found.scores[index]:.6g}",
                    f"{found.p_values[index]:.6g}",
                    int(found.flagged[index]),
                    *reasons,
                ]
            )


def feature_word(place: np.ndarray) -> str:
    """Return a feature's index as people write it: `7`, or `row,column,channel`.

    Args:
        place: Its index along each axis of a sample.
    """
    return ",".join(str(int(index)) for index in place)
