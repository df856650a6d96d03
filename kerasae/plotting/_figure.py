"""Figures without a screen or global state, and their axes in whole pixels."""

import io
import math
import os
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from kerasae._checks import Description, argument_error
from kerasae._files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 150
MARGIN = 0.08  # inches, around a figure

# Okabe and Ito's palette, which color-blind readers can tell apart, without its
# yellow, which vanishes on white paper.
COLORS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
)
GRAY = "0.35"  # for what does not belong to a single curve


def __getattr__(name: str) -> Any:
    """Return the class of our figures, which pickle looks for here."""
    if name == "NotebookFigure":
        return _notebook_figure()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _notebook_figure() -> "type[Figure]":
    """Return the class of our figures, made at first use as it needs Matplotlib."""
    from matplotlib.figure import Figure

    class NotebookFigure(Figure):
        """A figure that notebooks show, without pyplot or a magic command."""

        __qualname__ = "NotebookFigure"

        def _repr_png_(self) -> bytes:
            """Return the figure as a PNG file: IPython asks for it."""
            file = io.BytesIO()
            self.savefig(file, format="png")
            return file.getvalue()

    return NotebookFigure


def new_figure(width: float, height: float, layout: Any = "none") -> "Figure":
    """Return an empty figure unknown to pyplot, its size in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = _notebook_figure()(figsize=(width, height), dpi=DPI, layout=layout)
    FigureCanvasAgg(figure)  # measures text, and gives pixels
    return figure


def figure_and_axes(
    axes: "Axes | None", width: float, height: float
) -> tuple["Figure", "Axes"]:
    """Return the caller's axes and their figure, or new ones of a size in inches."""
    if axes is None:
        figure = new_figure(width, height, layout="constrained")
        return figure, figure.add_subplot()
    from matplotlib.axes import Axes

    if not isinstance(axes, Axes):
        fix = "For example axes=figure.add_subplot(1, 2, 1)."
        kind = f"axes of type {type(axes).__name__}"
        expected = "one Matplotlib Axes"
        raise TypeError(argument_error("axes", expected, Description(kind), fix))
    return axes.figure.figure, axes  # the figure itself, not a subfigure


def style_chart(axes: "Axes") -> None:
    """Give axes the look of all charts: a light grid, open at the top and right."""
    axes.tick_params(labelsize=10)
    axes.tick_params(axis="y", which="minor", labelsize=9)
    axes.grid(visible=True, color="0.9", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def add_legend(
    figure: "Figure",
    axes: "Axes",
    handles: Sequence[Any],
    labels: Sequence[str],
    *,
    beside: bool,
    **options: Any,
) -> None:
    """Add a legend inside the axes, or beside them, for which the figure grows."""
    # Labels are set afterwards: Matplotlib drops those that begin with "_".
    blank = ["-"] * len(handles)
    if beside:
        options = {"loc": "outside right upper", **options}
        legend = figure.legend(handles, blank, fontsize=10, frameon=False, **options)
    else:
        legend = axes.legend(
            handles, blank, fontsize=10, edgecolor="none", framealpha=0.9, **options
        )
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set(text=label, parse_math=False)
    if beside:
        box = legend.get_window_extent()
        width, height = figure.get_size_inches()
        figure.set_size_inches(
            width - 0.5 + box.width / figure.dpi,
            max(height, box.height / figure.dpi + 0.2),
        )


def number(value: float) -> str:
    """Return a number with three digits or a few more, and a real minus sign."""
    word = f"{value:.0f}" if 1e3 <= abs(value) < 1e6 else f"{value:.3g}"
    return word.replace("-", "\N{MINUS SIGN}")


def text_width(figure: "Figure", text: str, size: float) -> float:
    """Return the width in inches that `text` takes at `size` points."""
    artist = figure.text(0, 0, text, fontsize=size, parse_math=False)
    width = artist.get_window_extent().width / figure.dpi
    artist.remove()
    return width


def to_pixels(inches: float) -> int:
    """Return a length in whole pixels, rounded up."""
    return math.ceil(inches * DPI)


def pixel_axes(
    figure: "Figure", left: int, bottom: int, width: int, height: int
) -> "Axes":
    """Add axes without ticks whose box is given in pixels, from the lower left."""
    full_width, full_height = figure.bbox.size
    axes = figure.add_axes(
        (
            left / full_width,
            bottom / full_height,
            width / full_width,
            height / full_height,
        )
    )
    axes.set(xticks=[], yticks=[])
    return axes


def pixel_box(axes: "Axes") -> tuple[int, int, int, int]:
    """Return the left, bottom, width and height of axes in whole pixels."""
    left, bottom, right, top = axes.get_window_extent().extents
    return round(left), round(bottom), round(right - left), round(top - bottom)


def fit_to_content(figure: "Figure") -> None:
    """Resize a figure of `pixel_axes` to what it shows, and a margin.

    The axes keep their sizes in pixels and stay on whole pixels.
    """
    figure.draw_without_rendering()
    content = figure.get_tightbbox()
    margin = to_pixels(MARGIN)
    shift_x = margin - math.floor(content.x0 * DPI)
    shift_y = margin - math.floor(content.y0 * DPI)
    full_width = to_pixels(content.x1) + shift_x + margin
    full_height = to_pixels(content.y1) + shift_y + margin
    boxes = [pixel_box(axes) for axes in figure.axes]
    figure.set_size_inches(full_width / DPI, full_height / DPI)
    for axes, (left, bottom, width, height) in zip(figure.axes, boxes, strict=True):
        axes.set_position(
            (
                (left + shift_x) / full_width,
                (bottom + shift_y) / full_height,
                width / full_width,
                height / full_height,
            )
        )


def save(figure: "Figure", path: str | os.PathLike[str] | None) -> "Figure":
    """Return `figure`, written to `path` if there is one, as its suffix says."""
    if path is None:
        return figure
    with replacing(path, figure.canvas.get_supported_filetypes()) as temporary:
        # `dpi` and `bbox_inches` are named so that a user's style sheet does not
        # crop the picture or change its size in pixels.
        figure.savefig(
            temporary,
            format=temporary.suffix[1:].lower(),
            dpi=figure.dpi,
            bbox_inches=figure.bbox_inches,
        )
    return figure
