"""What ordinary samples look like to a model: their codes and their errors."""

import math
from typing import NamedTuple

import numpy as np

from kerasae import _checks
from kerasae._arrays import shape_error
from kerasae._triple import as_triple
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.anomaly._passes import passes, rows_of
from kerasae.data.memory_mapped import take_rows

# Rows from which a covariance is estimated: more change little, and take long.
_MOST_ROWS = 20_000
# Numbers whose covariance is estimated in full; its inverse takes their cube.
_MOST_DIMENSIONS = 2_000
_CONCENTRATION_STEPS = 5


class Whitening(NamedTuple):
    """A location, and what turns distances from it into uncorrelated ones.

    Attributes:
        location: Array of shape (k,).
        matrix: Array of shape (k, k), or of shape (k,) where correlations are left
            out.
    """

    location: np.ndarray
    matrix: np.ndarray

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """Return numbers whose squares sum to the squared Mahalanobis distance.

        Each stands for the number of `rows` at its place, which it is as close to as
        uncorrelated numbers can be.

        Args:
            rows: Array of shape (n, k).
        """
        away = rows - self.location
        return away * self.matrix if self.matrix.ndim == 1 else away @ self.matrix.T


class Reference(NamedTuple):
    """What ordinary samples look like to a model, which `fit_reference` finds out.

    All attributes are arrays of float64: `numpy.savez(path, **reference._asdict())`
    saves them, `Reference(**numpy.load(path))` loads them.

    Attributes:
        location: The central sample, feature by feature, flattened, of shape (d,).
        code_location: The central code, flattened, of shape (m,).
        code_whitening: Shape (m, m): of the codes' distance from it, squared and
            summed, becomes the squared Mahalanobis distance.
        error_location: The central error of each feature, flattened, of shape (d,).
        error_whitening: Shape (d,): one over their spread.
        joint_location: Errors, then codes, of shape (d + m,); of shape (0,) where
            these are more than 2,000, or sequences are padded, and errors are taken
            as uncorrelated.
        joint_whitening: Shape (d + m, d + m), or (0, 0).
    """

    location: np.ndarray
    code_location: np.ndarray
    code_whitening: np.ndarray
    error_location: np.ndarray
    error_whitening: np.ndarray
    joint_location: np.ndarray
    joint_whitening: np.ndarray

    @property
    def codes(self) -> Whitening:
        """For codes, flattened."""
        return Whitening(self.code_location, self.code_whitening)

    @property
    def errors(self) -> Whitening:
        """For errors, flattened, as uncorrelated numbers."""
        return Whitening(self.error_location, self.error_whitening)

    @property
    def joint(self) -> Whitening | None:
        """For errors and codes one after the other, or None."""
        if not self.joint_location.size:
            return None
        return Whitening(self.joint_location, self.joint_whitening)


def fit_reference(
    model: ModelOrTriple, x: ArrayLike, *, support_fraction: float = 0.5
) -> Reference:
    """Find out where the codes of ordinary samples lie, and how far off the model is.

    The scores `"code"` and `"joint"` are distances from what is found. Locations and
    covariances are those of the samples nearest to the center, found by concentration
    steps as in the minimum covariance determinant, so that anomalies among `x` do not
    stretch them; they are shrunk toward a sphere (Ledoit and Wolf), so that there may
    be fewer samples than numbers.

    Args:
        model: A triple, or an autoencoder with a layer named `code`, trained.
        x: What it was trained on, shape (n_samples, *input_shape), or the path of a
            .npy file; at least 2 samples. Of more than 20,000, as many are taken, at
            equal distances.
        support_fraction: The share of the samples, in (0, 1], that covariances are
            computed from. 1 where there are certainly no anomalies among them.

    Returns:
        The reference, which `scores` and `contributions` take.

    Raises:
        ValueError: If the samples do not fit the model, or are fewer than 2, or
            `support_fraction` is outside (0, 1].
        TypeError: If `model` is not a model, or `x` holds no numbers.

    Reference:
        Rousseeuw and Van Driessen 1999, "A Fast Algorithm for the Minimum Covariance
        Determinant Estimator", Technometrics 41; Ledoit and Wolf 2004, "A
        Well-conditioned Estimator for Large-dimensional Covariance Matrices", Journal
        of Multivariate Analysis 88.

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> x = np.random.default_rng(0).random((50, 8))
        >>> triple = kerasae.build_undercomplete_ae(8, latent_dim=2, seed=0)
        >>> reference = kerasae.anomaly.fit_reference(triple, x)
        >>> reference.code_location.shape, reference.joint_whitening.shape
        ((2,), (10, 10))
    """
    triple = as_triple(model)
    support = _checks.up_to_one("support_fraction", support_fraction)
    rows = rows_of(triple.autoencoder, x)
    count = len(rows)
    if count < 2:
        raise ValueError(shape_error("x", "2 samples or more", rows.shape))
    if count > _MOST_ROWS:
        chosen = np.linspace(0, count - 1, _MOST_ROWS).astype(int)
        rows = take_rows(rows, chosen)
    samples, codes, errors, padded = [], [], [], False
    for batch in passes(triple, rows, with_codes=True):
        samples.append(batch.x.reshape(len(batch.x), -1))
        codes.append(batch.codes.reshape(len(batch.x), -1).astype("float64"))
        errors.append(batch.errors.reshape(len(batch.x), -1))
        padded |= batch.valid is not None
    center = np.median(np.concatenate(samples), axis=0).astype("float64")
    return Reference(
        center,
        *_distances(np.concatenate(codes), np.concatenate(errors), support, padded),
    )


