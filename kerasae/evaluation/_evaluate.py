"""Everything that can be measured of any variant, in one table."""

import math
from typing import Any

import numpy as np
from keras import ops

from kerasae import _checks, metrics
from kerasae._arrays import shape_error, to_numpy
from kerasae._triple import Autoencoder, as_triple
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.engine.prediction import predict_float32
from kerasae.engine.samples import float_samples
from kerasae.evaluation import _code_use, _probes
from kerasae.evaluation._evaluation import Evaluation
from kerasae.generation import active_units, log_likelihood
from kerasae.layers.gaussian_sampling import kl_per_entry
from kerasae.layers.padding_mask import padding_value
from kerasae.models import VariationalAutoencoder

_WORST = 10
_REPEATS = 5  # of the bound, whose codes are sampled
_MOST_PCA = 20_000  # samples that it is fitted to


def evaluate(
    model: ModelOrTriple,
    x: ArrayLike,
    y: ArrayLike = None,
    *,
    x_train: ArrayLike = None,
    num_samples: int = 0,
    most: int = 10_000,
    seed: int = 0,
) -> Evaluation:
    """Measure what can be measured of an autoencoder, of any variant.

    - The reconstruction: the mean squared error per feature beside that of principal
      component analysis with a code of the same size and that of the mean sample; the
      explained variance; for images their structural similarity; the worst samples
      and features.
    - The code: how many of its units are in use, how many are dead, how many
      independent directions it has (effective rank), how correlated its units are.
    - Of a variational model the bound with its spread over repeats, the KL term by
      dimension, the active units, and with `num_samples` the log-likelihood.
    - With labels: how well a linear classifier and five nearest neighbors tell the
      classes from the code alone, and how far k-means clusters agree with them; each
      with its spread over five splits or starts.

    Args:
        model: A triple, or an autoencoder with a layer named `code`.
        x: Samples that it was not trained on, shape (n, *input_shape), 2 or more.
        y: Their labels, shape (n,), or None.
        x_train: What principal components and mean are fitted to. None means `x`
            itself, which favors them.
        num_samples: Codes sampled for each log-likelihood, 0 for none.
        most: Of more samples than this, as many are taken at random.
        seed: Makes the evaluation repeatable.

    Returns:
        The evaluation: print it, read its `values`, or `save` it as JSON.

    Raises:
        ValueError: If a shape does not fit, a value is NaN or infinite, or a number
            is out of range.
        TypeError: If `model` is not a model, or an array holds no numbers.

    Reference:
        Roy and Vetterli 2007, "The Effective Rank: A Measure of Effective
        Dimensionality", EUSIPCO.

    Example:
        >>> import kerasae
        >>> from kerasae.data import load_dataset
        >>> digits = load_dataset("digits")
        >>> triple = kerasae.build_deep_ae((8, 8, 1), latent_dim=4, seed=0)
        >>> found = kerasae.evaluate(triple, digits.x_test, digits.y_test)
        >>> sorted(found.values["labels"])[:2]
        ['5 nearest neighbors, accuracy', 'k-means, adjusted Rand index']
    """
    triple = as_triple(model)
    most = _checks.positive_integer("most", most)
    seed = _checks.required_seed(seed)
    num_samples = _checks.non_negative_integer("num_samples", num_samples)
    samples = float_samples(triple.autoencoder, x)
    if len(samples) < 2:
        raise ValueError(shape_error("x", "2 samples or more", samples.shape))
    labels = None if y is None else _probes.checked_labels(y, len(samples))
    chosen = _some(len(samples), most, seed)
    given = len(samples)
    samples, labels = samples[chosen], None if labels is None else labels[chosen]
    train = None
    if x_train is not None:
        train = float_samples(triple.autoencoder, x_train, "x_train")
        train = train[_some(len(train), _MOST_PCA, seed)]

    codes = predict_float32(triple.encoder, samples)
    made = predict_float32(triple.decoder, codes)
    padding = padding_value(triple.autoencoder)
    errors = metrics.sample_errors(samples, made, mask_value=padding)
    by_feature = metrics.feature_errors(samples, made, mask_value=padding)
    values: dict[str, dict[str, Any]] = {
        "data": {"samples": given, "features": samples[0].size}
    }
    if given > len(samples):
        values["data"]["samples that were judged"] = len(samples)
    flat = codes.reshape(len(codes), -1)
    values["reconstruction"] = _reconstruction(
        samples, made, train, errors, by_feature, flat.shape[1], padding
    )
    values["code"] = _code_use.measured(flat)
    if isinstance(triple.autoencoder, VariationalAutoencoder):
        values["variational"] = _variational(triple, samples, num_samples, seed)
    if labels is not None:
        values["labels"] = _probes.measured(flat, labels, seed)
    return Evaluation(values, errors, by_feature)


