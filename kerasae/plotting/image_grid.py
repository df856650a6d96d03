"""From arrays of samples to pictures in a grid: gray, colour, or a line."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae import _checks
from kerasae._arrays import shape_error
from kerasae._checks import argument_error
from kerasae.plotting._figure import (
    COLORS,
    DPI,
    MARGIN,
    new_figure,
    pixel_axes,
    text_width,
    whole,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LABEL_SIZE = 10.0
TITLE_SIZE = 9.0
CELL = 0.9  # inches, the longer side of an image
LINE_CELL = (1.3, 0.8)
THINNEST = 0.2  # inches, so that a row label still fits beside a flat image
GAP = 0.06
BREAK = 0.18  # inches, a gap that tells groups apart
TINY = 64  # pixels; a larger image is smoothed where it must shrink to fit


def picture_shape(
    sample_shape: tuple[int, ...],
    image_shape: int | tuple[int, ...] | None = None,
    argument: str = "originals",
) -> tuple[int, ...]:
    """Return how one sample is drawn: `(h, w)`, `(h, w, 3)`, or as lines.

    Lines are `(n,)`, or `(n, channels, 1, 1)`, which is no picture's shape, for
    signals of several channels. Without `image_shape` a vector stays a line, even
    where its size is a perfect square: 64 numbers need not be an image. So does a
    `(n, 1)` series; `_checks.is_signal` tells which tables are signals.
    """
    if image_shape is None:
        shape, wanted = sample_shape, False
    else:
        shape, wanted = checked_image_shape(image_shape), True
        if math.prod(shape) != math.prod(sample_shape):
            expected = f"as large as one sample, {math.prod(sample_shape)} numbers"
            fix = f"One sample of {argument} has the shape {sample_shape}."
            raise ValueError(argument_error("image_shape", expected, image_shape, fix))
    if len(shape) == 3 and shape[-1] == 1:
        return shape[:2]
    if len(shape) == 1 or (len(shape) == 3 and shape[-1] == 3):
        return shape
    if len(shape) == 2 and not wanted:
        if shape[1] == 1:
            return shape[:1]
        if _checks.is_signal(shape):
            return (*shape, 1, 1)
    if len(shape) == 2:
        return shape
    size = math.prod(shape)
    side = math.isqrt(size)
    example = (side, side) if side * side == size else (2, size // 2)
    fix = (
        "Say how to lay out one sample, for example image_shape="
        f"{example if math.prod(example) == size else (size,)}; a single size draws a "
        "line. Move channels that come first with numpy.moveaxis(x, 1, -1)."
    )
    expected = (
        "vectors (n, size), signals (n, steps, channels) or images (n, height, "
        "width), (n, height, width, 1) or (n, height, width, 3)"
    )
    raise ValueError(shape_error(argument, expected, ("n", *sample_shape), fix))


def is_lines(shape: tuple[int, ...]) -> bool:
    """Tell whether a shape from `picture_shape` is drawn as lines."""
    return len(shape) in (1, 4)


def checked_image_shape(value: Any) -> tuple[int, ...]:
    """Return a shape that can be drawn, or raise."""
    try:
        shape = _checks.input_shape(value)
    except (TypeError, ValueError):
        shape = ()
    if len(shape) in (1, 2) or (len(shape) == 3 and shape[-1] in (1, 3)):
        return shape
    expected = "(height, width), (height, width, 1), (height, width, 3) or (size,)"
    fix = "For example image_shape=(28, 28)."
    raise ValueError(argument_error("image_shape", expected, value, fix))


def value_range(samples: np.ndarray) -> tuple[float, float]:
    """Return what is drawn black and what white.

    (0, 255) for bytes, (0, 1) for values within them, else the smallest and largest.
    """
    if samples.dtype == np.uint8:
        return 0.0, 255.0
    low, high = float(samples.min()), float(samples.max())
    if low >= 0.0 and high <= 1.0:
        return 0.0, 1.0
    return low, high if high > low else low + 1.0


def picture_grid(
    row_labels: Sequence[str],
    columns: int,
    sizes: tuple[int, int] | Sequence[tuple[int, int]],
    *,
    titles: Mapping[int, Sequence[str]] | None = None,
    breaks: Collection[int] = (),
) -> tuple["Figure", np.ndarray]:
    """Return a figure and its `(rows, columns)` axes, each as large as a picture.

    Everything stands on whole pixels and tiny images are enlarged by a whole factor,
    so that no image pixel comes out wider than its neighbour. Labels and titles are
    measured, so that none is cut off.

    Args:
        row_labels: What is written left of each row, perhaps nothing.
        columns: How many pictures stand in a row.
        sizes: Width and height of a picture in pixels, from `cell_size`: one pair
            for all rows, or one a row.
        titles: {row: one title a column, written above that row}.
        breaks: Columns with a wider gap before them.
    """
    rows = len(row_labels)
    titles = titles or {}
    cells = [sizes] * rows if isinstance(sizes, tuple) else list(sizes)
    figure = new_figure(1, 1)
    widths = [text_width(figure, label, LABEL_SIZE) for label in row_labels]
    margin = right = whole(MARGIN)
    left = whole(max(widths) + 2 * MARGIN) if any(widths) else margin
    cell_width = max(width for width, _ in cells)
    pitch = cell_width + whole(GAP)
    above = [margin if row == 0 else whole(GAP) for row in range(rows)]
    for row, words in titles.items():
        widest = max(text_width(figure, word, TITLE_SIZE) for word in words)
        pitch = max(pitch, whole(widest + 2 * GAP))
        lines = max(word.count("\n") + 1 for word in words)
        room = MARGIN if row == 0 else BREAK
        above[row] = whole(room + lines * TITLE_SIZE * 1.4 / 72)
    inset = (pitch - cell_width) // 2
    starts = [left]
    for column in range(1, columns):
        extra = whole(BREAK) if column in breaks else 0
        starts.append(starts[-1] + pitch + extra)
    full_width = starts[-1] + pitch + right
    full_height = sum(above) + sum(height for _, height in cells) + margin
    figure.set_size_inches(full_width / DPI, full_height / DPI)
    axes: Any = np.empty((rows, columns), dtype=object)
    y = full_height
    for row, (width, height) in enumerate(cells):
        y -= above[row] + height
        for column, start in enumerate(starts):
            x = start + (pitch - width) // 2
            axes[row, column] = pixel_axes(figure, x, y, width, height)
        axes[row, 0].set_ylabel(
            row_labels[row],
            rotation=0,
            ha="right",
            va="center",
            fontsize=LABEL_SIZE,
            labelpad=72 * (MARGIN + (inset + (cell_width - width) // 2) / DPI),
            parse_math=False,
        )
        for column, title in enumerate(titles.get(row, ())):
            axes[row, column].set_title(
                title, fontsize=TITLE_SIZE, pad=3, parse_math=False
            )
    return figure, axes


def cell_size(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the width and height in pixels that one picture gets."""
    if is_lines(shape):
        return whole(LINE_CELL[0]), whole(LINE_CELL[1])
    height, width = shape[:2]
    scale = CELL * DPI / max(height, width)
    if scale >= 1:
        scale = round(scale)
    least = whole(THINNEST)
    return max(round(width * scale), least), max(round(height * scale), least)


