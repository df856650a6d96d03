import io

import keras
import numpy as np
import pytest

import kerasae
from kerasae.callbacks import Progress
from kerasae.training import pretrain
from kerasae.training._layer_pairs import layer_pairs


def stack(**options):
    options = {"hidden_units": (16, 12), "latent_dim": 6, "dropout": 0.0} | options
    return kerasae.build_stacked_ae((8, 8, 1), seed=0, **options)


def weights(triple):
    return [weight.copy() for weight in triple.autoencoder.get_weights()]


def error(triple, x):
    found = triple.autoencoder.predict(x, verbose=0)
    return kerasae.metrics.reconstruction_error(x, found)


def test_pairs_are_those_that_the_builder_documents():
    assert [pair.name for pair in layer_pairs(stack().autoencoder)] == [
        "encoder_1, reconstruction",
        "encoder_2, decoder_1",
        "code, decoder_2",
    ]


@pytest.mark.every_backend
@pytest.mark.parametrize("order", ["input", "ends"])
def test_pretraining_lands_in_the_triple_and_leaves_it_whole(order, digits, tmp_path):
    triple = stack()
    before, first = weights(triple), error(triple, digits)
    histories = pretrain(
        triple,
        digits,
        order=order,
        epochs=[3, 2, 1],
        batch_size=32,
        optimizer=keras.optimizers.Adam(0.01),
        validation_split=0.25,
        verbose=0,
    )
    assert [len(history.history["val_loss"]) for history in histories] == [3, 2, 1]
    assert all((a != b).any() for a, b in zip(before, weights(triple), strict=True))
    assert error(triple, digits) < first
    assert all(layer.trainable for layer in triple.autoencoder.layers)
    # What was pretrained is what is fine-tuned, saved and split.
    kerasae.compile(triple)
    triple.autoencoder.fit(digits, digits, verbose=0)
    kerasae.save(triple, tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras")
    for new, old in zip(loaded, triple, strict=True):
        for a, b in zip(new.get_weights(), old.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.every_backend
def test_only_the_pair_in_turn_is_trained(digits):
    class Watch(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

        def on_train_begin(self, logs=None):
            self.seen.append(weights(triple))

    for order in ("input", "ends"):
        triple, watch = stack(), Watch()
        pretrain(triple, digits, order=order, epochs=1, callbacks=[watch], verbose=0)
        first, second, third = watch.seen
        # Kernel and bias of encoder_1 and reconstruction, then of the next pair.
        for i, (a, b, c) in enumerate(zip(first, second, third, strict=True)):
            assert (a != b).any() == (i in (0, 1, 10, 11))
            assert (b != c).any() == (i in (2, 3, 8, 9))


def test_each_pair_learns_the_codes_of_the_pair_outside(digits):
    """The second pair alone, on the first one's codes, ends at the same weights."""
    triple = stack(hidden_units=(16,))
    keras.utils.set_random_seed(1)
    pretrain(triple, digits, epochs=[2, 1], verbose=0)
    pretrained = triple.autoencoder.get_layer("code").kernel

    again = stack(hidden_units=(16,))
    inner, outer = layer_pairs(again.autoencoder)
    keras.utils.set_random_seed(1)
    pretrain(again, digits, epochs=[2, 1], verbose=0)
    found = again.autoencoder.get_layer("code").kernel
    np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (pretrained, found)))
    # The loss reported is the error of the codes, not of the samples.
    codes = inner.encoder.predict(digits, verbose=0)
    history = pretrain(
        again, digits, optimizer=keras.optimizers.SGD(0.0), epochs=1, verbose=0
    )[1]
    rebuilt = outer.decoder.predict(outer.encoder.predict(codes, verbose=0), verbose=0)
    expected = kerasae.metrics.reconstruction_error(codes, rebuilt)
    assert history.history["loss"][0] == pytest.approx(expected, rel=1e-4)


def test_from_both_ends_the_samples_are_the_target(digits):
    triple = stack(hidden_units=(16,))
    history = pretrain(
        triple,
        digits,
        order="ends",
        optimizer=keras.optimizers.SGD(0.0),
        epochs=1,
        verbose=0,
    )[-1]
    assert history.history["loss"][0] == pytest.approx(error(triple, digits), rel=1e-4)


def test_noise_and_dropout_make_it_harder_and_are_gone_afterwards(digits):
    nothing = {"optimizer": keras.optimizers.SGD(0.0), "epochs": 1, "verbose": 0}
    triple = stack(hidden_units=(16,))
    layers = len(triple.autoencoder.layers)

    def losses(**options):
        found = pretrain(triple, digits, seed=0, **nothing, **options)
        return [history.history["loss"][0] for history in found]

    clean = losses()
    both = losses(corruption=("masking", 0.5))
    inner = losses(corruption=[None, keras.layers.GaussianNoise(0.9)])
    outer = losses(dropout=[0.5, 0.0])
    assert both != pytest.approx(clean, rel=0.01)
    assert inner[0] == pytest.approx(clean[0], rel=1e-4)
    assert inner[1] > 1.01 * clean[1]
    assert outer[0] != pytest.approx(clean[0], rel=0.01)
    assert outer[1] == pytest.approx(clean[1], rel=1e-4)
    assert len(triple.autoencoder.layers) == layers


def test_gaussian_noise_on_codes_is_not_clipped(digits):
    """Codes beyond 1 would come out far too small."""
    triple = stack(hidden_units=(16,), kernel_initializer="ones")
    nothing = {"optimizer": keras.optimizers.SGD(0.0), "epochs": 1, "verbose": 0}
    clean = pretrain(triple, digits, **nothing)[1].history["loss"][0]
    noisy = pretrain(triple, digits, corruption=("gaussian", 1e-6), **nothing)[1]
    assert noisy.history["loss"][0] == pytest.approx(clean, rel=1e-3)


@pytest.mark.every_backend
def test_same_seed_same_weights(digits):
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        triple = stack(corruption="masking", dropout=0.2)
        pretrain(triple, digits, epochs=1, corruption="masking", seed=1, verbose=0)
        found.append(weights(triple))
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "build",
    [
        lambda: kerasae.build_deep_ae(
            (8, 8, 1), hidden_units=(16, 8), latent_dim=4, batch_normalization=True
        ),
        lambda: kerasae.build_undercomplete_ae((8, 8, 1), latent_dim=4),
        lambda: kerasae.build_sparse_ae((8, 8, 1), latent_dim=8, k=4),
    ],
    ids=["deep", "undercomplete", "k_sparse"],
)
def test_other_dense_variants_can_be_pretrained(build, digits):
    triple = build()
    first = error(triple, digits)
    pretrain(triple, digits, epochs=4, batch_size=16, verbose=0)
    assert error(triple, digits) < first


