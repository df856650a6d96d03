"""Which dimensions of a code are in use."""

from typing import Any

import numpy as np

from kerasae import _checks
from kerasae._arrays import shape_error
from kerasae.generation._models import as_variational, inputs_of, predict


def active_units(model: Any, x: Any, threshold: float = 0.01) -> np.ndarray:
    """Tell which dimensions of a variational code say something about the data.

    Training switches dimensions off that do not pay for their KL term: their
    distribution is then the same for all data. A dimension is active where the
    variance of its mean over the data is above a threshold.

    Args:
        model: A triple that `build_vae` or `build_conv_vae` returned, or its
            autoencoder.
        x: Array of shape (n, *input_shape), 2 samples or more.
        threshold: The variance that an active dimension exceeds, 0 or larger; the
            whole code has variance 1 in each dimension where it follows the
            standard normal distribution.

    Returns:
        Array of bool, of the shape of one code: `active_units(model, x).sum()` is
        the number of active ones.

    Raises:
        ValueError: If the model is not variational, a shape does not fit, a value
            is NaN or infinite, there are fewer than 2 samples, or `threshold` is
            negative.
        TypeError: If `model` is no model, or `x` no array of numbers.

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
    x = inputs_of(whole, "x", x)
    if len(x) < 2:
        expected = "an array of 2 samples or more: their codes must differ"
        raise ValueError(shape_error("x", expected, x.shape))
    mean, _ = predict(whole.posterior, x)
    return mean.astype("float64").var(axis=0) > threshold
