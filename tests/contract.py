"""What every variant promises. A new variant adds a row to ROWS, no more."""

import functools
import inspect
import json
import math
import re
import shutil
from typing import NamedTuple

import keras
import numpy as np
import pytest

import kerasae
from kerasae.builders import VARIANTS
from kerasae.plotting import plot_architecture

# A variant and how many weights it has as its source describes it.
ROWS = (
    ("undercomplete", 50_992),
    ("sparse", 50_992),
    ("deep", 222_384),
    ("stacked", 784 * 200 + 200 + 200 * 100 + 100 + 100 * 200 + 200 + 200 * 784 + 784),
    ("tied", 79_284),
    ("contractive", 79_284),
    ("conv", 4_385),
    ("strided_conv", 274_955),
    ("denoising", 28_353),
    # The last one is the weight of the KL term.
    (
        "vae",
        784 * 500 + 500 + 2 * (500 * 20 + 20) + 20 * 500 + 500 + 500 * 784 + 784 + 1,
    ),
    ("conv_vae", 320 + 18_496 + 2 * 6_274 + 9_408 + 18_464 + 289 + 1),
    ("conv1d", 6_304 + 3_600 + 1_808 + 3_616 + 6_300),
    # Four gates, each with weights of the input, of the state, and biases.
    ("lstm", 4 * (28 + 32 + 1) * 32 + 4 * (32 + 32 + 1) * 32 + 32 * 28 + 28),
)


def axes(variant):
    """Return how many axes a sample of a variant has: 3 are an image, 2 a sequence."""
    default = inspect.signature(VARIANTS[variant]).parameters["input_shape"].default
    return len(default) if isinstance(default, tuple) else 1


NAMES = tuple(sorted(name for name, _ in ROWS))
DENSE = tuple(name for name in NAMES if axes(name) == 1)
IMAGES = tuple(name for name in NAMES if axes(name) == 3)

# What is compiled anew for each test runs with these on every backend: dense,
# convolutional, recurrent and with random codes.
SOME = ("undercomplete", "conv", "lstm", "vae")

every_variant = pytest.mark.parametrize("variant", NAMES)
every_backend = pytest.mark.every_backend
some_on_every_backend = pytest.mark.parametrize(
    "variant",
    [pytest.param(name, marks=every_backend if name in SOME else ()) for name in NAMES],
)


def sample_shape(variant, image_shape=(8, 8, 1)):
    """Return the shape in which a variant takes images."""
    height, width, channels = image_shape
    # Sequences see images row by row.
    return (height, width * channels) if axes(variant) == 2 else image_shape


@pytest.fixture
def samples(variant, digits):
    """Return real images in the shape that the variant takes."""
    return digits.reshape(-1, *sample_shape(variant))


class Trained(NamedTuple):
    """A trained triple, which tests leave as it is."""

    triple: kerasae.Autoencoder
    before: list[list[np.ndarray]]
    losses: list[float]


@pytest.fixture(scope="module")
def train(digits):
    """Return a function that trains each variant once."""

    @functools.cache
    def train(variant):
        keras.utils.set_random_seed(0)
        shape = sample_shape(variant)
        triple, x = VARIANTS[variant](shape), digits.reshape(-1, *shape)
        before = [weights(model) for model in triple]
        kerasae.compile(triple, keras.optimizers.Adam(0.01))
        fit = triple.autoencoder.fit(x, x, epochs=8, batch_size=32, verbose=0)
        return Trained(triple, before, fit.history["loss"])

    return train


@pytest.fixture
def trained(variant, train):
    found = train(variant)
    # Training, where it was this test's lot, took random numbers.
    keras.utils.set_random_seed(0)
    return found


def weights(model):
    return model.get_weights()


def same(left, right):
    return len(left) == len(right) and all(
        np.array_equal(a, b) for a, b in zip(left, right, strict=True)
    )


def predict(model, x):
    # Called, not `model.predict`: that compiles, and there are hundreds of models.
    return keras.ops.convert_to_numpy(model(x, training=False))


