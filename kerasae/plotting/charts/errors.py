"""How large the errors are, and what the best and the worst samples look like."""

import os
from typing import TYPE_CHECKING

import numpy as np

from kerasae._arrays import as_samples
from kerasae._checks import positive_integer
from kerasae._types import ArrayLike
from kerasae.metrics import sample_errors
from kerasae.plotting._annotations import Mark, add_marks
from kerasae.plotting._figure import (
    COLORS,
    fit_to_content,
    number,
    pixel_axes,
    pixel_box,
    save,
    style_chart,
    to_pixels,
)
from kerasae.plotting.rendering.image_grid import (
    LABEL_SIZE,
    cell_size,
    draw_pictures,
    picture_grid,
)
from kerasae.plotting.rendering.pictures import (
    as_samples_like,
    picture_shape,
    shared_range,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BELOW = 0.95  # inches, for the labels of the histogram and titles below it
BARS = COLORS[5]  # light, so that the mean shows on it
HEIGHT = 1.7  # inches, of the histogram
NARROWEST = 4.0  # inches, so that its ticks and marks have room
ROWS = ("lowest error", "reconstruction", "highest error", "reconstruction")


def plot_errors(
    originals: ArrayLike,
    reconstructions: ArrayLike,
    *,
    image_shape: int | tuple[int, ...] | None = None,
    columns: int = 8,
    bins: int = 40,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw a histogram of all errors, and below it the best and worst samples.

    The error of a sample is the mean squared difference over all its numbers. The
    title of a picture is the sample's index, in brackets, and its error.
    `plot_reconstructions` shows samples in their own order instead.

    Args:
        originals: What the autoencoder should return, an array or tensor of shape
            (n, height, width), (n, height, width, 1 or 3), (n, size) or (n, steps,
            channels); signals are told from images as in `plot_reconstructions`.
        reconstructions: What it returned, of the same shape.
        image_shape: The shape to draw each sample in: (height, width), or
            (height, width, 3), for images kept as vectors; (size,) for a line.
            The default takes the samples' own shape.
        columns: How many samples of each kind to draw at most; a positive integer.
        bins: Bars of the histogram, which begins at zero; a positive integer.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        A Matplotlib figure whose axes are the pictures, row by row: the samples of
        lowest error, the lowest first, their reconstructions, those of highest
        error, the highest first, and their reconstructions. The last axes hold the
        histogram.

    Raises:
        ValueError: If there is no sample, a shape does not fit, a value is NaN or
            infinite, or the suffix of `path` is unknown.
        TypeError: If an argument is not an array of numbers.
        OSError: If `path` cannot be written.

    Example:
        >>> import numpy as np
        >>> images = np.linspace(0, 1, 5 * 64).reshape(5, 8, 8)
        >>> figure = plot_errors(images, images * 0.9, columns=3)
        >>> len(figure.axes)
        13
        >>> figure.axes[0].get_title().split()
        ['[0]', '0.000131']
    """
    columns = positive_integer("columns", columns)
    bins = positive_integer("bins", bins)
    inputs = as_samples("originals", originals)
    outputs = as_samples_like("reconstructions", reconstructions, inputs)
    shape = picture_shape(inputs.shape[1:], image_shape)
    errors = sample_errors(inputs, outputs)
    order = np.argsort(errors, kind="stable")
    count = min(columns, len(errors))
    best, worst = order[:count], order[::-1][:count]
    titles = {
        row: [f"[{index}]\n{number(errors[index])}" for index in indices]
        for row, indices in ((0, best), (2, worst))
    }
    figure, axes = picture_grid(ROWS, count, cell_size(shape), titles=titles)
    shown = [inputs[best], outputs[best], inputs[worst], outputs[worst]]
    limits = shared_range(shape, inputs, *shown)
    for row, samples in zip(axes, shown, strict=True):
        draw_pictures(row, samples.reshape(-1, *shape), limits)
    _draw_histogram(figure, axes, errors, bins)
    fit_to_content(figure)
    return save(figure, path)


def _draw_histogram(
    figure: "Figure", grid: np.ndarray, errors: np.ndarray, bins: int
) -> None:
    """Draw the histogram above a grid of pictures, as wide as they are."""
    from matplotlib.ticker import MaxNLocator

    left, bottom, _, height = pixel_box(grid[0, 0])
    right = sum(pixel_box(grid[0, -1])[::2])
    axes = pixel_axes(
        figure,
        left,
        bottom + height + to_pixels(BELOW),
        max(right - left, to_pixels(NARROWEST)),
        to_pixels(HEIGHT),
    )
    most = float(errors.max()) or 1.0
    counts, edges = np.histogram(errors, bins=bins, range=(0.0, most))
    axes.stairs(counts, edges, fill=True, color=BARS)
    axes.set(xlim=(0.0, most * 1.01), ylim=(0.0, counts.max() * 1.05))
    ticks = min(8, pixel_box(axes)[2] // to_pixels(0.75))
    axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    style_chart(axes)
    axes.set_xlabel("mean squared error of a sample", fontsize=LABEL_SIZE)
    axes.set_ylabel("samples", fontsize=LABEL_SIZE)
    mean = float(errors.mean())
    add_marks(axes, [Mark(mean, f"mean {number(mean)}", "black")])