def checked_titles(titles: Any, count: int) -> list[str] | None:
    """Return one title a sample as words, or None if there are none."""
    if titles is None:
        return None
    if isinstance(titles, str) or not hasattr(titles, "__len__"):
        raise TypeError(
            argument_error("titles", "a sequence, one title a sample", titles)
        )
    if len(titles) != count:
        expected = f"one title a sample, {count} in all"
        raise ValueError(argument_error("titles", expected, f"{len(titles)} titles"))
    return [str(title) for title in titles]


def draw_picture(axes: "Axes", sample: np.ndarray, limits: tuple[float, float]) -> None:
    """Draw a `(h, w)` or `(h, w, 3)` image, or lines, one a channel.

    Args:
        axes: Where to draw, from `picture_grid`.
        sample: One sample in the shape that `picture_shape` returned.
        limits: The values drawn black and white; for a line, lowest and highest.
    """
    low, high = limits
    if is_lines(sample.shape):
        count = len(sample)
        marker = "o" if count == 1 else None
        lines = sample.reshape(count, -1).T
        for color, line in zip(COLORS, lines, strict=False):
            axes.plot(
                np.arange(count), line, color=color, lw=0.9, ls="-", marker=marker, ms=3
            )
        room = 0.06 * (high - low)
        axes.set_xlim(-0.5, count - 0.5)
        axes.set_ylim(low - room, high + room)
        for spine in axes.spines.values():
            spine.set(color="0.75", linewidth=0.6)
        return
    if sample.ndim == 3:  # Matplotlib scales gray images only
        sample = np.clip((sample.astype("float64") - low) / (high - low), 0.0, 1.0)
    axes.imshow(
        sample,
        cmap="gray",
        vmin=low,
        vmax=high,
        aspect="auto",  # the axes have the image's shape
        origin="upper",
        interpolation="nearest" if max(sample.shape[:2]) <= TINY else "antialiased",
    )
    for spine in axes.spines.values():
        spine.set(visible=False)
