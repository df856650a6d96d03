"""What is wrong with the data."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from kerasae.engine.samples import ends_in_sigmoid
from kerasae.evaluation._findings import Finding

_FAR = 100.0  # a column's spread, in those of the smallest one, or of 1
_SLACK = 1e-3
_IMAGE_SIDE = 8  # vectors of as many rows and columns, or more, may be images
_LISTED = 5


def of_data(model: keras.Model, x: np.ndarray) -> Iterator[Finding]:
    """Yield what is wrong with samples, NaN included.

    Args:
        model: The autoencoder that they are for.
        x: Numbers of shape (n, *input_shape).
    """
    finite = np.isfinite(x)
    if not finite.all():
        yield _not_finite(finite)
        if not finite.reshape(-1, x.shape[-1]).any(axis=0).all():
            return  # of a column without a number, nothing else can be said
        x = np.where(finite, x, np.nan)
    low, high = float(np.nanmin(x)), float(np.nanmax(x))
    limits = _output_limits(model)
    beyond = limits is not None and (
        low < limits[0] - _SLACK or high > limits[1] + _SLACK
    )
    if beyond and limits is not None:
        yield _out_of_range(x, limits, low, high)
    elif limits is None:
        yield from _unscaled(x)
    if x.ndim == 2:
        yield from _columns(x)


def _not_finite(finite: np.ndarray) -> Finding:
    rows = ~finite.reshape(len(finite), -1).all(axis=1)
    where = ""
    if finite.ndim == 2:
        where = f", in {_listed(np.flatnonzero(~finite.all(axis=0)))}"
    return Finding(
        "not-finite",
        "error",
        f"{rows.sum():,} of {len(finite):,} samples have NaN or infinity in "
        f"them{where}.",
        "Leave these samples out, or fill the holes in with "
        "sklearn.impute.SimpleImputer: one of them makes every weight NaN.",
    )


def _output_limits(model: keras.Model) -> tuple[float, float] | None:
    """Return what a model's last activation can return at least and at most."""
    if ends_in_sigmoid(model):
        return 0.0, 1.0
    last = next((x for x in reversed(model.layers) if hasattr(x, "activation")), None)
    activation: Any = getattr(last, "activation", None)
    return {
        keras.activations.tanh: (-1.0, 1.0),
        keras.activations.relu: (0.0, np.inf),
        keras.activations.softplus: (0.0, np.inf),
    }.get(activation)


def _out_of_range(
    x: np.ndarray, limits: tuple[float, float], low: float, high: float
) -> Finding:
    outside = (x < limits[0] - _SLACK) | (x > limits[1] + _SLACK)
    span = f"[{limits[0]:g}, {limits[1]:g}]".replace("inf]", "infinity)")
    return Finding(
        "out-of-range",
        "error",
        f"The data go from {low:.4g} to {high:.4g}, but the last activation returns "
        f"{span} only: {outside.mean():.0%} of all numbers cannot be reproduced, and a "
        "cross-entropy of them can fall without end.",
        "Build the model with output_activation='linear', or scale the data: "
        "kerasae.data.scale(x), or sklearn.preprocessing.MinMaxScaler for columns.",
    )


def _unscaled(x: np.ndarray) -> Iterator[Finding]:
    columns = x.reshape(-1, x.shape[-1]) if x.ndim > 2 else x
    spread, center = np.nanstd(columns, axis=0), np.abs(np.nanmean(columns, axis=0))
    moving = spread > 0
    if not moving.any():
        return
    largest, smallest = spread[moving].max(), spread[moving].min()
    far = largest > _FAR or (center[moving] > _FAR * spread[moving]).any()
    if far or largest > _FAR * smallest:
        yield Finding(
            "unscaled",
            "warning",
            f"Columns have standard deviations from {smallest:.3g} to {largest:.3g}, "
            f"and means up to {center.max():.3g} away from 0: the error is that of "
            "the largest ones alone.",
            "Standardize: x = (x - x.mean(axis=0)) / x.std(axis=0), or "
            "sklearn.preprocessing.StandardScaler.",
        )


def _columns(x: np.ndarray) -> Iterator[Finding]:
    constant = np.ptp(np.nan_to_num(x), axis=0) == 0
    if _may_be_images(x):  # whose border is black
        constant &= x[0] != np.nanmin(x)
    if constant.any() and not constant.all():
        yield Finding(
            "constant-columns",
            "hint",
            f"The same in all samples: {_listed(np.flatnonzero(constant))}.",
            "Leave them out: they say nothing, and make every error look smaller.",
        )
    moving = np.flatnonzero(np.ptp(np.nan_to_num(x), axis=0) > 0)
    _, first, copies = np.unique(
        x[:, moving], axis=1, return_index=True, return_inverse=True
    )
    copies = moving[np.flatnonzero(first[copies.ravel()] != np.arange(len(moving)))]
    if copies.size:
        yield Finding(
            "duplicated-columns",
            "hint",
            f"Copies of others: {_listed(copies)}.",
            "Leave the copies out: what they repeat counts twice.",
        )


def _may_be_images(x: np.ndarray) -> bool:
    side = round(x.shape[1] ** 0.5)
    return side >= _IMAGE_SIDE and side**2 == x.shape[1]


def _listed(columns: np.ndarray) -> str:
    words = ", ".join(str(int(column)) for column in columns[:_LISTED])
    more = f" and {len(columns) - _LISTED} more" if len(columns) > _LISTED else ""
    return f"column{'' if len(columns) == 1 else 's'} {words}{more}"
