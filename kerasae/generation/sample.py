"""New data from a variational autoencoder."""

import numpy as np

from kerasae import _checks
from kerasae._triple import as_triple
from kerasae._types import ModelOrTriple
from kerasae.engine.prediction import predict_float32
from kerasae.generation._variational import as_variational


def sample(model: ModelOrTriple, n: int, seed: int | None = None) -> np.ndarray:
    """Decode codes sampled from the standard normal distribution.

    Training pulls the codes of a variational autoencoder toward this distribution;
    those of other models may lie anywhere, and need a `GaussianMixtureSampler`.

    Args:
        model: A triple that `build_vae` or `build_conv_vae` returned, or its
            autoencoder.
        n: Number of samples, 1 or more.
        seed: Integer that makes the codes repeatable, the same on every backend;
            None leaves that to `keras.utils.set_random_seed`.

    Returns:
        Array of shape (n, *input_shape), float32: the means of the data's
        distribution, which are probabilities for a Bernoulli likelihood, without
        the noise around them.

    Raises:
        ValueError: If the model is not variational, or `n` is not positive.
        TypeError: If `model` is not a model, or `n` is not a number.

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
        "Its codes follow no known distribution: fit one to them and sample from it, "
        "with kerasae.generation.GaussianMixtureSampler(model).fit(x).sample(n).",
    )
    n = _checks.positive_integer("n", n)
    decoder = as_triple(whole).decoder
    noise = np.random.default_rng(_checks.seed_or_keras_seed(seed))
    codes = noise.standard_normal((n, *decoder.input_shape[1:]), dtype="float32")
    return predict_float32(decoder, codes)
