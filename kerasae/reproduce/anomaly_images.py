"""One digit is normal, the nine others are anomalies.

Published values are those of Ruff et al. 2018, "Deep One-Class Classification", ICML,
of a convolutional autoencoder (DCAE) and of their Deep SVDD: trained on the training
images of one digit of MNIST, judged by all test images.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae.reproduce._baselines import neighbor_distances, pca_errors
from kerasae.reproduce._ranking import AUC, PRECISION, ranking, summary
from kerasae.reproduce._source import Experiment, Grid, Source

if TYPE_CHECKING:
    from kerasae.reproduce._work import Work

_MEASURES = ("squared", "code", "joint")
_PCA, _NEIGHBORS, _MEAN = "PCA", "5-NN", "mean"
_DIMENSIONS = 32
_SVDD = (98.0, 99.7, 91.7, 91.9, 94.9, 88.5, 98.3, 94.6, 93.9, 96.5)
_PUBLISHED = {
    f"published {AUC}, mean, DCAE": 89.7,
    f"published {AUC}, mean, Deep SVDD": 94.8,
    **{
        f"published {AUC}, digit {digit}, Deep SVDD": value
        for digit, value in enumerate(_SVDD)
    },
}


def _one_class(
    work: "Work", variant: str, *, seeds: int, **options: Any
) -> dict[str, float]:
    """Train a model on each digit, and let it judge all test images."""
    digits = range(2 if work.quick else 10)
    runs = []
    for seed in work.seeds(seeds):
        run: dict[str, float] = {}
        for digit in digits:
            run |= _judged(work, digit, seed, variant, options)
        runs.append(run | _means(run))
    simple: dict[str, float] = {}
    for digit in digits:
        simple |= _judged_simply(work, digit)
    return summary(runs) | simple | _means(simple)


def _judged(
    work: "Work", digit: int, seed: int, variant: str, options: dict[str, Any]
) -> dict[str, float]:
    from kerasae import anomaly

    data = work.data
    x = data.x_train[data.y_train == digit]
    triple = work.train(variant, x, seed, **options)
    # No other digit is among the training images.
    reference = anomaly.fit_reference(triple, x, support_fraction=1.0)
    values: dict[str, float] = {}
    for measure in _MEASURES:
        scores = anomaly.scores(triple, data.x_test, measure, reference=reference)
        values |= ranking(data.y_test != digit, scores, f"digit {digit}, {measure}")
    return values


def _judged_simply(work: "Work", digit: int) -> dict[str, float]:
    """Judge by what needs no training of a network, and no seed."""
    from sklearn.decomposition import PCA
    from sklearn.neighbors import NearestNeighbors

    data = work.data
    x, test = (
        images.reshape(len(images), -1) for images in (data.x_train, data.x_test)
    )
    x, anomalous = x[data.y_train == digit], data.y_test != digit
    pca = PCA(min(_DIMENSIONS, *x.shape), svd_solver="full").fit(x)
    nearest = NearestNeighbors(n_neighbors=5).fit(x)
    return {
        **ranking(anomalous, pca_errors(pca, test), f"digit {digit}, {_PCA}"),
        **ranking(
            anomalous, neighbor_distances(nearest, test), f"digit {digit}, {_NEIGHBORS}"
        ),
    }


def _means(values: dict[str, float]) -> dict[str, float]:
    """Return the mean over the digits of each value."""
    of: dict[str, list[float]] = {}
    for name, value in values.items():
        quantity, _, method = name.split(", ")
        of.setdefault(f"{quantity}, {_MEAN}, {method}", []).append(value)
    return {name: float(np.mean(numbers)) for name, numbers in of.items()}


def _grid(experiment: str, quantity: str) -> Grid:
    published = ("DCAE*", "Deep SVDD*") if quantity == AUC else ()

    def cell(row: str, column: str) -> tuple[str, str]:
        if column in published:
            return experiment, f"published {quantity}, {row}, {column[:-1]}"
        return experiment, f"{quantity}, {row}, {column}"

    return Grid(
        f"{quantity}, {experiment}" + ("; *: published" if published else ""),
        (*(f"digit {digit}" for digit in range(10)), _MEAN),
        (*published, *_MEASURES, _PCA, _NEIGHBORS),
        cell,
    )


_experiment = partial(Experiment, batch_size=128, published=_PUBLISHED)

SOURCE = Source(
    name="anomaly-images",
    title="One digit against nine",
    experiments=(
        _experiment(
            name="one-class-deep",
            settings="784-128-64-32 and back, cross-entropy, Adam, 10 epochs, batch "
            "128, a model for each digit, five seeds",
            run=partial(_one_class, variant="deep", seeds=5, code_activation="linear"),
            epochs=10,
        ),
        _experiment(
            name="one-class-conv",
            settings="16, 8 and 8 filters, a code of 32, cross-entropy, Adam, 20 "
            "epochs, batch 128, a model for each digit, three seeds",
            run=partial(_one_class, variant="conv", seeds=3, latent_dim=32),
            epochs=20,
        ),
    ),
    grids=tuple(
        _grid(experiment, quantity)
        for experiment in ("one-class-deep", "one-class-conv")
        for quantity in (AUC, PRECISION)
    ),
)