def compile_plainly(model):
    own_loss = type(model).compute_loss is not keras.Model.compute_loss
    model.compile("adam", None if own_loss else "mean_squared_error")


def test_every_variant_has_its_published_number_of_parameters():
    assert {
        name: build().autoencoder.count_params() for name, build in VARIANTS.items()
    } == dict(ROWS)


@every_variant
def test_defaults_take_mnist(variant):
    triple = VARIANTS[variant]()
    shape = triple.autoencoder.input_shape
    assert math.prod(shape[1:]) == 784
    assert triple.autoencoder.output_shape == shape


@every_variant
@pytest.mark.parametrize(
    "shape",
    [
        (8, 8, 1),
        pytest.param((30, 45, 2), marks=every_backend),
        (5, 3, 2),
        (1, 1, 1),
        (9, 9, 1),
    ],
    ids=str,
)
def test_any_image_shape_is_restored(variant, shape, images):
    shape = sample_shape(variant, shape)
    triple = VARIANTS[variant](shape)
    x = images(3, *shape)
    assert predict(triple.autoencoder, x).shape == x.shape
    assert triple.encoder.output_shape == triple.decoder.input_shape
    assert triple.decoder.output_shape == (None, *shape)


@pytest.mark.parametrize("variant", DENSE)
@pytest.mark.parametrize("shape", [7, (7,), (4, 6)], ids=str)
def test_dense_variants_take_vectors_and_tables(variant, shape):
    expected = (shape,) if isinstance(shape, int) else shape
    assert VARIANTS[variant](shape).autoencoder.output_shape == (None, *expected)


@every_backend
@every_variant
def test_the_halves_make_the_whole(variant, samples):
    autoencoder, encoder, decoder = VARIANTS[variant](sample_shape(variant))
    whole = predict(autoencoder, samples)
    halves = predict(decoder, predict(encoder, samples))
    np.testing.assert_allclose(halves, whole, atol=1e-6)


@every_variant
def test_the_graph_is_flat_and_split_at_the_code(variant):
    triple = VARIANTS[variant](sample_shape(variant), name="mine")
    assert not [x for x in triple.autoencoder.layers if isinstance(x, keras.Model)]
    assert triple.encoder.layers[-1] is triple.autoencoder.get_layer("code")
    assert triple.decoder.layers[0].name == "code_input"
    assert [model.name for model in triple] == ["mine", "mine_encoder", "mine_decoder"]
    again = kerasae.split(triple.autoencoder)
    assert again.encoder.output_shape == triple.encoder.output_shape


@every_backend
@every_variant
def test_training_lowers_the_loss_and_reaches_all_three_models(variant, trained):
    assert np.isfinite(trained.losses).all()
    assert trained.losses[-1] < 0.95 * trained.losses[0]
    for model, old in zip(trained.triple, trained.before, strict=True):
        assert not same(weights(model), old)


