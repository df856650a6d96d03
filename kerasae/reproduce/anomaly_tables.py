"""Anomalies in tables, beside the detectors that everybody has.

Published values are those of the README of vicliv/DTE (Livernoche et al. 2024, "On
Diffusion Modeling for Anomaly Detection", ICLR), means of five seeds, with its data and
protocols: train on the first half of the normal rows and judge all others; or train on
as many rows as there are, drawn with replacement, and judge all. A random half of the
normal rows is easier where neighboring rows are alike, as the pixels of satellite are.
"""

import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kerasae.reproduce._baselines import (
    has_pyod,
    neighbor_distances,
    pca_errors,
    pyod_autoencoder,
)
from kerasae.reproduce._data_files import read_arrays
from kerasae.reproduce._ranking import AUC, PRECISION, ranking, summary
from kerasae.reproduce._resident import resident_growth
from kerasae.reproduce._source import Experiment, Grid, Source

if TYPE_CHECKING:
    from kerasae.estimators import AnomalyDetector
    from kerasae.reproduce._work import Work

_FIRST, _RANDOM, _ALL = "first half", "random half", "all"
_PROTOCOLS = {
    _FIRST: "the first half of the normal rows",
    _RANDOM: "a random half of the normal rows",
    _ALL: "all rows",
}
_DETECTOR, _PCA, _NEIGHBORS = "detector", "PCA", "nearest neighbors"
_FOREST, _PYOD, _VAE = "isolation forest", "PyOD", "VAE"
_SECONDS = "seconds of training"
_ALARMS = "false alarms, in %"
_SPLITS = 200

# Trained on the first half of the normal rows, on everything.
_PUBLISHED = {
    "breastw": {_VAE: (99.22, 92.80), _NEIGHBORS: (99.05, 98.02)},
    "ionosphere": {_VAE: (89.76, 78.55), _NEIGHBORS: (97.44, 92.18)},
    "pima": {_VAE: (73.18, 67.03), _NEIGHBORS: (76.94, 72.33)},
    "satellite": {_VAE: (74.14, 75.55), _NEIGHBORS: (82.24, 72.09)},
    "shuttle": {_VAE: (99.35, 98.98), _NEIGHBORS: (99.91, 73.16)},
}
_FILES = {
    "breastw": "4_breastw",
    "ionosphere": "18_Ionosphere",
    "pima": "29_Pima",
    "satellite": "30_satellite",
    "shuttle": "32_shuttle",
}


def _read(work: "Work") -> tuple[np.ndarray, np.ndarray]:
    """Return rows, and 1 for each anomaly."""
    name = work.data_name
    if work.quick:
        from sklearn.datasets import load_breast_cancer

        data = load_breast_cancer()
        return data.data.astype("float32"), 1 - data.target  # 1: malignant
    where = (
        f"Download adbench/datasets/Classical/{_FILES[name]}.npz of "
        f"https://github.com/Minqi824/ADBench and call it {name}.npz."
    )
    x, y = read_arrays(f"anomaly/{name}.npz", ("X", "y"), where)
    return x.astype("float32"), y.astype(int)


