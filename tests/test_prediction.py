import warnings

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


def dense_layers(model):
    return [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]


def another_activation(model):
    dense_layers(model)[0].activation = keras.activations.tanh


def another_activation_compiled(model):
    another_activation(model)
    kerasae.compile(model)


def other_layers_frozen(model):
    for layer in dense_layers(model):
        layer.trainable = not layer.trainable


def low_rank_adapters_trained(model):
    for layer in dense_layers(model):
        layer.enable_lora(2)
    kerasae.compile(model, keras.optimizers.Adam(0.05))
    x = np.random.default_rng(1).random((40, 16), dtype="float32")
    kerasae.fit(model, x, epochs=5, verbose=0)


def eight_bit_kernels(model):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Layer .* does not have a `quantize`")
        model.quantize("int8")


def other_weights(model):
    model.set_weights([2 * weights + 0.1 for weights in model.get_weights()])


CHANGES = [
    another_activation,
    another_activation_compiled,
    other_layers_frozen,
    low_rank_adapters_trained,
    eight_bit_kernels,
    other_weights,
]


def square_model():
    """Return two layers of one shape, the first of which is frozen."""
    inputs = keras.Input((16,))
    frozen = keras.layers.Dense(16, activation="sigmoid", trainable=False)
    return keras.Model(inputs, keras.layers.Dense(16)(frozen(inputs)))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_model_is_predicted_as_it_is_now(change, images):
    keras.utils.set_random_seed(0)
    model, x = square_model(), images(5, 16)
    part = keras.Model(model.inputs[0], model.layers[1].output)
    before = kerasae.predict(model, x)
    kerasae.predict(part, x)
    change(model)
    # Keras has predicted nothing yet, and so kept nothing.
    for whole in (model, part):
        found = kerasae.predict(whole, x)
        expected = whole.predict(x, verbose=0)
        np.testing.assert_allclose(found, expected, atol=1e-5)
        np.testing.assert_allclose(
            found, keras.ops.convert_to_numpy(whole(x, training=False)), atol=1e-5
        )
    same = np.allclose(kerasae.predict(model, x), before, atol=1e-5)
    assert same == (change is other_layers_frozen)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_compiling_makes_keras_predict_the_same(change, images):
    keras.utils.set_random_seed(0)
    model, x = square_model(), images(5, 16)
    for predict in (kerasae.predict, keras.Model.predict):
        predict(model, x)
    change(model)
    kerasae.compile(model)
    found = kerasae.predict(model, x)
    np.testing.assert_allclose(found, model.predict(x, verbose=0), atol=1e-5)


def test_low_rank_adapters_travel(images, tmp_path):
    keras.utils.set_random_seed(0)
    triple = kerasae.build_deep_ae(16, hidden_units=(8,), latent_dim=2, seed=0)
    x = images(5, 16)
    kerasae.predict(triple, x)
    low_rank_adapters_trained(triple.autoencoder)
    kerasae.save(triple, tmp_path / "x.keras")
    found = kerasae.predict(kerasae.load(tmp_path / "x.keras"), x)
    np.testing.assert_allclose(found, kerasae.predict(triple, x), atol=1e-5)


def test_weights_that_are_loaded_count(images, tmp_path):
    triple = kerasae.build_undercomplete_ae(16, latent_dim=2, seed=0)
    x, model = images(5, 16), triple.autoencoder
    before = kerasae.predict(model, x)
    model.save_weights(tmp_path / "x.weights.h5")
    other_weights(model)
    assert not np.allclose(kerasae.predict(model, x), before, atol=1e-3)
    model.load_weights(tmp_path / "x.weights.h5")
    np.testing.assert_array_equal(kerasae.predict(model, x), before)


def test_attributes_of_layers_count(images):
    class Scaled(keras.layers.Layer):
        factor = 1.0

        def call(self, x):
            return self.factor * x

    inputs = keras.Input((4,))
    layer = Scaled()
    model = keras.Model(inputs, layer(inputs))
    x = images(3, 4)
    for layer.factor in (1.0, 3.0, -2.0):
        np.testing.assert_allclose(kerasae.predict(model, x), layer.factor * x)


def test_attributes_of_a_model_count_from_compiling_on(images):
    class Scaled(keras.Model):
        factor = 1.0

        def call(self, x):
            return self.factor * super().call(x)

    inputs = keras.Input((4,))
    model = Scaled(inputs, keras.layers.ReLU()(inputs))
    x = images(3, 4)
    for model.factor in (1.0, 3.0):
        model.compile()
        np.testing.assert_allclose(kerasae.predict(model, x), model.factor * x)


def test_noise_of_inference_is_new_every_time(images):
    class Noisy(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.seed_generator = keras.random.SeedGenerator(0)

        def call(self, x):
            noise = keras.random.normal(keras.ops.shape(x), seed=self.seed_generator)
            return x + noise

    model = keras.Sequential([keras.Input((4,)), Noisy()])
    x = images(4, 4)
    first, second = kerasae.predict(model, x), kerasae.predict(model, x)
    assert not np.allclose(first, second)


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
