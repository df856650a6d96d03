"""Columns brought to one scale, for networks."""

from typing import NamedTuple

import numpy as np

SCALINGS = ("standard", "robust", "none")
# Numbers further than this from the center, in units of the scale, count as this far:
# their squares must stay finite in float32.
_FARTHEST = 1e6
_QUARTILES = 1.3489795003921634  # apart, in a standard normal distribution


class Scaling(NamedTuple):
    """What is taken from each column, and what it is then divided by.

    Attributes:
        location: Array of float64, shape (n_features,).
        scale: Array of float64, above 0, shape (n_features,).
    """

    location: np.ndarray
    scale: np.ndarray

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Return rows on one scale, as float32.

        Args:
            x: Array of shape (n, n_features).
        """
        scaled = (x - self.location) / self.scale
        return np.clip(scaled, -_FARTHEST, _FARTHEST).astype("float32")


def fit_scaling(x: np.ndarray, kind: str, channels: int | None) -> Scaling:
    """Return what brings rows to one scale.

    Args:
        x: Array of float64, shape (n, n_features).
        kind: `"standard"`, `"robust"` or `"none"`.
        channels: How many columns are on a scale of their own, the others repeating
            them, as pixels do of an image; None for all.
    """
    features = x.shape[1]
    if kind == "none":
        return Scaling(np.zeros(features), np.ones(features))
    columns = x if channels is None else x.reshape(-1, channels)
    location, scale = columns.mean(axis=0), columns.std(axis=0)
    # What rounding leaves of a constant column is no spread.
    rounding = 10 * np.finfo("float64").eps * np.abs(location)
    if kind == "robust":
        low, location, high = np.percentile(columns, [25, 50, 75], axis=0)
        between = (high - low) / _QUARTILES
        # Of a column that is mostly one number, the quartiles are that.
        scale = np.where(between > rounding, between, scale)
    scale = np.where(scale > rounding, scale, 1.0)
    repeats = features // len(location)
    return Scaling(np.tile(location, repeats), np.tile(scale, repeats))
