"""Why samples are anomalous."""

import numpy as np

from kerasae import _checks
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.anomaly._measures import measure_of
from kerasae.anomaly._passes import passes
from kerasae.anomaly._reference import Reference


def contributions(
    model: ModelOrTriple,
    x: ArrayLike,
    measure: str = "squared",
    *,
    reference: Reference | None = None,
    num_samples: int = 16,
    batch_size: int | None = None,
) -> np.ndarray:
    """Return the share of every feature, pixel or step in the score of a sample.

    Of errors and likelihoods each feature has its own. The distances `"code"` and
    `"joint"` are shared in proportion to how far the score falls if a feature is
    replaced, by the training data's median or by what the model makes of it,
    whichever brings it lower: a feature that is far off draws the reconstruction of
    others along, and would make them suspects too. Samples of more than 256 features,
    and padded sequences, would take too many passes through the model for that: there
    errors have their parts of the distance, and the code's is shared by how much the
    reconstruction differs from that of the central code.

    Args:
        model: As in `kerasae.anomaly.scores`.
        x: As in `kerasae.anomaly.scores`.
        measure: As in `kerasae.anomaly.scores`.
        reference: As in `kerasae.anomaly.scores`.
        num_samples: As in `kerasae.anomaly.scores`.
        batch_size: As in `kerasae.anomaly.scores`.

    Returns:
        Array of float64, shape (n_samples, *input_shape): summed over a sample they
        are its score. 0 or larger, except for likelihoods; 0 for padded steps.

    Raises:
        TypeError, ValueError: As in `kerasae.anomaly.scores`; also if the loss is not
            a sum over features.

    Reference:
        Garthwaite and Koch 2016, "Evaluating the Contributions of Individual
        Variables to a Quadratic Form", Australian & New Zealand Journal of
        Statistics 58 (parts of a distance); Alcala and Qin 2009,
        "Reconstruction-based Contribution for Process Monitoring", Automatica 45.

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> x = np.random.default_rng(0).random((50, 8, 8, 1))
        >>> triple = kerasae.build_conv_ae((8, 8, 1), filters=(4, 2), seed=0)
        >>> parts = kerasae.anomaly.contributions(triple, x)
        >>> total = kerasae.anomaly.scores(triple, x)
        >>> parts.shape, bool(np.allclose(parts.sum(axis=(1, 2, 3)), total))
        ((50, 8, 8, 1), True)
    """
    num_samples = _checks.positive_integer("num_samples", num_samples)
    measured = measure_of(model, measure, reference, num_samples)
    batches = passes(model, x, with_codes=measured.needs_codes, batch_size=batch_size)
    return np.concatenate([measured.contributions(batch) for batch in batches])
