"""What the engine keeps, and what it does without where Keras moves."""

import gc
import os
import subprocess
import sys
import warnings
import weakref
from pathlib import Path

import keras
import numpy as np
import pytest

import kerasae
from kerasae.engine import _epoch_loop, _jax, _tensorflow, keras_internals
from kerasae.engine.check_finite import check_finite
from kerasae.engine.keras_internals import MissingInternalError
from kerasae.engine.prediction import predict_float32
from kerasae.engine.snapshot import Snapshot

BUILDERS = {
    "deep": lambda: kerasae.build_deep_ae((8, 8, 1), latent_dim=4),
    "conv": lambda: kerasae.build_conv_ae((8, 8, 1), filters=(2,)),
    "vae": lambda: kerasae.build_vae((8, 8, 1), latent_dim=2),
}


@pytest.fixture
def x(images):
    return images(70, 8, 8, 1)


@pytest.mark.every_backend
@pytest.mark.parametrize("variant", BUILDERS)
def test_nothing_of_ours_hangs_on_a_model(variant, x):
    triple = BUILDERS[variant]()
    model = triple.autoencoder
    kerasae.compile(model)
    before = set(vars(model))
    kerasae.fit(triple, x, validation_data=x, verbose=0)
    kerasae.predict(triple, x)
    # What `fit` of Keras leaves there as well.
    assert set(vars(model)) - before <= {"history", "_history", "called"}
    assert not [name for name in vars(model) if "kerasae" in name]


@pytest.mark.every_backend
@pytest.mark.parametrize("variant", BUILDERS)
def test_a_model_that_is_dropped_is_gone(variant, x):
    triple = BUILDERS[variant]()
    kerasae.fit(triple, x, validation_data=x, verbose=0)
    for model in triple:
        kerasae.predict(model, np.zeros((3, *model.input_shape[1:])))
    gone = [weakref.ref(model) for model in triple]
    del triple, model
    gc.collect()
    assert [ref() for ref in gone] == [None, None, None]


@pytest.mark.every_backend
@pytest.mark.parametrize("variant", BUILDERS)
@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow's own format"
)
def test_a_model_that_was_used_exports(variant, x, tmp_path):
    import tensorflow as tf

    triple = BUILDERS[variant]()
    kerasae.fit(triple, x, verbose=0)
    expected = kerasae.predict(triple, x[:5])
    tf.saved_model.save(triple.autoencoder, str(tmp_path / "saved"))
    assert tf.saved_model.load(str(tmp_path / "saved"))
    triple.autoencoder.export(tmp_path / "exported", verbose=False)
    exported = tf.saved_model.load(str(tmp_path / "exported"))
    np.testing.assert_allclose(exported.serve(x[:5]), expected, atol=1e-5)


def another_activation(model):
    model.get_layer("encoder_1").activation = keras.activations.tanh


def frozen_encoder(model):
    model.get_layer("encoder_1").trainable = False