def test_it_says_which_pair_of_how_many(digits, capsys):
    pretrain(stack(), digits, epochs=1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("pair 2 of 3 (encoder_2, decoder_1)  epoch 1/1  loss ")


def test_progress_without_a_label_has_none(digits):
    lines, triple = io.StringIO(), stack()
    kerasae.compile(triple)
    triple.autoencoder.fit(digits, digits, verbose=0, callbacks=[Progress(lines)])
    assert lines.getvalue().startswith("epoch 1/1")


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (kerasae.build_conv_ae, "'encoder_1' is a Conv2D"),
        (kerasae.build_tied_ae, "chain of layers"),
        (lambda: keras.Sequential([keras.layers.Dense(2, name="code")]), "Functional"),
    ],
    ids=["conv", "tied", "sequential"],
)
def test_models_that_cannot_be_taken_apart_are_refused(build, reason, images):
    built = build()
    model = built if isinstance(built, keras.Model) else built.autoencoder
    shape = (28, 28, 1) if build is kerasae.build_conv_ae else (784,)
    with pytest.raises((ValueError, TypeError), match=reason):
        pretrain(model, images(4, *shape), verbose=0)


def test_a_decoder_that_is_no_mirror_is_refused(images):
    inputs = keras.Input((8,))
    x = keras.layers.Dense(6)(inputs)
    code = keras.layers.Dense(2, name="code")(x)
    x = keras.layers.Dense(5)(code)
    model = keras.Model(inputs, keras.layers.Dense(8)(x))
    with pytest.raises(ValueError, match="mirrors its encoder"):
        pretrain(model, images(4, 8), verbose=0)


@pytest.mark.parametrize(
    ("options", "error_type", "words"),
    [
        ({"order": "middle"}, ValueError, "'input', 'ends'"),
        ({"epochs": 0}, ValueError, "`epochs` must be a positive integer"),
        ({"epochs": [1, 2]}, ValueError, "a list of 3, one for each pair"),
        ({"corruption": "gauss"}, ValueError, "Did you mean 'gaussian'"),
        ({"dropout": 1.0}, ValueError, "`dropout` must be a number in"),
        ({"validation_split": 1.5}, ValueError, "`validation_split`"),
        (
            {"validation_split": 0.5, "sample_weight": np.ones(9)},
            ValueError,
            "0 where there are sample weights",
        ),
        ({"x": np.zeros((4, 7))}, ValueError, r"of the shape .*\(n, 8, 8, 1\)"),
        ({"x": [["a", "b"]]}, TypeError, "real numbers"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_bad_input_is_said_before_training(options, error_type, words, digits):
    triple = stack()
    before = weights(triple)
    with pytest.raises(error_type, match=words):
        pretrain(triple, **{"x": digits, "verbose": 0} | options)
    for a, b in zip(before, weights(triple), strict=True):
        np.testing.assert_array_equal(a, b)


def test_divergence_is_said_with_the_pair(digits):
    options = {"optimizer": keras.optimizers.SGD(1e30), "epochs": 2, "verbose": 0}
    with pytest.raises(ValueError, match="diverged in pair 1 of 3"):
        pretrain(stack(), digits, **options)
