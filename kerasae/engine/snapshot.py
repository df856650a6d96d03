"""Whether a compiled call still computes what its model does.

A compiled call takes the values of the weights as they are when it runs. All else is
as it was when the call was traced: which weights there are, activations, rates, whether
layers are quantized or have low-rank adapters. Keras forgets its own compiled calls in
`compile` and `quantize`, and only those of the very model they are called on; layers
that several models share change under the others.
"""

from contextlib import suppress
from operator import is_
from typing import Any

import keras

from kerasae.engine.keras_internals import (
    MissingInternalError,
    all_layers,
    compile_identity,
)


class Snapshot:
    """What a model is made of, besides the values of its weights.

    That is every attribute of its layers, at whatever depth, and when it was compiled.
    Attributes that a model of the user's own class has itself count as of the last
    `compile`, as in Keras. The snapshot holds on to these objects, or new ones could
    pass for them, but not to the model.

    Args:
        model: The model, which is built.

    Example:
        >>> import keras
        >>> import kerasae
        >>> from kerasae.engine.snapshot import Snapshot
        >>> encoder = kerasae.build_undercomplete_ae(784).encoder
        >>> snapshot = Snapshot(encoder)
        >>> snapshot.fits(encoder)
        True
        >>> encoder.get_layer("code").activation = keras.activations.tanh
        >>> snapshot.fits(encoder)
        False
    """

    def __init__(self, model: keras.Model) -> None:
        self._parts = _parts(model)

    def fits(self, model: keras.Model) -> bool:
        """Tell whether nothing was exchanged since."""
        parts = _parts(model)
        return len(parts) == len(self._parts) and all(map(is_, parts, self._parts))


def _parts(model: keras.Model) -> list[Any]:
    """Return the objects that a trace of the model depends on, always in one order."""
    parts: list[Any] = [keras.config.floatx()]
    with suppress(MissingInternalError):
        parts += compile_identity(model)
    for layer in all_layers(model):
        parts.append(layer)
        # What a model has besides its layers is about training, and may lead to itself.
        if not isinstance(layer, keras.Model):
            parts += vars(layer).values()
    variables = model.variables
    return [*parts, *variables, *(variable.trainable for variable in variables)]
