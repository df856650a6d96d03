import os

import pytest

# Before anything imports Keras: TensorFlow's notices would fill the report.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from kerasae.engine import backend as settings_of_backends

# All layers are among those that XLA is of no use for on TensorFlow.
WITHOUT_XLA = {"_NOT_FOR_XLA": (keras.layers.Layer,)}


@pytest.fixture(autouse=True)
def _xla(request, monkeypatch):
    """Compiling takes longer than the few steps that most tests train for."""
    if request.node.get_closest_marker("compiled") is None:
        for name, value in WITHOUT_XLA.items():
            monkeypatch.setattr(settings_of_backends, name, value)


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