def low_rank_adapters(model):
    keras.utils.set_random_seed(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            layer.enable_lora(2)


def quantized_kernels(model):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Layer .* does not have a `quantize`")
        model.quantize("int8")


def another_optimizer(model):
    pass  # see below


CHANGES = [
    another_activation,
    frozen_encoder,
    low_rank_adapters,
    quantized_kernels,
    another_optimizer,
]


@pytest.mark.every_backend
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_model_trains_as_with_keras(change, x):
    histories = []
    how = {"epochs": 2, "shuffle": False, "verbose": 0}
    for ours in (True, False):
        model = kerasae.build_deep_ae((8, 8, 1), latent_dim=4, seed=0).autoencoder
        losses = []
        for optimizer in (keras.optimizers.SGD(0.1), keras.optimizers.Adam(0.01)):
            kerasae.compile(model, optimizer)
            if ours:
                history = kerasae.fit(model, x, validation_data=x, **how)
            else:
                history = model.fit(x, x, validation_data=(x, x), **how)
            if not losses:
                change(model)
            losses += [*history.history["loss"], *history.history["val_loss"]]
        histories.append(losses)
    np.testing.assert_allclose(*histories, rtol=1e-4)


@pytest.mark.every_backend
def test_a_class_that_lists_its_own_metrics_can_be_compiled_anew(x):
    class Own(keras.Model):
        metrics = property(lambda self: [])  # not even the loss

    inputs = keras.Input((8, 8, 1))
    model = Own(inputs, keras.layers.Dense(1)(inputs))
    model.compile(keras.optimizers.SGD(0.1), "mse")
    kerasae.fit(model, x, verbose=0)
    before = model.get_weights()
    model.compile(keras.optimizers.SGD(0.0), "mse")
    kerasae.fit(model, x, verbose=0)
    for new, old in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(new, old)


@pytest.mark.every_backend
def test_a_layer_that_changes_when_it_is_traced_is_not_traced_for_ever(x):
    class Counting(keras.layers.Layer):
        calls = 0

        def call(self, x):
            self.calls = self.calls + 1
            return x

    inputs = keras.Input((8, 8, 1))
    layer = Counting()
    model = keras.Model(inputs, keras.layers.Dense(1)(layer(inputs)))
    model.compile("sgd", "mse")
    traced = []
    for epochs in (1, 2, 6):
        before = layer.calls
        kerasae.fit(model, x, epochs=epochs, validation_data=x, verbose=0)
        traced.append(layer.calls - before)
    kerasae.predict(model, x)
    before = layer.calls
    kerasae.predict(model, x)
    if keras.backend.backend() != "torch":
        assert traced[1] == traced[2]
        assert layer.calls == before


@pytest.mark.every_backend
def test_averaged_weights_train_on(x):
    """On JAX they share their arrays with their averages."""
    losses = []
    for by_keras in (False, True):
        triple = kerasae.build_deep_ae((8, 8, 1), latent_dim=4, seed=0)
        kerasae.compile(triple, keras.optimizers.Adam(0.01, use_ema=True))
        found = []
        how = {"class_weight": None} if by_keras else {}  # an option that is Keras's
        for _ in range(3):
            history = kerasae.fit(triple, x, shuffle=False, verbose=0, **how).history
            found += history["loss"]
        losses.append(found)
    np.testing.assert_allclose(*losses, rtol=1e-4)


@pytest.mark.parametrize(
    "variant",
    ["deep", "conv", pytest.param("vae", marks=pytest.mark.every_backend)],
)
def test_what_a_seed_repeats(variant, x):
    """A builder's, the initial weights; Keras's, the run."""

    def run(seed, shuffle, keras_seed=None):
        if keras_seed is not None:
            keras.utils.set_random_seed(keras_seed)
        build, option = {
            "deep": (kerasae.build_deep_ae, {"dropout": 0.2}),
            "conv": (kerasae.build_conv_ae, {"filters": (2,)}),
            "vae": (kerasae.build_vae, {"latent_dim": 2}),
        }[variant]
        triple = build((8, 8, 1), corruption="masking", seed=seed, **option)
        how = {"epochs": 2, "shuffle": shuffle, "verbose": 0}
        return kerasae.fit(triple, x, **how).history["loss"]

    assert run(None, True, keras_seed=1) == run(None, True, keras_seed=1)
    assert run(3, True, keras_seed=1) == run(3, True, keras_seed=1)
    assert run(3, False) == run(3, False)
    assert run(3, True) != run(3, True)


def test_a_snapshot_looks_into_layers_of_layers(images):
    cell = keras.layers.SimpleRNNCell(3)
    inputs = keras.Input((4, 2))
    outputs = keras.layers.Bidirectional(keras.layers.RNN(cell))(inputs)
    model = keras.Model(inputs, outputs)
    snapshot = Snapshot(model)
    assert snapshot.fits(model)
    cell_of_model = model.layers[1].forward_layer.cell
    cell_of_model.activation = keras.activations.relu
    assert not snapshot.fits(model)


def missing(*args, **kwargs):
    raise MissingInternalError("piece")


def without_symbolic_build(monkeypatch):
    # What looks for the method finds none; Keras's own `fit` goes on using it.
    monkeypatch.setattr(keras_internals, "getattr", lambda *_: None, raising=False)


def with_another_symbolic_build(monkeypatch):
    build = keras.Model._symbolic_build
    monkeypatch.setattr(
        keras.Model,
        "_symbolic_build",
        lambda self, iterator=None: build(self, iterator=iterator),
    )


def without_metrics_to_tell_by(monkeypatch):
    monkeypatch.setattr(_epoch_loop, "compile_identity", missing)


def without_the_state_of_jax(monkeypatch):
    monkeypatch.setattr(_jax, "jax_state", missing)


def without_the_replicas_of_tensorflow(monkeypatch):
    monkeypatch.setattr(_tensorflow, "tensorflow_replicas", missing)


PIECES = {
    without_symbolic_build: None,
    with_another_symbolic_build: None,
    without_metrics_to_tell_by: None,
    without_the_state_of_jax: "jax",
    without_the_replicas_of_tensorflow: "tensorflow",
}


@pytest.mark.every_backend
@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.__name__)
def test_keras_trains_where_it_lacks_a_piece(piece, x, monkeypatch):
    if PIECES[piece] not in (None, keras.backend.backend()):
        pytest.skip(f"a piece of {PIECES[piece]}")
    triple = BUILDERS["deep"]()
    kerasae.compile(triple)
    piece(monkeypatch)
    begun = []
    callback = keras.callbacks.LambdaCallback(on_train_begin=begun.append)
    with pytest.warns(UserWarning, match="Keras's own `fit` trains"):
        history = kerasae.fit(
            triple, x, epochs=2, validation_data=x, verbose=0, callbacks=[callback]
        )
    assert {name: len(values) for name, values in history.history.items()} == {
        "loss": 2,
        "val_loss": 2,
    }
    assert len(begun) == 1