def _distances(
    codes: np.ndarray, errors: np.ndarray, support: float, padded: bool
) -> tuple[np.ndarray, ...]:
    """Return locations and whitenings: of codes, of errors, of both together."""
    of_codes = _whitening(codes, support)
    of_errors = _uncorrelated(errors, support)
    if padded or errors.shape[1] + codes.shape[1] > _MOST_DIMENSIONS:
        return *of_codes, *of_errors, np.zeros(0), np.zeros((0, 0))
    # One unit for both, or shrinking would leave one of them out.
    units = np.concatenate(
        [np.full(part.shape[1], 1 / _spread(part)) for part in (errors, codes)]
    )
    joint = _whitening(np.concatenate([errors, codes], axis=1) * units, support)
    return *of_codes, *of_errors, joint.location / units, joint.matrix * units


def _spread(rows: np.ndarray) -> float:
    """Return the standard deviation of numbers around their columns' means."""
    spread = math.sqrt(rows.var(axis=0).mean())
    return spread if spread > 0 else 1.0


def _uncorrelated(rows: np.ndarray, support: float) -> Whitening:
    """Return location and spread of each column, of the share nearest to its median."""
    location = np.median(rows, axis=0)
    squares = np.square(rows - location)
    kept = np.sort(squares, axis=0)[: _count(len(rows), support)]
    variance = kept.mean(axis=0)
    # A column that is always right must not outweigh all others.
    variance += 1e-3 * variance.mean()
    return Whitening(location, 1 / np.sqrt(np.where(variance > 0, variance, 1.0)))


def _count(total: int, support: float) -> int:
    return max(2, math.ceil(support * total))


def _whitening(rows: np.ndarray, support: float) -> Whitening:
    """Return what turns rows into uncorrelated numbers, by those near the center."""
    from sklearn.covariance import LedoitWolf

    if rows.shape[1] > _MOST_DIMENSIONS:
        return _uncorrelated(rows, support)
    count, kept = _count(len(rows), support), rows
    estimate = LedoitWolf().fit(kept)
    for _ in range(_CONCENTRATION_STEPS if count < len(rows) else 0):
        whitening = _of_covariance(estimate.location_, estimate.covariance_)
        distances = np.square(whitening.apply(rows)).sum(axis=1)
        kept = rows[np.argpartition(distances, count - 1)[:count]]
        estimate = LedoitWolf().fit(kept)
    return _of_covariance(estimate.location_, estimate.covariance_)


def _of_covariance(location: np.ndarray, covariance: np.ndarray) -> Whitening:
    """Return the whitening whose numbers are closest to the standardized originals.

    Garthwaite and Koch 2016, "Evaluating the Contributions of Individual Variables to
    a Quadratic Form", Australian & New Zealand Journal of Statistics 58: the inverse
    square root of the correlations, after division by the standard deviations.
    """
    deviation = np.sqrt(np.diag(covariance))
    deviation = np.where(deviation > 0, deviation, deviation.max() or 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(deviation, deviation))
    values = np.maximum(values, 1e-10)
    return Whitening(location, (vectors / np.sqrt(values)) @ vectors.T / deviation)
