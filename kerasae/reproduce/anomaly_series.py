"""Anomalies in long series, beside a z-score of first differences.

Two series that Python's package aeon carries: number 135 of the UCR anomaly archive of
2021, and an electrocardiogram from the generator GutenTAG. Windows of 100 steps are
judged, every one there is, and their scores brought back to the steps.
"""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kerasae.reproduce._data_files import read_arrays
from kerasae.reproduce._ranking import AUC, PRECISION, ranking, summary
from kerasae.reproduce._source import Experiment, Grid, Source

if TYPE_CHECKING:
    from kerasae._types import ArrayLike
    from kerasae.reproduce._work import Work

_LENGTH = 100
_MEASURES = ("squared", "code", "joint")
_MERGES = ("mean", "min")
_DRAWN = "joint"
_DIFFERENCES = "differences"
_DISTANCE = "steps from the largest score to the nearest anomaly"
_LOADED = {
    "internal_bleeding": "`load_kdd_tsad_135`, for the splits train and test",
    "synthetic_ecg": "`load_ecg_diff_count_3`, semi-supervised, up to its release 1.6",
}


def _read(work: "Work") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a series to train on, one to judge, of shape (steps, 1), and labels."""
    name = work.data_name
    if work.quick:
        return _sine(work.seed)
    where = (
        f"The package aeon has the series in `aeon.datasets`: {_LOADED[name]}. Save it "
        f"by numpy.savez as {name}.npz, with the arrays x_train and x_test of shape "
        "(steps, 1) and y_test of shape (steps,), 1 for anomalous steps."
    )
    names = ("x_train", "x_test", "y_test")
    train, test, labels = read_arrays(f"series/{name}.npz", names, where)
    return train.reshape(-1, 1), test.reshape(-1, 1), labels.reshape(-1).astype(int)


def _sine(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return sines with a little noise, and in the second a spell of more."""
    random, steps = np.random.default_rng(seed), np.arange(600)
    series = np.sin(steps / 4) + random.normal(0, 0.02, (2, len(steps)))
    labels = (steps >= 300) & (steps < 312)
    series[1, labels] += random.normal(0, 0.5, int(labels.sum()))
    train, test = series.astype("float32")[..., None]
    return train, test, labels.astype(int)


def _by_step(work: "Work") -> dict[str, float]:
    from kerasae import anomaly
    from kerasae.anomaly import windows

    train, test, labels = _read(work)
    location, spread = train.mean(axis=0), train.std(axis=0)
    learned = windows((train - location) / spread, _LENGTH)
    judged = windows((test - location) / spread, _LENGTH)
    runs: list[dict[str, float]] = []
    for seed in work.seeds(5):
        triple = work.train(
            "conv1d",
            learned.values,
            seed,
            filters=(16, 8),
            latent_dim=8,
            output_activation="linear",
        )
        reference = anomaly.fit_reference(triple, learned.values)
        run: dict[str, float] = {}
        for measure in _MEASURES:
            scores = anomaly.scores(triple, judged.values, measure, reference=reference)
            for merge in _MERGES:
                steps = np.asarray(judged.at_steps(scores, merge))
                run |= _values(labels, steps, f"{measure}, {merge}")
        if not runs:
            ordinary = anomaly.scores(
                triple, learned.values, _DRAWN, reference=reference
            )
            scores = anomaly.scores(triple, judged.values, _DRAWN, reference=reference)
            _draw(work, test, judged.at_steps(scores), learned.at_steps(ordinary))
        runs.append(run)
    simple = _values(labels, _differences(train, test), _DIFFERENCES)
    return summary(runs) | simple


def _draw(
    work: "Work", test: np.ndarray, scores: "ArrayLike", ordinary: "ArrayLike"
) -> None:
    """Draw the series, and as a threshold the largest score of what was learned."""
    from kerasae import plotting

    path = work.path("scores.png")
    path.parent.mkdir(parents=True, exist_ok=True)
    threshold = float(np.max(ordinary))
    plotting.plot_series(test, scores=scores, threshold=threshold, path=path)


def _values(labels: np.ndarray, steps: np.ndarray, method: str) -> dict[str, float]:
    apart = np.abs(np.flatnonzero(labels) - int(steps.argmax())).min()
    return {
        **ranking(labels, steps, method),
        f"{_DISTANCE}, {method}": float(apart),
    }


def _differences(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return how unusual each step up or down is, in standard deviations."""
    usual = np.diff(train[:, 0])
    steps = np.diff(test[:, 0], prepend=test[0, 0])
    return np.asarray(np.abs(steps - usual.mean()) / usual.std())


_EXPERIMENTS = ("internal-bleeding", "synthetic-ecg")


def _grid(quantity: str) -> Grid:
    methods = [f"{measure}, {merge}" for measure in _MEASURES for merge in _MERGES]
    return Grid(
        quantity,
        (*methods, _DIFFERENCES),
        _EXPERIMENTS,
        lambda method, experiment: (experiment, f"{quantity}, {method}"),
    )


_experiment = partial(
    Experiment,
    settings=f"windows of {_LENGTH} steps, 16 and 8 filters, a code of 8, Adam, batch "
    "128, five seeds",
    run=_by_step,
    batch_size=128,
    quick_data="sine",
)

SOURCE = Source(
    name="anomaly-series",
    title="Anomalies in series",
    experiments=(
        _experiment(name="internal-bleeding", epochs=50, data="internal_bleeding"),
        _experiment(name="synthetic-ecg", epochs=10, data="synthetic_ecg"),
    ),
    grids=tuple(map(_grid, (AUC, PRECISION, _DISTANCE))),
)