@every_backend
@every_variant
@pytest.mark.parametrize("state", ["built", "trained"])
def test_reload(variant, state, samples, request, tmp_path):
    if state == "trained":
        triple = request.getfixturevalue("trained").triple
    else:
        triple = VARIANTS[variant](sample_shape(variant))
    triple.autoencoder.save(tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras")
    for new, old in zip(loaded, triple, strict=True):
        assert new.name == old.name
        assert new.output_shape == old.output_shape
    whole = predict(triple.autoencoder, samples)
    np.testing.assert_allclose(predict(loaded.autoencoder, samples), whole, atol=1e-6)
    np.testing.assert_allclose(
        predict(loaded.decoder, predict(loaded.encoder, samples)), whole, atol=1e-6
    )
    assert loaded.autoencoder.compiled == (state == "trained")
    if state == "trained":
        steps = int(triple.autoencoder.optimizer.iterations)
        assert int(loaded.autoencoder.optimizer.iterations) == steps
        loaded.autoencoder.fit(samples, samples, verbose=0)
        more = -(-len(samples) // 32)
        assert int(loaded.autoencoder.optimizer.iterations) == steps + more


@every_backend
@every_variant
def test_each_half_can_be_saved_alone(variant, samples, tmp_path):
    triple = VARIANTS[variant](sample_shape(variant))
    x = samples
    for half in (triple.encoder, triple.decoder):
        half.save(tmp_path / "half.keras")
        loaded = keras.saving.load_model(tmp_path / "half.keras")
        y = predict(half, x)
        np.testing.assert_allclose(predict(loaded, x), y, atol=1e-6)
        x = y


@every_backend
@every_variant
def test_same_seed_same_weights(variant):
    build = VARIANTS[variant]
    first, second, other = (
        weights(build(sample_shape(variant), seed=seed).autoencoder)
        for seed in (1, 1, 2)
    )
    assert same(first, second)
    assert not same(first, other)
    drawn = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        drawn.append(weights(build(sample_shape(variant)).autoencoder))
    assert same(*drawn)


@pytest.mark.parametrize(
    "initializer",
    [
        keras.initializers.GlorotUniform(),
        keras.initializers.HeNormal(),
        keras.initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal"),
        keras.initializers.RandomUniform(-0.2, 0.3),
        keras.initializers.RandomNormal(0.1, 0.2),
        keras.initializers.TruncatedNormal(0.1, 0.2),
    ],
    ids=lambda initializer: type(initializer).__name__,
)
@pytest.mark.parametrize("variant", ["deep", "strided_conv"])
def test_a_seed_draws_from_the_initializers_distribution(variant, initializer):
    build = VARIANTS[variant]
    for ours, kerass in zip(
        build(kernel_initializer=initializer, seed=1).autoencoder.layers,
        build(kernel_initializer=initializer).autoencoder.layers,
        strict=True,
    ):
        if hasattr(ours, "kernel") and math.prod(ours.kernel.shape) > 5000:
            left, right = (layer.get_weights()[0] for layer in (ours, kerass))
            assert left.shape == right.shape
            assert not np.array_equal(left, right)
            spread = float(left.std())
            assert left.mean() == pytest.approx(right.mean(), abs=spread / 10)
            assert spread == pytest.approx(right.std(), rel=0.05)
            assert left.max() == pytest.approx(right.max(), rel=0.35)


@some_on_every_backend
def test_same_seed_same_run(variant, samples):
    losses = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        triple = VARIANTS[variant](sample_shape(variant), corruption="masking")
        kerasae.compile(triple)
        fit = triple.autoencoder.fit(samples, samples, epochs=2, verbose=0)
        losses.append(fit.history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)


@every_variant
def test_layers_of_equal_shape_start_with_different_weights(variant):
    kernels = [
        array
        for array in weights(
            VARIANTS[variant](sample_shape(variant), seed=1).autoencoder
        )
        if array.ndim > 1
    ]
    for i, left in enumerate(kernels):
        for right in kernels[i + 1 :]:
            assert left.shape != right.shape or not np.array_equal(left, right)


@every_variant
def test_config_round_trip(variant):
    model = VARIANTS[variant](sample_shape(variant)).autoencoder
    config = json.loads(json.dumps(model.get_config(), default=str))
    again = keras.Model.from_config(config)
    assert again.count_params() == model.count_params()
    assert kerasae.split(again).decoder.output_shape == model.output_shape


@some_on_every_backend
def test_the_image_data_format_makes_no_difference(variant, images):
    outputs = []
    shape = sample_shape(variant, (8, 6, 3))
    x = images(3, *shape)
    try:
        for data_format in ("channels_last", "channels_first"):
            keras.config.set_image_data_format(data_format)
            model = VARIANTS[variant](shape, seed=0).autoencoder
            outputs.append(predict(model, x))
    finally:
        keras.config.set_image_data_format("channels_last")
    np.testing.assert_allclose(*outputs, atol=1e-5)


@some_on_every_backend
def test_mixed_precision(variant, samples):
    keras.config.set_dtype_policy("mixed_bfloat16")
    triple = VARIANTS[variant](sample_shape(variant))
    compile_plainly(triple.autoencoder)
    history = triple.autoencoder.fit(samples, samples, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert {str(weight.dtype) for weight in triple.autoencoder.trainable_weights} == {
        "float32"
    }


@every_variant
@pytest.mark.parametrize(
    "corruption",
    [
        pytest.param("gaussian", marks=every_backend),
        ("masking", 0.4),
        ("salt_and_pepper", 0.2),
        keras.layers.Dropout(0.5),
    ],
    ids=str,
)
def test_any_variant_becomes_a_denoising_one(variant, corruption, samples):
    if isinstance(corruption, keras.Layer):
        corruption = keras.layers.Dropout(0.5)
    triple = VARIANTS[variant](sample_shape(variant), corruption=corruption, seed=0)
    plain = predict(triple.autoencoder, samples)
    np.testing.assert_array_equal(plain, predict(triple.autoencoder, samples))
    first, second = (
        keras.ops.convert_to_numpy(triple.encoder(samples, training=True))
        for _ in range(2)
    )
    assert not np.array_equal(first, second)


@every_variant
@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_diagram(variant, tmp_path):
    triple = VARIANTS[variant]()
    drawn = plot_architecture(triple, tmp_path / "x.svg").read_text()
    for layer in triple.autoencoder.layers:
        assert layer.name in drawn


@every_backend
@every_variant
def test_plain_keras_goes_on_working(variant, samples):
    autoencoder, _, _ = VARIANTS[variant](sample_shape(variant))
    compile_plainly(autoencoder)
    autoencoder.fit(samples, samples, verbose=0)
    results = autoencoder.evaluate(samples, samples, verbose=0, return_dict=True)
    assert np.isfinite(results["loss"])
    assert autoencoder.predict(samples, verbose=0).shape == samples.shape


@every_variant
@pytest.mark.parametrize("value", [0, -3, 2.5, True, "ten"], ids=str)
def test_bad_latent_dim(variant, value):
    with pytest.raises((ValueError, TypeError), match=r"`latent_dim` must be .*Receiv"):
        VARIANTS[variant](latent_dim=value)


@every_variant
@pytest.mark.parametrize(
    "shape", [(8, 0, 1), (8, -1, 1), (None, 8, 1), (), "8x8", 2.5], ids=str
)
def test_bad_input_shape(variant, shape):
    with pytest.raises((ValueError, TypeError), match=r"`input_shape` must be .*Recei"):
        VARIANTS[variant](shape)


@every_variant
def test_bad_corruption(variant):
    build, shape = VARIANTS[variant], sample_shape(variant)
    for rate in (-0.1, 1.0, 1.5):
        with pytest.raises(ValueError, match=r"`rate` must be .*\[0, 1\)"):
            build(shape, corruption=("masking", rate))
    with pytest.raises(ValueError, match="Did you mean 'masking'"):
        build(shape, corruption="maskin")
    with pytest.raises(ValueError, match="keeps the shape"):
        build(shape, corruption=keras.layers.Flatten())
    with pytest.raises(TypeError, match="Names: gaussian, masking"):
        build(shape, corruption=3)


def arguments(kind):
    """Return the variants with the names of their arguments that end in a word."""
    return [
        (name, argument)
        for name in NAMES
        for argument in inspect.signature(VARIANTS[name]).parameters
        if argument.endswith(kind)
    ]


def refusing(variant, argument, expected, value, fix=""):
    """Return what checks that an argument is refused by its name."""
    with pytest.raises(
        (ValueError, TypeError), match=rf"^`{argument}` must be {expected}.*{fix}"
    ):
        VARIANTS[variant](sample_shape(variant), **{argument: value})


@pytest.mark.parametrize(("variant", "argument"), arguments("activation"))
def test_bad_activations(variant, argument):
    for value in ("sigmod", 3, keras.layers.LeakyReLU):
        fix = "Did you mean 'sigmoid'" if value == "sigmod" else ""
        refusing(variant, argument, "", value, fix)


@pytest.mark.parametrize(("variant", "argument"), arguments("initializer"))
def test_bad_initializers(variant, argument):
    for value in ("glorot_unifrom", 3, None):
        if value is None and variant == "tied":
            continue  # which has a distribution of its own
        fix = "Did you mean 'glorot_uniform'" if value == "glorot_unifrom" else ""
        refusing(variant, argument, "the name of a Keras initializer", value, fix)


@pytest.mark.parametrize(("variant", "argument"), arguments("regularizer"))
def test_bad_regularizers(variant, argument):
    for value in ("l3", 3, ("l1", "x"), ("l2", -1.0), ("l1", 1e-4, 2), ("l3", 1e-4)):
        refusing(variant, argument, "", value)


@pytest.mark.parametrize(("variant", "argument"), arguments("batch_normalization"))
def test_bad_booleans(variant, argument):
    for value in ("abc", 1, None, 0.0):
        refusing(variant, argument, "True or False", value)
    build, shape = VARIANTS[variant], sample_shape(variant)
    with_it = build(shape, batch_normalization=np.True_).autoencoder.layers
    assert any(isinstance(x, keras.layers.BatchNormalization) for x in with_it)


@pytest.mark.parametrize(("variant", "argument"), arguments("likelihood"))
def test_bad_likelihoods(variant, argument):
    for value in ("gausian", ("bernoulli", 0.5), 3):
        refusing(variant, argument, "", value)


@pytest.mark.parametrize("variant", IMAGES)
def test_images_have_their_channels_last(variant):
    build = VARIANTS[variant]
    for shape in ((1, 28, 28), (3, 32, 32), (4, 20, 30)):
        moved = (*shape[1:], shape[0])
        expected = rf"{re.escape(str(moved))}.*numpy\.moveaxis\(x, 1, -1\)"
        with pytest.raises(ValueError, match=rf"channels first.*{expected}"):
            build(shape)
        assert build(moved).autoencoder.output_shape == (None, *moved)
    # Low, and no mistake.
    for shape in ((1, 28, 1), (3, 32, 3), (2, 8, 8), (4, 4, 16)):
        assert build(shape).autoencoder.output_shape == (None, *shape)


@pytest.mark.parametrize("variant", IMAGES)
def test_channels_stay_last_where_keras_has_them_first(variant):
    build = VARIANTS[variant]
    try:
        keras.config.set_image_data_format("channels_first")
        # With that setting any short first axis is taken for the channels.
        for shape in ((1, 28, 28), (2, 8, 8), (4, 5, 6)):
            with pytest.raises(ValueError, match=r"whatever keras\.config\.image_data"):
                build(shape)
        for shape in ((28, 28, 1), (8, 8, 16), (8, 6, 3)):
            assert build(shape).autoencoder.output_shape == (None, *shape)
    finally:
        keras.config.set_image_data_format("channels_last")


def test_windows_have_their_channels_last():
    for shape in ((1, 128), (3, 500)):
        moved = rf"{re.escape(str(shape[::-1]))}.*numpy\.moveaxis\(x, 1, -1\)"
        with pytest.raises(ValueError, match=rf"channels first.*{moved}.*build_lstm"):
            kerasae.build_conv1d_ae(shape)
        assert kerasae.build_lstm_ae(shape).autoencoder.output_shape[1:] == shape
    assert kerasae.build_conv1d_ae((1, 4)).autoencoder.output_shape == (None, 1, 4)


@pytest.mark.parametrize("variant", IMAGES)
def test_convolutions_ask_for_images_and_filters(variant):
    with pytest.raises(ValueError, match=r"input_shape=\(28, 28, 1\)"):
        VARIANTS[variant]((28, 28))
    with pytest.raises(ValueError, match=r"build_(deep_ae|vae)"):
        VARIANTS[variant](784)
    for filters in ((), (8, 0), (8, 2.5)):
        with pytest.raises(ValueError, match="`filters` must be"):
            VARIANTS[variant](filters=filters)
    with pytest.raises(ValueError, match="one for each of `filters`"):
        VARIANTS[variant](filters=(8, 8, 8), kernel_size=(3, 3))
