"""Values scaled to [0, 1]."""

import numpy as np

from kerasae._arrays import as_array, finite_range
from kerasae._checks import Description, argument_error
from kerasae._types import ArrayLike


def scale(x: ArrayLike) -> tuple[np.ndarray, str | None]:
    """Return `x` as float32 in [0, 1], and a note on what was changed.

    Booleans and integers that are 0 or 1 keep their value, other integers in 0..255
    are divided by 255, floats must lie in [0, 1] already.

    Args:
        x: Array of shape (n_samples, n_features) or (n_samples, ...).

    Returns:
        `(scaled, note)`: float32 array of the shape of `x`, which is `x` itself
        where nothing had to change; a human-readable line, or None.

    Raises:
        TypeError, ValueError: If `x` is empty or outside these ranges or ranks.

    Example:
        >>> from kerasae.data import scale
        >>> scale([[0, 51, 255]])
        (array([[0. , 0.2, 1. ]], dtype=float32), 'integers in 0..255 were divided by 255')
    """  # noqa: E501
    (scaled,), note = scaled_alike("x", [as_array("x", x)])
    return scaled, note


def scaled_alike(
    argument: str, parts: list[np.ndarray], *, scale: bool | None = True
) -> tuple[list[np.ndarray], str | None]:
    """Scale all parts by one rule: a dark test part must not get one of its own.

    Args:
        argument: The name that messages have for the parts.
        parts: Arrays of samples.
        scale: Whether values for which there is no rule are refused; None leaves
            those as they are, and False all values.
    """
    ranges = [finite_range(argument, x) for x in parts]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    real = any(x.dtype.kind == "f" for x in parts)
    slack = 1e-6 if real else 0  # MinMaxScaler gives 1.0000000000000002
    if scale is not False and low >= -slack and high <= 1 + slack:
        exact = low >= 0 and high <= 1
        scaled = [x.astype(np.float32, copy=False) for x in parts]
        return scaled if exact else [np.clip(x, 0.0, 1.0) for x in scaled], None
    if scale is not False and low >= 0 and high <= 255 and not real:
        # One pass from the integers to the result, without a copy in between.
        scaled = [np.divide(x, np.float32(255), dtype=np.float32) for x in parts]
        return scaled, "integers in 0..255 were divided by 255"
    if not scale:
        note = f"values from {low:g} to {high:g} were left as they are"
        return [x.astype(np.float32, copy=False) for x in parts], note
    fix = "Pixels in 0..255: x = x / 255. Else x = x.astype('float64'), then "
    fix += "x = (x - x.min()) / (x.max() - x.min())."
    expected = "values in [0, 1], or integers in 0..255"
    kind = "float" if real else "integer"
    received = Description(f"{kind} values from {low:g} to {high:g}")
    raise ValueError(argument_error(argument, expected, received, fix))
