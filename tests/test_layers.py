"""The battery every layer passes, and what each layer is for."""

import inspect
import json
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import pytest
from keras import ops

import kerasae
from kerasae import layers
from kerasae.layers.apply_corruption import corruption_layers
from kerasae.runs._plot import corrupted, denoises

pytestmark = pytest.mark.every_backend


class Case(NamedTuple):
    """A layer, the shapes that it takes and what it owns."""

    make: Callable[[], keras.Layer]
    shapes: list[tuple[int, ...]]
    trained: int = 0
    frozen: int = 0
    generators: int = 0
    losses: int = 0

    def call(self, layer, make_input, **options):
        """Return a layer's outputs, in a list, for inputs that are made by shape."""
        inputs = [make_input(shape) for shape in self.shapes]
        return keras.tree.flatten(layer(inputs if inputs[1:] else inputs[0], **options))


LAYERS = {
    "bernoulli": Case(layers.Bernoulli, [(6,)]),
    "bias": Case(lambda: layers.Bias("tanh"), [(6,)], trained=1),
    "clipped": Case(
        lambda: layers.ClippedGaussianNoise(0.4, clip=(0, 2), seed=1),
        [(6,)],
        generators=1,
    ),
    "unclipped": Case(
        lambda: layers.ClippedGaussianNoise(2.5, clip=None), [(6,)], generators=1
    ),
    "contractive": Case(
        lambda: layers.ContractiveDense(4, activation="relu"), [(6,)], trained=2
    ),
    "gaussian": Case(lambda: layers.Gaussian(0.5), [(6,)]),
    "gaussian of a learned deviation": Case(
        lambda: layers.Gaussian(None), [(6,)], trained=1
    ),
    "gaussian_sampling": Case(
        lambda: layers.GaussianSampling(beta=0.5, free_bits=0.1, seed=1),
        [(3,), (3,)],
        frozen=1,
        generators=1,
    ),
    "k_sparse": Case(lambda: layers.KSparse(3), [(6,)]),
    "masking": Case(lambda: layers.MaskingNoise(0.2, seed=2), [(6,)], generators=1),
    "padding": Case(lambda: layers.PaddingMask(-999), [(4, 6)]),
    "penalty": Case(lambda: layers.Penalty(0.5), [(6,), ()], losses=1),
    "salt_and_pepper": Case(
        lambda: layers.SaltAndPepperNoise(0.2), [(6,)], generators=1
    ),
    "tied_dense": Case(
        lambda: layers.TiedDense(4, kernel_initializer="he_normal"), [(6,)], trained=1
    ),
}
NOISE = {
    "gaussian": lambda level, **kwargs: layers.ClippedGaussianNoise(level, **kwargs),
    "masking": layers.MaskingNoise,
    "salt_and_pepper": layers.SaltAndPepperNoise,
}
every_layer = pytest.mark.parametrize("case", LAYERS.values(), ids=LAYERS.keys())
PRECISIONS = ["float32", "mixed_float16", "mixed_bfloat16", "float16", "bfloat16"]
if keras.backend.backend() != "jax":  # which computes in 32 bits unless told otherwise
    PRECISIONS.append("float64")
every_precision = pytest.mark.parametrize("policy", PRECISIONS, indirect=True)


@pytest.fixture
def policy(request):
    """Set a policy of precision, and return its name."""
    keras.config.set_dtype_policy(request.param)
    return request.param


def array(tensor):
    return ops.convert_to_numpy(tensor)


@pytest.fixture
def batch(images):
    """Return five samples of a shape."""
    return lambda shape: images(5, *shape)


def dtypes(tensors):
    return [keras.backend.standardize_dtype(tensor.dtype) for tensor in tensors]


def test_the_battery_is_for_every_layer():
    classes = [getattr(layers, name) for name in layers.__all__]
    concrete = {cls for cls in classes if cls is not layers.Corruption}
    concrete = {cls for cls in concrete if not inspect.isabstract(cls)}
    assert {type(case.make()) for case in LAYERS.values()} == concrete


