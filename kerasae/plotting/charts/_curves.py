"""From what `fit` returned to the curves of one metric."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from kerasae._checks import Description, argument_error, nearest

VALIDATION = "val_"
PARTS = {"": "training", VALIDATION: "validation"}


class Curve(NamedTuple):
    """A metric of one run over the epochs, in training or in validation."""

    label: str
    run: int
    validation: bool
    epochs: np.ndarray
    values: np.ndarray


def runs_of(histories: Any) -> dict[str, Any]:
    """Return {run name: History or dictionary}; a single run has the name ""."""
    if hasattr(histories, "history"):
        return {"": histories}
    expected = "a History, its `history` dictionary, or {run name: either of these}"
    if not isinstance(histories, Mapping):
        raise TypeError(argument_error("histories", expected, histories))
    if not histories:
        fix = "Train first: histories=model.fit(...)."
        raise ValueError(argument_error("histories", "non-empty", histories, fix))
    nested = [
        isinstance(value, Mapping) or hasattr(value, "history")
        for value in histories.values()
    ]
    if all(nested):
        return {str(name): run for name, run in histories.items()}
    if any(nested):
        raise TypeError(argument_error("histories", expected, histories))
    return {"": histories}


def curves_of(runs: Mapping[str, Any], metric: str) -> list[Curve]:
    """Return the curves of a metric in all runs, or raise if one does not have it."""
    curves = []
    for number, (name, run) in enumerate(runs.items()):
        where = f"histories[{name!r}]" if name or len(runs) > 1 else "histories"
        record = run.history if hasattr(run, "history") else run
        if not any(_length(values) for values in record.values()):
            fix = "Train for an epoch or more: histories=model.fit(...)."
            expected = "a record of at least one epoch"
            raise ValueError(argument_error(where, expected, dict(record), fix))
        _check_metric(metric, record, where)
        prefix = f"{name} \N{EN DASH} " if where != "histories" else ""
        epochs = _epochs(run, record, metric)
        for part, word in PARTS.items():
            if not _length(record.get(part + metric, ())):
                continue
            values = _numbers(record[part + metric], f"{where}[{part + metric!r}]")
            at = _placed(epochs, values, f"{where}[{part + metric!r}]")
            curves.append(Curve(prefix + word, number, bool(part), at, values))
    return curves


def _length(values: Any) -> int:
    return len(values) if hasattr(values, "__len__") else 0


def _check_metric(metric: Any, record: Mapping[str, Any], where: str) -> None:
    known = list(dict.fromkeys(str(key).removeprefix(VALIDATION) for key in record))
    if metric in known and any(_length(record.get(p + metric, ())) for p in PARTS):
        return
    if not isinstance(metric, str):
        raise TypeError(argument_error("metric", "the name of a metric", metric))
    if metric.removeprefix(VALIDATION) in known and metric not in known:
        plain = metric.removeprefix(VALIDATION)
        fix = f"Leave out {VALIDATION!r}: metric={plain!r} draws both curves."
    else:
        fix = nearest(metric, known)
    raise ValueError(argument_error("metric", f"recorded in `{where}`", metric, fix))


def _numbers(values: Any, where: str) -> np.ndarray:
    try:
        found = np.asarray(values, dtype="float64")
    except (TypeError, ValueError):
        found = np.empty((0, 0))
    if found.ndim != 1:
        expected = "a list of one number per epoch"
        raise TypeError(argument_error(where, expected, values))
    if not np.isfinite(found).any():
        fix = "The training diverged: lower the learning rate or scale the data."
        received = Description(f"{len(found)} values, none finite")
        expected = "finite at one epoch or more"
        raise ValueError(argument_error(where, expected, received, fix))
    return found


def _epochs(run: Any, record: Mapping[str, Any], metric: str) -> np.ndarray:
    """Return the numbers of all epochs, from 1."""
    longest = max(_length(record.get(part + metric, ())) for part in PARTS)
    counted = getattr(run, "epoch", None)  # Keras counts from 0
    if counted is not None and _length(counted) >= longest:
        return np.asarray(counted, dtype=int) + 1
    return np.arange(1, longest + 1)


def _placed(epochs: np.ndarray, values: np.ndarray, where: str) -> np.ndarray:
    """Return the epoch of each value.

    Fewer values than epochs come from `validation_freq=k`, which Keras does not
    record: the largest k that leaves as many epochs is taken.
    """
    for step in range(int(epochs[-1]), 0, -1):
        chosen = epochs[epochs % step == 0]
        if len(chosen) == len(values):
            return chosen
    expected = f"one number for each of {len(epochs)} epochs, or for every k-th"
    received = Description(f"{len(values)} numbers")
    raise ValueError(argument_error(where, expected, received))
