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
