import copy
import inspect
import os
import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest

import kerasae


def model(*, code="code", skip=False):
    inputs = keras.Input((6,), name="input")
    hidden = keras.layers.Dense(2, name=code)(inputs)
    outputs = keras.layers.Dense(6, name="out")(hidden)
    if skip:
        outputs = keras.layers.Add(name="sum")([outputs, inputs])
    return keras.Model(inputs, outputs, name="mine")


def test_the_triple_unpacks_and_has_names():
    triple = kerasae.split(model())
    autoencoder, encoder, decoder = triple
    assert (autoencoder, encoder, decoder) == (
        triple.autoencoder,
        triple.encoder,
        triple.decoder,
    )


@pytest.mark.every_backend
def test_what_people_type_first_works(images, tmp_path, capsys):
    triple, twin = (
        kerasae.build_undercomplete_ae(6, latent_dim=2, seed=0) for _ in range(2)
    )
    x, options = images(64, 6), {"epochs": 2, "verbose": 0, "shuffle": False}
    history = triple.fit(x, validation_data=x[:8], **options)
    expected = kerasae.fit(twin, x, validation_data=x[:8], **options)
    assert history.history == expected.history
    np.testing.assert_array_equal(triple.predict(x), kerasae.predict(twin, x))
    assert triple.predict(x[:5], batch_size=2).shape == (5, 6)
    assert triple.save(tmp_path / "a.keras") == tmp_path / "a.keras"
    loaded = kerasae.load(tmp_path / "a.keras")
    np.testing.assert_allclose(loaded.predict(x), triple.predict(x), atol=1e-6)
    triple.summary()
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("input", "code", "reconstruction"))
    assert isinstance(triple, tuple)
    assert len(triple) == 3


@pytest.mark.parametrize("name", ["fit", "predict"])
def test_methods_take_what_the_functions_take(name):
    ours = inspect.signature(getattr(kerasae.Autoencoder, name)).parameters
    theirs = inspect.signature(getattr(kerasae, name)).parameters
    assert [*ours.values()][1:] == [*theirs.values()][1:]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("evaluate", "triple.autoencoder.evaluate"),
        ("layers", "triple.autoencoder.layers"),
        ("compile", "Write kerasae.compile(triple, ...)."),
        ("train", "Write triple.fit(x)."),
        ("encode", "Write kerasae.predict(triple.encoder, x)."),
        ("load", "Write kerasae.load(path)."),
        ("sumary", "Did you mean 'summary'?"),
        ("decode_all", "Did you mean 'decoder'?"),
    ],
)
def test_other_names_say_what_to_write(name, advice):
    triple = kerasae.split(model())
    with pytest.raises(AttributeError) as error:
        getattr(triple, name)
    assert str(error.value).startswith(
        f"'Autoencoder' object has no attribute {name!r}"
    )
    assert advice in str(error.value)


def test_probing_a_triple_finds_nothing():
    triple = kerasae.split(model())
    assert not hasattr(triple, "shape")
    with pytest.raises(AttributeError) as error:
        _ = triple.__array__
    assert str(error.value).endswith("'__array__'")


@pytest.mark.every_backend
def test_split_shares_the_layers():
    triple = kerasae.split(model())
    assert triple.encoder.get_layer("code") is triple.autoencoder.get_layer("code")
    assert triple.decoder.get_layer("out") is triple.autoencoder.get_layer("out")


@pytest.mark.every_backend
@pytest.mark.parametrize("taken", [["code_input"], ["code_input_1", "code_input"]])
def test_split_leaves_the_names_of_your_layers_alone(taken, tmp_path):
    inputs = keras.Input((6,))
    outputs = keras.layers.Dense(2, name="code")(inputs)
    for name in taken:
        outputs = keras.layers.Dense(6, name=name)(outputs)
    decoder = kerasae.split(keras.Model(inputs, outputs)).decoder
    names = [layer.name for layer in decoder.layers]
    assert names[1:] == taken
    assert len(set(names)) == len(names)
    decoder.save(tmp_path / "x.keras")
    assert keras.saving.load_model(tmp_path / "x.keras").output_shape == (None, 6)


