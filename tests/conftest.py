import gc
import os

import pytest

# Before anything imports Keras: TensorFlow's notices would fill the report.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np


@pytest.fixture(autouse=True)
def _without_xla(request, monkeypatch):
    """Spare the tests XLA on TensorFlow: most train for fewer steps than it is worth.

    Those marked `compiled` run with the settings that users get.
    """
    tensorflow = keras.backend.backend() == "tensorflow"
    if tensorflow and request.node.get_closest_marker("compiled") is None:
        # As if it were of no use for any layer.
        kinds = (keras.layers.Layer,)
        monkeypatch.setattr("kerasae.engine._xla._SLOW", kinds)


@pytest.fixture
def eager(request, monkeypatch):
    """Compile nothing at all, in tests that train many models for a few steps each."""
    if request.node.get_closest_marker("compiled") is None:
        settings = {"run_eagerly": True, "steps_per_execution": 1}
        monkeypatch.setattr(
            "kerasae.engine.compiling.execution_settings", lambda model: settings
        )


@pytest.fixture(autouse=True)
def _fresh():
    """Same random numbers and no leftovers, whatever ran before."""
    keras.utils.set_random_seed(0)
    policy = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(policy)


@pytest.fixture(scope="session")
def digits():
    """256 real images of 8x8 in [0, 1], shape (256, 8, 8, 1)."""
    from kerasae.data import load_dataset

    return load_dataset("digits").x_train[:256]


@pytest.fixture
def images():
    """Return noise in [0, 1] of any shape."""

    def make(*shape, seed=0):
        return np.random.default_rng(seed).random(shape, dtype="float32")

    return make


@pytest.fixture
def object_growth():
    """A callback that counts objects after every epoch, without those before it."""

    class ObjectGrowth(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self._counts = []

        def on_epoch_end(self, epoch, logs=None):
            gc.collect()
            self._counts.append(len(gc.get_objects()))

        @property
        def per_epoch(self):
            """The median: what a library loads late is counted once."""
            return np.median(np.diff(self._counts))

    gc.collect()
    gc.freeze()
    yield ObjectGrowth()
    gc.unfreeze()
