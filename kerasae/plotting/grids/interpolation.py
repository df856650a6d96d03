"""What the decoder makes of the codes between two samples."""

import os
from typing import TYPE_CHECKING

import numpy as np

from kerasae._arrays import as_samples
from kerasae._checks import Description, argument_error
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.plotting._figure import save
from kerasae.plotting.rendering.image_grid import (
    cell_size,
    draw_pictures,
    picture_grid,
)
from kerasae.plotting.rendering.pictures import picture_shape, shared_range

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_interpolation(
    model: ModelOrTriple,
    start: ArrayLike,
    end: ArrayLike,
    *,
    steps: int = 8,
    image_shape: int | tuple[int, ...] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw the way from one sample to another along a straight line of codes.

    Each row begins and ends with the samples themselves. Between them are the
    decoder's pictures of evenly spaced codes, from the code of `start`, at 0, to that
    of `end`, at 1. A smooth sequence of plausible pictures suggests a code without
    holes; one picture merely fading into the other suggests the opposite.
    `kerasae.generation.interpolate` returns the pictures as an array.

    Args:
        model: An `Autoencoder`, or a Keras model with a layer named `code`.
        start: Where each row begins, an array or tensor of shape (n, ...), or a
            single sample of the shape that the model takes. Bytes are divided by 255.
        end: Where it ends, of the same shape.
        steps: Decoded pictures per row, both ends included; an integer of 2 or more.
        image_shape: The shape to draw each sample in: (height, width), or
            (height, width, 3), for images kept as vectors; (size,) for a line.
            The default takes the samples' own shape.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        A Matplotlib figure with one axes per picture, `steps` + 2 per row.

    Raises:
        ValueError: If the model has no layer named `code`, a shape does not fit, a
            value is NaN or infinite, or the suffix of `path` is unknown.
        TypeError: If `model` is not a model, or an argument is not an array of numbers.
        OSError: If `path` cannot be written.

    Example:
        >>> import kerasae
        >>> import numpy as np
        >>> images = np.linspace(0, 1, 6 * 784).reshape(6, 28, 28, 1)
        >>> triple = kerasae.build_conv_ae((28, 28, 1))
        >>> figure = plot_interpolation(triple, images[:2], images[4:], steps=5)
        >>> [axes.get_title() for axes in figure.axes[:7]]
        ['start', '0', '0.25', '0.5', '0.75', '1', 'end']
    """
    from kerasae._triple import as_triple
    from kerasae.engine.samples import one_or_several
    from kerasae.generation import interpolate

    triple = as_triple(model)
    starts, ends = (
        one_or_several(triple.encoder, values, name)[0]
        for name, values in (("start", start), ("end", end))
    )
    shape = picture_shape(starts.shape[1:], image_shape, "start")
    decoded = interpolate(triple, starts, ends, steps=steps)
    if decoded[0, 0].size != starts[0].size:
        expected = f"a model that returns what it takes, {starts.shape[1:]}"
        received = f"pictures of shape {decoded.shape[2:]}"
        raise ValueError(argument_error("model", expected, Description(received)))
    count, steps = decoded.shape[:2]
    pictures = as_samples("the decoder's pictures", decoded.reshape(-1, *shape))

    starts, ends = (values.reshape(count, *shape) for values in (starts, ends))
    limits = shared_range(shape, np.stack([starts, ends]), starts, ends, pictures)
    shares = np.linspace(0.0, 1.0, steps)
    figure, axes = picture_grid(
        [""] * count,
        steps + 2,
        cell_size(shape),
        titles={0: ["start", *(f"{share:.2g}" for share in shares), "end"]},
        breaks=(1, steps + 1),
    )
    ways = pictures.reshape(count, steps, *shape)
    for row, first, way, last in zip(axes, starts, ways, ends, strict=True):
        draw_pictures(row, [first, *way, last], limits)
    return save(figure, path)