@pytest.mark.every_backend
@pytest.mark.parametrize(
    "copied",
    [copy.deepcopy, lambda triple: pickle.loads(pickle.dumps(triple))],
    ids=["deepcopy", "pickle"],
)
def test_a_copy_shares_weights_within_itself_alone(copied, images):
    triple = kerasae.build_denoising_ae((4, 4, 1), filters=(2,))
    kerasae.compile(triple)
    x = images(16, 4, 4, 1)
    triple.autoencoder.fit(x, x, verbose=0)
    trained = triple.autoencoder.get_weights()
    copy_ = copied(triple)
    for ours, theirs in zip(copy_.autoencoder.get_weights(), trained, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    before = copy_.encoder.predict(x, verbose=0)
    copy_.autoencoder.fit(x, x, verbose=0)
    assert not np.array_equal(copy_.encoder.predict(x, verbose=0), before)
    np.testing.assert_array_equal(triple.encoder.predict(x, verbose=0), before)


def test_a_shallow_copy_is_the_triple_itself():
    triple = kerasae.split(model())
    assert copy.copy(triple) is triple


def test_a_pickle_needs_no_imports(tmp_path):
    """In a fresh process our layers are not known yet, on workers of joblib say."""
    path = tmp_path / "triple.pickle"
    path.write_bytes(pickle.dumps(kerasae.build_tied_ae(6, corruption="masking")))
    code = (
        "import pickle, sys;"
        "triple = pickle.load(open(sys.argv[1], 'rb'));"
        "print(triple.encoder.output_shape)"
    )
    environment = {**os.environ, "KERAS_BACKEND": keras.backend.backend()}
    words = [sys.executable, "-c", code, path]
    assert subprocess.check_output(words, env=environment, text=True).strip() == (
        "(None, 100)"
    )


def test_split_says_which_layer_is_missing():
    with pytest.raises(ValueError, match=r"no layer named 'code'.*input, middle, out"):
        kerasae.split(model(code="middle"))


def test_split_refuses_a_way_around_the_code():
    with pytest.raises(ValueError, match=r"'code'.*input -> sum\. Remove the skip"):
        kerasae.split(model(skip=True))
    inputs = keras.Input((6,))
    code = keras.layers.Dense(2, name="code")(inputs)
    beside = keras.Model([inputs], keras.layers.Dense(6, name="out")(inputs))
    unseen = keras.Model(inputs, [beside.outputs[0], code])
    with pytest.raises(ValueError, match="1 inputs and 2 outputs"):
        kerasae.split(unseen)


def called_twice(x):
    layer = keras.layers.Dense(6, name="code")
    return layer(layer(x))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (called_twice, "called several times"),
        (
            lambda x: keras.ops.add(*Two(name="code")(x)),
            r"2 outputs\. Give that",
        ),
    ],
    ids=["called twice", "two outputs"],
)
def test_split_takes_one_code(code, message):
    inputs = keras.Input((6,))
    outputs = keras.layers.Dense(6)(code(inputs))
    with pytest.raises(ValueError, match=f"`model` must be an autoencoder.*{message}"):
        kerasae.split(keras.Model(inputs, outputs))


class Two(keras.layers.Layer):
    """A layer with two outputs."""

    def call(self, inputs):
        return inputs, inputs


@pytest.mark.parametrize("value", [None, "model", 3])
def test_split_takes_models_only(value):
    with pytest.raises(TypeError, match="`model` must be a Functional"):
        kerasae.split(value)


def test_split_takes_one_input_and_one_output():
    inputs = keras.Input((6,))
    code = keras.layers.Dense(2, name="code")(inputs)
    with pytest.raises(ValueError, match="2 outputs"):
        kerasae.split(keras.Model(inputs, [code, code]))
