"""The model that is trained."""

from typing import Any

import keras

from kerasae._checks import Description, argument_error
from kerasae._types import ModelOrTriple


def whole(model: ModelOrTriple) -> keras.Model:
    """Return the autoencoder of a triple, or a model as it is."""
    return model if isinstance(model, keras.Model) else model.autoencoder


def whole_of_one_input(model: ModelOrTriple) -> keras.Model:
    """Return what `whole` does, if it takes samples of one shape.

    Raises:
        TypeError: If it is a subclassed model, which does not say what it takes, or a
            Sequential model that was not built yet.
        ValueError: If it has several inputs.
    """
    model = whole(model)
    try:
        shapes = model.input_shape
    except (AttributeError, ValueError) as error:
        fix = (
            "Train it with its own `fit`, or say what it takes: inputs = keras.Input("
            "shape); keras.Model(inputs, model(inputs))."
        )
        expected = "a model that says what it takes, as Functional ones do"
        received = Description(f"a {type(model).__name__} without an input shape")
        raise TypeError(argument_error("model", expected, received, fix)) from error
    require_one_input(shapes)
    return model


def require_one_input(shapes: Any) -> None:
    """Raise if a model's `input_shape` tells of several inputs, in a list or a dict.

    Raises:
        ValueError: If it does.
    """
    if isinstance(shapes, tuple):
        return
    listed = shapes.values() if isinstance(shapes, dict) else shapes
    received = Description(f"{len(shapes)} inputs, {', '.join(map(str, listed))}")
    fix = "Train and predict with its own `fit` and `predict`, or join the inputs "
    fix += "into one array and take them apart inside of the model."
    raise ValueError(argument_error("model", "a model with one input", received, fix))
