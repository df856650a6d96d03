"""Many samples on one sheet, such as a model generated."""

import os
from typing import TYPE_CHECKING

from kerasae._arrays import as_samples
from kerasae._checks import positive_integer
from kerasae._types import ArrayLike
from kerasae.plotting._figure import fit_to_content, new_figure, save
from kerasae.plotting.rendering.lines import line_axes
from kerasae.plotting.rendering.pictures import is_lines, picture_shape, value_range
from kerasae.plotting.rendering.pixels import zoom_to
from kerasae.plotting.rendering.tiles import GAP, image_axes, tile_image

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE = 700  # pixels, about the width of all pictures together


def plot_samples(
    samples: ArrayLike,
    *,
    columns: int = 10,
    image_shape: int | tuple[int, ...] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw samples side by side, row by row from the upper left.

    Args:
        samples: Images or vectors, an array or tensor of shape (n, size),
            (n, height, width), (n, height, width, 1 or 3), such as
            `kerasae.generation.sample` returns. All are drawn, on one scale.
        columns: Samples in a row, a positive integer.
        image_shape: The shape to draw each sample in, as in `plot_reconstructions`.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        A Matplotlib figure with one axes, which shows all samples.

    Raises:
        ValueError: If there is no sample, a shape does not fit, a value is NaN or
            infinite, or the suffix of `path` is unknown.
        TypeError: If `samples` is not an array of numbers.
        OSError: If `path` cannot be written.

    Example:
        >>> import numpy as np
        >>> figure = plot_samples(np.random.default_rng(0).random((20, 8, 8)))
        >>> len(figure.axes), len(figure.axes[0].images)
        (1, 1)
    """
    columns = positive_integer("columns", columns)
    pictures = as_samples("samples", samples)
    shape = picture_shape(pictures.shape[1:], image_shape)
    pictures = pictures.reshape(-1, *shape)
    columns = min(columns, len(pictures))
    span = value_range(pictures)
    figure = new_figure(1, 1)
    if is_lines(shape):
        axes = line_axes(figure, 0, pictures, span, columns)
    else:
        zoom = zoom_to(columns * (shape[1] + GAP), SIDE)
        image = tile_image(pictures, span, columns=columns, zoom=zoom)
        axes = image_axes(figure, 0, image, (SIDE * 2, SIDE * 4))
    axes.set(xticks=[], yticks=[])
    fit_to_content(figure)
    return save(figure, path)
