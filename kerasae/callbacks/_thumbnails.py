"""Samples as small pictures, pixel by pixel: gray, colour, or a line."""

import math

import numpy as np

from kerasae import _checks
from kerasae._checks import Description, argument_error

_LINE_SIDE = 64  # pixels
_LINE_COLORS = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167))
_GAP, _BREAK = 4, 12  # pixels between tiles; between lines, in addition
_WHITE = 255


def picture_shape(
    sample_shape: tuple[int, ...], image_shape: int | tuple[int, ...] | None
) -> tuple[int, ...]:
    """Return how a sample is drawn: `(h, w, 1)`, `(h, w, 3)`, or as lines.

    Lines are `(n,)`, or `(n, channels, 1, 1)` for signals of several channels.
    """
    shape = sample_shape
    if image_shape is not None:
        try:
            shape = _checks.input_shape(image_shape)
        except (TypeError, ValueError):
            shape = ()
        if not _drawable(shape) or math.prod(shape) != math.prod(sample_shape):
            fix = f"For example image_shape={_example(sample_shape)}."
            expected = (
                "(height, width), (height, width, 1 or 3) or (size,), for samples of "
                f"shape {sample_shape}"
            )
            raise ValueError(argument_error("image_shape", expected, image_shape, fix))
    elif len(shape) == 2 and shape[1] == 1:
        shape = shape[:1]  # a series
    elif _checks.is_signal(shape):
        return (*shape, 1, 1)
    if not _drawable(shape):
        fix = f"Say how to draw one, for example image_shape={_example(sample_shape)}."
        expected = (
            "images (height, width, 1 or 3), vectors or signals (steps, channels)"
        )
        received = f"samples of shape {sample_shape}"
        raise ValueError(
            argument_error("samples", expected, Description(received), fix)
        )
    return (*shape, 1) if len(shape) == 2 else shape


def _drawable(shape: tuple[int, ...]) -> bool:
    return len(shape) in (1, 2) or (len(shape) == 3 and shape[-1] in (1, 3))


def _example(sample_shape: tuple[int, ...]) -> tuple[int, ...]:
    size = math.prod(sample_shape)
    side = math.isqrt(size)
    return (side, side) if side * side == size else (size,)


def value_range(samples: np.ndarray) -> tuple[float, float]:
    """Return what is drawn black and what white."""
    if samples.dtype == np.uint8:
        return 0.0, 255.0
    low, high = float(samples.min()), float(samples.max())
    if low >= 0.0 and high <= 1.0:
        return 0.0, 1.0
    return low, high if high > low else low + 1.0


def thumbnails(
    samples: np.ndarray, shape: tuple[int, ...], limits: tuple[float, float], side: int
) -> np.ndarray:
    """Draw samples, `(n, height, width, 3)` in bytes.

    Args:
        samples: `(n, ...)`; NaN is drawn like the lowest value.
        shape: From `picture_shape`.
        limits: The values drawn black and white; for a line, lowest and highest.
        side: About how many pixels the longer side gets, twice as many at most.
            Small images are enlarged by a whole factor, large ones shrunk.
    """
    low, high = limits
    values = samples.reshape(-1, *shape).astype("float32")
    values = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    values = ((values - low) / (high - low)).clip(0.0, 1.0)
    if len(shape) in (1, 4):
        return _resized(np.stack([_line(value) for value in values]), side)
    pixels = (values * 255).round().astype("uint8")
    return _resized(np.broadcast_to(pixels, (*pixels.shape[:-1], 3)), side)


def _line(values: np.ndarray) -> np.ndarray:
    from PIL import Image, ImageDraw

    # Drawn at twice the size and shrunk: Pillow's lines have jagged edges.
    side = 2 * _LINE_SIDE
    image = Image.new("RGB", (side, side), (_WHITE,) * 3)
    if len(values) == 1:
        values = values.repeat(2)
    across = np.linspace(4, side - 5, len(values))
    draw = ImageDraw.Draw(image)
    lines = values.reshape(len(values), -1).T
    for color, line in zip(_LINE_COLORS, lines, strict=False):
        points = np.column_stack([across, side - 5 - line * (side - 9)])
        draw.line(points.ravel().tolist(), color, width=3)
    return np.asarray(image.reduce(2))


def _resized(tiles: np.ndarray, side: int) -> np.ndarray:
    from PIL import Image

    longer = max(tiles.shape[1:3])
    if longer <= 2 * side:
        zoom = max(1, round(side / longer))
        return tiles.repeat(zoom, axis=1).repeat(zoom, axis=2)
    height, width = (max(1, round(n * side / longer)) for n in tiles.shape[1:3])
    smooth = Image.Resampling.LANCZOS
    images = (Image.fromarray(tile).resize((width, height), smooth) for tile in tiles)
    return np.stack([np.asarray(image) for image in images])


def pairs_of(above: np.ndarray, below: np.ndarray, columns: int) -> np.ndarray:
    """Return one image of two rows of tiles, broken into lines of so many columns."""
    count, height, width, _ = above.shape
    pitch = 2 * (height + _GAP) + _BREAK
    lines = math.ceil(count / columns)
    across = min(count, columns) * (width + _GAP) - _GAP
    image = np.full((lines * pitch - _GAP - _BREAK, across, 3), _WHITE, "uint8")
    for index in range(count):
        left = index % columns * (width + _GAP)
        for row, tile in enumerate((above[index], below[index])):
            top = index // columns * pitch + row * (height + _GAP)
            image[top : top + height, left : left + width] = tile
    return image


def squares(tiles: np.ndarray) -> np.ndarray:
    """Return tiles with white added on both sides of the shorter side."""
    height, width = tiles.shape[1:3]
    side = max(height, width)
    down, across = side - height, side - width
    room = ((0, 0), (down // 2, down - down // 2), (across // 2, across - across // 2))
    return np.pad(tiles, (*room, (0, 0)), constant_values=_WHITE)


def mosaic(tiles: np.ndarray, columns: int) -> np.ndarray:
    """Return one image of tiles that touch, row by row, its end filled with black."""
    count, height, width, channels = tiles.shape
    rows = math.ceil(count / columns)
    missing = rows * columns - count
    full = np.pad(tiles, ((0, missing), (0, 0), (0, 0), (0, 0)))
    full = full.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return full.reshape(rows * height, columns * width, channels)
