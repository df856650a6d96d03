"""A figure with one axes per picture, in rows and columns on whole pixels."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae.plotting._figure import (
    DPI,
    MARGIN,
    new_figure,
    pixel_axes,
    text_width,
    to_pixels,
)
from kerasae.plotting.rendering.lines import draw_lines
from kerasae.plotting.rendering.pictures import is_lines, scaled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LABEL_SIZE = 10.0
TITLE_SIZE = 9.0
CELL = 0.9  # inches, the longer side of an image
LINE_CELL = (1.3, 0.8)
THINNEST = 0.2  # inches, so that a row label still fits beside a flat image
GAP = 0.06
BREAK = 0.18  # inches, a gap that tells groups apart
TINY = 64  # pixels; larger images are smoothed where they must shrink to fit


def picture_grid(
    row_labels: Sequence[str],
    columns: int,
    sizes: tuple[int, int] | Sequence[tuple[int, int]],
    *,
    titles: Mapping[int, Sequence[str]] | None = None,
    breaks: Collection[int] = (),
) -> tuple["Figure", np.ndarray]:
    """Return a figure and its `(rows, columns)` axes, each as large as a picture.

    Everything is aligned to whole pixels, and tiny images are enlarged by a whole
    factor, so that no image pixel comes out wider than its neighbor. Labels and
    titles are measured, so that none is cut off.

    Args:
        row_labels: What to write left of each row, perhaps nothing.
        columns: Pictures in a row.
        sizes: Width and height of a picture in pixels, from `cell_size`, for all rows
            or for each.
        titles: {row: one title per column, written above that row}.
        breaks: Columns with a wider gap before them.
    """
    rows = len(row_labels)
    titles = titles or {}
    cells = [sizes] * rows if isinstance(sizes, tuple) else list(sizes)
    figure = new_figure(1, 1)
    widths = [text_width(figure, label, LABEL_SIZE) for label in row_labels]
    margin = right = to_pixels(MARGIN)
    left = to_pixels(max(widths) + 2 * MARGIN) if any(widths) else margin
    cell_width = max(width for width, _ in cells)
    pitch = cell_width + to_pixels(GAP)
    above = [margin if row == 0 else to_pixels(GAP) for row in range(rows)]
    for row, words in titles.items():
        widest = max(text_width(figure, word, TITLE_SIZE) for word in words)
        pitch = max(pitch, to_pixels(widest + 2 * GAP))
        lines = max(word.count("\n") + 1 for word in words)
        room = MARGIN if row == 0 else BREAK
        above[row] = to_pixels(room + lines * TITLE_SIZE * 1.4 / 72)
    inset = (pitch - cell_width) // 2
    starts = [left]
    for column in range(1, columns):
        extra = to_pixels(BREAK) if column in breaks else 0
        starts.append(starts[-1] + pitch + extra)
    full_width = starts[-1] + pitch + right
    full_height = sum(above) + sum(height for _, height in cells) + margin
    figure.set_size_inches(full_width / DPI, full_height / DPI)
    axes: Any = np.empty((rows, columns), dtype=object)
    y = full_height
    for row, (width, height) in enumerate(cells):
        y -= above[row] + height
        for column, start in enumerate(starts):
            x = start + (pitch - width) // 2
            axes[row, column] = pixel_axes(figure, x, y, width, height)
        axes[row, 0].set_ylabel(
            row_labels[row],
            rotation=0,
            ha="right",
            va="center",
            fontsize=LABEL_SIZE,
            labelpad=72 * (MARGIN + (inset + (cell_width - width) // 2) / DPI),
            parse_math=False,
        )
        for column, title in enumerate(titles.get(row, ())):
            axes[row, column].set_title(
                title, fontsize=TITLE_SIZE, pad=3, parse_math=False
            )
    return figure, axes


def cell_size(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the width and height of one picture in pixels."""
    if is_lines(shape):
        return to_pixels(LINE_CELL[0]), to_pixels(LINE_CELL[1])
    height, width = shape[:2]
    scale = CELL * DPI / max(height, width)
    if scale >= 1:
        scale = round(scale)
    least = to_pixels(THINNEST)
    return max(round(width * scale), least), max(round(height * scale), least)


def draw_pictures(
    row: Iterable["Axes"], samples: Iterable[np.ndarray], limits: tuple[float, float]
) -> None:
    """Draw samples as images, in gray or color, or as lines, one per channel.

    Args:
        row: An axes for each sample, from `picture_grid`.
        samples: Samples in the shape that `picture_shape` returned.
        limits: The values drawn black and white; for lines, lowest and highest.
    """
    for axes, sample in zip(row, samples, strict=True):
        if is_lines(sample.shape):
            draw_lines(axes, sample, limits)
        else:
            _draw_image(axes, sample, limits)


def _draw_image(axes: "Axes", image: np.ndarray, limits: tuple[float, float]) -> None:
    if image.ndim == 3:  # Matplotlib scales gray images only
        image = scaled(image, limits)
    axes.imshow(
        image,
        cmap="gray",
        vmin=limits[0],
        vmax=limits[1],
        aspect="auto",  # the axes have the image's shape
        origin="upper",
        interpolation="nearest" if max(image.shape[:2]) <= TINY else "antialiased",
    )
    axes.spines[:].set_visible(False)
