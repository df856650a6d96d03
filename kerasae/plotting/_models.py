"""From a triple, or one of its models, to codes and pictures."""

from typing import Any

import numpy as np

from kerasae._arrays import as_samples, fits, shape_error


def encoder_and_decoder(model: Any) -> tuple[Any, Any]:
    """Return both halves of a triple, or of a model with a layer named `code`."""
    if hasattr(model, "encoder") and hasattr(model, "decoder"):
        return model.encoder, model.decoder
    # Keras takes its time to load, and the other pictures do without it.
    from kerasae._triple import as_triple

    triple = as_triple(model)
    return triple.encoder, triple.decoder


def decoder_of(model: Any) -> Any:
    """Return the decoder of a triple or of an autoencoder, or `model` if it is one."""
    from kerasae._layer_names import CODE

    layers = getattr(model, "layers", None)
    # That is how `split` names where a decoder begins.
    if layers and layers[0].name == f"{CODE}_input":
        return model
    return encoder_and_decoder(model)[1]


def input_shape(model: Any) -> tuple[int | None, ...] | None:
    """Return the shape of one sample that a model takes, or None if not known."""
    try:
        return tuple(model.input_shape[1:])
    except (AttributeError, TypeError):  # a subclassed model that was not called yet
        return None


def predict(model: Any, argument: str, samples: np.ndarray, result: str) -> np.ndarray:
    """Return what a model makes of samples.

    Args:
        model: The Keras model.
        argument: The name that messages have for `samples`.
        samples: From `as_samples`; an axis of one channel may be left out.
        result: The name that messages have for what the model returns.
    """
    wanted = input_shape(model)
    shape = samples.shape[1:]
    if wanted is not None and not fits(shape, wanted):
        if not fits((*shape, 1), wanted):
            expected = f"of the shape that the model takes, (n, {_listed(wanted)})"
            raise ValueError(shape_error(argument, expected, samples.shape))
        samples = samples[..., None]
    if wanted is None:
        return as_samples(result, model.predict(samples, verbose=0))
    from kerasae.engine import prediction  # imports Keras

    return as_samples(result, prediction.predict(model, samples))


def _listed(shape: tuple[int | None, ...]) -> str:
    return ", ".join("any" if size is None else str(size) for size in shape)
