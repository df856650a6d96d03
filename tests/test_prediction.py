import keras
import numpy as np
import pytest

import kerasae
from kerasae.builders import SAMPLE_AXES, VARIANTS

pytestmark = pytest.mark.every_backend

SHAPES = {0: (8, 8, 1), 2: (8, 3), 3: (8, 8, 1)}


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_is_the_prediction_of_keras(variant, images):
    shape = SHAPES[len(SAMPLE_AXES.get(variant, ()))]
    triple = VARIANTS[variant](shape, seed=0)
    x = images(7, *shape)
    codes = triple.encoder.predict(x, verbose=0)
    np.testing.assert_allclose(kerasae.predict(triple.encoder, x), codes, atol=1e-5)
    for model, given in (
        (triple, x),
        (triple.autoencoder, x),
        (triple.decoder, codes),
    ):
        found = kerasae.predict(model, given)
        expected = triple.autoencoder.predict(x, verbose=0)
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("samples", [1, 3, 31, 32, 33, 100])
def test_any_number_of_samples(samples, images):
    triple = kerasae.build_undercomplete_ae(16, latent_dim=2, seed=0)
    x = images(samples, 16)
    found = kerasae.predict(triple, x, batch_size=32)
    expected = triple.autoencoder.predict(x, verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.shape == (samples, 16)


def test_weights_are_those_of_now(images):
    triple = kerasae.build_undercomplete_ae(16, latent_dim=2, seed=0)
    x = images(5, 16)
    before = kerasae.predict(triple, x)
    kerasae.fit(triple, x, epochs=3, verbose=0)
    after = kerasae.predict(triple, x)
    assert not np.allclose(before, after, atol=1e-7)
    expected = triple.autoencoder.predict(x, verbose=0)
    np.testing.assert_allclose(after, expected, atol=1e-6)


def test_few_sizes_are_compiled(images):
    sizes = []

    class Spy(keras.layers.Layer):
        def call(self, x):
            sizes.append(x.shape[0])  # runs where the model is traced
            return x

    inputs = keras.Input((4,))
    outputs = keras.layers.Dense(4)(Spy()(inputs))
    model = keras.Model(inputs, outputs)
    sizes.clear()
    for samples in range(1, 65):
        kerasae.predict(model, images(samples, 4), batch_size=64)
    assert keras.backend.backend() == "torch" or len(sizes) <= 7


def test_noise_is_off(images):
    triple = kerasae.build_denoising_ae((8, 8, 1), filters=(2,), seed=0)
    x = images(4, 8, 8, 1)
    assert np.array_equal(kerasae.predict(triple, x), kerasae.predict(triple, x))


def test_bytes_are_scaled():
    triple = kerasae.build_undercomplete_ae(4, latent_dim=2, seed=0)
    x = np.arange(8, dtype="uint8").reshape(2, 4) * 32
    found = kerasae.predict(triple, x)
    np.testing.assert_allclose(found, kerasae.predict(triple, x / 255), atol=1e-6)


def test_several_outputs(images):
    triple = kerasae.build_vae(8, latent_dim=2)
    found = kerasae.predict(triple.autoencoder.posterior, images(5, 8))
    assert [y.shape for y in found] == [(5, 2), (5, 2)]


def test_bad_samples():
    triple = kerasae.build_undercomplete_ae(4, latent_dim=2)
    with pytest.raises(ValueError, match=r"`x` must be .* \(n, 4\)"):
        kerasae.predict(triple, np.zeros((2, 5)))
    with pytest.raises(ValueError, match=r"x\[None\]"):
        kerasae.predict(triple, np.zeros(4))
    with pytest.raises(ValueError, match="batch_size"):
        kerasae.predict(triple, np.zeros((2, 4)), batch_size=0)


@pytest.mark.compiled
def test_many_models_warn_of_nothing(images, caplog):
    """TensorFlow would take them for one that is compiled again and again."""
    x = images(8, 4)
    for _ in range(6):
        triple = kerasae.build_undercomplete_ae(4, latent_dim=2)
        kerasae.fit(triple, x, verbose=0)
        kerasae.predict(triple, x)
    assert not caplog.records
