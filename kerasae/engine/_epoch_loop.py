"""Many steps in one call, compiled once for each `compile`.

Keras's `fit` goes back to Python after every step, which is where small models spend
most of their time on TensorFlow and JAX. Here a block of batches goes in, and the loop
over them runs where the steps run.
"""

from collections.abc import MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

import keras

from kerasae.engine._steps import Epoch
from kerasae.engine.backend import backend
from kerasae.engine.keras_internals import compile_identity


class EpochLoop:
    """The loop over the training or the test steps of a compiled model.

    Attributes:
        epoch: Opens an epoch, and gives what runs its steps.
    """

    def __init__(self, model: keras.Model, *, training: bool) -> None:
        self.epoch: Epoch = backend().epoch_loop(model, training=training)
        self._made_for = _identity(model)

    def serves(self, model: keras.Model) -> bool:
        """Tell whether the model is still compiled as it was."""
        now = _identity(model)
        return len(now) == len(self._made_for) and all(
            one is other for one, other in zip(now, self._made_for, strict=True)
        )


# Not kept by the models themselves: what Keras exports would hold them. Weak: a model
# that is gone takes its loops along.
_TRAINING: MutableMapping[keras.Model, EpochLoop] = WeakKeyDictionary()
_TEST: MutableMapping[keras.Model, EpochLoop] = WeakKeyDictionary()


def loop(model: keras.Model, *, training: bool) -> EpochLoop:
    """Return the loop of a compiled model, the same one until it is compiled anew.

    Raises:
        MissingInternalError: If Keras lacks what the loop needs.
    """
    loops = _TRAINING if training else _TEST
    found = loops.get(model)
    if found is None or not found.serves(model):
        found = loops[model] = EpochLoop(model, training=training)
    return found


def _identity(model: keras.Model) -> list[Any]:
    """Return what is new after `compile`, or where layers were frozen."""
    return [*compile_identity(model), *model.trainable_variables]