@every_layer
def test_config_round_trip(case):
    layer = case.make()
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert dir(again) == dir(layer)
    through_keras = keras.layers.deserialize(
        json.loads(json.dumps(keras.layers.serialize(layer)))
    )
    assert type(through_keras) is type(layer)
    for name, value in through_keras.get_config().items():
        expected = layer.get_config()[name]
        assert value == (list(expected) if isinstance(value, list) else expected)


@every_layer
def test_what_a_layer_owns_is_there_when_it_is_built(case, batch):
    shapes = [(5, *shape) for shape in case.shapes]
    built, called, symbolic = (case.make() for _ in range(3))
    built.build(shapes if shapes[1:] else shapes[0])
    case.call(called, batch)
    case.call(symbolic, keras.Input)
    for layer in (built, called, symbolic):
        assert layer.built
        assert len(layer.trainable_weights) == case.trained
        assert len(layer.non_trainable_weights) == case.frozen
        everything = case.trained + case.frozen + case.generators
        assert len(layer.variables) == everything
    assert len(called.losses) == case.losses


@every_layer
@every_precision
@pytest.mark.parametrize("training", [False, True])
def test_symbolic_and_eager_calls_agree(case, policy, training, batch):
    layer = case.make()
    takes = "training" in inspect.signature(layer.call).parameters
    options = {"training": training} if takes else {}
    eager = case.call(layer, batch, **options)
    symbolic = case.call(case.make(), keras.Input, **options)
    assert [tensor.shape[1:] for tensor in symbolic] == [
        tuple(tensor.shape[1:]) for tensor in eager
    ]
    assert dtypes(symbolic) == dtypes(eager)
    assert dtypes(eager)[0] == layer.compute_dtype == policy.removeprefix("mixed_")
    assert set(dtypes(layer.weights)) <= {layer.variable_dtype, "float32"}
    assert np.isfinite(array(ops.cast(eager[0], "float32"))).all()


