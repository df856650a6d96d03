import os
import subprocess
import sys

import keras
import pytest

import kerasae

pytestmark = [pytest.mark.every_backend, pytest.mark.compiled]

SETTINGS = {
    ("tensorflow", "dense"): (True, 32),
    ("tensorflow", "conv"): (False, 1),
    ("jax", "dense"): (True, 1),
    ("jax", "conv"): (True, 1),
    ("torch", "dense"): (False, 1),
    ("torch", "conv"): (False, 1),
}


@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_settings_fit_the_backend(kind):
    build = {"dense": kerasae.build_deep_ae, "conv": kerasae.build_conv_ae}[kind]
    triple = build((8, 8, 1))
    kerasae.compile(triple)
    model = triple.autoencoder
    found = (model.jit_compile, model.steps_per_execution)
    assert found == SETTINGS[keras.backend.backend(), kind]


def test_the_loss_follows_from_the_output():
    for activation, loss in {
        "sigmoid": "binary_crossentropy",
        "linear": "mean_squared_error",
    }.items():
        triple = kerasae.build_conv_ae((8, 8, 1), output_activation=activation)
        kerasae.compile(triple.autoencoder)
        assert triple.autoencoder.loss == loss


def test_what_the_user_says_wins():
    triple = kerasae.build_deep_ae(16)
    kerasae.compile(
        triple, "sgd", "mae", metrics=["mse"], jit_compile=False, steps_per_execution=1
    )
    model = triple.autoencoder
    assert model.loss == "mae"
    assert model.jit_compile is False
    assert model.steps_per_execution == 1
    assert isinstance(model.optimizer, keras.optimizers.SGD)


def test_the_learning_rate_is_the_users():
    triple, mine = kerasae.build_deep_ae(16), keras.optimizers.SGD(0.5)
    rates = {"sgd": 0.25, mine: 0.125}
    for optimizer, rate in rates.items():
        kerasae.compile(triple, optimizer, learning_rate=rate)
        found = triple.autoencoder.optimizer
        assert isinstance(found, keras.optimizers.SGD)
        assert float(found.learning_rate) == rate
    assert float(mine.learning_rate) == 0.5
    kerasae.compile(triple, mine)
    assert triple.autoencoder.optimizer is mine


@pytest.mark.parametrize("rate", [0, -1e-3, float("nan"), "fast", True])
def test_a_learning_rate_is_a_positive_number(rate):
    triple = kerasae.build_deep_ae(16)
    with pytest.raises((TypeError, ValueError), match="`learning_rate` must be a fin"):
        kerasae.compile(triple, learning_rate=rate)
    assert not triple.autoencoder.compiled


def test_eager_running_is_possible(images):
    triple = kerasae.build_deep_ae(16)
    kerasae.compile(triple, run_eagerly=True)
    x = images(8, 16)
    triple.autoencoder.fit(x, x, verbose=0)


@pytest.mark.parametrize("samples", [1, 31, 32 * 33 + 5])
def test_any_number_of_samples_is_one_epoch(samples, images):
    triple = kerasae.build_undercomplete_ae(16)
    kerasae.compile(triple)
    x = images(samples, 16)
    fit = triple.autoencoder.fit(x, x, batch_size=32, epochs=2, verbose=0)
    assert len(fit.history["loss"]) == 2
    assert int(triple.autoencoder.optimizer.iterations) == 2 * -(-samples // 32)


TWO_DEVICES = """
import keras, kerasae, numpy as np, tensorflow as tf
device = tf.config.list_physical_devices("CPU")[0]
half = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(device, [half, half])
x = np.random.default_rng(0).random((64, 8), dtype="float32")

def deep():
    return kerasae.build_sparse_ae(8, latent_dim=2, seed=0)

def variational():
    triple = kerasae.build_vae(8, hidden_units=(), latent_dim=2, seed=0)
    layer = triple.autoencoder.get_layer("log_variance")
    kernel, bias = layer.get_weights()
    layer.set_weights([0 * kernel, 0 * bias - 30.0])  # no noise, or each has its own
    return triple

two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
for build in (deep, variational):
    found = []
    for strategy in (tf.distribute.get_strategy(), two):
        with strategy.scope():
            triple = build()
            kerasae.compile(triple, keras.optimizers.SGD(0.01))
        model = triple.autoencoder
        settings = (model.jit_compile, model.steps_per_execution)
        print(strategy.num_replicas_in_sync, *settings)
        how = {"epochs": 2, "batch_size": 16, "shuffle": False, "verbose": 0}
        ours = kerasae.fit(triple, x, validation_data=x, **how).history
        theirs = model.fit(x, x, validation_data=(x, x), **how).history
        found.append([ours, theirs, model.get_weights(), kerasae.predict(triple, x)])
    for one, other in zip(*map(keras.tree.flatten, found), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
"""


def test_two_devices_train_as_one():
    """TensorFlow sums the losses of all devices that share a batch."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("TensorFlow's own strategies")
    words = [sys.executable, "-c", TWO_DEVICES]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        words, env=environment, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split("\n")[:2] == ["1 True 32", "2 False 1"]
