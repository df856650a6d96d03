"""How much of a code is in use."""

from typing import Any

import numpy as np

# Of the largest deviation of a unit: one that moves less says nothing.
_STILL = 1e-3


def spreads(codes: np.ndarray) -> np.ndarray:
    """Return the standard deviation of each unit over samples, shape (m,)."""
    return np.asarray(codes.std(axis=0, dtype=np.float64))


def dead(codes: np.ndarray) -> np.ndarray:
    """Tell which units are the same for all samples, shape (m,)."""
    found = spreads(codes)
    return np.asarray(found <= _STILL * found.max())


def effective_rank(codes: np.ndarray) -> float:
    """Return how many directions codes vary in: the exponential of the entropy.

    Of the shares that the principal components have in the variance (their singular
    values squared); from 1 to the number of units.
    """
    centered = codes - codes.mean(axis=0)
    values = np.linalg.svd(centered.astype(np.float64), compute_uv=False) ** 2
    if values.sum() <= 0:
        return 0.0
    shares = values[values > 0] / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def correlation(codes: np.ndarray) -> float:
    """Return the mean absolute correlation of two different units in use."""
    used = codes[:, ~dead(codes)]
    if used.shape[1] < 2:
        return 0.0
    matrix = np.atleast_2d(np.corrcoef(used.astype(np.float64), rowvar=False))
    off = matrix[np.triu_indices(len(matrix), 1)]
    return float(np.abs(off).mean())


def measured(codes: np.ndarray) -> dict[str, Any]:
    """Return what an evaluation says of codes, shape (n, m)."""
    still = dead(codes)
    share = np.mean(codes == 0)
    return {
        "size": codes.shape[1],
        "units in use": int((~still).sum()),
        "dead units": int(still.sum()),
        "effective rank": effective_rank(codes),
        "mean absolute correlation": correlation(codes),
        "share of zeros": float(share),
        "standard deviation of a unit": float(spreads(codes).mean()),
    }
