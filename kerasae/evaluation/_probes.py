"""What codes tell about labels."""

from typing import Any

import numpy as np

from kerasae._arrays import shape_error
from kerasae._checks import Description, argument_error
from kerasae._types import ArrayLike

_SPLITS = 5
_LEAST = 4  # samples of a class, for two in each half


def checked_labels(y: ArrayLike, count: int) -> np.ndarray:
    """Return labels, one for each sample, or raise."""
    labels = np.asarray(y)
    if labels.shape != (count,):
        expected = f"one label for each of the {count} samples"
        raise ValueError(shape_error("y", expected, labels.shape))
    classes, sizes = np.unique(labels, return_counts=True)
    if len(classes) < 2 or sizes.min() < _LEAST:
        expected = f"labels of two classes or more, {_LEAST} samples of each"
        received = f"{len(classes)} classes, of {sizes.min()} samples or more"
        fix = "Leave numbers that are no classes out: y=None."
        raise ValueError(argument_error("y", expected, Description(received), fix))
    return labels


def measured(codes: np.ndarray, labels: np.ndarray, seed: int) -> dict[str, Any]:
    """Return how well classes are told from codes, with the spread over splits."""
    from sklearn.cluster import KMeans
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
    from sklearn.model_selection import StratifiedShuffleSplit
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    makers = {
        "linear classifier, accuracy": lambda: make_pipeline(
            StandardScaler(), LogisticRegression(max_iter=1000)
        ),
        "5 nearest neighbors, accuracy": lambda: KNeighborsClassifier(5),
    }
    found: dict[str, list[float]] = {name: [] for name in makers}
    splits = StratifiedShuffleSplit(_SPLITS, test_size=0.5, random_state=seed)
    for train, test in splits.split(codes, labels):
        for name, make in makers.items():
            model = make().fit(codes[train], labels[train])
            found[name].append(float(model.score(codes[test], labels[test])))
    classes = len(np.unique(labels))
    nmi, rand = [], []
    for start in range(_SPLITS):
        clusters = KMeans(classes, n_init=1, random_state=seed + start).fit_predict(
            codes
        )
        nmi.append(float(normalized_mutual_info_score(labels, clusters)))
        rand.append(float(adjusted_rand_score(labels, clusters)))
    found["k-means, normalized mutual information"] = nmi
    found["k-means, adjusted Rand index"] = rand
    return {
        name: {"mean": float(np.mean(scores)), "spread": float(np.std(scores))}
        for name, scores in found.items()
    }
