"""The model that is trained."""

import keras

from kerasae._types import ModelOrTriple


def whole(model: ModelOrTriple) -> keras.Model:
    """Return the autoencoder of a triple, or a model as it is."""
    return model if isinstance(model, keras.Model) else model.autoencoder
