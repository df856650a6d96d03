"""Learning curves of one run, or of several in one chart."""

import math
import numbers
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae._checks import argument_error
from kerasae.plotting._annotations import Mark, add_marks
from kerasae.plotting._figure import (
    COLORS,
    GRAY,
    add_legend,
    figure_and_axes,
    save,
    style_chart,
)
from kerasae.plotting.charts._curves import Curve, curves_of, runs_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GROWTH_LABEL = "code size after growing"
# Tell a second and third round through the colors from the first.
MARKERS = ("", "o", "s", "^", "D")


def plot_history(
    histories: Any,
    *,
    metric: str = "loss",
    log: bool = False,
    marks: Mapping[float, Any] | None = None,
    axes: "Axes | None" = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw a metric over the epochs: training solid, validation dashed.

    Epochs count from 1. A run resumed with `initial_epoch` is drawn at its own
    epochs if its History is given, and validation at every k-th epoch at those
    epochs. Values that are NaN or infinite leave a gap. Where a network grew during
    training, a dotted line between two epochs gives the new size of the code.

    Args:
        histories: What `fit` returned, its `history` dictionary (metric name: one
            number per epoch), or a mapping {run name: either of these}. The attribute
            `growth` of a History, {epochs done: new code size}, says where the
            network grew.
        metric: The metric to draw, without "val_".
        log: Whether to use a logarithmic scale; all values must be above zero.
        marks: Dotted lines of your own instead, {epoch: what to write}; 4.5 lies
            between epochs 4 and 5. An empty mapping draws none.
        axes: Your own Matplotlib Axes to draw in. The default makes a new figure.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        The Matplotlib figure; a new one has one axes and a legend. It opens no
        window: in a notebook, name it to see it, or save it.

    Raises:
        ValueError: If no epoch was recorded, the metric is unknown, no value is
            finite, a value is zero or below with `log`, or the suffix of `path` is
            unknown.
        TypeError: If `histories` is none of the above, a mark is not at a number, or
            `axes` is not an Axes.
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
    runs = runs_of(histories)
    curves = curves_of(runs, metric)
    if log:
        for curve in curves:
            _check_positive(curve, metric)
    dotted = _growth(runs) if marks is None else _checked_marks(marks)
    own = axes is None
    figure, axes = figure_and_axes(axes, 6.0, 3.7)
    lines = [_draw(axes, curve) for curve in curves]
    labels = [curve.label for curve in curves]
    if dotted and marks is None:
        lines.append(_mark_handle())
        labels.append(GROWTH_LABEL)
    _style_axes(axes, curves, metric, log, [mark.x for mark in dotted])
    add_legend(figure, axes, lines, labels, beside=own and len(curves) > 2)
    add_marks(axes, dotted, grow=own)
    return save(figure, path)


def _growth(runs: Mapping[str, Any]) -> list[Mark]:
    """Return a mark between two epochs for each time that a run's network grew."""
    found: dict[tuple[float, str], set[int]] = {}
    for number, (name, run) in enumerate(runs.items()):
        growth = getattr(run, "growth", None) or {}
        where = f"histories[{name!r}].growth" if name else "histories.growth"
        for mark in _checked_marks(growth, where):
            # After so many epochs: between the last of them and the next.
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


def _mark_handle() -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=GRAY, linestyle=":", linewidth=1.0)


def _check_positive(curve: Curve, metric: str) -> None:
    finite = curve.values[np.isfinite(curve.values)]
    if (finite <= 0).any():
        text = f"`log` must be False where {metric!r} is not above zero."
        text += f" Received: log=True, and {finite.min():.4g} as the smallest value"
        raise ValueError(f"{text} ({curve.label}).")


def _draw(axes: "Axes", curve: Curve) -> Any:
    values = np.where(np.isfinite(curve.values), curve.values, np.nan)
    lap = curve.run // len(COLORS)
    marker = MARKERS[lap % len(MARKERS)]
    # No line goes through a lone point: it needs a marker, hollow and square for
    # validation, where no dashes show.
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
    """Return whether a finite value has no finite neighbor."""
    finite = np.concatenate([[False], np.isfinite(values), [False]])
    return bool((finite[1:-1] & ~finite[:-2] & ~finite[2:]).any())


def _style_axes(
    axes: "Axes",
    curves: Sequence[Curve],
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
    # There is no epoch 0, though its tick would fit at the left.
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
