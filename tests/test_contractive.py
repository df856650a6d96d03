"""The contractive penalty against derivatives that are measured."""

import warnings

import keras
import numpy as np
import pytest

import kerasae
from kerasae.layers import ContractiveDense

pytestmark = pytest.mark.every_backend


def jacobian(encode, x, step=1e-3):
    """Return the derivatives of a code by each input, measured: (n, units, inputs)."""
    columns = []
    for index in range(x.shape[1]):
        move = np.zeros_like(x)
        move[:, index] = step
        columns.append((encode(x + move) - encode(x - move)) / (2 * step))
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "linear", "relu"])
def test_the_penalty_is_the_norm_of_the_jacobian(activation, images):
    layer = ContractiveDense(5, activation=activation)
    x = images(6, 7) - 0.5
    layer(x)
    layer.bias.assign(images(5, seed=1) / 4)
    kernel, bias = (np.asarray(w, "float64") for w in layer.get_weights())
    apply = {
        "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
        "tanh": np.tanh,
        "linear": lambda u: u,
        "relu": lambda u: np.maximum(u, 0),
    }[activation]
    code, norms = map(keras.ops.convert_to_numpy, layer(x))
    np.testing.assert_allclose(code, apply(x @ kernel + bias), atol=1e-6)
    measured = jacobian(lambda x: apply(x @ kernel + bias), x.astype("float64"), 1e-6)
    np.testing.assert_allclose(norms, (measured**2).sum(axis=(1, 2)), rtol=1e-4)


def test_contraction_calms_the_code(digits):
    norms = {}
    for contraction in (0.0, 1e-2):
        triple = kerasae.build_contractive_ae(
            (8, 8, 1), latent_dim=16, contraction=contraction, seed=0
        )
        kerasae.compile(triple, keras.optimizers.Adam(0.01))
        triple.autoencoder.fit(digits, digits, epochs=20, batch_size=32, verbose=0)
        x = digits[:20].reshape(20, 64)

        def encode(x, encoder=triple.encoder):
            return keras.ops.convert_to_numpy(encoder(x.reshape(-1, 8, 8, 1)))

        norms[contraction] = (jacobian(encode, x, 1e-2) ** 2).sum(axis=(1, 2)).mean()
    assert norms[1e-2] < 0.5 * norms[0.0]


def test_the_penalty_does_not_change_with_the_batch_size(digits):
    triple = kerasae.build_contractive_ae((8, 8, 1), contraction=1.0, seed=0)
    kerasae.compile(triple)
    losses = [
        triple.autoencoder.evaluate(digits, digits, batch_size=size, verbose=0)
        for size in (8, 64)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


@pytest.mark.parametrize("floatx", ["float16", "float32", "float64"])
def test_the_penalty_is_added_in_any_precision(floatx, images):
    before = keras.config.floatx()
    keras.config.set_floatx(floatx)
    try:
        with warnings.catch_warnings():
            # JAX, unless it is told to use float64.
            warnings.filterwarnings("ignore", "Explicitly requested dtype float64")
            losses = []
            for contraction in (0.0, 0.01):
                triple = kerasae.build_contractive_ae(
                    12, latent_dim=4, contraction=contraction, seed=0
                )
                kerasae.compile(triple, keras.optimizers.SGD(0.0))
                x = images(16, 12)
                losses.append(kerasae.fit(triple, x, verbose=0).history["loss"][0])
            layer = triple.autoencoder.get_layer("contractive")
            norms = keras.ops.convert_to_numpy(layer(x)[1])
    finally:
        keras.config.set_floatx(before)
    expected = 0.01 * norms.astype("float64").mean()
    rel = 0.1 if floatx == "float16" else 1e-3
    assert losses[1] - losses[0] == pytest.approx(expected, rel=rel)


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"`contraction` must be .* 0 or larger"):
        kerasae.build_contractive_ae(contraction=-1)
    with pytest.raises(ValueError, match="`activation` must be one of 'sigmoid'"):
        kerasae.build_contractive_ae(activation="softmax")
