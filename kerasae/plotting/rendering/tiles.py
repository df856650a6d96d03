"""Many small pictures as the tiles of one image in a figure, on whole pixels."""

from typing import TYPE_CHECKING

import numpy as np

from kerasae.plotting._figure import pixel_axes, pixel_box, to_pixels
from kerasae.plotting.rendering.pictures import scaled, spread
from kerasae.plotting.rendering.pixels import arranged, enlarged, padded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GAP = 2  # pixels between tiles
SCALES = ("common", "tile")
GRAYS = "gray"
# Color-blind readers can tell red and blue apart; zero is white.
DIVERGING = "RdBu_r"


def signed(values: np.ndarray) -> bool:
    """Return whether values lie on both sides of zero."""
    return bool(values.min() < 0 < values.max())


def colors_of(diverging: bool) -> str:
    """Return the color map for values on both sides of zero, or on one."""
    return DIVERGING if diverging else GRAYS


def color_limits(values: np.ndarray, diverging: bool) -> tuple[float, float]:
    """Return the values of the first and the last color.

    Those of a diverging color map are equally far from zero, which gets the color in
    the middle.
    """
    if diverging:
        most = float(np.abs(values).max()) or 1.0
        return -most, most
    return spread(float(values.min()), float(values.max()))


def tile_image(
    tiles: np.ndarray,
    limits: tuple[float, float] | None,
    *,
    columns: int,
    zoom: int = 1,
    diverging: bool = False,
) -> np.ndarray:
    """Return the colors of an image of tiles, `(height, width, 3)` in [0, 1].

    Tiles are `GAP` apart, and as far from the edges of the image.

    Args:
        tiles: `(n, h, w)` or `(n, h, w, 3)`, put down row by row.
        limits: The values of the first and the last color; None gives each tile its
            own.
        columns: Tiles in a row; the last row may be incomplete.
        zoom: Pixels across and down for each value of a tile.
        diverging: Whether zero has the color in the middle.
    """
    from matplotlib import colormaps

    colored = np.stack(
        [scaled(tile, limits or color_limits(tile, diverging)) for tile in tiles]
    )
    frame = 1.0
    if tiles.ndim == 3:
        colored = colormaps[colors_of(diverging)](colored)[..., :3]
        if diverging:  # the white of zero would not show where a tile ends
            frame = 0.5
    framed = padded(enlarged(colored, zoom), 2 * GAP, 2 * GAP, frame)
    return arranged(framed, columns, gaps=(-GAP, -GAP), fill=1.0)


def draw_image(axes: "Axes", image: np.ndarray) -> None:
    """Fill axes with an image from `tile_image`, smoothed if they are smaller."""
    fits = pixel_box(axes)[2] >= image.shape[1]
    axes.imshow(
        image,
        aspect="auto",
        origin="upper",
        interpolation="nearest" if fits else "antialiased",
    )
    axes.spines[:].set_visible(False)


def image_axes(
    figure: "Figure", left: int, image: np.ndarray, most: tuple[int, int]
) -> "Axes":
    """Add axes that show an image, with their top at zero.

    Args:
        figure: A figure to be finished by `fit_to_content`.
        left: The left edge of the axes in pixels.
        image: From `tile_image`.
        most: The largest width and height in pixels; a larger image shrinks.
    """
    height, width = image.shape[:2]
    shrink = min(1.0, most[0] / width, most[1] / height)
    width, height = max(1, round(width * shrink)), max(1, round(height * shrink))
    axes = pixel_axes(figure, left, -height, width, height)
    draw_image(axes, image)
    return axes


def add_color_bar(
    figure: "Figure", beside: "Axes", limits: tuple[float, float], *, colors: str
) -> None:
    """Add a color bar beside `pixel_axes`, for a color map of Matplotlib's."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.ticker import MaxNLocator

    left, bottom, width, height = pixel_box(beside)
    top = bottom + height
    height = max(height, to_pixels(0.4))  # room for two numbers
    box = pixel_axes(
        figure, left + width + to_pixels(0.12), top - height, to_pixels(0.1), height
    )
    mapped = ScalarMappable(Normalize(*limits), cmap=colors)
    most = max(2, min(5, height // to_pixels(0.22)))
    bar = figure.colorbar(mapped, cax=box, ticks=MaxNLocator(most))
    bar.ax.tick_params(labelsize=9, length=2)
    bar.outline.set(linewidth=0.6, edgecolor="0.75")
