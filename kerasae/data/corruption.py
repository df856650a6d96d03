"""Fixed noisy copies, for plots and evaluation."""

import numpy as np

from kerasae._arrays import as_samples
from kerasae._checks import (
    argument_error,
    fraction,
    non_negative,
    one_of,
    required_seed,
)
from kerasae._types import ArrayLike

DEFAULT_LEVELS = {"gaussian": 0.5, "masking": 0.3, "salt_and_pepper": 0.3}


def corrupt(
    x: ArrayLike,
    kind: str = "gaussian",
    level: float | None = None,
    *,
    seed: int = 0,
    clip: tuple[float, float] = (0.0, 1.0),
) -> np.ndarray:
    """Return a fixed noisy copy of `x`, the same on every backend.

    Args:
        x: Array of shape (n, ...): floats, such as `scale` returns, booleans, or
            bytes, which are divided by 255.
        kind: "gaussian" adds normal noise and clips to `clip`; "masking" sets
            entries to 0 and leaves the others (Vincent et al. 2010);
            "salt_and_pepper" sets entries to either end of `clip`, with equal
            probability.
        level: For "gaussian" the standard deviation (None: 0.5), else the
            probability that an entry is overwritten, in [0, 1) (None: 0.3).
        seed: Whole number, 0 or larger.
        clip: The smallest and the largest value.

    Returns:
        A new float32 array of the shape of `x`.

    Raises:
        TypeError, ValueError: If `x` holds no numbers, integers of more than 8 bits,
            or NaN or infinity, or an argument is invalid.

    Example:
        >>> from kerasae.data import corrupt, load_samples
        >>> corrupt(load_samples("digits")[0], "masking", 0.3).shape
        (1797, 8, 8, 1)
    """
    one_of("kind", kind, DEFAULT_LEVELS)
    check_level = non_negative if kind == "gaussian" else fraction
    level = check_level("level", DEFAULT_LEVELS[kind] if level is None else level)
    x, (low, high) = as_samples("x", x, axes=1), clip
    if not low < high:
        raise ValueError(
            argument_error(
                "clip", "(smallest, largest)", clip, "Example: clip=(0.0, 1.0)."
            )
        )
    random = np.random.default_rng(required_seed(seed))
    if kind == "gaussian":
        noisy = random.standard_normal(x.shape, dtype=np.float32)
        noisy *= level
        noisy += x
        return np.clip(noisy, low, high, out=noisy)
    noisy = x.astype(np.float32)
    uniform = random.random(x.shape, dtype=np.float32)
    noisy[uniform < level] = 0.0 if kind == "masking" else high
    if kind == "salt_and_pepper":
        noisy[uniform < level / 2] = low
    return noisy
