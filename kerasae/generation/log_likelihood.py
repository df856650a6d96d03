"""How likely data are under a variational autoencoder."""

import math
import weakref
from collections.abc import MutableMapping
from typing import Any

import keras
import numpy as np
from keras import ops

from kerasae import _checks
from kerasae.engine.backend import execution_settings
from kerasae.engine.prediction import affordable
from kerasae.engine.progress_bar import progress_bar
from kerasae.generation._arrays import given_or_drawn
from kerasae.generation._models import as_variational, inputs_of, predict
from kerasae.layers import Likelihood
from kerasae.models import VariationalAutoencoder

_BATCH_SIZE = 5_000  # measured: larger ones are no faster, on any backend
# Compiled once a model. Weak: a model that is gone takes its scorer along.
_SCORERS: MutableMapping[keras.Model, keras.Model] = weakref.WeakKeyDictionary()


def log_likelihood(
    model: Any,
    x: Any,
    num_samples: int = 5000,
    *,
    batch_size: int | None = None,
    seed: int | None = 0,
    return_error: bool = False,
    verbose: int = 1,
) -> Any:
    """Estimate log p(x) of each sample by importance sampling.

    Codes z_1, ..., z_k are drawn from the encoder's distribution q(z | x), and

        log p(x) ~ log(1/k sum_i p(x | z_i) p(z_i) / q(z_i | x)),

    the bound of importance-weighted autoencoders for k of `num_samples`. Its
    expectation lies below log p(x), rises with `num_samples`, and reaches log p(x)
    in the limit; the mean over test data at 5,000 samples is what papers report.
    The weight `beta` and the free bits of training play no part in it.

    For a Bernoulli likelihood x should be binary, 0 or 1: for grey values the
    result is the cross-entropy's counterpart, and no likelihood of the greys. For a
    Gaussian one it is the logarithm of a density, which may be above 0.

    The noise depends on `seed` and on the sample's place in `x`, and is the same on
    every backend; `batch_size` does not change the result beyond rounding.

    Args:
        model: A triple that `build_vae` or `build_conv_vae` returned, or its
            autoencoder.
        x: Array of shape (n, *input_shape).
        num_samples: Codes drawn for each sample, 1 or larger. The time is
            proportional to it.
        batch_size: Codes that the decoder sees at once, at most; it bounds the
            memory. None takes 5,000, or fewer where the output of the decoder's
            largest layer would exceed 64 MiB.
        seed: Integer; None leaves it to `keras.utils.set_random_seed`, and gives
            other noise at every call.
        return_error: Whether to return standard errors as well; they need
            `num_samples` of 2 or more. They tell the spread of the estimate, not
            how far it lies below log p(x), and mean little where few codes carry
            most of the weight.
        verbose: 1 for a progress bar where the output is a terminal, 0 for none.

    Returns:
        Estimates in nats, array of shape (n,), float64. With `return_error` the
        pair `(estimates, errors)` of two such arrays.

    Raises:
        ValueError: If the model is not variational, a shape does not fit, a value
            is NaN or infinite, or outside [0, 1] for a Bernoulli likelihood, or a
            number is not positive.
        TypeError: If `model` is no model, or `x` no array of numbers.

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
    x = inputs_of(whole, "x", x)
    if hasattr(whole.likelihood, "check_targets"):
        whole.likelihood.check_targets(x)

    means, log_variances = predict(whole.posterior, x)
    scorer = _scorer(whole)
    root = given_or_drawn(seed)
    # Equal parts, filled up: every call has one shape, and is compiled once.
    codes = _part(num_samples, batch_size)
    rows = _part(len(x), max(1, batch_size // codes))
    estimates, errors = np.empty(len(x)), np.empty(len(x))
    with progress_bar("log-likelihood", len(x) * num_samples, verbose) as advance:
        for start in range(0, len(x), rows):
            chosen = np.minimum(np.arange(start, start + rows), len(x) - 1)
            posterior = means[chosen], log_variances[chosen]
            noise = [np.random.default_rng([root, place]) for place in chosen]
            parts = []
            for _ in range(0, num_samples, codes):
                parts.append(_log_weights(scorer, x[chosen], *posterior, noise, codes))
                advance(rows * codes)
            there = min(rows, len(x) - start)
            weights = np.concatenate(parts, axis=1)[:there, :num_samples]
            end = start + there
            estimates[start:end], errors[start:end] = _log_mean(weights)
    return (estimates, errors) if return_error else estimates


def _part(total: int, most: int) -> int:
    """Return the size of equal parts, the last perhaps smaller, of `most` or less."""
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
    for place, generator in enumerate(generators):
        generator.standard_normal(out=noise[place])
    log_variance = log_variance.astype("float64")[:, None]
    z = mean[:, None] + np.exp(0.5 * log_variance) * noise
    flat = (len(x), codes, -1)
    noise, spread = noise.reshape(flat), z.reshape(flat)
    ratio = 0.5 * (
        np.einsum("ijk,ijk->ij", noise, noise)
        - np.einsum("ijk,ijk->ij", spread, spread)
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


def _scorer(model: VariationalAutoencoder) -> keras.Model:
    """Return a model from data and codes to log p(x | z)."""
    if model not in _SCORERS:
        scorer = _Scorer(model.output_parameters, model.likelihood)
        scorer.compile(jit_compile=execution_settings(model)["jit_compile"])
        _SCORERS[model] = scorer
    return _SCORERS[model]


class _Scorer(keras.Model):
    """From x, shape (rows, ...), and z, shape (rows, codes, ...), to log p(x | z)."""

    def __init__(self, conditional: keras.Model, likelihood: Likelihood) -> None:
        super().__init__(name="scorer")
        self.output_parameters = conditional
        self.likelihood = likelihood

    def call(self, inputs: Any) -> Any:
        """Return log p(x | z) in nats, shape (rows, codes)."""
        x, codes = inputs
        axes = len(x.shape) - 1
        shape = ops.shape(codes)
        flat = self.output_parameters(
            ops.reshape(codes, (-1, *shape[2:])), training=False
        )
        parameters = ops.reshape(flat, (*shape[:2], *ops.shape(flat)[1:]))
        return self.likelihood.log_prob(ops.expand_dims(x, 1), parameters, axes)
