"""Many steps in one call, compiled once for each `compile`.

Keras's `fit` goes back to Python after every step, which is where small models spend
most of their time on TensorFlow and JAX. Here a block of batches goes in, and the loop
over them runs where the steps run.
"""

from collections.abc import MutableMapping
from weakref import WeakKeyDictionary

import keras

from kerasae.engine._steps import Epoch
from kerasae.engine.backend import backend
from kerasae.engine.keras_internals import compile_identity
from kerasae.engine.snapshot import Snapshot


class EpochLoop:
    """The loop over the training or the test steps of a compiled model.

    Attributes:
        epoch: Opens an epoch, and gives what runs its steps.
    """

    def __init__(self, model: keras.Model, *, training: bool) -> None:
        compile_identity(model)  # raises where Keras has no such mark
        self.epoch: Epoch = backend().epoch_loop(model, training=training)
        self.note(model)

    def note(self, model: keras.Model) -> None:
        """Note what the model is like: tracing the steps may have changed layers."""
        self._snapshot = Snapshot(model)

    def serves(self, model: keras.Model) -> bool:
        """Tell whether the model is compiled, and made, as it was."""
        return self._snapshot.fits(model)


# Not kept by the models themselves: what Keras exports would hold them. Weak: a model
# that is gone takes its loops along.
_TRAINING: MutableMapping[keras.Model, EpochLoop] = WeakKeyDictionary()
_TEST: MutableMapping[keras.Model, EpochLoop] = WeakKeyDictionary()


def serving(model: keras.Model) -> list[EpochLoop]:
    """Return the loops that were made for the model as it is."""
    made = (loops.get(model) for loops in (_TRAINING, _TEST))
    return [found for found in made if found is not None and found.serves(model)]


def loop(model: keras.Model, *, training: bool) -> EpochLoop:
    """Return the loop of a compiled model, the same one until that changes.

    Raises:
        MissingInternalError: If Keras lacks what the loop needs.
    """
    loops = _TRAINING if training else _TEST
    found = loops.get(model)
    if found is None or not found.serves(model):
        found = loops[model] = EpochLoop(model, training=training)
    return found
