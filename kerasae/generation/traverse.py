"""What one dimension of the code does."""

import math
from typing import Any

import numpy as np

from kerasae import _checks
from kerasae._arrays import as_floats, shape_error
from kerasae._checks import argument_error
from kerasae._triple import as_triple
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.engine.prediction import predict_float32
from kerasae.engine.samples import one_or_several


def traverse(
    model: ModelOrTriple,
    x: ArrayLike,
    dimension: int,
    *,
    limits: ArrayLike = (-3.0, 3.0),
    steps: int = 10,
    values: ArrayLike = None,
) -> np.ndarray:
    """Decode the codes of samples while one dimension runs through given values.

    What changes in the decoded samples, such as slant or width, is what the
    dimension encodes. Works for any triple; a variational encoder gives the means of
    its codes. `kerasae.plotting.plot_code_plane` draws two dimensions at once.

    Args:
        model: An `Autoencoder`, or a Keras model with a layer named `code`.
        x: Array of shape (n, *input_shape), or a single sample of shape
            (*input_shape).
        dimension: Its index, counted from 0; for feature maps, in the flattened
            code.
        limits: The first and the last value, (low, high). The default spans nearly
            all of a standard normal distribution.
        steps: Number of evenly spaced values, 1 or more.
        values: The values themselves, any sequence of numbers, instead of `limits`
            and `steps`.

    Returns:
        Array of shape (n, steps, *input_shape), float32, without the first axis for
        a single sample.

    Raises:
        ValueError: If the model has no layer named `code`, the code has no such
            dimension, a shape does not fit, or a value is NaN or infinite.
        TypeError: If `model` is not a model, or an argument is not a number.

    Reference:
        Higgins et al. 2017, "beta-VAE", ICLR, section 4.

    Example:
        >>> import kerasae
        >>> import numpy as np
        >>> triple = kerasae.build_vae(16, hidden_units=8, latent_dim=2, seed=0)
        >>> x = np.random.default_rng(0).random((3, 16))
        >>> kerasae.generation.traverse(triple, x[0], 1, steps=5).shape
        (5, 16)
        >>> kerasae.generation.traverse(triple, x, 1, values=[-1, 1]).shape
        (3, 2, 16)
    """
    triple = as_triple(model)
    if values is None:
        steps = _checks.positive_integer("steps", steps)
        low, high = _limits(limits)
        values = np.linspace(low, high, steps)
    else:
        values = as_floats("values", values)
        if values.ndim != 1 or not values.size:
            expected = "a sequence of numbers, one or more"
            raise ValueError(shape_error("values", expected, values.shape))
    samples, single = one_or_several(triple.encoder, x)
    codes = predict_float32(triple.encoder, samples)
    dimension = _dimension(dimension, math.prod(codes.shape[1:]))
    changed = np.repeat(codes.reshape(len(codes), 1, -1), len(values), axis=1)
    changed[:, :, dimension] = values
    decoded = predict_float32(triple.decoder, changed.reshape(-1, *codes.shape[1:]))
    decoded = decoded.reshape(len(codes), len(values), *decoded.shape[1:])
    return decoded[0] if single else decoded


def _limits(limits: ArrayLike) -> tuple[float, float]:
    values = as_floats("limits", limits)
    if values.shape != (2,):
        expected = "a pair (low, high)"
        raise ValueError(shape_error("limits", expected, values.shape))
    return float(values[0]), float(values[1])


def _dimension(dimension: Any, size: int) -> int:
    expected = f"an integer from 0 to {size - 1}, a dimension of the code"
    if not _checks.is_whole(dimension):
        raise TypeError(argument_error("dimension", expected, dimension))
    if not 0 <= int(dimension) < size:
        raise ValueError(argument_error("dimension", expected, dimension))
    return int(dimension)
