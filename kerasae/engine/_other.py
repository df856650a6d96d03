"""Predicting on the backends that Keras does not train on: NumPy and OpenVINO."""

import weakref
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from kerasae.engine._steps import Epoch
from kerasae.engine.keras_internals import MissingInternalError

TRACES = False
COMPILES_EVERY_SIZE = False


def execution_settings(model: keras.Model) -> dict[str, bool | int | str]:
    """Return Keras's own choice."""
    return {"jit_compile": "auto", "steps_per_execution": 1}


def can_loop(model: keras.Model) -> bool:
    """Tell that training is left to Keras, which says that there is none."""
    return False


def epoch_loop(model: keras.Model, *, training: bool) -> Epoch:
    """Raise, as there are no steps to run."""
    raise MissingInternalError(f"training on {keras.backend.backend()}")


def reseed(seed: int) -> None:
    """Seed all that Keras knows of."""
    keras.utils.set_random_seed(seed)


def unshare(model: keras.Model) -> None:
    """Do nothing: every variable has memory of its own."""


def inference(
    model: keras.Model, on_trace: Callable[[], None]
) -> Callable[[np.ndarray], Any]:
    """Return what Keras does with a batch."""
    model = weakref.proxy(model)
    return lambda x: model.predict_on_batch(x)
