"""How a sample is drawn: as an image or as lines, and on which scale."""

import math
from typing import Any

import numpy as np

from kerasae import _checks
from kerasae._arrays import as_samples, shape_error
from kerasae._checks import Description, argument_error
from kerasae._types import ArrayLike


def picture_shape(
    sample_shape: tuple[int, ...],
    image_shape: int | tuple[int, ...] | None = None,
    argument: str = "originals",
) -> tuple[int, ...]:
    """Return how one sample is drawn: `(h, w)`, `(h, w, 3)`, or as lines.

    Lines are `(n,)`, or `(n, channels, 1, 1)` for signals of several channels, a
    shape that no image has. Without `image_shape` a vector is a line, even if its
    size is a perfect square: 64 numbers need not be an image. So is an `(n, 1)`
    series; `_checks.is_signal` tells which tables are signals.
    """
    size = math.prod(sample_shape)
    if image_shape is not None:
        shape = checked_image_shape(image_shape)
        if math.prod(shape) != size:
            fix = (
                f"One sample of {argument} has the shape {sample_shape}: for example "
                f"image_shape={_example(size)}."
            )
            expected = f"as large as one sample, {size} numbers"
            raise ValueError(argument_error("image_shape", expected, image_shape, fix))
    elif len(sample_shape) == 2 and sample_shape[1] == 1:
        shape = sample_shape[:1]
    elif _checks.is_signal(sample_shape):
        shape = (*sample_shape, 1, 1)
    elif _is_drawable(sample_shape):
        shape = sample_shape
    else:
        fix = (
            "Say how to lay out one sample, for example image_shape="
            f"{_example(size)}; a single size draws a line. Move channels that come "
            "first with numpy.moveaxis(x, 1, -1)."
        )
        expected = (
            "vectors (n, size), signals (n, steps, channels) or images (n, height, "
            "width), (n, height, width, 1) or (n, height, width, 3)"
        )
        raise ValueError(shape_error(argument, expected, ("n", *sample_shape), fix))
    return shape[:2] if len(shape) == 3 and shape[2] == 1 else shape


def is_lines(shape: tuple[int, ...]) -> bool:
    """Tell whether a shape from `picture_shape` is drawn as lines."""
    return len(shape) in (1, 4)


def checked_image_shape(value: Any) -> tuple[int, ...]:
    """Return a shape that can be drawn, or raise."""
    try:
        shape = _checks.input_shape(value)
    except (TypeError, ValueError):
        shape = ()
    if not _is_drawable(shape):
        expected = "(height, width), (height, width, 1), (height, width, 3) or (size,)"
        fix = "For example image_shape=(28, 28)."
        raise ValueError(argument_error("image_shape", expected, value, fix))
    return shape


def _is_drawable(shape: tuple[int, ...]) -> bool:
    return len(shape) in (1, 2) or (len(shape) == 3 and shape[2] in (1, 3))


def _example(size: int) -> tuple[int, ...]:
    """Return an image's shape for so many numbers, a line's if there is none."""
    side = math.isqrt(size)
    if side * side == size:
        return side, side
    return (2, size // 2) if size % 2 == 0 else (size,)


def as_samples_like(
    argument: str, values: ArrayLike, originals: np.ndarray
) -> np.ndarray:
    """Return `values` as samples, or raise if their shape is not the originals'."""
    samples = as_samples(argument, values)
    if samples.shape != originals.shape:
        expected = f"of the shape of `originals`, {originals.shape}"
        raise ValueError(shape_error(argument, expected, samples.shape))
    return samples


def checked_labels(argument: str, labels: Any, count: int) -> list[str] | None:
    """Return one label per sample as strings, or None if there are none.

    Args:
        argument: The argument's name, a plural: "labels" or "titles".
        labels: A sequence, or None.
        count: The number of samples.
    """
    if labels is None:
        return None
    one = f"one {argument.removesuffix('s')} per sample"
    if isinstance(labels, str) or not hasattr(labels, "__len__"):
        raise TypeError(argument_error(argument, f"a sequence, {one}", labels))
    if len(labels) != count:
        received = Description(f"{len(labels)} {argument}")
        raise ValueError(argument_error(argument, f"{one}, {count} in all", received))
    return [str(label) for label in labels]


def value_range(samples: np.ndarray) -> tuple[float, float]:
    """Return what is drawn black and what white.

    (0, 1) for values within them, else the smallest and largest.
    """
    low, high = float(samples.min()), float(samples.max())
    if low >= 0.0 and high <= 1.0:
        return 0.0, 1.0
    return spread(low, high)


def shared_range(
    shape: tuple[int, ...], originals: np.ndarray, *rows: np.ndarray
) -> tuple[float, float]:
    """Return one scale for several rows of samples, to compare them.

    Images use that of the originals; lines use one that holds every value of the
    rows, as no line may leave its axes.

    Args:
        shape: From `picture_shape`.
        originals: All originals, drawn or not.
        rows: The samples that are drawn, originals included.
    """
    if is_lines(shape):
        return value_range(np.concatenate([row.ravel() for row in rows]))
    return value_range(originals)


def spread(low: float, high: float) -> tuple[float, float]:
    """Return both limits, the upper one raised if they are equal."""
    return low, high if high > low else low + 1.0


def finite(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Return values with NaN and infinity replaced by the lower or upper limit."""
    low, high = limits
    return np.nan_to_num(values, nan=low, posinf=high, neginf=low)


def scaled(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Return values between 0, at or below the lower limit, and 1 at the upper."""
    low, high = limits
    values = finite(values.astype("float64"), limits)
    return np.clip((values - low) / (high - low), 0.0, 1.0)