def _some(count: int, most: int, seed: int) -> np.ndarray:
    """Return indices of at most so many samples, in their order."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def _reconstruction(
    x: np.ndarray,
    made: np.ndarray,
    train: np.ndarray | None,
    errors: np.ndarray,
    by_feature: np.ndarray,
    code_size: int,
    padding: float | None,
) -> dict[str, Any]:
    fitted = x if train is None else train
    rows: dict[str, Any] = {"mean squared error": float(errors.mean())}
    if padding is None:
        size = min(code_size, x[0].size, len(fitted))
        pca = metrics.pca_error(fitted, x, size)[1]
        mean = np.broadcast_to(fitted.mean(axis=0), x.shape)
        of_mean = metrics.reconstruction_error(x, mean)
        rows[f"that of PCA, {_checks.counted(size, 'dimension')}"] = pca
        rows["that of the mean sample"] = of_mean
        if of_mean > 0:
            rows["explained variance"] = 1 - float(errors.mean()) / of_mean
    if _are_images(x):
        span = max(1.0, float(x.max() - x.min()))
        similar = metrics.structural_similarity(x, made, data_range=span)
        rows["structural similarity (SSIM)"] = float(similar.mean())
    rows["median error of a sample"] = float(np.median(errors))
    worst = np.argsort(-errors, kind="stable")[:_WORST]
    rows["worst samples, by index"] = {
        str(index): float(errors[index]) for index in worst
    }
    flat = by_feature.ravel()
    first = np.argsort(-flat, kind="stable")[: min(3, flat.size)]
    rows["worst features, by index"] = {
        _place(index, by_feature.shape): float(flat[index]) for index in first
    }
    return rows


def _are_images(x: np.ndarray) -> bool:
    return x.ndim == 4 and x.shape[-1] in (1, 3, 4) and min(x.shape[1:3]) > 3


def _place(index: int, shape: tuple[int, ...]) -> str:
    place = np.unravel_index(index, shape)
    return " ".join(str(int(number)) for number in place)


def _variational(
    triple: Autoencoder, x: np.ndarray, num_samples: int, seed: int
) -> dict[str, Any]:
    model = triple.autoencoder
    bounds = [
        log_likelihood(model, x, 1, seed=seed + repeat, verbose=0).mean()
        for repeat in range(_REPEATS)
    ]
    moments = predict_float32(model.posterior, x)
    divergence = to_numpy(kl_per_entry(*map(ops.convert_to_tensor, moments)))
    by_dimension = divergence.reshape(len(x), -1).mean(axis=0, dtype=np.float64)
    active = active_units(model, x)
    rows: dict[str, Any] = {
        "bound on the log-likelihood, nats": _spread(bounds),
        "KL term, nats": float(by_dimension.sum()),
        "active units": f"{int(active.sum())} of {active.size}",
        "KL by dimension, largest first": sorted(by_dimension.tolist(), reverse=True),
    }
    if num_samples:
        found = log_likelihood(model, x, num_samples, seed=seed, verbose=0)
        rows[f"log-likelihood, {num_samples} samples, nats"] = {
            "mean": float(found.mean()),
            "spread": float(found.std() / math.sqrt(len(found))),
        }
    return rows


def _spread(values: list[Any]) -> dict[str, float]:
    return {"mean": float(np.mean(values)), "spread": float(np.std(values))}
