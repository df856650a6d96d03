import keras
import numpy as np
import pytest

import kerasae
from kerasae.training import add_pair, grow


def start(**options):
    options = {"latent_dim": 16, "seed": 0} | options
    return kerasae.build_undercomplete_ae((8, 8, 1), **options)


def kernel(triple, name):
    return keras.ops.convert_to_numpy(triple.autoencoder.get_layer(name).kernel)


def test_a_pair_goes_around_the_code():
    old = start()
    new = add_pair(add_pair(old), 5)
    assert [x.name for x in new.autoencoder.layers if x.weights] == [
        *("encoder_1", "encoder_2", "code", "decoder_2", "decoder_1", "reconstruction")
    ]
    assert new.encoder.output_shape == (None, 5)
    np.testing.assert_array_equal(kernel(new, "encoder_1"), kernel(old, "code"))
    np.testing.assert_array_equal(
        kernel(new, "reconstruction"), kernel(old, "reconstruction")
    )
    # The old network is what it was, and shares nothing with the new one.
    assert old.encoder.output_shape == (None, 16)
    new.autoencoder.get_layer("encoder_1").kernel.assign(
        np.zeros_like(kernel(new, "encoder_1"))
    )
    assert kernel(old, "code").any()


@pytest.mark.every_backend
def test_the_old_layers_compute_what_they_did(digits):
    old = kerasae.build_deep_ae((8, 8, 1), hidden_units=(24,), latent_dim=16)
    new = add_pair(old)
    hidden = keras.Model(
        new.autoencoder.inputs[0], new.autoencoder.get_layer("encoder_2").output
    )
    np.testing.assert_allclose(
        hidden.predict(digits, verbose=0),
        old.encoder.predict(digits, verbose=0),
        atol=1e-6,
    )


def test_new_layers_differ_from_each_other_and_with_the_seed():
    same = [kernel(add_pair(start(latent_dim=8), 8, seed=3), "code") for _ in range(2)]
    other = add_pair(start(latent_dim=8), 8, seed=4)
    np.testing.assert_array_equal(*same)
    assert (kernel(other, "code") != same[0]).any()
    assert (kernel(other, "code") != kernel(other, "decoder_1")).any()


def test_a_penalty_moves_to_the_new_code():
    old = kerasae.build_sparse_ae((8, 8, 1), latent_dim=16)
    layers = add_pair(old).autoencoder.get_layer
    assert layers("code").activity_regularizer is not None
    assert layers("encoder_1").activity_regularizer is None
    assert layers("decoder_1").activity_regularizer is None


@pytest.mark.every_backend
def test_growing_is_one_run(digits, tmp_path):
    begin = start(latent_dim=32)
    triple, history = grow(
        begin,
        digits,
        pairs=2,
        every=2,
        epochs=7,
        batch_size=32,
        optimizer=keras.optimizers.Adam(0.01),
        validation_data=(digits, digits),
        verbose=0,
    )
    assert history.growth == {2: 16, 4: 8}
    assert history.epoch == list(range(7))
    assert len(history.history["loss"]) == len(history.history["val_loss"]) == 7
    assert triple.encoder.output_shape == (None, 8)
    losses = history.history["loss"]
    assert losses[-1] < losses[0]
    # The model that was given stays untrained.
    np.testing.assert_array_equal(
        kernel(begin, "code"), kernel(start(latent_dim=32), "code")
    )
    kerasae.save(triple, tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras")
    np.testing.assert_allclose(
        loaded.autoencoder.predict(digits, verbose=0),
        triple.autoencoder.predict(digits, verbose=0),
        atol=1e-6,
    )


@pytest.mark.every_backend
@pytest.mark.parametrize(
    "optimizer",
    ["adam", "adadelta", keras.optimizers.SGD(0.01, momentum=0.9)],
    ids=["adam", "adadelta", "sgd"],
)
def test_the_optimizer_keeps_what_it_knew(optimizer, digits):
    states = []

    class Watch(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.remember()

        def on_train_end(self, logs=None):
            self.remember()

        def remember(self):
            states.append(
                {
                    variable.path.partition("/")[2]: keras.ops.convert_to_numpy(
                        variable
                    )
                    for variable in self.model.optimizer.variables
                }
            )

    options = {"every": 1, "epochs": 2, "optimizer": optimizer, "verbose": 0}
    grow(start(), digits, pairs=1, callbacks=[Watch()], **options)
    _, before, after, _ = states
    steps = -(-len(digits) // 128)
    assert before["iteration"] == after["iteration"] == steps
    slots = [name for name in before if name.startswith("code_kernel_")]
    assert slots
    for name in slots:
        assert before[name].any()
        np.testing.assert_array_equal(
            after[name.replace("code", "encoder_1", 1)], before[name]
        )
        assert after[name].shape != before[name].shape
        assert not after[name].any()
        outer = name.replace("code", "reconstruction", 1)
        np.testing.assert_array_equal(after[outer], before[outer])


def test_sizes_can_be_given_and_none_is_no_growth(digits):
    options = {"every": 1, "epochs": 3, "verbose": 0}
    triple, history = grow(start(), digits, latent_dims=(20, 3), **options)
    assert history.growth == {1: 20, 2: 3}
    assert triple.encoder.output_shape == (None, 3)
    triple, history = grow(start(), digits, pairs=0, **options)
    assert history.growth == {}
    assert triple.encoder.output_shape == (None, 16)


def test_growing_says_what_it_trains(digits, capsys):
    grow(start(), digits, pairs=1, every=1, epochs=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("code of 16  epoch 1/1  loss")
    assert lines[1].startswith("code of 8  epoch 2/2  loss")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": 4, "every": 2, "pairs": 2}, "`epochs` must be larger than 4"),
        ({"pairs": 5, "epochs": 90}, "`pairs` must be 4 at most"),
        ({"pairs": -1}, "`pairs` must be a positive integer"),
        ({"latent_dims": (8, 0)}, "`latent_dims` must be"),
        ({"every": 0}, "`every` must be a positive integer"),
        ({"x": np.zeros((4, 7))}, r"of the shape .*\(n, 8, 8, 1\)"),
        ({"model": kerasae.build_conv_ae((8, 8, 1))}, "'code' is a MaxPooling2D|dense"),
        ({"model": kerasae.build_tied_ae((8, 8, 1))}, "chain of layers"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_bad_input_is_said(options, words, digits):
    with pytest.raises(ValueError, match=words):
        grow(**{"model": start(), "x": digits, "verbose": 0} | options)


def test_a_code_of_one_unit_cannot_be_halved():
    with pytest.raises(ValueError, match="`latent_dim` must be given"):
        add_pair(start(latent_dim=1))
