"""Codes as pictures: feature maps channel by channel, vectors as bars."""

import math
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae._arrays import as_numbers, as_samples, shape_error
from kerasae._checks import argument_error, one_of, positive_integer
from kerasae._checks import input_shape as checked_shape
from kerasae._types import ArrayLike
from kerasae.plotting._figure import COLORS, fit_to_content, number, save, to_pixels
from kerasae.plotting.rendering.image_grid import (
    CELL,
    cell_size,
    draw_pictures,
    picture_grid,
)
from kerasae.plotting.rendering.pictures import (
    checked_labels,
    picture_shape,
    spread,
    value_range,
)
from kerasae.plotting.rendering.tiles import (
    GAP,
    SCALES,
    add_color_bar,
    color_limits,
    colors_of,
    draw_image,
    signed,
    tile_image,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BARS = (CELL, 0.7)  # inches
TALLEST = 2.0  # a block of channels is at most about this many times as tall as wide


def plot_codes(
    codes: ArrayLike,
    *,
    originals: ArrayLike | None = None,
    image_shape: int | tuple[int, ...] | None = None,
    code_shape: int | tuple[int, ...] | None = None,
    channels_across: int | None = None,
    columns: int = 10,
    titles: Sequence[Any] | None = None,
    scale: str = "common",
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw codes, one sample per column, below their inputs if those are given.

    Feature maps are drawn without smoothing, one small tile per channel, row by row
    from the upper left; vectors as bars, one per unit. Gray runs from the smallest
    value, black, to the largest, white. Codes with values on both sides of zero run
    from blue through white, which is zero, to red.

    Args:
        codes: What an encoder returned, an array or tensor of shape (n, size),
            (n, height, width) or (n, height, width, channels).
        originals: What the encoder was given, as many images or vectors; drawn as
            a row above.
        image_shape: The shape to draw each original in, as in
            `plot_reconstructions`.
        code_shape: The shape to draw each code in: (height, width) or
            (height, width, channels) lays a vector out as tiles, (size,) draws
            feature maps as bars. The default takes the codes' own shape.
        channels_across: Tiles side by side, a positive integer: 1 stacks them. The
            default makes a block that is taller than wide.
        columns: How many samples to draw at most, from the first on; a positive
            integer.
        titles: One title per sample, such as its class, written above its column.
        scale: `"common"`: one scale for all codes drawn, so that they can be
            compared; its values are written beside them. `"tile"`: one for each
            tile, or vector, which shows the pattern in weak ones.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        A Matplotlib figure with an axes for each original, one for each code and,
        where tiles share a scale, one for their color bar.

    Raises:
        ValueError: If there is no code, a shape does not fit, a value is NaN or
            infinite, or the suffix of `path` is unknown.
        TypeError: If an argument is not an array of numbers.
        OSError: If `path` cannot be written.

    Example:
        >>> import kerasae
        >>> import numpy as np
        >>> images = np.linspace(0, 1, 5 * 784).reshape(5, 28, 28, 1)
        >>> encoder = kerasae.build_conv_ae((28, 28, 1)).encoder
        >>> codes = encoder.predict(images, verbose=0)
        >>> codes.shape
        (5, 4, 4, 8)
        >>> figure = plot_codes(codes, originals=images)
        >>> len(figure.axes)
        11
    """
    columns = positive_integer("columns", columns)
    one_of("scale", scale, SCALES)
    values = as_numbers("codes", codes)
    count = min(columns, len(values))
    shape = _code_shape(values.shape[1:], code_shape)
    names = checked_labels("titles", titles, len(values))
    shown = values[:count].reshape(count, *shape)
    common = scale == "common"
    rows, sizes = [], []
    if originals is not None:
        pictures = as_samples("originals", originals)
        if len(pictures) != len(values):
            expected = f"as many as the codes, {len(values)}"
            raise ValueError(shape_error("originals", expected, pictures.shape))
        drawn_as = picture_shape(pictures.shape[1:], image_shape)
        rows.append("original")
        sizes.append(cell_size(drawn_as))
    blocks = None
    if len(shape) == 1:
        limits = _bar_limits(shown) if common else None
        rows.append(_bar_label(limits))
        width = sizes[0][0] if sizes else to_pixels(BARS[0])
        sizes.append((width, to_pixels(BARS[1])))
    else:
        diverging = signed(shown)
        limits = color_limits(shown, diverging) if common else None
        blocks = _blocks(shown, limits, channels_across, diverging)
        channels = shape[2]
        rows.append(f"code,\n{channels} channels" if channels > 1 else "code")
        sizes.append(blocks[0].shape[1::-1])
    above = None if names is None else {0: names[:count]}
    figure, axes = picture_grid(rows, count, sizes, titles=above)
    if originals is not None:
        drawn = pictures[:count].reshape(count, *drawn_as)
        draw_pictures(axes[0], drawn, value_range(pictures))
    for column in range(count):
        if blocks is None:
            _draw_bars(axes[-1, column], shown[column], limits)
        else:
            draw_image(axes[-1, column], blocks[column])
    if blocks is not None and limits is not None:
        add_color_bar(figure, axes[-1, -1], limits, colors=colors_of(diverging))
        fit_to_content(figure)
    return save(figure, path)


def _code_shape(
    sample_shape: tuple[int, ...], wanted: int | tuple[int, ...] | None
) -> tuple[int, ...]:
    """Return how one code is drawn: `(size,)`, bars, or `(h, w, channels)`."""
    shape = sample_shape
    if wanted is not None:
        try:
            shape = checked_shape(wanted)
        except (TypeError, ValueError):
            shape = ()
        if not 1 <= len(shape) <= 3:
            expected = "(size,), (height, width) or (height, width, channels)"
            raise ValueError(argument_error("code_shape", expected, wanted))
        if math.prod(shape) != math.prod(sample_shape):
            expected = f"as large as one code, {math.prod(sample_shape)} numbers"
            fix = f"One code has the shape {sample_shape}."
            raise ValueError(argument_error("code_shape", expected, wanted, fix))
    elif math.prod(shape[:-1]) == 1:  # also feature maps of one pixel
        shape = shape[-1:]
    if len(shape) > 3:
        expected = "(n, size), (n, height, width) or (n, height, width, channels)"
        size = math.prod(shape)
        fix = f"Say how to draw one code, for example code_shape=({size},)."
        raise ValueError(shape_error("codes", expected, ("n", *shape), fix))
    return (*shape, 1) if len(shape) == 2 else shape


def _blocks(
    codes: np.ndarray,
    limits: tuple[float, float] | None,
    across: int | None,
    diverging: bool,
) -> list[np.ndarray]:
    """Return an image of each code, with its channels as tiles."""
    _, height, width, channels = codes.shape
    if across is None:
        across = 1
        # As few as it takes: the fewer side by side, the larger each is drawn.
        while math.ceil(channels / across) * height > TALLEST * across * width:
            across += 1
    across = min(positive_integer("channels_across", across), channels)
    room = to_pixels(CELL) - (across + 1) * GAP
    zoom = max(1, room // (across * width))
    return [
        tile_image(
            np.moveaxis(code, -1, 0),
            limits,
            columns=across,
            zoom=zoom,
            diverging=diverging,
        )
        for code in codes
    ]


def _bar_limits(values: np.ndarray) -> tuple[float, float]:
    """Return limits that hold all values, and zero, where bars begin."""
    return spread(min(0.0, float(values.min())), max(0.0, float(values.max())))


def _bar_label(limits: tuple[float, float] | None) -> str:
    if limits is None:
        return "code"
    return f"code,\n{number(limits[0])} to {number(limits[1])}"


def _draw_bars(
    axes: "Axes", code: np.ndarray, limits: tuple[float, float] | None
) -> None:
    low, high = _bar_limits(code) if limits is None else limits
    edges = np.arange(code.size + 1) - 0.5
    axes.stairs(code, edges, baseline=0.0, fill=True, color=COLORS[0], linewidth=0)
    if low < 0:
        axes.axhline(0.0, color="0.5", linewidth=0.6)
    room = 0.04 * (high - low)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(low - (room if low < 0 else 0), high + room)
    axes.spines[:].set(color="0.75", linewidth=0.6)
