"""Learning curves of one run, or of several in one picture."""

import math
import numbers
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kerasae._checks import argument_error, nearest
from kerasae.plotting._annotations import Mark, add_marks
from kerasae.plotting._figure import (
    COLORS,
    GRAY,
    add_legend,
    figure_and_axes,
    save,
    style_chart,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VALIDATION = "val_"
GREW = "code size after growing"
PARTS = {"": "training", VALIDATION: "validation"}
# A second and third round through the colors can still be told from the first.
MARKERS = ("", "o", "s", "^", "D")


class _Curve(NamedTuple):
    label: str
    run: int
    validation: bool
    epochs: np.ndarray
    values: np.ndarray


def plot_history(
    histories: Any,
    *,
    metric: str = "loss",
    log: bool = False,
    marks: Mapping[float, Any] | None = None,
    axes: Any = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw a metric over the epochs: training solid, validation dashed.

    Epochs count from 1. A run resumed with `initial_epoch` stands at its own epochs
    if its History is given; validation run at every k-th epoch stands at those.
    Values that are NaN or infinite leave a gap. Where a network grew while it was
    trained, a dotted line between two epochs says the new size of the code.

    Args:
        histories: What `fit` returned, its `history` dictionary (metric name: one
            number an epoch), or a mapping {run name: either of these}. A History
            with an attribute `growth`, {epochs done: new code size}, says where the
            network grew.
        metric: The metric to draw, without "val_".
        log: Whether the values, all above zero, stand on a logarithmic scale.
        marks: Dotted lines of your own instead, {epoch: what to write}; 4.5 lies
            between epochs 4 and 5. An empty mapping draws none.
        axes: Where to draw, a Matplotlib Axes of yours. The default makes a figure.
        path: The file to write; its suffix names the format, png or svg say.

    Returns:
        The Matplotlib figure; a new one has one axes and a legend. It belongs to no
        window: show it in a notebook by naming it, or save it.

    Raises:
        ValueError: If no epoch was recorded, the metric is unknown, no value is
            finite, `log` meets a value of zero or below, or the suffix of `path` is
            unknown.
        TypeError: If `histories` is none of the above, a mark no number, or `axes`
            no Axes.
        OSError: If `path` cannot be written.

    Example:
        >>> small = {"loss": [0.4, 0.2, 0.1], "val_loss": [0.5, 0.3, 0.2]}
        >>> large = {"loss": [0.3, 0.1], "val_loss": [0.4, 0.2]}
        >>> figure = plot_history({"small": small, "large": large}, log=True)
        >>> len(figure.axes[0].lines)
        4
        >>> figure.axes[0].get_ylabel()
        'loss (log scale)'
    """
    runs = _runs(histories)
    curves = _curves(runs, metric)
    if log:
        for curve in curves:
            _check_positive(curve, metric)
    dotted = _growth(runs) if marks is None else _checked_marks(marks)
    own = axes is None
    figure, axes = figure_and_axes(axes, 6.0, 3.7)
    lines = [_draw(axes, curve) for curve in curves]
    labels = [curve.label for curve in curves]
    if dotted and marks is None:
        lines.append(_sample_of_a_mark())
        labels.append(GREW)
    _dress_axes(axes, curves, metric, log, [mark.x for mark in dotted])
    add_legend(figure, axes, lines, labels, beside=own and len(curves) > 2)
    add_marks(axes, dotted, grow=own)
    return save(figure, path)


def _runs(histories: Any) -> dict[str, Any]:
    """Return {run name: History or dictionary}; a single run has the name ""."""
    if hasattr(histories, "history"):
        return {"": histories}
    expected = "a History, its `history` dictionary, or {run name: either of these}"
    if not isinstance(histories, Mapping):
        raise TypeError(argument_error("histories", expected, histories))
    if not histories:
        fix = "Train first: histories=model.fit(...)."
        raise ValueError(argument_error("histories", "not empty", histories, fix))
    nested = [
        isinstance(value, Mapping) or hasattr(value, "history")
        for value in histories.values()
    ]
    if all(nested):
        return {str(name): run for name, run in histories.items()}
    if any(nested):
        raise TypeError(argument_error("histories", expected, histories))
    return {"": histories}


def _curves(runs: Mapping[str, Any], metric: str) -> list[_Curve]:
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
            curves.append(_Curve(prefix + word, number, bool(part), at, values))
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
        raise TypeError(argument_error(where, "a list of one number an epoch", values))
    if not np.isfinite(found).any():
        fix = "The training diverged: lower the learning rate or scale the data."
        received = f"{len(found)} values, none finite"
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
    raise ValueError(argument_error(where, expected, f"{len(values)} numbers"))


def _growth(runs: Mapping[str, Any]) -> list[Mark]:
    """Return a mark between two epochs for each time that a run's network grew."""
    found: dict[tuple[float, str], set[int]] = {}
    for number, (name, run) in enumerate(runs.items()):
        growth = getattr(run, "growth", None) or {}
        where = f"histories[{name!r}].growth" if name else "histories.growth"
        for mark in _checked_marks(growth, where):
            # Done epochs count from 0, and the epochs drawn from 1.
            found.setdefault((mark.x + 0.5, mark.text), set()).add(number)
    alone = len(runs) == 1
    return [
        Mark(
            x,
            text,
            GRAY if alone or len(grown) > 1 else COLORS[min(grown) % len(COLORS)],
        )
        for (x, text), grown in found.items()
    ]


def _checked_marks(marks: Any, where: str = "marks") -> list[Mark]:
    expected = "a mapping {epoch: what to write}"
    fix = "For example marks={4.5: 'grown'}."
    if not isinstance(marks, Mapping):
        raise TypeError(argument_error(where, expected, marks, fix))
    found = []
    for epoch, text in marks.items():
        if isinstance(epoch, bool) or not isinstance(epoch, numbers.Real):
            raise TypeError(argument_error(where, expected, marks, fix))
        if not math.isfinite(epoch):
            raise ValueError(argument_error(where, "at finite epochs", marks, fix))
        found.append(Mark(float(epoch), str(text)))
    return found


def _sample_of_a_mark() -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=GRAY, linestyle=":", linewidth=1.0)


def _check_positive(curve: _Curve, metric: str) -> None:
    finite = curve.values[np.isfinite(curve.values)]
    if (finite <= 0).any():
        text = f"`log` must be False where {metric!r} is not above zero."
        text += f" Received: log=True, and {finite.min():.4g} as the smallest value"
        raise ValueError(f"{text} ({curve.label}).")


def _draw(axes: "Axes", curve: _Curve) -> Any:
    values = np.where(np.isfinite(curve.values), curve.values, np.nan)
    lap = curve.run // len(COLORS)
    marker = MARKERS[lap % len(MARKERS)]
    # A lone point has no line through it: it needs a marker, hollow and square for
    # validation, as dashes cannot show.
    if not marker and _has_lone_point(values):
        marker = "s" if curve.validation else "o"
    color = COLORS[curve.run % len(COLORS)]
    (line,) = axes.plot(
        curve.epochs,
        values,
        color=color,
        linestyle="--" if curve.validation else "-",
        linewidth=1.6,
        marker=marker or "none",
        markersize=5,
        markerfacecolor="white" if curve.validation else color,
        markevery=max(1, len(values) // 12),
        label=curve.label,
    )
    return line


def _has_lone_point(values: np.ndarray) -> bool:
    """Return whether a value has no finite neighbor."""
    finite = np.concatenate([[False], np.isfinite(values), [False]])
    return bool((finite[1:-1] & ~finite[:-2] & ~finite[2:]).any())


def _dress_axes(
    axes: "Axes",
    curves: Sequence[_Curve],
    metric: str,
    log: bool,
    marked: Sequence[float],
) -> None:
    from matplotlib.ticker import MaxNLocator

    first = min(int(curve.epochs[0]) for curve in curves)
    last = max(int(curve.epochs[-1]) for curve in curves)
    room = 0.03 * (last - first) or 0.5
    axes.set_xlim(min(first - room, *marked, first), max(last + room, *marked, last))
    ticks = MaxNLocator(nbins=9, steps=[1, 2, 5, 10], integer=True).tick_values(
        first, last
    )
    # The room at the left would show a tick at epoch 0, which there is not.
    axes.set_xticks([int(tick) for tick in ticks if first <= tick <= last])
    axes.set_xlabel("epoch", fontsize=11)
    name = metric.replace("_", " ")
    axes.set_ylabel(
        f"{name} (log scale)" if log else name, fontsize=11, parse_math=False
    )
    if log:
        axes.set_yscale("log")
    else:
        axes.ticklabel_format(axis="y", useOffset=False)
    style_chart(axes)
