"""How strongly the units of a code respond, and how evenly."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae._arrays import as_numbers
from kerasae._checks import argument_error, positive_integer
from kerasae._types import ArrayLike
from kerasae.plotting._annotations import Mark, add_marks
from kerasae.plotting._figure import (
    COLORS,
    add_legend,
    figure_and_axes,
    new_figure,
    number,
    save,
    style_chart,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LABEL_SIZE = 11.0
STYLES = ("-", "--", "-.", ":")


def plot_code_activations(
    codes: ArrayLike | Mapping[str, ArrayLike],
    *,
    bins: int = 50,
    log: bool = True,
    axes: "Axes | None" = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw a histogram of the values of code units, and the mean of each unit.

    On the left are the values of all units for all samples, with their mean, which a
    penalty on the code makes small. Where many values are exactly zero, the legend
    says how many. On the right is the mean of each unit, the largest first; units
    that are always silent come last, at zero.

    Args:
        codes: What an encoder returned, shape (n, ...), where each number of a code
            is a unit; or a mapping {name: such codes}, to compare several models.
        bins: Bars of the histogram; a positive integer.
        log: Whether to use a logarithmic scale, which shows rare values beside a tall
            bar at zero.
        axes: Your own Matplotlib Axes to draw in, which gets the histogram alone. The
            default makes a new figure.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        The Matplotlib figure, with two axes if it is a new one.

    Raises:
        ValueError: If there is no code, a value is NaN or infinite, or the suffix of
            `path` is unknown.
        TypeError: If `codes` is none of the above, or `axes` is not an Axes.
        OSError: If `path` cannot be written.

    Example:
        >>> import numpy as np
        >>> plain = np.array([[4.0, 8.0], [6.0, 2.0]])
        >>> figure = plot_code_activations({"plain": plain, "sparse": plain / 8})
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['mean 0.625', 'mean 5']
    """
    bins = positive_integer("bins", bins)
    named = _codes_by_name(codes)
    if axes is not None:
        figure, histogram = figure_and_axes(axes, 0, 0)
        units = None
    else:
        figure = new_figure(8.4, 3.4, layout="constrained")
        histogram, units = figure.subplots(1, 2, width_ratios=(1.5, 1.0))
    _draw_histogram(histogram, named, bins, log)
    if units is not None:
        _draw_units(units, named)
    _add_curve_legend(histogram, named)
    marks = [
        Mark(
            float(values.mean()),
            f"mean {number(values.mean())}",
            COLORS[index % len(COLORS)],
        )
        for index, values in enumerate(named.values())
    ]
    add_marks(histogram, marks, grow=units is not None)
    return save(figure, path)


def _codes_by_name(codes: Any) -> dict[str, np.ndarray]:
    """Return {name: codes of shape (n, units)}; codes without a name have ""."""
    if not isinstance(codes, Mapping):
        found = {"": as_numbers("codes", codes)}
    elif not codes:
        fix = "For example codes={'sparse': encoder.predict(x)}."
        raise ValueError(argument_error("codes", "non-empty", codes, fix))
    else:
        found = {
            str(name): as_numbers(f"codes[{name!r}]", values)
            for name, values in codes.items()
        }
    return {
        name: values.reshape(len(values), -1).astype("float64")
        for name, values in found.items()
    }


def _style(index: int) -> dict[str, Any]:
    """Return the look of a curve; the line style tells rounds of the colors apart."""
    lap, number = divmod(index, len(COLORS))
    return {"color": COLORS[number], "linestyle": STYLES[lap % len(STYLES)]}


def _draw_histogram(
    axes: "Axes", named: Mapping[str, np.ndarray], bins: int, log: bool
) -> None:
    low = min(values.min() for values in named.values())
    high = max(values.max() for values in named.values())
    for index, values in enumerate(named.values()):
        counts, edges = np.histogram(values, bins=bins, range=(low, high))
        axes.stairs(
            100 * counts / values.size,
            edges,
            **_style(index),
            linewidth=1.6,
            baseline=None if log else 0,
        )
    if log:
        axes.set_yscale("log")
    style_chart(axes)
    axes.set_xlabel("activation", fontsize=LABEL_SIZE)
    axes.set_ylabel(
        "values, % (log scale)" if log else "values, %", fontsize=LABEL_SIZE
    )


def _draw_units(axes: "Axes", named: Mapping[str, np.ndarray]) -> None:
    from matplotlib.ticker import MaxNLocator

    for index, values in enumerate(named.values()):
        means = np.sort(values.mean(axis=0))[::-1]
        axes.plot(
            np.arange(1, len(means) + 1),
            means,
            **_style(index),
            linewidth=1.4,
            marker="o",
            markersize=3.5 if len(means) <= 64 else 0,
        )
    style_chart(axes)
    most = max(values.shape[1] for values in named.values())
    axes.set_xlim(0.4, most + max(0.6, 0.02 * most))  # there is no unit 0
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
    axes.set_xlabel("code unit, by its mean", fontsize=LABEL_SIZE)
    axes.set_ylabel("mean activation", fontsize=LABEL_SIZE)


def _add_curve_legend(axes: "Axes", named: Mapping[str, np.ndarray]) -> None:
    from matplotlib.lines import Line2D

    labels = []
    for name, values in named.items():
        zeros = 100 * float((values == 0).mean())
        share = f"{zeros:.0f} % zero" if zeros >= 0.5 else ""
        labels.append(", ".join(word for word in (name, share) if word))
    if not any(labels):
        return
    handles = [
        Line2D([], [], **_style(index), linewidth=1.6) for index in range(len(labels))
    ]
    figure = axes.figure.figure
    add_legend(figure, axes, handles, labels, beside=False, loc="upper right")
