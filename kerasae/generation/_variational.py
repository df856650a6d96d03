"""An argument of generation: a variational model."""

import keras

from kerasae._checks import Description, argument_error
from kerasae._triple import Autoencoder
from kerasae._types import ModelOrTriple
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
