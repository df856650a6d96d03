"""What is wrong with what a model returns, and with its code."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from kerasae import metrics
from kerasae._layer_names import CODE
from kerasae._triple import Autoencoder
from kerasae.engine.prediction import predict_float32
from kerasae.evaluation import _code_use
from kerasae.evaluation._findings import Finding
from kerasae.generation import active_units
from kerasae.layers import ContractiveDense, GaussianSampling, KSparse, Penalty
from kerasae.layers.apply_corruption import corruption_layers
from kerasae.layers.padding_mask import padding_value
from kerasae.models import VariationalAutoencoder

_ONE_IMAGE = 0.02  # of the data's variance: outputs that vary less are one image
_WORSE = 1.1  # times the error of principal components
_MANY_DEAD = 0.1  # of the units
_COLLAPSED = 0.25  # of the units: so few are active, or fewer
_AT_THE_LIMIT = 0.5  # of all activations
_LIMIT = 0.02  # as near to 0 or 1


def of_model(
    triple: Autoencoder, x: np.ndarray, *, thorough: bool
) -> Iterator[Finding]:
    """Yield what the outputs and codes of samples show.

    Args:
        triple: The models.
        x: Finite samples, float32, shape (n, *input_shape), 2 or more.
        thorough: Whether principal components are computed to compare with.
    """
    codes = predict_float32(triple.encoder, x)
    finite = bool(np.isfinite(codes).all())
    made = predict_float32(triple.decoder, codes) if finite else codes
    if not np.isfinite(made).all():
        yield Finding(
            "nan-output",
            "error",
            "The model returns NaN or infinity.",
            "Its weights are lost. Train again, with a smaller learning rate or with "
            "clipped gradients: keras.optimizers.Adam(clipnorm=1.0).",
        )
        return
    flat = codes.reshape(len(codes), -1)
    variational = isinstance(triple.autoencoder, VariationalAutoencoder)
    one_image = _varies(made) < _ONE_IMAGE * _varies(x)
    if one_image:
        yield _mean_image(x, made)
    elif thorough and padding_value(triple.autoencoder) is None:
        yield from _worse_than_pca(x, made, flat.shape[1])
    if variational:
        yield from _collapse(triple, x)
    else:
        yield from _dead_units(flat)
        yield from _saturated(triple.autoencoder, flat)
    yield from _large_code(triple, flat.shape[1], x[0].size)


def _varies(samples: np.ndarray) -> float:
    return float(samples.reshape(len(samples), -1).var(axis=0).mean())


def _mean_image(x: np.ndarray, made: np.ndarray) -> Finding:
    share = _varies(made) / max(_varies(x), 1e-30)
    return Finding(
        "one-output-for-all",
        "error",
        f"The reconstructions of all samples are nearly the same: they vary by "
        f"{share:.1%} of the variance of the data.",
        "Raise the learning rate, or train longer. A deep stack from small weights "
        "needs kerasae.training.pretrain; a variational model a smaller beta.",
    )


def _worse_than_pca(x: np.ndarray, made: np.ndarray, size: int) -> Iterator[Finding]:
    features = x[0].size
    if size >= min(features, len(x)):
        return
    error = metrics.reconstruction_error(x, made)
    pca = metrics.pca_error(x, x, size)[1]
    if error > _WORSE * pca:
        yield Finding(
            "worse-than-pca",
            "warning",
            f"The mean squared error is {error:.4g}; principal components with as "
            f"many numbers, {size}, have {pca:.4g}.",
            "Train longer, or widen the layers around the code. Where only a few "
            "thousand samples exist, PCA may be the better tool.",
        )


def _collapse(triple: Autoencoder, x: np.ndarray) -> Iterator[Finding]:
    active = active_units(triple.autoencoder, x)
    if active.sum() <= _COLLAPSED * active.size:
        yield Finding(
            "posterior-collapse",
            "warning",
            f"{int(active.sum())} of {active.size} dimensions of the code are in use: "
            "the others are the prior, whatever the input.",
            "Build with a smaller beta, with free_bits=0.25 or so, or raise the KL "
            "term slowly with kerasae.callbacks.KLWarmUp; or take a smaller code.",
        )


def _dead_units(codes: np.ndarray) -> Iterator[Finding]:
    dead = _code_use.dead(codes)
    if dead.all() or dead.mean() <= _MANY_DEAD:
        return
    yield Finding(
        "dead-units",
        "warning" if dead.mean() > 0.5 else "hint",
        f"{int(dead.sum())} of {dead.size} units of the code are the same for all "
        "samples.",
        "Take a smaller code, a smaller learning rate, a linear or leaky activation "
        "of the code, or less penalty on it.",
    )


def _saturated(model: keras.Model, codes: np.ndarray) -> Iterator[Finding]:
    activation = getattr(_layer(model, CODE), "activation", None)
    if activation is keras.activations.sigmoid:
        share = np.mean((codes < _LIMIT) | (codes > 1 - _LIMIT))
    elif activation is keras.activations.tanh:
        share = np.mean(np.abs(codes) > 1 - 2 * _LIMIT)
    else:
        return
    if share > _AT_THE_LIMIT:
        yield Finding(
            "saturated-code",
            "warning",
            f"{share:.0%} of all activations of the code are at the limits of "
            f"{activation.__name__}, where no gradient passes.",
            "Scale the data, lower the learning rate, or make the code linear.",
        )


def _large_code(triple: Autoencoder, size: int, features: int) -> Iterator[Finding]:
    if size < features or _is_held_back(triple.autoencoder):
        return
    yield Finding(
        "large-code",
        "warning",
        f"The code has {size:,} numbers, a sample {features:,}: the model can copy "
        "its input without learning anything about it.",
        "Take a smaller code, or a reason not to copy: activity_regularizer='l1', "
        "corruption=('masking', 0.3), or build_sparse_ae.",
    )


def _is_held_back(model: keras.Model) -> bool:
    """Tell whether noise or a penalty keeps a model from copying."""
    kinds = (ContractiveDense, GaussianSampling, KSparse, Penalty, keras.layers.Dropout)
    return bool(corruption_layers(model)) or any(
        isinstance(layer, kinds) or getattr(layer, "activity_regularizer", None)
        for layer in model.layers
    )


def _layer(model: keras.Model, name: str) -> Any:
    return next((layer for layer in model.layers if layer.name == name), None)
