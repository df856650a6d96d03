"""From scores to decisions whose rate of false alarms is known."""

import math

import numpy as np

from kerasae import _checks
from kerasae._arrays import as_vector
from kerasae._checks import Description, argument_error
from kerasae._types import ArrayLike


def quantile_threshold(scores: ArrayLike, rate: float) -> float:
    """Return the score that a given share of samples exceeds.

    Of the very samples that it was computed from, and about as many of others like
    them where these were not trained on. `conformal_threshold` is exact.

    Args:
        scores: Scores of ordinary samples, shape (n_samples,).
        rate: The share, in (0, 1).

    Returns:
        The quantile of `scores` at 1 - `rate`.

    Raises:
        ValueError: If `rate` is outside (0, 1), or the scores are not finite.
        TypeError: If an argument holds no numbers.

    Example:
        >>> import numpy as np
        >>> from kerasae.anomaly import quantile_threshold
        >>> quantile_threshold(np.arange(101.0), 0.05)
        95.0
    """
    values = _as_scores("scores", scores)
    return float(np.quantile(values, 1 - checked_rate("rate", rate)))


def conformal_p_values(scores: ArrayLike, calibration: ArrayLike) -> np.ndarray:
    """Return how unusual scores are among those of samples held out of training.

    The p-value of a score is (1 + k) / (1 + n) where k of the n held-out scores are
    as large or larger. For a sample that comes from where the held-out ones come
    from (is exchangeable with them) the chance of a p-value of at most a is at most
    a, whatever the model and however the scores are distributed: who raises an alarm
    at p <= 0.01 has one false alarm in a hundred ordinary samples, or fewer.

    Args:
        scores: Scores to judge, larger ones more anomalous, shape (n_samples,).
        calibration: Scores of ordinary samples that were not trained on, shape
            (n_calibration,).

    Returns:
        Array of float64, shape (n_samples,), in (0, 1].

    Raises:
        ValueError: If an array is empty, or not of one axis, or not finite.
        TypeError: If an array holds no numbers.

    Reference:
        Laxhammar and Falkman 2010, "Conformal Prediction for Distribution-Independent
        Anomaly Detection in Streaming Vessel Data", StreamKDD; Bates et al. 2023,
        "Testing for Outliers with Conformal p-values", Annals of Statistics 51.

    Example:
        >>> from kerasae.anomaly import conformal_p_values
        >>> conformal_p_values([0.5, 9.0], [0, 1, 2, 3]).tolist()
        [0.8, 0.2]
    """
    values = _as_scores("scores", scores)
    held_out = np.sort(_as_scores("calibration", calibration))
    larger = len(held_out) - np.searchsorted(held_out, values, side="left")
    return np.asarray((1 + larger) / (1 + len(held_out)))


def conformal_threshold(calibration: ArrayLike, rate: float) -> float:
    """Return the score above which the conformal p-value is at most a rate.

    Args:
        calibration: Scores of ordinary samples that were not trained on, shape
            (n_calibration,).
        rate: The rate of false alarms that is acceptable, in (0, 1).

    Returns:
        The threshold: `scores > threshold` where, and only where,
        `conformal_p_values(scores, calibration) <= rate`.

    Raises:
        ValueError: If `rate` is outside (0, 1), or there are too few held-out scores
            for it: 1 / `rate` - 1 are needed, 99 for a rate of 0.01.
        TypeError: If an argument holds no numbers.

    Example:
        >>> import numpy as np
        >>> from kerasae.anomaly import conformal_threshold
        >>> conformal_threshold(np.arange(99.0), 0.02)
        97.0
    """
    held_out = np.sort(_as_scores("calibration", calibration))
    rate = checked_rate("rate", rate)
    # Rounding must not cost a rank: 0.1 * 30 is 3.0000000000000004, 0.07 * 100 more.
    rank = math.floor(round(rate * (len(held_out) + 1), 9))
    if rank < 1:
        raise ValueError(_too_few(len(held_out), rate))
    return float(held_out[-rank])


def needed(rate: float) -> int:
    """Return how many held-out scores a rate of false alarms needs at least."""
    return math.ceil(round(1 / rate, 9)) - 1


def benjamini_hochberg(p_values: ArrayLike, rate: float) -> np.ndarray:
    """Tell which of many samples are anomalous, with few false ones among them.

    A threshold on each p-value bounds the share of ordinary samples that are flagged;
    of many thousands, that is many. This procedure bounds the expected share of
    ordinary samples among the flagged ones instead. It holds for conformal p-values,
    though all of them share one calibration set.

    Args:
        p_values: p-values of all samples of the batch, in (0, 1], shape (n_samples,).
        rate: The share of false alarms among the alarms that is acceptable, in
            (0, 1).

    Returns:
        Array of bool, shape (n_samples,).

    Raises:
        ValueError: If `rate` is outside (0, 1), or a p-value outside [0, 1].
        TypeError: If an argument holds no numbers.

    Reference:
        Benjamini and Hochberg 1995, "Controlling the False Discovery Rate", Journal
        of the Royal Statistical Society B 57; Bates et al. 2023, "Testing for
        Outliers with Conformal p-values", Annals of Statistics 51.

    Example:
        >>> from kerasae.anomaly import benjamini_hochberg
        >>> benjamini_hochberg([0.01, 0.9, 0.02, 0.5], 0.05).tolist()
        [True, False, True, False]
    """
    p = _as_scores("p_values", p_values)
    rate = checked_rate("rate", rate)
    if p.min() < 0 or p.max() > 1:
        received = Description(f"values from {p.min():g} to {p.max():g}")
        fix = "Scores become p-values by conformal_p_values(scores, calibration)."
        raise ValueError(argument_error("p_values", "in [0, 1]", received, fix))
    in_order = np.sort(p)
    passed = in_order <= rate * np.arange(1, len(p) + 1) / len(p)
    if not passed.any():
        return np.zeros(len(p), bool)
    return np.asarray(p <= in_order[np.flatnonzero(passed)[-1]])


def checked_rate(argument: str, rate: float) -> float:
    """Return a rate as a float in (0, 1), or raise."""
    if not _checks.is_number(rate):
        raise TypeError(argument_error(argument, "a number in (0, 1)", rate))
    if not 0 < rate < 1:
        fix = "It is a share: 0.01 means one in a hundred."
        raise ValueError(argument_error(argument, "a number in (0, 1)", rate, fix))
    return float(rate)


def _too_few(count: int, rate: float) -> str:
    expected = f"{needed(rate)} scores or more for a rate of {rate:g}"
    fix = "Hold more ordinary samples out of training, or accept a rate of "
    fix += f"{_rounded_up(1 / (count + 1))} or more."
    return argument_error("calibration", expected, Description(f"{count} scores"), fix)


def _rounded_up(rate: float) -> str:
    return f"{math.ceil(rate * 10_000) / 10_000:g}"


def _as_scores(argument: str, values: ArrayLike) -> np.ndarray:
    fix = "One number a sample, as kerasae.anomaly.scores returns them."
    return as_vector(argument, values, fix)
