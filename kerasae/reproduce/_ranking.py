"""How well scores put anomalies before ordinary samples."""

from collections.abc import Sequence

import numpy as np

from kerasae._types import ArrayLike

AUC, PRECISION = "ROC AUC in %", "average precision in %"
SPREAD = ", spread"


def ranking(labels: ArrayLike, scores: ArrayLike, suffix: str) -> dict[str, float]:
    """Return the area under the ROC curve and the average precision, in percent.

    Args:
        labels: 1 or True for anomalies, shape (n_samples,).
        scores: Larger for more anomalous samples, shape (n_samples,).
        suffix: What the names of the two values end with.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    return {
        f"{AUC}, {suffix}": 100 * float(roc_auc_score(labels, scores)),
        f"{PRECISION}, {suffix}": 100 * float(average_precision_score(labels, scores)),
    }


def summary(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return mean and standard deviation of each value over runs with other seeds.

    The latter's names end with `SPREAD`; of a single run there are none.
    """
    values: dict[str, float] = {}
    for name in runs[0]:
        measured = np.array([run[name] for run in runs])
        values[name] = float(measured.mean())
        if len(runs) > 1:
            values[name + SPREAD] = float(measured.std(ddof=1))
    return values