# The deviation counts in the likelihood alone, and no KL term is wanted here.
@pytest.mark.filterwarnings("ignore:Gradients do not exist for .*log_stddev")
@pytest.mark.filterwarnings("ignore:.*a GaussianSampling layer, is trained in")
@every_layer
def test_it_trains_inside_a_compiled_model_and_is_saved(case, batch, tmp_path):
    def model_input(shape):
        inputs.append(keras.Input(shape))
        return inputs[-1]

    inputs = []
    outputs = keras.layers.Dense(6)(case.call(case.make(), model_input)[0])
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    x = [batch(shape) for shape in case.shapes]
    y = np.zeros((5, *outputs.shape[1:]), "float32")
    history = model.fit(x, y, batch_size=2, epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(array(again(x)), array(model(x)))


@pytest.mark.parametrize("name", ["bias", "masking", "salt_and_pepper", "unclipped"])
def test_masks_pass_through(name, images):
    x = images(3, 4, 6)
    x[0, 2:] = -1.0
    inputs = keras.Input((4, 6))
    x_masked = LAYERS[name].make()(layers.PaddingMask(-1.0)(inputs))
    means = keras.Model(inputs, keras.layers.GlobalAveragePooling1D()(x_masked))(x)
    np.testing.assert_allclose(
        array(means)[0],
        x[0, :2].mean(axis=0) if name != "bias" else np.tanh(x[0, :2]).mean(axis=0),
        atol=1e-6,
    )


@every_precision
def test_a_mask_is_of_the_inputs_own_precision(policy):
    """-999 becomes -1000 in half precision, which equals nothing."""
    x = np.full((2, 3, 2), -999, "float32")
    x[0], x[1, 0] = 0.5, 0.25
    inputs = keras.Input((3, 2))
    outputs = layers.PaddingMask(-999)(inputs)
    sums = keras.layers.GlobalAveragePooling1D()(outputs)
    model = keras.Model(inputs, [outputs, sums])
    shown, means = (array(ops.cast(y, "float32")) for y in model(x))
    assert shown[:, :, 0].tolist() == [[0.5, 0.5, 0.5], [0.25, 0.0, 0.0]]
    assert means.tolist() == [[0.5, 0.5], [0.25, 0.25]]  # of the steps that count


@pytest.mark.parametrize("make", NOISE.values(), ids=NOISE)
def test_noise_is_for_training_only(make, images):
    x = images(50, 20)
    layer = make(0.3, seed=0)
    np.testing.assert_array_equal(array(layer(x)), x)
    first, second = array(layer(x, training=True)), array(layer(x, training=True))
    assert not np.array_equal(first, x)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(array(make(0.3, seed=0)(x, training=True)), first)
    np.testing.assert_allclose(array(make(0.0)(x, training=True)), x)


def noisy_model(*noise, first=None, behind=None):
    """Return an autoencoder with noise before and behind its first weights."""
    x = inputs = keras.Input((6,))
    for layer in (first, *noise):
        x = x if layer is None else layer(x)
    x = keras.layers.Dense(3, name="code")(x)
    x = x if behind is None else behind(x)
    return keras.Model(inputs, keras.layers.Dense(6)(x))


@pytest.mark.parametrize(
    "noise",
    [
        lambda: [],
        lambda: [layers.MaskingNoise(name="mine")],
        lambda: [layers.MaskingNoise(name="mine"), keras.layers.GaussianNoise(0.1)],
        lambda: [keras.layers.GaussianDropout(0.1)],
        lambda: [keras.layers.AlphaDropout(0.1)],
        lambda: [keras.layers.Dropout(0.1)],
        lambda: [keras.layers.Lambda(lambda x: x, name="corruption")],
    ],
)
def test_noise_is_found_by_its_class(noise):
    noise = noise()
    plain = keras.layers.Activation("linear")
    model = noisy_model(*noise, first=plain, behind=keras.layers.Dropout(0.1))
    assert corruption_layers(model) == noise


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_spatial_noise_is_found(rank):
    noise = getattr(keras.layers, f"SpatialDropout{rank}D")(0.1)
    inputs = keras.Input((4,) * rank + (2,))
    assert corruption_layers(keras.Model(inputs, noise(inputs))) == [noise]


def test_our_noise_is_found_behind_weights_too():
    noise = layers.SaltAndPepperNoise(0.1)
    assert corruption_layers(noisy_model(behind=noise)) == [noise]


def test_masking_zeroes_the_stated_share_and_scales_nothing(images):
    x = images(500, 400) + 0.5
    noisy = array(layers.MaskingNoise(0.3, seed=0)(x, training=True))
    zeroed = noisy == 0
    assert zeroed.mean() == pytest.approx(0.3, abs=0.005)
    np.testing.assert_array_equal(noisy[~zeroed], x[~zeroed])


def test_salt_and_pepper_is_half_black_half_white(images):
    x = 0.25 + images(500, 400) / 2
    noisy = array(layers.SaltAndPepperNoise(0.3, seed=0)(x, training=True))
    assert (noisy == 0).mean() == pytest.approx(0.15, abs=0.005)
    assert (noisy == 1).mean() == pytest.approx(0.15, abs=0.005)
    kept = (noisy != 0) & (noisy != 1)
    np.testing.assert_array_equal(noisy[kept], x[kept])


def test_gaussian_noise_has_its_deviation_and_is_clipped():
    x = np.full((500, 400), 0.5, dtype="float32")
    free = layers.ClippedGaussianNoise(0.5, clip=None, seed=0)
    assert array(free(x, training=True)).std() == pytest.approx(0.5, abs=0.005)
    clipped = array(layers.ClippedGaussianNoise(0.5, seed=0)(x, training=True))
    assert clipped.min() == 0.0
    assert clipped.max() == 1.0
    # One standard deviation away: 16 % of a normal distribution lie beyond.
    assert (clipped == 0).mean() == pytest.approx(0.159, abs=0.005)


def test_k_sparse_keeps_the_largest(images):
    x = images(30, 4, 10) + 0.1
    kept = array(layers.KSparse(3)(x))
    assert ((kept != 0).sum(axis=-1) == 3).all()
    np.testing.assert_array_equal(np.sort(kept)[..., -1], np.sort(x)[..., -1])
    np.testing.assert_array_equal(kept[kept != 0], x[kept != 0])


def test_k_sparse_passes_gradients_through_what_it_keeps():
    kernel = np.eye(4, dtype="float32")
    dense = keras.layers.Dense(4, use_bias=False)
    model = keras.Sequential([keras.Input((4,)), dense, layers.KSparse(2)])
    dense.set_weights([kernel])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    x = np.array([[4.0, 3.0, 2.0, 1.0]], dtype="float32")
    model.fit(x, np.zeros_like(x), verbose=0)
    changed = (dense.get_weights()[0] != kernel).any(axis=0)
    assert changed.tolist() == [True, True, False, False]


def test_tied_dense_runs_both_ways_through_one_kernel(images):
    layer = layers.TiedDense(4)
    x = images(5, 6)
    code = array(layer(x))
    (kernel,) = layer.get_weights()
    assert layer.count_params() == 6 * 4
    np.testing.assert_allclose(code, x @ kernel, atol=1e-6)
    np.testing.assert_allclose(
        array(layer(code, transpose=True)), code @ kernel.T, atol=1e-5
    )


def test_bias_adds_and_activates(images):
    layer = layers.Bias("relu")
    x = images(5, 3) - 0.5
    layer.build(x.shape)
    layer.set_weights([np.array([0.0, 1.0, -1.0], dtype="float32")])
    shifted = x + np.array([0.0, 1.0, -1.0])
    np.testing.assert_allclose(array(layer(x)), np.maximum(shifted, 0.0), atol=1e-6)


def test_bad_arguments_say_what_they_want():
    with pytest.raises(ValueError, match=r"`rate` must be a number in \[0, 1\)"):
        layers.MaskingNoise(1.0)
    with pytest.raises(ValueError, match=r"`rate` .* Received: rate=-0.1"):
        layers.SaltAndPepperNoise(-0.1)
    with pytest.raises(TypeError, match="`rate` must be"):
        layers.MaskingNoise("0.3")
    with pytest.raises(ValueError, match="`stddev` must be"):
        layers.ClippedGaussianNoise(float("nan"))
    with pytest.raises(ValueError, match=r"`clip` must be .*clip=\(0.0, 1.0\)"):
        layers.ClippedGaussianNoise(0.5, clip=(1.0, 0.0))
    with pytest.raises(ValueError, match="`k` must be a positive integer"):
        layers.KSparse(0)
    with pytest.raises(ValueError, match="`k` must be at most 4"):
        layers.KSparse(5)(keras.Input((4,)))
    with pytest.raises(ValueError, match="`units` must be"):
        layers.TiedDense(0)
    with pytest.raises(ValueError, match=r"`activation` must be .*mean 'sigmoid'"):
        layers.Bias("sigmod")
    with pytest.raises(ValueError, match=r"`activation` must be .*mean 'sigmoid'"):
        layers.ContractiveDense(3, activation="sigmod")
    with pytest.raises(TypeError, match="`kernel_initializer` must be"):
        layers.TiedDense(3, kernel_initializer=None)
    with pytest.raises(ValueError, match="must have 4 as their last size"):
        layers.TiedDense(4, input_dim=6)(keras.Input((6,)), transpose=True)


class Blur(keras.layers.Dense):
    """Noise of a user's own, with weights that a builder must not change."""


def test_weights_of_the_users_noise_are_kept():
    blur = Blur(6, kernel_initializer="he_normal", name="mine")
    blur.build((None, 6))
    kernel = array(blur.kernel).copy()
    triple = kerasae.build_deep_ae(6, corruption=blur, seed=0)
    assert triple.autoencoder.layers[1] is blur
    np.testing.assert_array_equal(array(blur.kernel), kernel)


def test_a_run_shows_what_all_the_noise_makes(images):
    noise = [
        layers.MaskingNoise(0.5, seed=0, name="mine"),
        layers.ClippedGaussianNoise(0.1, seed=0),
    ]
    triple = kerasae.split(noisy_model(*noise))
    assert denoises(triple)
    assert not denoises(kerasae.split(noisy_model(behind=keras.layers.Dropout(0.1))))
    x = 1 + images(20, 6)
    shown = corrupted(triple, x)
    assert shown.max() <= 1.0  # clipped by the second one
    # Not clipped from above 1: zeroed by the first one.
    assert 0.3 < (shown < 0.6).mean() < 0.7
