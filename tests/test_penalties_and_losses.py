import keras
import numpy as np
import pytest

import kerasae
from kerasae.losses import SummedBinaryCrossentropy
from kerasae.regularizers import InFloat32, KLSparsity

pytestmark = pytest.mark.every_backend


def test_kl_is_zero_at_the_target_and_positive_elsewhere():
    penalty = KLSparsity(target=0.2, weight=1.0)
    at_target = np.full((4, 3), 0.2, dtype="float32")
    assert float(penalty(at_target)) == pytest.approx(0.0, abs=1e-5)
    assert float(penalty(at_target + 0.1)) > 0.01
    assert float(penalty(at_target - 0.1)) > 0.01


def test_kl_stays_finite_where_units_are_dead_or_saturated():
    activations = np.array([[0.0, 1.0], [0.0, 1.0]], dtype="float32")
    assert np.isfinite(float(KLSparsity()(activations)))


def test_kl_config_round_trip():
    penalty = KLSparsity(0.2, 0.5)
    again = keras.regularizers.deserialize(keras.regularizers.serialize(penalty))
    assert isinstance(again, KLSparsity)
    assert again.get_config() == {"target": 0.2, "weight": 0.5}


@pytest.mark.parametrize("target", [0.0, 1.0, -0.1])
def test_kl_target_is_a_rate(target):
    with pytest.raises(ValueError, match="`target` must be"):
        KLSparsity(target)


def test_kl_weight_is_not_negative():
    with pytest.raises(ValueError, match="`weight` must be"):
        KLSparsity(weight=-1.0)


@pytest.mark.parametrize("floatx", ["float16", "float32", "float64"])
def test_kl_is_added_to_a_loss_of_any_precision(floatx, images):
    if floatx == "float64" and keras.backend.backend() == "jax":
        pytest.skip("JAX computes in float64 only where the environment says so")
    before = keras.config.floatx()
    keras.config.set_floatx(floatx)
    try:
        x = images(64, 20).astype(floatx)
        triple = kerasae.build_sparse_ae(
            20, activation="sigmoid", activity_regularizer=("kl_sparsity", 0.1)
        )
        triple.autoencoder.compile("sgd", "mse")
        fit = triple.autoencoder.fit(x, x, verbose=0)
        assert np.isfinite(fit.history["loss"]).all()
        assert keras.backend.standardize_dtype(KLSparsity()(x).dtype) == floatx
    finally:
        keras.config.set_floatx(before)


@pytest.mark.parametrize("from_logits", [False, True])
def test_summed_crossentropy_is_the_mean_times_the_features(from_logits, images):
    x, y = images(5, 4, 6), images(5, 4, 6, seed=1)
    loss = SummedBinaryCrossentropy(from_logits=from_logits)
    mean = keras.losses.BinaryCrossentropy(from_logits=from_logits)
    assert float(loss(x, y)) == pytest.approx(24 * float(mean(x, y)), rel=1e-5)
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.from_logits == from_logits


@pytest.mark.parametrize("name", ["l1", "l2"])
def test_penalties_survive_mixed_precision(name, images, tmp_path):
    keras.config.set_dtype_policy("mixed_float16")
    triple = kerasae.build_sparse_ae(20, activity_regularizer=(name, 1e-3))
    regularizer = triple.autoencoder.get_layer("code").activity_regularizer
    assert isinstance(regularizer, InFloat32)
    x = 100 * images(256, 20)
    triple.autoencoder.compile("sgd", "mse")
    fit = triple.autoencoder.fit(x, x, batch_size=256, verbose=0)
    assert np.isfinite(fit.history["loss"]).all()
    triple.autoencoder.save(tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras").autoencoder.get_layer("code")
    assert loaded.activity_regularizer.get_config() == regularizer.get_config()
