import keras
import numpy as np
import pytest

import kerasae
from kerasae.data import load_dataset
from kerasae.training import build_classifier, build_regressor, fine_tune


@pytest.fixture(scope="module")
def data():
    return load_dataset("digits")


def deep(**options):
    options = {"hidden_units": (32,), "latent_dim": 16, "seed": 0} | options
    return kerasae.build_deep_ae((8, 8, 1), **options)


def copy(model):
    return [weight.copy() for weight in model.get_weights()]


@pytest.mark.every_backend
@pytest.mark.parametrize(
    "build",
    [kerasae.build_conv_ae, kerasae.build_tied_ae, kerasae.build_stacked_ae],
)
def test_any_variant_gets_a_head(build, images, tmp_path):
    triple = build((8, 8, 1))
    model = build_classifier(triple, 3)
    x = images(4, 8, 8, 1)
    found = model.predict(x, verbose=0)
    assert found.shape == (4, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-5)
    assert not [layer for layer in model.layers if isinstance(layer, keras.Model)]
    model.save(tmp_path / "x.keras")
    loaded = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), found, atol=1e-6)
    assert build_regressor(triple, 2).output_shape == (None, 2)


@pytest.mark.every_backend
def test_classifiers_learn(data):
    model = build_classifier(deep(), 10, seed=0)
    history = fine_tune(
        model,
        data.x_train,
        data.y_train,
        epochs=6,
        batch_size=32,
        optimizer=keras.optimizers.Adam(0.005),
        validation_data=(data.x_test, data.y_test),
        verbose=0,
    )
    assert history.history["val_accuracy"][-1] > 0.8


def test_regressors_learn(data):
    """The mean of each image: a linear function of it."""
    means = data.x_train.mean(axis=(1, 2, 3))
    model = build_regressor(deep(activation="linear"), seed=0)
    history = fine_tune(
        model,
        data.x_train,
        means,
        epochs=10,
        batch_size=32,
        optimizer=keras.optimizers.Adam(0.005),
        verbose=0,
    )
    assert model.loss == "mean_squared_error"
    assert history.history["loss"][-1] < 0.5 * means.var()


def test_the_encoder_is_the_autoencoders_own(data):
    triple = deep()
    before = copy(triple.encoder)
    classifier = build_classifier(triple, 10)
    fine_tune(classifier, data.x_train, data.y_train, epochs=1, verbose=0)
    for a, b in zip(before, copy(triple.encoder), strict=True):
        assert (a != b).any()


@pytest.mark.every_backend
def test_the_head_alone_then_all(data):
    triple = deep()
    model = build_classifier(triple, 10)
    before = copy(triple.encoder)
    x, y = data.x_train, data.y_train
    history = fine_tune(model, x, y, head_epochs=2, epochs=0, verbose=0)
    assert history.epoch == [0, 1]
    for a, b in zip(before, copy(triple.encoder), strict=True):
        np.testing.assert_array_equal(a, b)
    history = fine_tune(model, x, y, head_epochs=1, epochs=2, verbose=0)
    assert history.epoch == [0, 1, 2]
    assert len(history.history["loss"]) == 3
    assert all(layer.trainable for layer in model.layers)
    assert all(
        (a != b).any() for a, b in zip(before, copy(triple.encoder), strict=True)
    )


@pytest.mark.every_backend
def test_noise_stays_with_the_autoencoder(data):
    triple = deep(corruption=("masking", 0.9))
    model = build_classifier(triple, 10)
    assert "corruption" not in [layer.name for layer in model.layers]
    x = data.x_train[:50]
    calm, training = (
        keras.ops.convert_to_numpy(model(x, training=mode)) for mode in (False, True)
    )
    np.testing.assert_allclose(calm, training, atol=1e-6)


def build_own(noise):
    """An autoencoder with noise behind its first weights, under any name."""
    inputs = keras.Input((5,))
    x = noise(keras.layers.Dense(8, name="wide")(inputs))
    code = keras.layers.Dense(3, name="code")(x)
    return keras.Model(inputs, keras.layers.Dense(5)(code))


def build_padded(noise):
    return kerasae.build_lstm_ae(
        (6, 2), hidden_units=(4,), latent_dim=3, mask_value=-1.0, corruption=noise
    )


