"""Many small pictures as the tiles of one image, on whole pixels."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae.plotting._figure import COLORS, pixel_axes, pixel_box, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GAP = 2  # pixels between tiles
SCALES = ("common", "tile")
GRAYS = "gray"
# Red and blue are told apart by colour-blind readers too; zero is white.
DIVERGING = "RdBu_r"
LINE_TILE = (60, 90)  # pixels


def signed(values: np.ndarray) -> bool:
    """Return whether values lie on both sides of zero."""
    return bool(values.min() < 0 < values.max())


def color_limits(values: np.ndarray, diverging: bool) -> tuple[float, float]:
    """Return the values of the first and the last colour.

    Those of a diverging colour map lie equally far from zero, which so gets the
    colour in the middle.
    """
    if diverging:
        most = float(np.abs(values).max()) or 1.0
        return -most, most
    low, high = float(values.min()), float(values.max())
    return low, high if high > low else low + 1.0


def tile_image(
    tiles: np.ndarray,
    limits: tuple[float, float] | None,
    *,
    columns: int,
    zoom: int = 1,
    diverging: bool = False,
) -> np.ndarray:
    """Return the colours of an image of tiles, `(height, width, 3)` in [0, 1].

    Tiles stand `GAP` apart, and as far from the edges of the image.

    Args:
        tiles: `(n, h, w)` or `(n, h, w, 3)`, put down row by row.
        limits: The values of the first and the last colour; None gives each tile
            its own.
        columns: Tiles in a row; the last row may be incomplete.
        zoom: Pixels for each value of a tile.
        diverging: Whether zero has the colour in the middle.
    """
    from matplotlib import colormaps

    colors = colormaps[DIVERGING if diverging else GRAYS]
    count, height, width = tiles.shape[:3]
    height, width = height * zoom, width * zoom
    rows = math.ceil(count / columns)
    image = np.ones((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP, 3))
    for index, tile in enumerate(tiles.astype("float64")):
        top = index // columns * (height + GAP)
        left = index % columns * (width + GAP)
        if diverging and tile.ndim == 2:  # its white would not show where it ends
            image[top : top + height + 2 * GAP, left : left + width + 2 * GAP] = 0.5
        low, high = color_limits(tile, diverging) if limits is None else limits
        tile = np.clip((tile - low) / (high - low), 0.0, 1.0)
        shown = tile if tile.ndim == 3 else colors(tile)[..., :3]
        shown = shown.repeat(zoom, axis=0).repeat(zoom, axis=1)
        top, left = top + GAP, left + GAP
        image[top : top + height, left : left + width] = shown
    return image


def draw_image(axes: "Axes", image: np.ndarray) -> None:
    """Fill axes with an image from `tile_image`.

    They have its size in pixels, or are smaller, where it is smoothed to fit.
    """
    fits = pixel_box(axes)[2] >= image.shape[1]
    axes.imshow(
        image,
        aspect="auto",
        origin="upper",
        interpolation="nearest" if fits else "antialiased",
    )
    for spine in axes.spines.values():
        spine.set(visible=False)


def image_axes(
    figure: "Figure", left: int, image: np.ndarray, most: tuple[int, int]
) -> "Axes":
    """Add axes that show an image and hang from zero, both sizes in pixels.

    Args:
        figure: A figure to be finished by `fit_to_content`.
        left: Where the axes begin.
        image: From `tile_image`.
        most: The largest width and height; a larger image shrinks.
    """
    height, width = image.shape[:2]
    shrink = min(1.0, most[0] / width, most[1] / height)
    width, height = max(1, round(width * shrink)), max(1, round(height * shrink))
    axes = pixel_axes(figure, left, -height, width, height)
    draw_image(axes, image)
    return axes


def line_axes(
    figure: "Figure",
    left: int,
    vectors: np.ndarray,
    limits: tuple[float, float] | None,
    columns: int,
) -> "Axes":
    """Add axes that show vectors, or signals, as lines and hang from zero."""
    rows = math.ceil(len(vectors) / columns)
    height, width = rows * LINE_TILE[0], columns * LINE_TILE[1]
    axes = pixel_axes(figure, left, -height, width, height)
    draw_line_tiles(axes, vectors, limits, columns=columns)
    return axes


def draw_line_tiles(
    axes: "Axes",
    tiles: np.ndarray,
    limits: tuple[float, float] | None,
    *,
    columns: int,
) -> None:
    """Draw vectors as lines in the cells of a grid, row by row.

    Tiles are `(n, size)`, or `(n, size, channels, ...)`, with a line a channel.

    The axes count cells, from 0 at the upper left. `limits` are the values at the
    lower and upper edge of a cell; None gives each vector its own.
    """
    from matplotlib.collections import LineCollection

    count, size = tiles.shape[:2]
    rows = math.ceil(count / columns)
    if size == 1:  # a dash, as a single point would be no line
        tiles, size = tiles.repeat(2, axis=1), 2
    across = np.linspace(0.06, 0.94, size)
    lines = []
    for index, tile in enumerate(tiles.astype("float64")):
        low, high = color_limits(tile, False) if limits is None else limits
        heights = 0.92 - 0.84 * np.clip((tile - low) / (high - low), 0.0, 1.0)
        x = index % columns + across
        for y in index // columns + heights.reshape(size, -1).T:
            lines.append(np.column_stack([x, y]))
    # A line a channel, so that their colours repeat from cell to cell.
    colors = COLORS[: len(lines) // count]
    axes.add_collection(LineCollection(lines, colors=colors, linewidths=0.9))
    axes.set(xlim=(0, columns), ylim=(rows, 0))
    axes.vlines(range(1, columns), 0, rows, color="0.85", linewidth=0.6)
    axes.hlines(range(1, rows), 0, columns, color="0.85", linewidth=0.6)
    for spine in axes.spines.values():
        spine.set(color="0.75", linewidth=0.6)


def zoom_to(size: int, pixels: int) -> int:
    """Return the whole factor, 1 or larger, that brings `size` nearest to `pixels`."""
    return max(1, round(pixels / size))


def add_color_bar(
    figure: "Figure",
    beside: "Axes",
    limits: tuple[float, float],
    *,
    diverging: bool,
) -> Any:
    """Say beside axes of a figure in pixels what its colours mean."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.ticker import MaxNLocator

    left, bottom, width, height = pixel_box(beside)
    top = bottom + height
    height = max(height, whole(0.4))  # room for two numbers
    box = pixel_axes(
        figure, left + width + whole(0.12), top - height, whole(0.1), height
    )
    colors = ScalarMappable(Normalize(*limits), cmap=DIVERGING if diverging else GRAYS)
    most = max(2, min(5, height // whole(0.22)))
    bar = figure.colorbar(colors, cax=box, ticks=MaxNLocator(most))
    bar.ax.tick_params(labelsize=9, length=2)
    bar.outline.set(linewidth=0.6, edgecolor="0.75")
    return bar
