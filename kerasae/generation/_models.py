"""From a triple, or one of its models, to the parts that generation needs."""

import math
from typing import Any

import keras
import numpy as np

from kerasae._checks import complaint
from kerasae._triple import CODE, Autoencoder, split
from kerasae.generation._arrays import as_numbers, as_samples, shape_complaint
from kerasae.models import VariationalAutoencoder

_BATCH_SIZE = 5_000  # measured: larger ones are no faster, on any backend
_LARGEST_OUTPUT = 2**26  # bytes


def as_triple(model: Any) -> Autoencoder:
    """Return a triple as it is, and split an autoencoder into one."""
    if isinstance(model, Autoencoder):
        return model
    if not isinstance(model, keras.Model):
        expected = "an Autoencoder, or a Keras model with a layer named 'code'"
        raise TypeError(complaint("model", expected, model))
    if model.layers and model.layers[-1].name == CODE:
        expected = "a whole autoencoder"
        fix = "Pass the triple, or its first model."
        received = f"{model.name!r}, an encoder"
        raise ValueError(complaint("model", expected, received, fix, words=True))
    return split(model)


def as_variational(model: Any, fix: str = "") -> VariationalAutoencoder:
    """Return the autoencoder of a variational triple, or raise.

    Args:
        model: The triple, or its first model.
        fix: What to do with a model of another kind.
    """
    if not isinstance(model, (Autoencoder, keras.Model)):
        expected = "an Autoencoder that build_vae or build_conv_vae returned"
        raise TypeError(complaint("model", expected, model))
    whole = model.autoencoder if isinstance(model, Autoencoder) else model
    if not isinstance(whole, VariationalAutoencoder):
        expected = "variational: its codes must be distributions"
        received = f"{whole.name!r}, a {type(whole).__name__}"
        fix = fix or (
            "Pass a triple that kerasae.build_vae or kerasae.build_conv_vae returned, "
            "or its first model."
        )
        raise ValueError(complaint("model", expected, received, fix, words=True))
    return whole


def inputs_of(model: keras.Model, argument: str, values: Any) -> np.ndarray:
    """Return checked samples of the shape that a model takes."""
    samples = as_samples(argument, values)
    wanted, given = model.input_shape[1:], samples.shape[1:]
    if not _fits(given, wanted):
        sizes = ", ".join("any" if size is None else str(size) for size in wanted)
        expected = f"of the shape that the model takes, (n, {sizes})"
        if _fits(samples.shape, wanted):
            fix = f"For a single sample write {argument}[None]."
        elif _fits((*given, 1), wanted):
            fix = f"Add the channel axis: {argument}[..., None]."
        else:
            fix = ""
        raise ValueError(shape_complaint(argument, expected, samples.shape, fix))
    return samples


def one_or_several(
    model: keras.Model, argument: str, values: Any
) -> tuple[np.ndarray, bool]:
    """Return checked samples, and whether a single one came, without its axis."""
    array = as_numbers(argument, values)
    single = _fits(array.shape, model.input_shape[1:])
    return inputs_of(model, argument, array[None] if single else array), single


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        size is None or size == given for given, size in zip(shape, wanted, strict=True)
    )


def predict(model: keras.Model, samples: np.ndarray) -> Any:
    """Return what a model makes of samples, as arrays of float32."""
    size = min(256, affordable(model))
    made = model.predict(samples, batch_size=size, verbose=0)
    # Mixed-precision models return bfloat16, which NumPy does not compute with.
    return keras.tree.map_structure(
        lambda array: np.asarray(array).astype("float32", copy=False), made
    )


def affordable(model: keras.Model) -> int:
    """Return how many samples at once keep the output of every layer small."""
    sizes = (
        math.prod(size or 1 for size in tensor.shape[1:])
        for layer in model.layers
        for tensor in keras.tree.flatten(layer.output)
    )
    return max(1, min(_BATCH_SIZE, _LARGEST_OUTPUT // (4 * max(sizes))))
