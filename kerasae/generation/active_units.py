"""Which dimensions of a code are in use."""

import numpy as np

from kerasae import _checks
from kerasae._arrays import shape_error
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.engine.prediction import predict_float32
from kerasae.engine.samples import float_samples
from kerasae.generation._variational import as_variational


def active_units(
    model: ModelOrTriple, x: ArrayLike, threshold: float = 0.01
) -> np.ndarray:
    """Tell which dimensions of a variational code carry information about the data.

    Training switches off dimensions that do not pay for their KL term; their
    distribution is then the same for all data. A dimension is active where the
    variance of its mean over the data exceeds a threshold.

    Args:
        model: A triple that `build_vae` or `build_conv_vae` returned, or its
            autoencoder.
        x: Array of shape (n, *input_shape), 2 samples or more.
        threshold: The variance that an active dimension exceeds, 0 or larger. Codes
            that follow the standard normal distribution have variance 1 in each
            dimension.

    Returns:
        Array of bool, of the shape of one code: `active_units(model, x).sum()` is
        the number of active ones.

    Raises:
        ValueError: If the model is not variational, a shape does not fit, a value
            is NaN or infinite, there are fewer than 2 samples, or `threshold` is
            negative.
        TypeError: If `model` is not a model, or `x` is not an array of numbers.

    Reference:
        Burda, Grosse and Salakhutdinov 2016, "Importance Weighted Autoencoders",
        ICLR, section 5.2.

    Example:
        >>> import kerasae
        >>> import numpy as np
        >>> triple = kerasae.build_vae(16, hidden_units=8, latent_dim=2, seed=0)
        >>> x = np.random.default_rng(0).random((50, 16))
        >>> kerasae.generation.active_units(triple, x).shape
        (2,)
    """
    whole = as_variational(model)
    threshold = _checks.non_negative("threshold", threshold)
    samples = float_samples(whole, x)
    if len(samples) < 2:
        expected = "an array of 2 samples or more, for a variance"
        raise ValueError(shape_error("x", expected, samples.shape))
    mean, _ = predict_float32(whole.posterior, samples)
    return mean.astype("float64").var(axis=0) > threshold
