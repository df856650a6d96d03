"""How likely data are under a variational autoencoder."""

import math
from typing import Any

import keras
import numpy as np

from kerasae import _checks
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.engine.prediction import affordable, predict_float32
from kerasae.engine.progress_bar import progress_bar
from kerasae.engine.samples import float_samples
from kerasae.generation._scorer import scorer_of
from kerasae.generation._variational import as_variational

_BATCH_SIZE = 5_000  # measured: larger ones are no faster, on any backend


def log_likelihood(
    model: ModelOrTriple,
    x: ArrayLike,
    num_samples: int = 5000,
    *,
    batch_size: int | None = None,
    seed: int | None = 0,
    return_error: bool = False,
    verbose: int = 1,
) -> Any:
    """Estimate log p(x) of each sample by importance sampling.

    Codes z_1, ..., z_k are sampled from the encoder's distribution q(z | x), and

        log p(x) ~ log(1/k sum_i p(x | z_i) p(z_i) / q(z_i | x)),

    the bound of importance-weighted autoencoders for k of `num_samples`. Its
    expectation lies below log p(x), rises with `num_samples`, and reaches log p(x)
    in the limit; the mean over test data at 5,000 samples is what papers report.
    The weight `beta` and the free bits of training play no part in it.

    For a Bernoulli likelihood x should be binary, 0 or 1: for gray values the
    result corresponds to the cross-entropy, and is not their likelihood. For a
    Gaussian one it is the logarithm of a density, which may be above 0.

    The noise depends on `seed` and on the sample's position in `x`, and is the same
    on every backend; `batch_size` does not change the result beyond rounding.

    Args:
        model: A triple that `build_vae` or `build_conv_vae` returned, or its
            autoencoder.
        x: Array of shape (n, *input_shape).
        num_samples: Codes sampled for each x, 1 or larger. The time is
            proportional to it.
        batch_size: Most codes that the decoder processes at once, which bounds the
            memory. None means 5,000, or fewer where the output of the decoder's
            largest layer would exceed 64 MiB.
        seed: Integer; None leaves it to `keras.utils.set_random_seed`, with new
            noise in every call.
        return_error: Whether to return standard errors as well; they need
            `num_samples` of 2 or more. They measure the spread of the estimate, not
            how far it lies below log p(x), and mean little where a few codes carry
            most of the weight.
        verbose: 1 for a progress bar where the output is a terminal, 0 for none.

    Returns:
        Estimates in nats, array of shape (n,), float64. With `return_error` the
        pair `(estimates, errors)` of two such arrays.

    Raises:
        ValueError: If the model is not variational, a shape does not fit, a value
            is NaN or infinite, or outside [0, 1] for a Bernoulli likelihood, or a
            number is not positive.
        TypeError: If `model` is not a model, or `x` is not an array of numbers.

    Reference:
        Rezende, Mohamed and Wierstra 2014, "Stochastic Backpropagation and
        Approximate Inference in Deep Generative Models", ICML, appendix E; Burda,
        Grosse and Salakhutdinov 2016, "Importance Weighted Autoencoders", ICLR.

    Example:
        >>> import kerasae
        >>> import numpy as np
        >>> triple = kerasae.build_vae(16, hidden_units=8, latent_dim=2, seed=0)
        >>> x = np.random.default_rng(0).integers(0, 2, (5, 16))
        >>> kerasae.generation.log_likelihood(triple, x, 100, verbose=0).shape
        (5,)
    """
    whole = as_variational(model)
    num_samples = _checks.positive_integer("num_samples", num_samples)
    if batch_size is None:
        batch_size = affordable(whole.output_parameters, most=_BATCH_SIZE)
    batch_size = _checks.positive_integer("batch_size", batch_size)
    if return_error and num_samples < 2:
        expected = "2 or larger where `return_error` is True"
        raise ValueError(_checks.argument_error("num_samples", expected, num_samples))
    x = float_samples(whole, x)
    whole.check(x)

    means, log_variances = predict_float32(whole.posterior, x)
    scorer = scorer_of(whole)
    root = _checks.seed_or_keras_seed(seed)
    # Equal parts, the last one padded: one shape, for which the scorer is compiled.
    codes = _part_size(num_samples, batch_size)
    rows = _part_size(len(x), max(1, batch_size // codes))
    estimates, errors = np.empty(len(x)), np.empty(len(x))
    with progress_bar("log-likelihood", len(x) * num_samples, verbose) as advance:
        for start in range(0, len(x), rows):
            chosen = np.minimum(np.arange(start, start + rows), len(x) - 1)
            posterior = means[chosen], log_variances[chosen]
            noise = [np.random.default_rng([root, position]) for position in chosen]
            parts = []
            for _ in range(0, num_samples, codes):
                parts.append(_log_weights(scorer, x[chosen], *posterior, noise, codes))
                advance(rows * codes)
            end = min(start + rows, len(x))
            log_weights = np.concatenate(parts, axis=1)[: end - start, :num_samples]
            estimates[start:end], errors[start:end] = _log_mean(log_weights)
    return (estimates, errors) if return_error else estimates


def _part_size(total: int, most: int) -> int:
    """Return the size, at most `most`, of equal parts that cover `total`."""
    return math.ceil(total / math.ceil(total / most))


def _log_weights(
    scorer: keras.Model,
    x: np.ndarray,
    mean: np.ndarray,
    log_variance: np.ndarray,
    generators: list[np.random.Generator],
    codes: int,
) -> np.ndarray:
    """Return log p(x | z) + log p(z) - log q(z | x), shape (rows, codes)."""
    shape = (len(x), codes, *mean.shape[1:])
    noise = np.empty(shape)
    for row, generator in enumerate(generators):
        generator.standard_normal(out=noise[row])
    log_variance = log_variance.astype("float64")[:, None]
    z = mean[:, None] + np.exp(0.5 * log_variance) * noise
    flat = (len(x), codes, -1)
    noise, flat_z = noise.reshape(flat), z.reshape(flat)
    ratio = 0.5 * (
        np.einsum("ijk,ijk->ij", noise, noise)
        - np.einsum("ijk,ijk->ij", flat_z, flat_z)
        + log_variance.reshape(len(x), 1, -1).sum(axis=-1)
    )
    return ratio + scorer.predict_on_batch([x, z.astype("float32")])


def _log_mean(log_weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithm of the mean of weights, and its standard error.

    Args:
        log_weights: Logarithms of weights, shape (n, k).
    """
    largest = log_weights.max(axis=1, keepdims=True)
    weights = np.exp(log_weights - largest)
    mean = weights.mean(axis=1)
    count = weights.shape[1]
    deviation = weights.std(axis=1, ddof=1 if count > 1 else 0)
    return largest[:, 0] + np.log(mean), deviation / mean / math.sqrt(count)
