"""Rows as the data frames that scikit-learn's `set_output` asks for."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

# scikit-learn wraps what `transform` returns, not `inverse_transform`, whose columns
# are not those of `get_feature_names_out`. There is no public function for either.
from sklearn.utils._set_output import ADAPTERS_MANAGER, _get_output_config

from kerasae._types import ArrayLike


def as_set_output(
    estimator: BaseEstimator, rows: np.ndarray, names: list[str], source: ArrayLike
) -> Any:
    """Return rows in the container that `set_output`, or scikit-learn's setting, names.

    Args:
        estimator: The estimator.
        rows: Array of shape (n_samples, n_features).
        names: Names of the columns.
        source: What the rows were made from, whose index a data frame keeps.
    """
    container = _get_output_config("transform", estimator)["dense"]
    if container == "default":
        return rows
    return _data_frame(container, rows, names, source)


def as_data_frame_of(source: ArrayLike, rows: np.ndarray) -> Any:
    """Return rows in the container of what they were made from, with its columns.

    Args:
        source: A data frame of pandas or polars; of anything else, the rows are
            returned as they are.
        rows: Array of the shape of `source`.
    """
    container = type(source).__module__.partition(".")[0]
    if container not in ADAPTERS_MANAGER.adapters or not hasattr(source, "columns"):
        return rows
    return _data_frame(container, rows, list(source.columns), source)


def _data_frame(
    container: str, rows: np.ndarray, names: list[str], source: ArrayLike
) -> Any:
    adapter = ADAPTERS_MANAGER.adapters[container]
    return adapter.create_container(rows, source, columns=names)