@pytest.mark.parametrize("head", [build_classifier, build_regressor])
@pytest.mark.parametrize(
    ("build", "noise", "shape"),
    [
        (build_own, kerasae.layers.MaskingNoise(0.9, name="drops"), (5,)),
        (
            lambda noise: deep(corruption=noise),
            keras.layers.GaussianNoise(0.5),
            (8, 8, 1),
        ),
        (build_padded, ("masking", 0.5), (6, 2)),
    ],
    ids=["own builder", "Keras's layer", "behind a mask"],
)
def test_noise_is_found_by_its_class(head, build, noise, shape, images, tmp_path):
    if isinstance(noise, keras.Layer):  # a row runs twice
        noise = type(noise).from_config(noise.get_config())
    triple = build(noise)
    model = head(triple, 2)
    x = images(8, *shape)
    first, second, calm = (
        keras.ops.convert_to_numpy(model(x, training=mode))
        for mode in (True, True, False)
    )
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(first, calm, atol=1e-6)
    # Without the noise it is the same network, with the same weights.
    whole = kerasae.split(triple) if isinstance(triple, keras.Model) else triple
    codes = keras.Model(model.inputs, model.get_layer("head").input)
    np.testing.assert_allclose(
        codes.predict(x, verbose=0), whole.encoder.predict(x, verbose=0), atol=1e-6
    )
    names = [layer.name for layer in whole.encoder.layers if layer.weights]
    for name in names:
        assert model.get_layer(name) is whole.encoder.get_layer(name)
    model.save(tmp_path / "x.keras")
    loaded = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), calm, atol=1e-6)


def test_a_classifier_behind_noise_ignores_padding(images):
    model = build_classifier(build_padded("masking"), 3)
    x = images(4, 6, 2)
    x[:, 4:] = -1  # padded at the end
    padded_first = np.concatenate([x[:, 4:], x[:, :4]], axis=1)
    one, other, clean = (
        model.predict(x, verbose=0) for x in (x, padded_first, np.abs(x))
    )
    np.testing.assert_allclose(one, other, atol=1e-6)
    assert np.abs(one - clean).max() > 1e-4


def test_one_hot_labels_and_options_of_fit(data):
    model = build_classifier(deep(), 10, dropout=0.2, seed=1)
    y = np.eye(10)[data.y_train]
    weight = dict.fromkeys(range(10), 1.0)
    history = fine_tune(
        model, data.x_train, y, epochs=1, class_weight=weight, metrics=[], verbose=0
    )
    assert model.loss == "categorical_crossentropy"
    assert sorted(history.history) == ["loss"]


def test_same_seed_same_head():
    heads = [
        build_classifier(deep(), 10, seed=seed).get_layer("head") for seed in (1, 1, 2)
    ]
    same, again, other = (keras.ops.convert_to_numpy(head.kernel) for head in heads)
    np.testing.assert_array_equal(same, again)
    assert (same != other).any()


def test_it_says_what_it_trains(data, capsys):
    model = build_classifier(deep(), 10)
    fine_tune(model, data.x_train, data.y_train, head_epochs=1, epochs=1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("  ")[0] for line in lines] == [
        "the head alone",
        "all layers",
    ]


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (None, "`y` must be given"),
        (np.zeros(3), "an array of 1257 targets"),
        (np.full(1257, 10), "whole numbers from 0 to 9"),
        (np.full(1257, -1), "whole numbers from 0 to 9"),
        (np.full(1257, 0.5), "whole numbers from 0 to 9"),
        (np.full(1257, np.nan), "whole numbers from 0 to 9"),
        (np.array(["cat", "dog", "owl"] * 419), "Turn class names into numbers"),
        (np.zeros((1257, 4)), r"shape \(1257, 10\)"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_bad_labels_are_said(y, words, data):
    with pytest.raises(ValueError, match=words):
        fine_tune(build_classifier(deep(), 10), data.x_train, y, verbose=0)


def test_bad_sizes_and_models_are_said(data):
    with pytest.raises(ValueError, match="2 or larger"):
        build_classifier(deep(), 1)
    with pytest.raises(ValueError, match="positive integer"):
        build_regressor(deep(), 0)
    with pytest.raises(ValueError, match=r"\[0, 1\)"):
        build_classifier(deep(), 10, dropout=1.0)
    with pytest.raises(ValueError, match="a layer named 'head'"):
        fine_tune(deep().autoencoder, data.x_train, data.y_train)
    x = np.full_like(data.x_train, np.nan)
    classifier = build_classifier(deep(), 10)
    with pytest.raises(ValueError, match="diverged"):
        fine_tune(classifier, x, data.y_train, verbose=0)


def test_a_variational_code_takes_labels_without_a_warning(images):
    triple = kerasae.build_vae(8, latent_dim=2)
    classifier = build_classifier(triple, 2)
    kerasae.compile(classifier, loss="sparse_categorical_crossentropy")
    kerasae.fit(classifier, images(16, 8), np.arange(16) % 2, verbose=0)
    kerasae.fit(triple, images(16, 8), verbose=0)  # its own KL term stays
    losses = triple.autoencoder.evaluate(images(16, 8), verbose=0, return_dict=True)
    parts = losses["reconstruction_loss"] + losses["kl_loss"]
    assert losses["loss"] == pytest.approx(parts, rel=1e-5)
    assert losses["kl_loss"] > 0
