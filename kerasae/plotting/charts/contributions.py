"""The features behind an alarm."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae._arrays import as_vector
from kerasae._checks import positive_integer
from kerasae._types import ArrayLike
from kerasae.plotting._figure import COLORS, GRAY, figure_and_axes, save, style_chart
from kerasae.plotting.rendering.pictures import checked_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.27  # inches, of a bar
LONGEST_NAME = 40  # characters


def plot_contributions(
    contributions: ArrayLike,
    names: Sequence[Any] | None = None,
    *,
    values: Sequence[Any] | None = None,
    most: int = 10,
    title: str = "",
    axes: "Axes | None" = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw the share of each feature in a sample's score, the largest on top.

    Args:
        contributions: One number a feature, shape (n_features,): a row of
            `AnomalyDetector.explain`, or of `kerasae.anomaly.contributions`. A row of
            a data frame has names already.
        names: One name a feature; None for those of the row, or "feature 0" and so on.
        values: The sample itself, to be written beside the names.
        most: How many features are shown; the others are summed in one bar.
        title: What to write above.
        axes: Your own Matplotlib Axes to draw in. The default makes a new figure.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: If there is no feature, a number is not finite, the lengths differ,
            or the suffix of `path` is unknown.
        TypeError: If an argument holds no numbers.
        OSError: If `path` cannot be written.

    Example:
        >>> from kerasae.plotting import plot_contributions
        >>> figure = plot_contributions([0.5, 9.0, 2.5], ["flow", "heat", "speed"])
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['heat', 'speed', 'flow']
    """
    fix = "Take one sample: contributions[0]; flatten images, or draw them with "
    shares = as_vector("contributions", contributions, f"{fix}plot_anomaly_maps.")
    most = positive_integer("most", most)
    if names is None:
        index = getattr(contributions, "index", None)
        numbered = [f"feature {i}" for i in range(len(shares))]
        names = numbered if index is None or callable(index) else list(index)
    words = checked_labels("names", names, len(shares)) or []
    own_values = checked_labels("values", values, len(shares))
    words = [
        _short(word) if own_values is None else f"{_short(word)} = {own_values[i]}"
        for i, word in enumerate(words)
    ]
    order = np.argsort(-np.abs(shares), kind="stable")
    shown, others = order[:most], order[most:]
    labels = [words[i] for i in shown]
    heights = list(shares[shown])
    if len(others):
        labels.append(f"{len(others):,} others")
        heights.append(float(shares[others].sum()))
    figure, axes = figure_and_axes(axes, 6.0, 0.9 + ROW * len(labels))
    colors = [COLORS[1]] * len(shown) + [GRAY] * (len(labels) - len(shown))
    places = np.arange(len(labels))
    axes.barh(places, heights, color=colors, height=0.7)
    style_chart(axes)
    axes.grid(visible=False, axis="y")
    axes.set_yticks(places, labels, parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlabel("contribution to the score", fontsize=11)
    axes.set_title(title, fontsize=11, loc="left", parse_math=False)
    return save(figure, path)


def _short(word: str) -> str:
    if len(word) <= LONGEST_NAME:
        return word
    half = LONGEST_NAME // 2
    return f"{word[: half - 1]}…{word[-half:]}"
