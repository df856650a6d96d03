"""How anomalous samples are."""

import numpy as np

from kerasae import _checks
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.anomaly._measures import measure_of
from kerasae.anomaly._passes import passes
from kerasae.anomaly._reference import Reference


def scores(
    model: ModelOrTriple,
    x: ArrayLike,
    measure: str = "squared",
    *,
    reference: Reference | None = None,
    num_samples: int = 16,
    batch_size: int | None = None,
) -> np.ndarray:
    """Return how anomalous samples are, larger for more anomalous ones.

    Args:
        model: A triple, or an autoencoder, trained.
        x: Samples of shape (n_samples, *input_shape), as `kerasae.predict` takes
            them; a memory-mapped array or the path of a .npy file is read block by
            block.
        measure: What is measured.
            `"squared"`: the mean squared error per feature.
            `"absolute"`: the mean absolute error, which single large errors
            dominate less.
            `"loss"`: the loss that the model was trained with; of a variational one
            the bound.
            `"code"`: the squared Mahalanobis distance of the code from those of the
            training data. An anomaly that is well reconstructed may have a code like
            no other.
            `"joint"`: that of errors and code together, in which each error counts
            by how far off the model is there otherwise.
            `"bound"`, `"likelihood"`: of a variational model the negative bound on
            log p(x), and -log p(x) by importance sampling, in nats.
        reference: What training data look like to the model, for `"code"` and
            `"joint"`: `kerasae.anomaly.fit_reference(model, x_train)`.
        num_samples: Codes sampled for each sample, for `"bound"` and `"likelihood"`,
            1 or more; repeatable.
        batch_size: Samples at once. None for 128, fewer where a layer's output would
            be large.

    Returns:
        Array of float64, shape (n_samples,). Padded steps of sequences do not count.

    Raises:
        ValueError: If the samples do not fit the model, `measure` is unknown or not for
            this model, or `reference` is missing or of another model.
        TypeError: If `model` is not a model, or an argument of the wrong kind.

    Reference:
        Sakurada and Yairi 2014, "Anomaly Detection Using Autoencoders with Nonlinear
        Dimensionality Reduction", MLSDA; Denouden et al. 2018, "Improving
        Reconstruction Autoencoder Out-of-distribution Detection with Mahalanobis
        Distance"; An and Cho 2015, "Variational Autoencoder Based Anomaly Detection
        Using Reconstruction Probability".

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> x = np.random.default_rng(0).random((50, 8))
        >>> triple = kerasae.build_undercomplete_ae(8, latent_dim=2, seed=0)
        >>> reference = kerasae.anomaly.fit_reference(triple, x)
        >>> kerasae.anomaly.scores(triple, x[:3], "joint", reference=reference).shape
        (3,)
    """
    num_samples = _checks.positive_integer("num_samples", num_samples)
    measured = measure_of(model, measure, reference, num_samples)
    batches = passes(model, x, with_codes=measured.needs_codes, batch_size=batch_size)
    return np.concatenate([measured.scores(batch) for batch in batches])
