"""What the decoder makes of the codes between two inputs."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae._arrays import as_samples, shape_error
from kerasae._checks import Description, argument_error, positive_integer
from kerasae.plotting._figure import save
from kerasae.plotting._models import encoder_and_decoder, input_shape, predict
from kerasae.plotting.image_grid import (
    cell_size,
    draw_picture,
    is_lines,
    picture_grid,
    picture_shape,
    value_range,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_interpolation(
    model: Any,
    start: Any,
    end: Any,
    *,
    steps: int = 8,
    image_shape: int | tuple[int, ...] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw the way from one input to another, straight in the space of the codes.

    The row of a pair begins and ends with the inputs themselves. Between them stand
    the decoder's pictures of codes at equal distances, from the code of `start`, at
    0, to that of `end`, at 1. A smooth way of plausible pictures tells of a code
    without holes; the mere fading of one into the other tells of the contrary.

    Args:
        model: An `Autoencoder`, or a Keras model with a layer named `code`.
        start: Where each way begins, an array or tensor of shape (n, ...), or a
            single sample of the shape that the model takes.
        end: Where it ends, of the same shape.
        steps: Decoded pictures a pair, both ends included; an integer of 2 or more.
        image_shape: The shape to draw each sample in: (height, width), or
            (height, width, 3), for images kept as vectors; (size,) for a line.
            The default takes the samples' own shape.
        path: The file to write; its suffix names the format, png or svg say.

    Returns:
        A Matplotlib figure with one axes a picture, `steps` + 2 a row.

    Raises:
        ValueError: If the model has no layer named `code`, a shape does not fit, a
            value is NaN or infinite, or the suffix of `path` is unknown.
        TypeError: If `model` is no model, or an argument no array of numbers.
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
    steps = positive_integer("steps", steps)
    if steps < 2:
        raise ValueError(argument_error("steps", "an integer of 2 or more", steps))
    encoder, decoder = encoder_and_decoder(model)
    starts, ends = (
        as_samples(argument, _several(values, input_shape(encoder)))
        for argument, values in (("start", start), ("end", end))
    )
    if starts.shape != ends.shape:
        expected = f"of the shape of `start`, {starts.shape}"
        raise ValueError(shape_error("end", expected, ends.shape))
    shape = picture_shape(starts.shape[1:], image_shape, "start")
    pairs = len(starts)
    first, last = (
        predict(encoder, argument, values, "the encoder's codes")
        for argument, values in (("start", starts), ("end", ends))
    )
    shares = np.linspace(0.0, 1.0, steps)
    # Pair after pair, and the steps of each in order.
    ways = np.stack([(1 - share) * first + share * last for share in shares], axis=1)
    codes = ways.reshape(-1, *first.shape[1:])
    decoded = predict(decoder, "model", codes, "the decoder's pictures")
    if decoded[0].size != starts[0].size:
        expected = f"a model that returns what it takes, {starts.shape[1:]}"
        received = f"pictures of shape {decoded.shape[1:]}"
        raise ValueError(argument_error("model", expected, Description(received)))

    decoded = decoded.reshape(pairs, steps, *shape)
    starts, ends = (values.reshape(pairs, *shape) for values in (starts, ends))
    inputs = np.stack([starts, ends])
    if is_lines(shape):
        limits = value_range(np.append(inputs, decoded))
    else:
        limits = value_range(inputs)
    titles = ["start", *(f"{share:.2g}" for share in shares), "end"]
    figure, axes = picture_grid(
        [""] * pairs,
        steps + 2,
        cell_size(shape),
        titles={0: titles},
        breaks=(1, steps + 1),
    )
    for row in range(pairs):
        pictures = [starts[row], *decoded[row], ends[row]]
        for column, picture in enumerate(pictures):
            draw_picture(axes[row, column], picture, limits)
    if path is not None:
        save(figure, path)
    return figure


def _several(values: Any, shape: tuple[int | None, ...] | None) -> Any:
    """Return a single sample as one of several."""
    return values[None] if getattr(values, "shape", None) == shape else values
