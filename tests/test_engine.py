"""What the engine keeps, and what it does without where Keras moves."""

import gc
import os
import subprocess
import sys
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
    with pytest.raises(MissingInternalError, match=r"first of Model\.metrics"):
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
