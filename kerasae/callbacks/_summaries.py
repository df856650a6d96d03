"""What goes into a TensorBoard summary, as plain numbers, pixels and strings."""

import numbers
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from kerasae._checks import argument_error
from kerasae.plotting.rendering.pixels import arranged

_BINS = 30  # as many as in TensorFlow's own summaries
_GAP, _BREAK = 4, 16  # pixels between the two of a pair and beside it; between rows
_WHITE = 255


def layer_table(model: keras.Model) -> str:
    """Return a Markdown table of the layers."""
    lines = [
        f"**{model.name}**, {model.count_params():,} parameters",
        "",
        "| layer | kind | output | parameters |",
        "| --- | --- | --- | ---: |",
    ]
    for layer in model.layers:
        outputs = keras.tree.flatten(getattr(layer, "output", ()))
        shape = ", ".join(str(tuple(output.shape[1:])) for output in outputs)
        cells = (layer.name, type(layer).__name__, shape, f"{layer.count_params():,}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def histogram(values: Any) -> dict[str, Any] | None:
    """Return the arguments of `SummaryWriter.add_histogram_raw`.

    None if no value is finite.
    """
    values = np.asarray(values, dtype="float64").ravel()
    values = values[np.isfinite(values)]
    if not values.size:
        return None
    low, high = values.min(), values.max()
    if not (np.diff(np.linspace(low, high, _BINS + 1)) > 0).all():
        low, high = low - 0.5, high + 0.5  # all values are equal, or nearly
    counts, limits = np.histogram(values, _BINS, (low, high))
    return {
        "min": low,
        "max": high,
        "num": values.size,
        "sum": values.sum(),
        "sum_squares": values @ values,
        "bucket_limits": limits[1:].tolist(),
        "bucket_counts": counts.tolist(),
    }


def image_of_pairs(above: np.ndarray, below: np.ndarray, columns: int) -> np.ndarray:
    """Return one image of tiles from `thumbnails`, the first ones above the others."""
    between = np.full((len(above), _GAP, *above.shape[2:]), _WHITE, "uint8")
    pairs = np.concatenate([above, between, below], axis=1)
    return arranged(pairs, columns, gaps=(_BREAK, _GAP), fill=_WHITE)


def checked_hyperparameters(values: Any) -> dict[str, bool | float | str]:
    """Return hyperparameters as values that TensorBoard shows, without None."""
    if values is None:
        return {}
    if not isinstance(values, Mapping) or not all(isinstance(k, str) for k in values):
        expected = "a mapping {name: value}"
        raise TypeError(argument_error("hyperparameters", expected, values))
    return {k: _plain(value) for k, value in values.items() if value is not None}


def _plain(value: Any) -> bool | float | str:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    return float(value) if isinstance(value, numbers.Real) else str(value)
