"""Images above the heat maps of what makes them anomalous."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerasae._arrays import as_numbers, as_samples, shape_error
from kerasae._checks import positive_integer
from kerasae._types import ArrayLike
from kerasae.plotting._figure import fit_to_content, save
from kerasae.plotting.rendering.image_grid import (
    TINY,
    cell_size,
    draw_pictures,
    picture_grid,
)
from kerasae.plotting.rendering.pictures import (
    checked_labels,
    is_lines,
    picture_shape,
    shared_range,
)
from kerasae.plotting.rendering.tiles import add_color_bar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEAT = "inferno"


def plot_anomaly_maps(
    images: ArrayLike,
    contributions: ArrayLike,
    *,
    image_shape: int | tuple[int, ...] | None = None,
    columns: int = 8,
    titles: Sequence[Any] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw images, and below each the share of its pixels in its score.

    Shares of a pixel's colors are added up. All maps have one scale: of two images
    the more anomalous one is brighter.

    Args:
        images: The samples, shape (n, height, width), (n, height, width, 1 or 3), or
            (n, size) with `image_shape`.
        contributions: As many numbers, as `AnomalyDetector.explain` and
            `kerasae.anomaly.contributions` return them.
        image_shape: The shape to draw each sample in, (height, width) or (height,
            width, 3), for images kept as vectors.
        columns: How many samples to draw at most, from the first on; a positive
            integer.
        titles: One title per sample, such as its score, written above its column.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        A Matplotlib figure with one axes per picture, row by row, and one for the
        color bar.

    Raises:
        ValueError: If there is no sample, a shape does not fit or is none of an
            image, a number is not finite, or the suffix of `path` is unknown.
        TypeError: If an argument is not an array of numbers.
        OSError: If `path` cannot be written.

    Example:
        >>> import numpy as np
        >>> from kerasae.plotting import plot_anomaly_maps
        >>> images = np.linspace(0, 1, 3 * 64).reshape(3, 8, 8)
        >>> figure = plot_anomaly_maps(images, images**2)
        >>> [axes.get_ylabel() for axes in figure.axes[::3][:2]]
        ['image', 'contribution']
    """
    columns = positive_integer("columns", columns)
    x = as_samples("images", images)
    parts = as_numbers("contributions", contributions)
    if parts.size != x.size or len(parts) != len(x):
        expected = f"of the shape of the images, {x.shape}"
        raise ValueError(shape_error("contributions", expected, parts.shape))
    names = checked_labels("titles", titles, len(x))
    shape = picture_shape(x.shape[1:], image_shape, "images")
    if is_lines(shape):
        fix = "Name their shape, image_shape=(height, width); for tables there is "
        fix += "plot_contributions, for series plot_series."
        raise ValueError(shape_error("images", "images", x.shape, fix))
    count = min(columns, len(x))
    shown = x[:count].reshape(count, *shape)
    heat = parts[:count].reshape(count, *shape[:2], -1).sum(axis=-1)
    above = None if names is None else {0: names[:count]}
    sizes = cell_size(shape)
    figure, axes = picture_grid(["image", "contribution"], count, sizes, titles=above)
    draw_pictures(axes[0], shown, shared_range(shape, x, shown))
    limits = min(0.0, float(heat.min())), float(heat.max()) or 1.0
    for cell, one in zip(axes[1], heat, strict=True):
        cell.imshow(
            one,
            cmap=HEAT,
            vmin=limits[0],
            vmax=limits[1],
            aspect="auto",
            interpolation="nearest" if max(one.shape) <= TINY else "antialiased",
        )
        cell.spines[:].set_visible(False)
    add_color_bar(figure, axes[1, -1], limits, colors=HEAT)
    fit_to_content(figure)
    return save(figure, path)
