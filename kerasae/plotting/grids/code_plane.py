"""What the decoder makes of the codes of a plane."""

import math
import operator
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae._arrays import as_numbers, as_samples, fits, shape_error
from kerasae._checks import Description, argument_error, positive_integer
from kerasae._layer_names import CODE
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.plotting._figure import (
    fit_to_content,
    new_figure,
    number,
    pixel_box,
    save,
    text_width,
    to_pixels,
)
from kerasae.plotting.rendering.lines import line_axes
from kerasae.plotting.rendering.pictures import is_lines, picture_shape, value_range
from kerasae.plotting.rendering.pixels import zoom_to
from kerasae.plotting.rendering.tiles import GAP, image_axes, tile_image

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE = 900  # pixels, about the longer side of all pictures together
QUANTILES = (0.05, 0.95)
TICKS = 8  # at most
TICK_SIZE = 9.0


def plot_code_plane(
    model: ModelOrTriple,
    codes: ArrayLike | None = None,
    *,
    dimensions: Sequence[int] = (0, 1),
    limits: Any = None,
    steps: int = 15,
    image_shape: int | tuple[int, ...] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw what the decoder makes of a grid of codes in two of their dimensions.

    Each picture is placed where its code lies, so that the figure is a map of what
    the two dimensions mean. Two-dimensional codes are shown in full; of larger ones,
    a plane through the mean of the given codes.

    Args:
        model: An `Autoencoder`, a Keras model with a layer named `code`, or the
            decoder of a triple.
        codes: What the encoder makes of some samples, shape (n, ...). The plane spans
            the middle 90% of them in the two dimensions and stays at their mean in
            all others. Optional if `limits` are given and the code has no other
            dimensions.
        dimensions: The dimensions to draw across and upwards, counted from 0; for
            feature maps those of the flattened code.
        limits: What to span instead: ((left, right), (bottom, top)), or a pair
            (low, high) for both.
        steps: How many pictures across and upwards; an integer of 2 or more.
        image_shape: The shape to draw each picture in: (height, width), or
            (height, width, 3), for images kept as vectors; (size,) for a line.
            The default takes the shape that the model returns.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        A Matplotlib figure with one axes, which shows all pictures as one image.

    Raises:
        ValueError: If the model has no layer named `code`, `codes` or `limits` are
            missing or do not fit it, a value is NaN or infinite, or the suffix of
            `path` is unknown.
        TypeError: If `model` is not a model, or an argument is not an array of numbers.
        OSError: If `path` cannot be written.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_deep_ae((28, 28, 1), latent_dim=2)
        >>> figure = plot_code_plane(triple, limits=(0, 2), steps=5)
        >>> figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()
        ('code[0]', 'code[1]')
        >>> [label.get_text() for label in figure.axes[0].get_xticklabels()]
        ['0', '0.5', '1', '1.5', '2']
    """
    # Keras takes its time to load, and the other pictures do without it.
    from kerasae.engine.prediction import predict

    steps = positive_integer("steps", steps)
    if steps < 2:
        raise ValueError(argument_error("steps", "an integer of 2 or more", steps))
    decoder = _decoder_of(model)
    code_shape, center, given = _codes(decoder, codes, limits)
    across, upwards = _dimensions(dimensions, math.prod(code_shape))
    spans = _spans(given, (across, upwards), limits)
    x, y = (np.linspace(low, high, steps) for low, high in spans)
    grid = np.tile(center, (steps * steps, 1))
    # Row by row from the upper left, as the pictures will be.
    grid[:, across] = np.tile(x, steps)
    grid[:, upwards] = np.repeat(y[::-1], steps)
    name = "the decoder's pictures"
    pictures = as_samples(name, predict(decoder, grid.reshape(-1, *code_shape)))
    shape = picture_shape(pictures.shape[1:], image_shape, name)
    pictures = pictures.reshape(-1, *shape)
    figure = new_figure(1, 1)
    axes, places = _draw_plane(figure, pictures, steps)
    _number_axes(axes, places, (_numbers(x), _numbers(y)))
    axes.set_xlabel(f"code[{across}]", fontsize=10)
    axes.set_ylabel(f"code[{upwards}]", fontsize=10)
    fit_to_content(figure)
    return save(figure, path)


def _draw_plane(
    figure: "Figure", pictures: np.ndarray, steps: int
) -> tuple["Axes", tuple[np.ndarray, np.ndarray]]:
    """Return axes with all pictures, and where the middles of these are in them."""
    shape = pictures.shape[1:]
    span = value_range(pictures)
    if is_lines(shape):
        axes = line_axes(figure, 0, pictures, span, steps)
        middles = np.arange(steps) + 0.5
        return axes, (middles, middles[::-1])
    zoom = zoom_to(steps * (max(shape[:2]) + GAP), SIDE)
    image = tile_image(pictures, span, columns=steps, zoom=zoom)
    axes = image_axes(figure, 0, image, (SIDE * 2, SIDE * 2))
    across, upwards = (
        np.arange(steps) * (zoom * size + GAP) + GAP + (zoom * size - 1) / 2
        for size in (shape[1], shape[0])
    )
    return axes, (across, upwards[::-1])


def _number_axes(
    axes: "Axes",
    places: tuple[np.ndarray, np.ndarray],
    numbers: tuple[list[str], list[str]],
) -> None:
    """Write as many numbers below and beside the pictures as have room."""
    _, _, width, height = pixel_box(axes)
    steps = len(places[0])
    figure = axes.figure.figure
    widest = max(text_width(figure, word, TICK_SIZE) for word in numbers[0])
    upright = (steps - 1) * width / steps < to_pixels(widest + 0.1)
    shown = _label_stride(steps, width, to_pixels(0.2 if upright else widest + 0.1))
    axes.set_xticks(places[0][::shown], numbers[0][::shown], rotation=90 * upright)
    shown = _label_stride(steps, height, to_pixels(0.2))
    axes.set_yticks(places[1][::shown], numbers[1][::shown])
    axes.tick_params(labelsize=TICK_SIZE, length=2)


def _decoder_of(model: ModelOrTriple) -> "keras.Model":
    """Return the decoder of a triple or of an autoencoder, or `model` if it is one."""
    from kerasae._triple import as_triple

    layers = getattr(model, "layers", None)
    # That is how `split` names where a decoder begins.
    if layers and layers[0].name == f"{CODE}_input":
        return model
    return as_triple(model).decoder


def _codes(
    decoder: "keras.Model", codes: ArrayLike | None, limits: Any
) -> tuple[tuple[int, ...], np.ndarray, np.ndarray | None]:
    """Return the shape of one code, the mean code, and the codes, both flattened."""
    wanted = decoder.input_shape[1:]
    known = None if None in wanted else wanted
    if codes is None:
        if limits is None:
            fix = "Or set what to span: limits=(-3, 3)."
            expected = "what the encoder returned, for the plane to span"
            raise ValueError(argument_error("codes", expected, codes, fix))
        if known is None or math.prod(known) > 2:
            size = "size" if known is None else math.prod(known)
            fix = f"To stay at zero in the others write codes=numpy.zeros((1, {size}))."
            expected = "given where a code has more than two dimensions"
            raise ValueError(argument_error("codes", expected, codes, fix))
        return known, np.zeros(math.prod(known)), None
    values = as_numbers("codes", codes)
    shape = values.shape[1:]
    taken = math.prod(shape) == math.prod(known) if known else fits(shape, wanted)
    if not taken:
        sizes = ", ".join("any" if size is None else str(size) for size in wanted)
        expected = f"codes as the decoder takes them, (n, {sizes})"
        fix = "Make them with encoder.predict(x)."
        raise ValueError(shape_error("codes", expected, values.shape, fix))
    flat = values.reshape(len(values), -1).astype("float64")
    return known or shape, flat.mean(axis=0), flat


def _dimensions(value: Any, size: int) -> tuple[int, int]:
    """Return two different dimensions of a code."""
    try:
        first, second = (operator.index(dimension) for dimension in value)
    except (TypeError, ValueError):
        first = second = 0
    if first == second or min(first, second) < 0 or max(first, second) >= size:
        expected = f"two different whole numbers from 0 to {size - 1}"
        if size < 2:
            expected = "two dimensions of the code, which has only one"
        fix = "For example dimensions=(0, 1)." if size > 1 else ""
        raise ValueError(argument_error("dimensions", expected, value, fix))
    return first, second


def _spans(
    codes: np.ndarray | None, dimensions: tuple[int, int], limits: Any
) -> list[tuple[float, float]]:
    """Return the lowest and highest value in each of the two dimensions."""
    if limits is not None:
        try:
            pairs = np.asarray(limits, dtype="float64")
        except (TypeError, ValueError):
            pairs = np.empty(0)
        if pairs.shape == (2,):
            pairs = np.stack([pairs, pairs])
        rising = pairs.shape == (2, 2) and (pairs[:, 0] < pairs[:, 1]).all()
        if not rising or not np.isfinite(pairs).all():
            expected = "((left, right), (bottom, top)) or (low, high), each rising"
            raise ValueError(argument_error("limits", expected, limits))
        return [(float(low), float(high)) for low, high in pairs]
    spans = []
    for dimension in dimensions:
        low, high = np.quantile(codes[:, dimension], QUANTILES)  # type: ignore[index]
        if not low < high:
            expected = "spread out in the dimensions drawn"
            fix = (
                "Draw other dimensions, or set what to span: limits=(-3, 3). A unit "
                "that is the same for every sample is dead: train again, perhaps with "
                "a linear code."
            )
            received = f"90% or more with {low:.4g} in code[{dimension}]"
            raise ValueError(
                argument_error("codes", expected, Description(received), fix)
            )
        spans.append((float(low), float(high)))
    return spans


def _label_stride(steps: int, pixels: int, least: int) -> int:
    """Return the n for which every n-th picture gets a number, also first and last.

    Each number needs `least` of the `pixels` that all pictures have.
    """
    for stride in range(1, steps):
        fits = stride * pixels / steps >= least and (steps - 1) // stride < TICKS
        if fits and (steps - 1) % stride == 0:
            return stride
    return steps - 1


def _numbers(values: np.ndarray) -> list[str]:
    """Return evenly spaced numbers as text, with zero free of rounding errors."""
    step = abs(values[1] - values[0])
    return [number(0.0 if abs(value) < 1e-3 * step else value) for value in values]
