"""Optimizers by name, and unused copies of them."""

import keras

from kerasae._checks import argument_error, nearest
from kerasae._types import Optimizer

_COMMON = ("adadelta", "adagrad", "adam", "adamw", "nadam", "rmsprop", "sgd")


def new_optimizer(
    identifier: Optimizer, learning_rate: float | None = None
) -> keras.optimizers.Optimizer:
    """Return an optimizer that no other model uses.

    Args:
        identifier: Name of a Keras optimizer, or an instance, which is copied.
        learning_rate: Its learning rate; None for its own.

    Raises:
        ValueError: If Keras has no optimizer of that name.
    """
    if isinstance(identifier, keras.optimizers.Optimizer):
        optimizer = type(identifier).from_config(identifier.get_config())
    else:
        try:
            optimizer = keras.optimizers.get(identifier)
        except ValueError as error:
            expected = "the name of a Keras optimizer, or an instance"
            fix = nearest(identifier, _COMMON) if isinstance(identifier, str) else ""
            text = argument_error("optimizer", expected, identifier, fix)
            raise ValueError(text) from error
    if learning_rate is not None:
        optimizer.learning_rate = learning_rate
    return optimizer
