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
    adapter = ADAPTERS_MANAGER.adapters[container]
    return adapter.create_container(rows, source, columns=names)
