"""How anomalous samples are, and where the line is drawn."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae._arrays import as_vector, shape_error
from kerasae._checks import argument_error, finite, positive_integer
from kerasae._types import ArrayLike
from kerasae.plotting._figure import (
    COLORS,
    add_legend,
    figure_and_axes,
    number,
    save,
    style_chart,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ORDINARY, ANOMALOUS = COLORS[5], COLORS[1]
# The largest score, in medians, from which a linear axis would show one bar.
FAR = 30.0


def plot_scores(
    scores: ArrayLike,
    *,
    threshold: float | None = None,
    rate: float | None = None,
    labels: ArrayLike = None,
    log: bool | None = None,
    bins: int = 50,
    axes: "Axes | None" = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw how scores are distributed, and the threshold above which alarms begin.

    Args:
        scores: Scores, larger for more anomalous samples, shape (n,).
        threshold: The score above which a sample is flagged; None draws none.
        rate: The rate of false alarms that the threshold stands for, in (0, 1), to be
            written beside it.
        labels: Which samples are known to be anomalies, shape (n,), true for those;
            they are drawn apart, in a histogram of their own.
        log: Whether the axis of scores is logarithmic. None decides by how far apart
            they are; scores of 0 and below are always drawn on a linear one.
        bins: Bars of the histogram, a positive integer.
        axes: Your own Matplotlib Axes to draw in. The default makes a new figure.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: If an array is empty or not finite, their lengths differ, or the
            suffix of `path` is unknown.
        TypeError: If an argument holds no numbers.
        OSError: If `path` cannot be written.

    Example:
        >>> import numpy as np
        >>> from kerasae.plotting import plot_scores
        >>> scores = np.random.default_rng(0).exponential(size=200)
        >>> figure = plot_scores(scores, threshold=3.0, rate=0.05)
        >>> figure.axes[0].get_xlabel()
        'score'
    """
    values = as_vector("scores", scores)
    bins = positive_integer("bins", bins)
    groups = [("", values, ORDINARY)]
    if labels is not None:
        anomalous = _flags("labels", labels, len(values))
        groups = [
            ("ordinary", values[~anomalous], ORDINARY),
            ("anomalies", values[anomalous], ANOMALOUS),
        ]
    limit = None if threshold is None else finite("threshold", threshold)
    known = values if limit is None else np.append(values, limit)
    if log is None:
        log = bool(known.min() > 0 and values.max() > FAR * np.median(values))
    log = log and bool(known.min() > 0)
    figure, axes = figure_and_axes(axes, 6.0, 3.2)
    handles = _draw(axes, groups, _edges(known, bins, log))
    style_chart(axes)
    axes.set_xlabel("score (log scale)" if log else "score", fontsize=11)
    axes.set_ylabel("samples", fontsize=11)
    if labels is not None:
        names = [f"{len(found):,} {name}" for name, found, _ in groups]
        add_legend(figure, axes, handles, names, beside=False)
    if limit is not None:
        _mark(axes, limit, None if rate is None else finite("rate", rate))
    return save(figure, path)


def _mark(axes: "Axes", limit: float, rate: float | None) -> None:
    """Draw the threshold, with words above on the side that has more room."""
    axes.axvline(limit, color="black", linestyle=":", linewidth=1.2)
    place = axes.transAxes.inverted().transform(axes.transData.transform((limit, 0)))
    right = place[0] < 0.5
    text = f"threshold {number(limit)}"
    text += f", for {rate:.2g} false alarms" if rate is not None else ""
    axes.annotate(
        text,
        (limit, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(2 if right else -2, 3),
        textcoords="offset points",
        ha="left" if right else "right",
        va="bottom",
        fontsize=9,
    )


def _edges(values: np.ndarray, bins: int, log: bool) -> np.ndarray:
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = (low / 2, low * 2) if log else (low - 0.5, low + 0.5)
    if log:
        return np.geomspace(low, high, bins + 1)
    return np.linspace(low, high, bins + 1)


def _draw(axes: "Axes", groups: list[Any], edges: np.ndarray) -> list[Any]:
    from matplotlib.ticker import MaxNLocator

    if edges[0] > 0 and not np.allclose(np.diff(edges), edges[1] - edges[0]):
        axes.set_xscale("log")
    handles = []
    for _, values, color in groups:
        counts, _ = np.histogram(values, bins=edges)
        alpha = 0.75 if len(groups) > 1 else 1.0
        handles.append(axes.stairs(counts, edges, fill=True, color=color, alpha=alpha))
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    return handles


def _flags(argument: str, values: ArrayLike, count: int) -> np.ndarray:
    array = as_vector(argument, values)
    if len(array) != count:
        expected = f"one for each of the {count} scores"
        raise ValueError(shape_error(argument, expected, array.shape))
    if not np.isin(array, (0, 1)).all():
        expected = "true for anomalies and false for others"
        fix = "For scikit-learn's 1 and -1: labels == -1."
        raise ValueError(argument_error(argument, expected, values, fix))
    return array.astype(bool)
