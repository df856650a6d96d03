"""Vectors and signals as lines, one per channel."""

import math
from typing import TYPE_CHECKING

import numpy as np

from kerasae.plotting._figure import COLORS, pixel_axes
from kerasae.plotting.rendering.pictures import scaled, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL = (60, 90)  # pixels, height and width of a line in a grid
SIDE = 64  # pixels, of a line by itself
WHITE = (255, 255, 255)


def draw_lines(axes: "Axes", sample: np.ndarray, limits: tuple[float, float]) -> None:
    """Draw one sample, `(n,)` or `(n, channels, ...)`, over all of its axes."""
    low, high = limits
    count = len(sample)
    marker = "o" if count == 1 else None
    for color, line in zip(COLORS, _channels(sample), strict=False):
        axes.plot(
            np.arange(count), line, color=color, lw=0.9, ls="-", marker=marker, ms=3
        )
    room = 0.06 * (high - low)
    axes.set_xlim(-0.5, count - 0.5)
    axes.set_ylim(low - room, high + room)
    axes.spines[:].set(color="0.75", linewidth=0.6)


def line_axes(
    figure: "Figure",
    left: int,
    samples: np.ndarray,
    limits: tuple[float, float] | None,
    columns: int,
) -> "Axes":
    """Add axes that show samples in the cells of a grid, with their top at zero.

    The axes count cells, from 0 at the upper left.

    Args:
        figure: A figure to be finished by `fit_to_content`.
        left: The left edge of the axes in pixels.
        samples: `(n, size)`, or `(n, size, channels, ...)`.
        limits: The values at the lower and upper edge of a cell; None gives each
            sample its own.
        columns: Cells in a row.
    """
    from matplotlib.collections import LineCollection

    rows = math.ceil(len(samples) / columns)
    height, width = rows * CELL[0], columns * CELL[1]
    axes = pixel_axes(figure, left, -height, width, height)
    lines = []
    for index, sample in enumerate(samples):
        corner = index % columns + 0.06, index // columns + 0.08
        lines += [corner + line * (0.88, 0.84) for line in _polylines(sample, limits)]
    # One line per channel, so that the colors repeat from cell to cell.
    colors = COLORS[: len(lines) // len(samples)]
    axes.add_collection(LineCollection(lines, colors=colors, linewidths=0.9))
    axes.set(xlim=(0, columns), ylim=(rows, 0))
    axes.vlines(range(1, columns), 0, rows, color="0.85", linewidth=0.6)
    axes.hlines(range(1, rows), 0, columns, color="0.85", linewidth=0.6)
    axes.spines[:].set(color="0.75", linewidth=0.6)
    return axes


def line_pixels(sample: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Return a picture of one sample, `(SIDE, SIDE, 3)` in bytes."""
    from PIL import Image, ImageDraw

    # Drawn at twice the size and shrunk, as Pillow's lines have jagged edges.
    side, margin = 2 * SIDE, 4
    image = Image.new("RGB", (side, side), WHITE)
    draw = ImageDraw.Draw(image)
    for color, line in zip(COLORS, _polylines(sample, limits), strict=False):
        points = margin + line * (side - 1 - 2 * margin)
        draw.line(points.ravel().tolist(), color, width=3)
    return np.asarray(image.reduce(2))


def _channels(sample: np.ndarray) -> np.ndarray:
    return sample.reshape(len(sample), -1).T


def _polylines(
    sample: np.ndarray, limits: tuple[float, float] | None
) -> list[np.ndarray]:
    """Return `(size, 2)` points of each channel in the unit square, y downwards."""
    if len(sample) == 1:  # a dash, as a single point would be no line
        sample = sample.repeat(2, axis=0)
    if limits is None:
        limits = spread(float(sample.min()), float(sample.max()))
    across = np.linspace(0.0, 1.0, len(sample))
    heights = _channels(1.0 - scaled(sample, limits))
    return [np.column_stack([across, height]) for height in heights]
