"""New data from a variational autoencoder."""

from typing import Any

import numpy as np

from kerasae import _checks
from kerasae._triple import as_triple
from kerasae.generation._arrays import given_or_drawn
from kerasae.generation._models import as_variational, predict


def sample(model: Any, n: int, seed: int | None = None) -> np.ndarray:
    """Decode codes drawn from the standard normal distribution.

    That is where training draws the codes of a variational autoencoder to; other
    models leave their codes anywhere, and need a `GaussianMixtureSampler`.

    Args:
        model: A triple that `build_vae` or `build_conv_vae` returned, or its
            autoencoder.
        n: How many, 1 or more.
        seed: Integer, for the same codes every time, on every backend; None leaves
            that to `keras.utils.set_random_seed`.

    Returns:
        Array of shape (n, *input_shape), float32: the means of the data's
        distribution, which are probabilities for a Bernoulli likelihood, without
        the noise around them.

    Raises:
        ValueError: If the model is not variational, or `n` is not positive.
        TypeError: If `model` is no model, or `n` no number.

    Reference:
        Kingma and Welling 2014, "Auto-Encoding Variational Bayes", ICLR.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_vae(16, hidden_units=8, latent_dim=2, seed=0)
        >>> kerasae.generation.sample(triple, 3, seed=0).shape
        (3, 16)
    """
    whole = as_variational(
        model,
        "Its codes follow no known distribution: learn theirs, and sample from that, "
        "with kerasae.generation.GaussianMixtureSampler(model).fit(x).sample(n).",
    )
    n = _checks.positive_integer("n", n)
    decoder = as_triple(whole).decoder
    noise = np.random.default_rng(given_or_drawn(seed))
    codes = noise.standard_normal((n, *decoder.input_shape[1:]), dtype="float32")
    return predict(decoder, codes)
