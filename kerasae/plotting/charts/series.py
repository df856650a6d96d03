"""A long series with the stretches that do not belong."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae._arrays import as_numbers, shape_error
from kerasae._checks import finite
from kerasae._types import ArrayLike
from kerasae.plotting._annotations import Mark, add_marks
from kerasae.plotting._figure import (
    COLORS,
    GRAY,
    new_figure,
    number,
    save,
    style_chart,
)
from kerasae.plotting.rendering.pictures import checked_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 9.0  # inches
HEIGHTS = (1.1, 0.55)  # inches of a channel, of few and of many
FEW = 4
MOST_NAMED = 8  # stretches whose cause is written above them
NARROWEST = 0.003  # of the width: a single step of many is seen, too
FLAGGED, CAUSE = COLORS[4], COLORS[1]


def plot_series(
    series: ArrayLike,
    *,
    scores: ArrayLike = None,
    threshold: float | None = None,
    flagged: ArrayLike = None,
    contributions: ArrayLike = None,
    names: Sequence[Any] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw a series with the flagged stretches in color, and the channel behind each.

    Args:
        series: The series, shape (steps, channels) or (steps,).
        scores: One score a step, shape (steps,), drawn below, as
            `kerasae.anomaly.Windows.at_steps` returns them.
        threshold: The score above which a step is flagged.
        flagged: Which steps are flagged, shape (steps,); None for those whose score
            is above the threshold.
        contributions: The share of each channel in the score of each step, of the
            shape of `series`: the channel of the largest share is marked.
        names: One name a channel.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        The Matplotlib figure: one axes a channel, and one for the scores.

    Raises:
        ValueError: If a shape does not fit, a number is not finite, or the suffix of
            `path` is unknown.
        TypeError: If an argument holds no numbers.
        OSError: If `path` cannot be written.

    Example:
        >>> import numpy as np
        >>> from kerasae.plotting import plot_series
        >>> series = np.sin(np.arange(200) / 5)
        >>> figure = plot_series(series, scores=np.abs(series), threshold=0.99)
        >>> len(figure.axes)
        2
    """
    values = as_numbers("series", series, axes=1)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2:
        expected = "of shape (steps, channels) or (steps,)"
        raise ValueError(shape_error("series", expected, values.shape))
    steps, channels = values.shape
    found = None if scores is None else _alike("scores", scores, (steps,))
    limit = None if threshold is None else finite("threshold", threshold)
    where = np.zeros(steps, bool)
    if flagged is not None:
        where = _alike("flagged", flagged, (steps,)).astype(bool)
    elif found is not None and limit is not None:
        where = found > limit
    causes = None
    if contributions is not None:
        given = as_numbers("contributions", contributions, axes=1)
        given = given[:, None] if given.ndim == 1 else given
        causes = _alike("contributions", given, (steps, channels))
    words = checked_labels("names", names, channels)
    if words is None:
        words = [f"channel {i}" for i in range(channels)] if channels > 1 else [""]
    figure, axes = _rows(channels, scores is not None)
    stretches = list(_stretches(where))
    for row, column, word in zip(axes, values.T, words, strict=False):
        row.plot(column, color=COLORS[0], linewidth=_line(steps))
        row.set_ylabel(word, fontsize=10, rotation=0, ha="right", va="center")
        row.yaxis.label.set_parse_math(False)
    if found is not None:
        _draw_scores(axes[-1], found, limit)
    marks = []
    for begin, end in stretches:
        cause = None
        if causes is not None:
            cause = int(causes[begin:end].sum(axis=0).argmax())
            marks.append(Mark(begin, words[cause], CAUSE))
        wider = max(0.0, NARROWEST * steps - (end - begin)) / 2
        for place, row in enumerate(axes):
            color, alpha = (CAUSE, 0.45) if place == cause else (FLAGGED, 0.3)
            row.axvspan(
                begin - 0.5 - wider,
                end - 0.5 + wider,
                color=color,
                alpha=alpha,
                linewidth=0,
            )
    for row in axes:
        style_chart(row)
        row.tick_params(labelsize=8)
        row.set_xlim(-0.5, steps - 0.5)
    axes[-1].set_xlabel("step", fontsize=10)
    if channels > 1 and len(marks) <= MOST_NAMED:
        add_marks(axes[0], marks, grow=True)
    return save(figure, path)


def _alike(argument: str, values: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    array = as_numbers(argument, values, axes=1)
    if array.shape != shape:
        expected = f"of shape {shape}, as the series"
        raise ValueError(shape_error(argument, expected, array.shape))
    return array


def _rows(channels: int, with_scores: bool) -> tuple["Figure", list["Axes"]]:
    count = channels + with_scores
    height = HEIGHTS[channels > FEW]
    figure = new_figure(WIDTH, 0.6 + height * count, layout="constrained")
    grid = figure.subplots(count, 1, sharex=True, squeeze=False)
    return figure, list(grid[:, 0])


def _line(steps: int) -> float:
    """Return a width at which long series do not blot."""
    return 1.2 if steps <= 1000 else 0.8 if steps <= 5000 else 0.5


def _draw_scores(axes: "Axes", scores: np.ndarray, limit: float | None) -> None:
    axes.plot(scores, color="black", linewidth=_line(len(scores)))
    axes.set_ylabel("score", fontsize=10, rotation=0, ha="right", va="center")
    if scores.min() > 0 and scores.max() > 30 * np.median(scores):
        axes.set_yscale("log")
    if limit is not None:
        axes.axhline(limit, color=GRAY, linestyle="--", linewidth=1.0)
        axes.annotate(
            f"threshold {number(limit)}",
            (1.0, limit),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 2),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=8,
            color=GRAY,
        )


def _stretches(flagged: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each run of flagged steps; the end is the step after."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flagged.astype(int), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