def _split(
    x: np.ndarray, y: np.ndarray, protocol: str, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows to train on, rows to judge and the labels of these."""
    random = np.random.default_rng(seed)
    if protocol == _ALL:
        return x[random.integers(0, len(x), len(x))], x, y
    normal = np.flatnonzero(y == 0)
    if protocol == _RANDOM:
        normal = random.permutation(normal)
    train, rest = np.split(normal, [len(normal) // 2])
    judged = np.concatenate([rest, np.flatnonzero(y)])
    return x[train], x[judged], y[judged]


def _detector(work: "Work", seed: int) -> "AnomalyDetector":
    """Return the detector at its defaults."""
    from kerasae.estimators import AnomalyDetector

    return AnomalyDetector(
        epochs=work.epochs, batch_size=work.batch_size, random_state=seed
    )


def _compare(work: "Work") -> dict[str, float]:
    x, y = _read(work)
    runs = []
    for seed in work.seeds(5):
        run: dict[str, float] = {}
        for protocol in _PROTOCOLS:
            train, test, labels = _split(x, y, protocol, seed)
            for method, found in _judged(work, train, test, seed).items():
                ending = f"{protocol}, {method}"
                run |= ranking(labels, found.scores, ending)
                if method in (_DETECTOR, _PYOD) and protocol != _RANDOM:
                    run[f"{_SECONDS}, {ending}"] = found.seconds
        runs.append(run)
    return summary(runs)


class _Found(NamedTuple):
    scores: np.ndarray
    seconds: float


def _judged(
    work: "Work", train: np.ndarray, test: np.ndarray, seed: int
) -> dict[str, _Found]:
    """Return the scores of rows and the seconds of training, by method."""
    from sklearn.decomposition import PCA
    from sklearn.ensemble import IsolationForest
    from sklearn.neighbors import NearestNeighbors
    from sklearn.preprocessing import StandardScaler

    found = {}

    def judge(
        method: str, fit: Callable[[], Any], scores: Callable[[], np.ndarray]
    ) -> None:
        start = time.perf_counter()
        fit()
        seconds = time.perf_counter() - start
        found[method] = _Found(scores(), seconds)

    detector = _detector(work, seed)
    judge(_DETECTOR, lambda: detector.fit(train), lambda: -detector.score_samples(test))
    work.seconds += found[_DETECTOR].seconds
    # The detector does this itself.
    scaler = StandardScaler().fit(train)
    train, test = scaler.transform(train), scaler.transform(test)
    code = detector.autoencoder_.encoder.output_shape[-1]
    pca = PCA(code, random_state=seed)
    judge(_PCA, lambda: pca.fit(train), lambda: pca_errors(pca, test))
    nearest = NearestNeighbors(n_neighbors=5)
    judge(
        _NEIGHBORS,
        lambda: nearest.fit(train),
        lambda: neighbor_distances(nearest, test),
    )
    forest = IsolationForest(random_state=seed)
    judge(_FOREST, lambda: forest.fit(train), lambda: -forest.score_samples(test))
    if has_pyod():
        pyod = pyod_autoencoder(seed, quick=work.quick)
        judge(_PYOD, lambda: pyod.fit(train), lambda: pyod.decision_function(test))
    return found


def _conformal(work: "Work") -> dict[str, float]:
    """Count false alarms among normal rows that the detector has not seen."""
    x, y = _read(work)
    normal, rates = x[y == 0], []
    for seed in range(work.seed, work.seed + (2 if work.quick else _SPLITS)):
        shuffled = np.random.default_rng(seed).permutation(normal)
        train, test = np.split(shuffled, [len(normal) // 2])
        detector = _detector(work, seed)
        with work.timed():
            detector.fit(train)
        rates.append(float(np.mean(detector.predict(test) == -1)))
    held_out = len(detector.calibration_scores_)
    accepted = detector.false_alarm_rate
    # The largest rate that so many rows can tell.
    expected = math.floor(accepted * (held_out + 1)) / (held_out + 1)
    # Of one split: alarms are counted in so many rows, above a threshold that stands on
    # so many. The second term is the variance of a beta distribution.
    deviation = math.sqrt(
        expected * (1 - expected) * (1 / len(test) + 1 / (held_out + 2))
    )
    return {
        _ALARMS: 100 * float(np.mean(rates)),
        "binomial error of that, in %": 100 * deviation / math.sqrt(len(rates)),
        "spread over the splits, in %": 100 * float(np.std(rates, ddof=1)),
        "the same, expected, in %": 100 * deviation,
        "rows held out for calibration": float(held_out),
        "rows judged in a split": float(len(test)),
        "splits": float(len(rates)),
    }


def _scale(work: "Work") -> dict[str, float]:
    """Train on all rows, and judge files of many more."""
    x, _ = _read(work)
    detector = _detector(work, work.seed)
    with work.timed():
        detector.fit(x)
    values = {f"{_SECONDS}, {len(x):,} rows": work.seconds}
    path = work.path("rows.npy")
    path.parent.mkdir(parents=True, exist_ok=True)
    for count in (2_000, 8_000) if work.quick else (1_000_000, 4_000_000):
        rows = np.lib.format.open_memmap(path, "w+", "float32", (count, x.shape[1]))
        for start in range(0, count, len(x)):
            rows[start : start + len(x)] = x[: count - start]
        rows.flush()
        del rows
        began = time.perf_counter()
        with resident_growth() as grown:
            detector.score_samples(path)
        name = f"{count:,} rows of a file"
        values[f"seconds of judging {name}"] = time.perf_counter() - began
        values |= {f"MB of memory that takes, {name}": growth for growth in grown}
        path.unlink()
    return values


_COLUMNS = {
    "detector": _DETECTOR,
    "5-NN": _NEIGHBORS,
    "PCA": _PCA,
    "forest": _FOREST,
    "PyOD": _PYOD,
}


def _published(name: str) -> dict[str, float]:
    return {
        f"published {AUC}, {protocol}, {method}": value
        for method, values in _PUBLISHED[name].items()
        for protocol, value in zip((_FIRST, _ALL), values, strict=True)
    }


def _grid(title: str, names: dict[str, str]) -> Grid:
    """Return a table of data sets by columns, which show the values of those names."""
    columns = tuple(names)
    return Grid(
        title,
        tuple(_PUBLISHED),
        columns,
        lambda row, column: (row, names[column]),
        True,
    )


def _grids() -> Iterator[Grid]:
    for protocol, what in _PROTOCOLS.items():
        ours = {
            heading: f"{AUC}, {protocol}, {method}"
            for heading, method in _COLUMNS.items()
        }
        title = f"{AUC}, trained on {what}"
        if protocol == _RANDOM:
            yield _grid(title, ours)
            continue
        names = {
            "VAE*": f"published {AUC}, {protocol}, {_VAE}",
            "detector": ours["detector"],
            "5-NN*": f"published {AUC}, {protocol}, {_NEIGHBORS}",
        }
        yield _grid(f"{title}; *: published", names | ours)
    for protocol, what in _PROTOCOLS.items():
        names = {
            heading: f"{PRECISION}, {protocol}, {method}"
            for heading, method in _COLUMNS.items()
        }
        yield _grid(f"{PRECISION}, trained on {what}", names)
    names = {
        f"{heading}, {protocol}": f"{_SECONDS}, {protocol}, {_COLUMNS[heading]}"
        for protocol in (_FIRST, _ALL)
        for heading in ("detector", "PyOD")
    }
    yield _grid(_SECONDS, names)


_experiment = partial(Experiment, batch_size=128, quick_data="breast_cancer")

SOURCE = Source(
    name="anomaly-tables",
    title="Anomalies in tables",
    experiments=(
        *(
            _experiment(
                name=name,
                settings="AnomalyDetector() beside other detectors, five seeds",
                run=_compare,
                epochs=50,
                published=_published(name),
                data=name,
            )
            for name in _PUBLISHED
        ),
        _experiment(
            name="conformal",
            settings=f"{_SPLITS} times AnomalyDetector(epochs=10) on a random half of "
            "the normal rows of satellite, alarms in the other half",
            run=_conformal,
            epochs=10,
            published={_ALARMS: 5.0},
            remarks={_ALARMS: "5 is the rate that was asked for"},
            data="satellite",
        ),
        _experiment(
            name="scale",
            settings="AnomalyDetector() on all of shuttle, then files of its rows",
            run=_scale,
            epochs=50,
            data="shuttle",
        ),
    ),
    grids=tuple(_grids()),
)
