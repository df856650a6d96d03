"""Values between 0 and 1, and the checks that data pass."""

from typing import Any

import numpy as np

from kerasae._checks import Description, argument_error


def scale(x: Any) -> tuple[np.ndarray, str | None]:
    """Return `x` as float32 in [0, 1], and a note on what was changed.

    Booleans and integers 0 and 1 keep their value, other integers in 0..255 are
    divided by 255, floats must lie in [0, 1] already.

    Args:
        x: array of shape (n_samples, n_features) or (n_samples, ...).

    Returns:
        `(scaled, note)`: float32 array of the shape of `x`, which is `x` itself
        where nothing had to change; a line for people to read, or None.

    Raises:
        TypeError, ValueError: `x` is empty or outside these ranges or ranks.

    Example:
        >>> from kerasae.data import scale
        >>> scale([[0, 51, 255]])
        (array([[0. , 0.2, 1. ]], dtype=float32), 'integers in 0..255 were divided by 255')
    """  # noqa: E501
    (scaled,), note = scaled_alike("x", [np.asarray(x)])
    return scaled, note


def value_range(where: str, x: np.ndarray, axes: int = 2) -> tuple[Any, Any]:
    """Return the smallest and the largest value of `x`, or raise if it is no data."""
    if x.dtype.kind not in "biuf":
        fix = "Convert it to numbers: x.astype('float32')."
        raise TypeError(argument_error(where, "an array of numbers", x.dtype, fix))
    if x.ndim < axes or not x.size:
        expected = "of shape (n_samples, n_features) or (n_samples, ...), not empty"
        fix = "Use x[:, None] for samples of one number, x[None] for one sample."
        raise ValueError(
            argument_error(where, expected, Description(f"shape {x.shape}"), fix)
        )
    with np.errstate(invalid="ignore"):
        low, high = x.min(), x.max()
    # The extremes carry NaN and infinity: a full mask is made for the error alone.
    if not (np.isfinite(low) and np.isfinite(high)):
        bad = ~np.isfinite(x)
        first = np.argwhere(bad)[0].tolist()
        received = f"{bad.sum()} NaN or infinite values, the first at index {first}"
        fix = "Remove these samples, or fill them in with numpy.nan_to_num(x)."
        raise ValueError(
            argument_error(
                where, "an array of finite numbers", Description(received), fix
            )
        )
    return low, high


def scaled_alike(
    where: str, parts: list[np.ndarray]
) -> tuple[list[np.ndarray], str | None]:
    """Scale all parts by one rule: a dark test part must not get its own."""
    ranges = [value_range(where, x) for x in parts]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    real = any(x.dtype.kind == "f" for x in parts)
    slack = 1e-6 if real else 0  # MinMaxScaler gives 1.0000000000000002
    if low >= -slack and high <= 1 + slack:
        scaled = [x.astype(np.float32, copy=False) for x in parts]
        exact = low >= 0 and high <= 1
        return scaled if exact else [np.clip(x, 0.0, 1.0) for x in scaled], None
    if low >= 0 and high <= 255 and not real:
        # One pass from the integers to the result, without a copy in between.
        scaled = [np.divide(x, np.float32(255), dtype=np.float32) for x in parts]
        return scaled, "integers in 0..255 were divided by 255"
    fix = "Pixels in 0..255: x = x / 255. Else x = x.astype('float64'), then "
    fix += "x = (x - x.min()) / (x.max() - x.min())."
    received = f"{'float' if real else 'integer'} values from {low} to {high}"
    raise ValueError(
        argument_error(
            where, "values in [0, 1], or integers in 0..255", Description(received), fix
        )
    )
