"""Arguments of generation: a variational model, and samples that fit a model."""

import keras
import numpy as np

from kerasae._arrays import as_floats, as_samples, fits, shape_error
from kerasae._checks import Description, argument_error
from kerasae._triple import Autoencoder
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.models import VariationalAutoencoder


def as_variational(model: ModelOrTriple, fix: str = "") -> VariationalAutoencoder:
    """Return the autoencoder of a variational triple, or raise.

    Args:
        model: The triple, or its first model.
        fix: What to do about a model of another kind.
    """
    if not isinstance(model, (Autoencoder, keras.Model)):
        expected = "an Autoencoder that build_vae or build_conv_vae returned"
        raise TypeError(argument_error("model", expected, model))
    whole = model.autoencoder if isinstance(model, Autoencoder) else model
    if not isinstance(whole, VariationalAutoencoder):
        expected = "variational: its codes must be distributions"
        received = f"{whole.name!r}, a {type(whole).__name__}"
        fix = fix or (
            "Pass a triple that kerasae.build_vae or kerasae.build_conv_vae returned, "
            "or its first model."
        )
        raise ValueError(argument_error("model", expected, Description(received), fix))
    return whole


def model_inputs(model: keras.Model, argument: str, values: ArrayLike) -> np.ndarray:
    """Return samples as finite float32, or raise if the model takes another shape."""
    samples = as_samples(argument, values).astype("float32", copy=False)
    wanted, given = model.input_shape[1:], samples.shape[1:]
    if not fits(given, wanted):
        sizes = ", ".join("any" if size is None else str(size) for size in wanted)
        expected = f"of the shape that the model takes, (n, {sizes})"
        if fits(samples.shape, wanted):
            fix = f"For a single sample write {argument}[None]."
        elif fits((*given, 1), wanted):
            fix = f"Add the channel axis: {argument}[..., None]."
        else:
            fix = ""
        raise ValueError(shape_error(argument, expected, samples.shape, fix))
    return samples


def one_or_several(
    model: keras.Model, argument: str, values: ArrayLike
) -> tuple[np.ndarray, bool]:
    """Return samples, and whether a single one was given, without a first axis."""
    array = as_floats(argument, values)
    single = fits(array.shape, model.input_shape[1:])
    return model_inputs(model, argument, array[None] if single else array), single
