"""What lies between two samples."""

import numpy as np

from kerasae import _checks
from kerasae._arrays import shape_error
from kerasae._checks import argument_error
from kerasae._triple import as_triple
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.engine.prediction import predict_float32
from kerasae.engine.samples import one_or_several

METHODS = ("linear", "spherical")
_PARALLEL = 1e-6  # radians; nearer to parallel or opposite, no arc is defined


def interpolate(
    model: ModelOrTriple,
    start: ArrayLike,
    end: ArrayLike,
    *,
    steps: int = 10,
    method: str = "linear",
) -> np.ndarray:
    """Decode codes on the path from the code of one sample to that of another.

    Works for any triple; a variational encoder gives the means of its codes.
    `kerasae.plotting.plot_interpolation` draws the linear path.

    Args:
        model: An `Autoencoder`, or a Keras model with a layer named `code`.
        start: Where each path begins: array of shape (n, *input_shape), or a single
            sample of shape (*input_shape).
        end: Where it ends: array of the same shape.
        steps: Decoded samples per path, both ends included; 2 or more.
        method: `"linear"`, a straight line at constant speed. `"spherical"`, an arc
            around the origin, for codes that follow a standard normal distribution:
            in many dimensions these lie near a sphere, which straight lines leave.
            Opposite codes, and codes at the origin, have no arc between them and
            are joined by a straight line.

    Returns:
        Array of shape (n, steps, *input_shape), float32, without the first axis for
        single samples.

    Raises:
        ValueError: If the model has no layer named `code`, a shape does not fit, a
            value is NaN or infinite, `steps` is below 2 or `method` unknown.
        TypeError: If `model` is not a model, or an argument not an array of numbers.

    Reference:
        White 2016, "Sampling Generative Networks", arXiv:1609.04468 (spherical).

    Example:
        >>> import kerasae
        >>> import numpy as np
        >>> triple = kerasae.build_vae(16, hidden_units=8, latent_dim=2, seed=0)
        >>> x = np.random.default_rng(0).random((6, 16))
        >>> interpolate = kerasae.generation.interpolate
        >>> interpolate(triple, x[0], x[1], steps=5).shape
        (5, 16)
        >>> interpolate(triple, x[:3], x[3:], steps=5, method="spherical").shape
        (3, 5, 16)
    """
    triple = as_triple(model)
    steps = _checks.positive_integer("steps", steps)
    if steps < 2:
        raise ValueError(argument_error("steps", "an integer of 2 or more", steps))
    method = _checks.one_of("method", method, METHODS)
    starts, single = one_or_several(triple.encoder, start, "start")
    ends, single_end = one_or_several(triple.encoder, end, "end")
    if single != single_end or starts.shape != ends.shape:
        wanted, given = (
            array.shape[1:] if alone else array.shape
            for array, alone in ((starts, single), (ends, single_end))
        )
        expected = f"of the shape of `start`, {wanted}"
        raise ValueError(shape_error("end", expected, given))
    first, last = (
        predict_float32(triple.encoder, x).astype("float64") for x in (starts, ends)
    )
    shares = np.linspace(0.0, 1.0, steps)
    count = len(first)
    if method == "linear":
        near, far = np.tile(1.0 - shares, (count, 1)), np.tile(shares, (count, 1))
    else:
        near, far = _arc(first.reshape(count, -1), last.reshape(count, -1), shares)
    codes = np.einsum("ns,n...->ns...", near, first)
    codes += np.einsum("ns,n...->ns...", far, last)
    decoded = predict_float32(
        triple.decoder, codes.reshape(-1, *first.shape[1:]).astype("float32")
    )
    decoded = decoded.reshape(count, steps, *decoded.shape[1:])
    return decoded[0] if single else decoded


def _arc(
    first: np.ndarray, last: np.ndarray, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of both ends along the arcs, each of shape (n, steps)."""
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(last, axis=1)
    cosine = np.sum(first * last, axis=1) / np.where(norms > 0, norms, 1.0)
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))[:, None]
    straight = (norms[:, None] == 0) | (np.sin(angle) < _PARALLEL)
    angle = np.where(straight, 1.0, angle)
    near, far = (
        np.where(straight, share, np.sin(share * angle) / np.sin(angle))
        for share in (1.0 - shares, shares)
    )
    return near, far
