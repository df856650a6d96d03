"""What one dimension of the code does."""

import math
import numbers
from typing import Any

import numpy as np

from kerasae import _checks
from kerasae._arrays import shape_error
from kerasae._checks import argument_error
from kerasae._triple import as_triple
from kerasae.generation._arrays import as_numbers
from kerasae.generation._models import one_or_several, predict


def traverse(
    model: Any,
    x: Any,
    dimension: int,
    *,
    limits: Any = (-3.0, 3.0),
    steps: int = 10,
    values: Any = None,
) -> np.ndarray:
    """Decode the codes of samples while one of their dimensions takes given values.

    Where the pictures change in one way, such as slant or width, that is what the
    dimension means. Takes any triple; a variational encoder gives the means of its
    codes. `kerasae.plotting.plot_code_plane` draws two dimensions at once.

    Args:
        model: An `Autoencoder`, or a Keras model with a layer named `code`.
        x: Array of shape (n, *input_shape), or a single sample of shape
            (*input_shape).
        dimension: Which one, counted from 0; for feature maps that of the flattened
            code.
        limits: The first and the last value, (low, high). The default spans nearly
            all of a standard normal distribution.
        steps: How many values, at equal distances; 1 or more.
        values: The values themselves, any sequence of numbers, instead of `limits`
            and `steps`.

    Returns:
        Array of shape (n, steps, *input_shape), float32, without the first axis for
        a single sample.

    Raises:
        ValueError: If the model has no layer named `code`, the code has no such
            dimension, a shape does not fit, or a value is NaN or infinite.
        TypeError: If `model` is no model, or an argument no number.

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
        low, high = _pair(limits)
        values = np.linspace(low, high, steps)
    else:
        values = as_numbers("values", values)
        if values.ndim != 1 or not values.size:
            expected = "a sequence of numbers, one or more"
            raise ValueError(shape_error("values", expected, values.shape))
    samples, single = one_or_several(triple.encoder, "x", x)
    codes = predict(triple.encoder, samples)
    dimension = _dimension(dimension, math.prod(codes.shape[1:]))
    ways = np.repeat(codes.reshape(len(codes), 1, -1), len(values), axis=1)
    ways[:, :, dimension] = values
    decoded = predict(triple.decoder, ways.reshape(-1, *codes.shape[1:]))
    decoded = decoded.reshape(len(codes), len(values), *decoded.shape[1:])
    return decoded[0] if single else decoded


def _pair(limits: Any) -> tuple[float, float]:
    pair = as_numbers("limits", limits)
    if pair.shape != (2,):
        expected = "a pair (low, high)"
        raise ValueError(shape_error("limits", expected, pair.shape))
    return float(pair[0]), float(pair[1])


def _dimension(dimension: Any, size: int) -> int:
    expected = f"an integer from 0 to {size - 1}, a dimension of the code"
    if isinstance(dimension, bool) or not isinstance(dimension, numbers.Integral):
        raise TypeError(argument_error("dimension", expected, dimension))
    if not 0 <= int(dimension) < size:
        raise ValueError(argument_error("dimension", expected, dimension))
    return int(dimension)
