"""Samples as pixels, without Matplotlib: small pictures, alone or side by side."""

import math

import numpy as np

from kerasae.plotting.rendering.lines import line_pixels
from kerasae.plotting.rendering.pictures import is_lines, scaled


def thumbnails(
    samples: np.ndarray, shape: tuple[int, ...], limits: tuple[float, float], side: int
) -> np.ndarray:
    """Return a small picture of each sample, `(n, height, width, 3)` in bytes.

    Args:
        samples: `(n, ...)`; NaN is drawn like the lowest value.
        shape: From `picture_shape`.
        limits: The values drawn black and white; for a line, lowest and highest.
        side: About how many pixels the longer side gets, at most twice as many.
            Small images are enlarged by a whole factor, large ones shrunk.
    """
    samples = samples.reshape(-1, *shape)
    if is_lines(shape):
        return _resized(np.stack([line_pixels(x, limits) for x in samples]), side)
    pixels = (scaled(samples, limits) * 255).round().astype("uint8")
    colored = pixels if pixels.ndim == 4 else pixels[..., None].repeat(3, axis=3)
    return _resized(colored, side)


def _resized(tiles: np.ndarray, side: int) -> np.ndarray:
    from PIL import Image

    longer = max(tiles.shape[1:3])
    if longer <= 2 * side:
        return enlarged(tiles, zoom_to(longer, side))
    height, width = (max(1, round(n * side / longer)) for n in tiles.shape[1:3])
    smooth = Image.Resampling.LANCZOS
    images = (Image.fromarray(tile).resize((width, height), smooth) for tile in tiles)
    return np.stack([np.asarray(image) for image in images])


def zoom_to(size: int, pixels: int) -> int:
    """Return the whole factor, 1 or larger, that brings `size` nearest to `pixels`."""
    return max(1, round(pixels / size))


def enlarged(tiles: np.ndarray, zoom: int) -> np.ndarray:
    """Return tiles `(n, h, w, 3)` with each pixel repeated across and down."""
    return tiles.repeat(zoom, axis=1).repeat(zoom, axis=2)


def padded(tiles: np.ndarray, down: int, across: int, fill: float) -> np.ndarray:
    """Return tiles with so many pixels added, half of them on either side."""
    room = [(more // 2, more - more // 2) for more in (down, across)]
    return np.pad(tiles, ((0, 0), *room, (0, 0)), constant_values=fill)


def arranged(
    tiles: np.ndarray, columns: int, *, gaps: tuple[int, int] = (0, 0), fill: float
) -> np.ndarray:
    """Return one image of all tiles, row by row.

    Args:
        tiles: `(n, height, width, 3)`.
        columns: Tiles in a row; the last row may be incomplete.
        gaps: Pixels between rows and between columns; if negative, tiles overlap.
        fill: The value of pixels outside the tiles.
    """
    count, height, width, channels = tiles.shape
    columns = min(columns, count)
    down, across = height + gaps[0], width + gaps[1]
    size = math.ceil(count / columns) * down - gaps[0], columns * across - gaps[1]
    image = np.full((*size, channels), fill, tiles.dtype)
    for index, tile in enumerate(tiles):
        top, left = index // columns * down, index % columns * across
        image[top : top + height, left : left + width] = tile
    return image
