"""Scores of simpler detectors, larger for more anomalous rows, and one of PyOD."""

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sklearn.decomposition import PCA
    from sklearn.neighbors import NearestNeighbors


def pca_errors(pca: "PCA", rows: np.ndarray) -> np.ndarray:
    """Return squared errors of the reconstruction from principal components.

    Args:
        pca: Fitted to rows to train on.
        rows: Array of shape (n_samples, n_features).
    """
    made = pca.inverse_transform(pca.transform(rows))
    return np.asarray(np.square(rows - made).mean(axis=1))


def neighbor_distances(nearest: "NearestNeighbors", rows: np.ndarray) -> np.ndarray:
    """Return distances to the last of the nearest neighbors.

    Args:
        nearest: Fitted to rows to train on.
        rows: Array of shape (n_samples, n_features).
    """
    distances, _ = nearest.kneighbors(rows)
    return np.asarray(distances[:, -1])


def has_pyod() -> bool:
    """Return whether the package pyod is installed."""
    return importlib.util.find_spec("pyod") is not None


def pyod_autoencoder(seed: int, *, quick: bool) -> Any:
    """Return PyOD's AutoEncoder at its defaults, or for one epoch."""
    pyod = importlib.import_module("pyod.models.auto_encoder")
    epochs = {"epoch_num": 1} if quick else {}
    return pyod.AutoEncoder(random_state=seed, verbose=0, **epochs)
