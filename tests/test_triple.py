import keras
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


def test_split_shares_the_layers():
    triple = kerasae.split(model())
    assert triple.encoder.get_layer("code") is triple.autoencoder.get_layer("code")
    assert triple.decoder.get_layer("out") is triple.autoencoder.get_layer("out")


def test_split_says_which_layer_is_missing():
    with pytest.raises(ValueError, match=r"no layer named 'code'.*input, middle, out"):
        kerasae.split(model(code="middle"))


def test_split_refuses_a_way_around_the_code():
    with pytest.raises(ValueError, match="around the layer 'code'"):
        kerasae.split(model(skip=True))


@pytest.mark.parametrize("value", [None, "model", 3])
def test_split_takes_models_only(value):
    with pytest.raises(TypeError, match="`model` must be a Functional"):
        kerasae.split(value)


def test_split_takes_one_input_and_one_output():
    inputs = keras.Input((6,))
    code = keras.layers.Dense(2, name="code")(inputs)
    with pytest.raises(ValueError, match="2 outputs"):
        kerasae.split(keras.Model(inputs, [code, code]))
