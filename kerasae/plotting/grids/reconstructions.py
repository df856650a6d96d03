"""Inputs above what the autoencoder makes of them."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerasae._arrays import as_samples
from kerasae._checks import positive_integer
from kerasae._types import ArrayLike
from kerasae.plotting._figure import save
from kerasae.plotting.rendering.image_grid import (
    cell_size,
    draw_pictures,
    picture_grid,
)
from kerasae.plotting.rendering.pictures import (
    as_samples_like,
    checked_labels,
    picture_shape,
    shared_range,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_reconstructions(
    originals: ArrayLike,
    reconstructions: ArrayLike,
    *,
    corrupted: ArrayLike | None = None,
    image_shape: int | tuple[int, ...] | None = None,
    columns: int = 10,
    titles: Sequence[Any] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw originals above their reconstructions, one sample per column.

    Images are drawn in gray or color, vectors as lines, signals as one line per
    channel. Samples with two axes are signals if the last is at most 4 long and the
    first at least 8 times as long; otherwise they are images. All rows share one
    scale, so that they can be compared. Bytes are divided by 255 first, as by
    `kerasae.predict`. Images use the scale of the originals, 0 to 1 if they lie within
    it, and values beyond it are drawn black or white; lines use limits that hold every
    value shown.

    Args:
        originals: What the autoencoder should return, an array or tensor of shape
            (n, height, width), (n, height, width, 1 or 3), (n, size) or (n, steps,
            channels).
        reconstructions: What it returned, of the same shape.
        corrupted: What it was given instead of `originals`, of the same shape; drawn
            as a row in between.
        image_shape: The shape to draw each sample in: (height, width), or
            (height, width, 3), for images kept as vectors; (size,) for a line.
            The default takes the samples' own shape.
        columns: How many samples to draw at most, from the first on; a positive
            integer.
        titles: One title per sample, such as its class, written above its column.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        A Matplotlib figure with one axes per picture, row by row. It opens no window:
        in a notebook, name it to see it, or save it.

    Raises:
        ValueError: If there is no sample, a shape does not fit, a value is NaN or
            infinite, or the suffix of `path` is unknown.
        TypeError: If an argument is not an array of numbers.
        OSError: If `path` cannot be written.

    Example:
        >>> import numpy as np
        >>> images = np.linspace(0, 1, 5 * 64).reshape(5, 8, 8)
        >>> figure = plot_reconstructions(images, images.round(), columns=4)
        >>> len(figure.axes)
        8
        >>> [axes.get_ylabel() for axes in figure.axes[::4]]
        ['original', 'reconstruction']
    """
    columns = positive_integer("columns", columns)
    inputs = as_samples("originals", originals)
    rows = {"original": inputs}
    if corrupted is not None:
        rows["corrupted"] = as_samples_like("corrupted", corrupted, inputs)
    outputs = as_samples_like("reconstructions", reconstructions, inputs)
    rows["reconstruction"] = outputs
    names = checked_labels("titles", titles, len(inputs))
    shape = picture_shape(inputs.shape[1:], image_shape)
    count = min(columns, len(inputs))
    shown = [samples[:count].reshape(count, *shape) for samples in rows.values()]
    above = None if names is None else {0: names[:count]}
    figure, axes = picture_grid(list(rows), count, cell_size(shape), titles=above)
    limits = shared_range(shape, inputs, *shown)
    for row, samples in zip(axes, shown, strict=True):
        draw_pictures(row, samples, limits)
    return save(figure, path)