def test_pieces_that_are_missing_say_so():
    with pytest.raises(MissingInternalError, match="from a tensor to its layer"):
        keras_internals.producer(np.zeros(3))
    with pytest.raises(MissingInternalError, match=r"Model\._loss_tracker"):
        keras_internals.compile_identity(BUILDERS["deep"]().autoencoder)


def test_a_layer_whose_name_cannot_be_assigned_keeps_it():
    class Named:
        name = property(lambda self: "its own")

    layer = Named()
    keras_internals.rename(layer, "another")
    assert layer.name == "its own"


@pytest.mark.every_backend
def test_steps_on_jax_take_a_state_and_a_batch():
    if keras.backend.backend() != "jax":
        pytest.skip("JAX's own steps")

    class Foreign(keras.Model):
        def train_step(self, everything):
            return everything

    inputs = keras.Input((3,))
    model = Foreign(inputs, keras.layers.Dense(3)(inputs))
    model.compile("sgd", "mse")
    with pytest.raises(MissingInternalError, match="a state and a batch"):
        keras_internals.jax_state(model, training=True)
    assert len(keras_internals.jax_state(model, training=False)) == 3


@pytest.mark.every_backend
def test_half_precision_is_predicted_as_float32(images):
    keras.config.set_dtype_policy("mixed_bfloat16")
    triple = kerasae.build_vae(8, latent_dim=2)
    x = images(5, 8)
    found = predict_float32(triple, x)
    assert found.dtype == np.float32
    expected = np.asarray(kerasae.predict(triple, x), "float32")
    np.testing.assert_array_equal(found, expected)
    both = predict_float32(triple.autoencoder.posterior, x)
    assert [y.dtype for y in both] == [np.float32, np.float32]


@pytest.mark.every_backend
def test_a_model_of_unknown_input_shape_is_left_to_keras(images):
    class Doubled(keras.Model):
        def call(self, x):
            return 2 * x

    x = images(5, 3)
    np.testing.assert_allclose(kerasae.predict(Doubled(), x), 2 * x)


def test_divergence_is_an_error():
    history = keras.callbacks.History()
    history.history = {"loss": [0.5]}
    check_finite(history)
    history.history = {"loss": [0.5, np.float32("inf")]}
    with pytest.raises(ValueError, match=r"diverged: the loss is inf\. Check the data"):
        check_finite(history)
    with pytest.raises(ValueError, match=r"diverged in a stage: .* Do this\."):
        check_finite(history, "a stage", "Do this.")


def test_other_backends_predict():
    """NumPy's needs no package, and trains nothing."""
    code = (
        "import numpy as np, kerasae;"
        "triple = kerasae.build_undercomplete_ae(8, latent_dim=2, seed=0);"
        "kerasae.compile(triple);"
        "print(kerasae.predict(triple, np.zeros((3, 8))).shape)"
    )
    environment = {**os.environ, "KERAS_BACKEND": "numpy"}
    words = [sys.executable, "-c", code]
    out = subprocess.check_output(words, env=environment, text=True)
    assert out.strip() == "(3, 8)"


def test_private_names_of_keras_stand_in_one_module():
    private = ("_symbolic_build", "_keras_history", "_inbound_nodes", "keras.src")
    holders = {
        path.name
        for path in Path(kerasae.__file__).parent.rglob("*.py")
        if any(name in path.read_text() for name in private)
    }
    assert holders == {"keras_internals.py"}
