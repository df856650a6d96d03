import keras
import numpy as np
import pytest

import kerasae
from kerasae.callbacks import KLWarmUp
from kerasae.engine._epoch_loop import loop

pytestmark = pytest.mark.every_backend

VARIANTS = {
    "deep": lambda: kerasae.build_deep_ae((8, 8, 1), latent_dim=4, seed=0),
    "sparse": lambda: kerasae.build_sparse_ae((8, 8, 1), latent_dim=4, seed=0),
    "tied": lambda: kerasae.build_tied_ae((8, 8, 1), latent_dim=4, seed=0),
    "denoising": lambda: kerasae.build_denoising_ae((8, 8, 1), filters=(2,), seed=0),
    "contractive": lambda: kerasae.build_contractive_ae((8, 8, 1), seed=0),
    "vae": lambda: kerasae.build_vae((8, 8, 1), latent_dim=2, seed=0),
    "lstm": lambda: kerasae.build_lstm_ae((8, 8), hidden_units=4, seed=0),
}


@pytest.fixture
def x(images):
    return images(70, 8, 8, 1)


def small(**settings):
    triple = kerasae.build_undercomplete_ae((8, 8, 1), latent_dim=4, seed=0)
    kerasae.compile(triple, **settings)
    return triple


def weights(triple):
    return [np.asarray(w) for w in triple.autoencoder.get_weights()]


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param("deep", marks=pytest.mark.compiled, id="deep, compiled"),
        *VARIANTS,
    ],
)
def test_it_is_the_training_of_keras(variant, x):
    x = x[..., 0] if variant == "lstm" else x
    ours, plain = VARIANTS[variant](), VARIANTS[variant]()
    for triple in (ours, plain):
        kerasae.compile(triple, keras.optimizers.Adam(0.01))
    how = {"epochs": 2, "batch_size": 32, "shuffle": False, "verbose": 0}
    history = kerasae.fit(ours, x, validation_data=x[:40], **how).history
    test = (x[:40], x[:40])
    expected = plain.autoencoder.fit(x, x, validation_data=test, **how).history
    assert history.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4, err_msg=name)
    for mine, others in zip(weights(ours), weights(plain), strict=True):
        np.testing.assert_allclose(mine, others, atol=1e-4)


@pytest.mark.compiled
def test_a_model_that_is_not_compiled_gets_the_fast_settings(x):
    triple = kerasae.build_undercomplete_ae((8, 8, 1), latent_dim=4)
    history = kerasae.fit(triple, x, epochs=2, verbose=0)
    assert triple.autoencoder.loss == "binary_crossentropy"
    assert history.history["loss"][1] < history.history["loss"][0]
    assert history is triple.autoencoder.history


@pytest.mark.compiled
@pytest.mark.parametrize("samples", [1, 31, 32, 33, 32 * 17 + 5])
def test_any_number_of_samples_is_one_epoch(samples, images):
    triple = small(optimizer=keras.optimizers.SGD(0.1))
    x = images(samples, 8, 8, 1)
    kerasae.fit(triple, x, verbose=0)
    assert int(triple.autoencoder.optimizer.iterations) == -(-samples // 32)


def test_every_sample_counts_once_an_epoch(images):
    # One step of a sum over all samples shows which samples were in it.
    inputs = keras.Input((3,))
    code = keras.layers.Dense(3, use_bias=False, name="code")
    outputs = keras.layers.Dense(3, use_bias=False)(code(inputs))
    triple = kerasae.split(keras.Model(inputs, outputs))
    kerasae.compile(triple, "sgd", "mse", metrics=["mae"])
    code.set_weights([np.zeros((3, 3))])
    triple.autoencoder.optimizer.learning_rate = 0.0
    x = images(101, 3)
    found = kerasae.fit(triple, x, batch_size=8, verbose=0).history
    np.testing.assert_allclose(found["loss"], [np.mean(x**2)], rtol=1e-5)
    np.testing.assert_allclose(found["mae"], [np.mean(np.abs(x))], rtol=1e-5)


@pytest.mark.parametrize("kind", ["uint8", "float64", "float16", "bool", "mapped"])
def test_kinds_of_samples(kind, tmp_path):
    bytes_ = np.random.default_rng(0).integers(256, size=(70, 8, 8, 1), dtype="uint8")
    floats = bytes_.astype("float32") / 255
    x = {"uint8": bytes_, "mapped": bytes_}.get(kind, floats)
    if kind in ("float64", "float16", "bool"):
        x = floats.astype(kind)
        floats = x.astype("float32")
    if kind == "mapped":
        np.save(tmp_path / "x.npy", x)
        x = np.load(tmp_path / "x.npy", mmap_mode="r")
    ours, plain = small(), small()
    found = kerasae.fit(ours, x, shuffle=False, verbose=0).history["loss"]
    expected = plain.autoencoder.fit(floats, floats, shuffle=False, verbose=0)
    np.testing.assert_allclose(found, expected.history["loss"], rtol=1e-4)


def test_a_table_of_pandas_is_an_array(images):
    pandas = pytest.importorskip("pandas")
    triple = kerasae.build_undercomplete_ae(6, latent_dim=2)
    table = pandas.DataFrame(images(40, 6))
    assert len(kerasae.fit(triple, table, verbose=0).epoch) == 1


def test_tensors_of_the_backend_are_samples(x):
    triple = small()
    kerasae.fit(triple, keras.ops.convert_to_tensor(x), epochs=2, verbose=0)
    assert int(triple.autoencoder.optimizer.iterations) == 6


def test_same_seed_same_training(x):
    def train():
        keras.utils.set_random_seed(3)
        triple = small()
        return kerasae.fit(triple, x, epochs=3, verbose=0).history["loss"]

    assert train() == train()


def test_samples_are_shuffled(x):
    losses = [
        kerasae.fit(small(), x, epochs=1, batch_size=8, verbose=0, shuffle=s).history
        for s in (True, False)
    ]
    assert losses[0] != losses[1]


def test_validation_split_takes_the_last_samples(x):
    history = kerasae.fit(small(), x, validation_split=0.2, epochs=2, verbose=0)
    test = x[56:]
    triple = small()
    alike = kerasae.fit(triple, x[:56], validation_data=(test, test), verbose=0)
    assert len(history.history["val_loss"]) == 2
    assert alike.params["steps"] == history.params["steps"]
    expected = triple.autoencoder.evaluate(test, test, verbose=0)
    np.testing.assert_allclose(alike.history["val_loss"], [expected], rtol=1e-5)


def test_targets_of_their_own(x):
    triple = small()
    classifier = kerasae.training.build_classifier(triple, 3)
    kerasae.compile(classifier, "adam", "sparse_categorical_crossentropy")
    labels = np.arange(70) % 3
    history = kerasae.fit(
        classifier, x, labels, validation_data=(x[:9], labels[:9]), verbose=0
    )
    assert set(history.history) == {"loss", "val_loss"}


def test_streams_to_validate_on_keep_their_targets(x):
    class Labelled(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return x[:8], np.zeros(8, "int32")

    triple = small()
    classifier = kerasae.training.build_classifier(triple, 3)
    kerasae.compile(classifier, "adam", "sparse_categorical_crossentropy")
    labels, stream = np.zeros(70, "int32"), Labelled()
    for given in (stream, (x[:8], labels[:8], np.ones(8, "float32"))):
        history = kerasae.fit(classifier, x, labels, validation_data=given, verbose=0)
        assert np.isfinite(history.history["val_loss"]).all()


class Recorder(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.batches = []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(batch)


class Watcher(Recorder):
    only_watches = True


@pytest.mark.compiled
def test_callbacks_that_act_on_batches_see_each(x):
    recorder = Recorder()
    kerasae.fit(small(), x, batch_size=7, callbacks=[recorder], verbose=0)
    assert len(recorder.batches) == -(-10 // small().autoencoder.steps_per_execution)


def test_callbacks_that_watch_see_the_last_batch(x):
    watcher = Watcher()
    kerasae.fit(small(), x, batch_size=2, callbacks=[watcher], verbose=0)
    assert watcher.batches[-1] == 34
    assert 2 <= len(watcher.batches) <= 10


def test_callbacks_of_epochs(x, tmp_path):
    rates = []
    triple = small()
    kerasae.fit(
        triple,
        x,
        epochs=9,
        initial_epoch=2,
        verbose=0,
        validation_data=x,
        callbacks=[
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras"),
            keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch)),
            keras.callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, logs: rates.append(logs["learning_rate"])
            ),
            keras.callbacks.EarlyStopping("loss", patience=1, min_delta=10.0),
        ],
    )
    assert len(rates) == 2
    np.testing.assert_allclose(rates, [0.1 / 3, 0.1 / 4], rtol=1e-6)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "3.keras",
        "4.keras",
        "log.csv",
    ]
    kept = kerasae.load(tmp_path / "4.keras")
    for mine, others in zip(weights(triple), weights(kept), strict=True):
        np.testing.assert_array_equal(mine, others)


def test_the_weight_of_the_kl_term_warms_up(x):
    triple = VARIANTS["vae"]()
    history = kerasae.fit(triple, x, epochs=3, verbose=0, callbacks=[KLWarmUp(2)])
    losses = history.history
    np.testing.assert_allclose(losses["loss"][0], losses["reconstruction_loss"][0])
    total = losses["reconstruction_loss"][-1] + losses["kl_loss"][-1]
    np.testing.assert_allclose(losses["loss"][-1], total, rtol=1e-5)


def test_an_interruption_keeps_what_was_learned(x):
    class Interrupt(Watcher):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    triple = small()
    before = weights(triple)
    with pytest.raises(KeyboardInterrupt):
        kerasae.fit(triple, x, verbose=0, callbacks=[Interrupt()])
    assert not np.array_equal(before[0], weights(triple)[0])
    kerasae.fit(triple, x, verbose=0)


@pytest.mark.compiled
def test_it_compiles_once(x):
    triple = small()
    model = triple.autoencoder
    kerasae.fit(triple, x, verbose=0)
    first = loop(model, training=True)
    kerasae.fit(triple, x, verbose=0)
    assert loop(model, training=True) is first
    kerasae.compile(triple)
    assert loop(model, training=True) is not first


def test_frozen_layers_stay(x):
    triple = small()
    kerasae.fit(triple, x, verbose=0)
    triple.autoencoder.get_layer("code").trainable = False
    kerasae.compile(triple)
    before = weights(triple)
    kerasae.fit(triple, x, verbose=0)
    after = weights(triple)
    np.testing.assert_array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])


def test_what_keras_takes_is_taken(x):
    triple = small(run_eagerly=True)
    kerasae.fit(triple, x[:8], verbose=0)
    triple = small()
    how = {"validation_data": x, "validation_freq": 2}
    history = kerasae.fit(triple, x, epochs=4, verbose=0, **how).history
    assert (len(history["loss"]), len(history["val_loss"])) == (4, 2)


def test_the_bar(x, capsys):
    kerasae.fit(small(), x, batch_size=2, epochs=2)
    out = capsys.readouterr().out
    assert "Epoch 2/2" in out
    assert "35/35" in out


def test_a_saved_model_holds_no_loop(x, tmp_path):
    triple = small()
    kerasae.fit(triple, x, verbose=0)
    kerasae.save(triple, tmp_path / "x.keras")
    again = kerasae.load(tmp_path / "x.keras")
    np.testing.assert_allclose(
        again.autoencoder.predict(x, verbose=0),
        triple.autoencoder.predict(x, verbose=0),
        rtol=1e-5,
    )
    kerasae.fit(again, x, verbose=0)
    assert [path.name for path in tmp_path.iterdir()] == ["x.keras"]


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        (
            np.zeros((4, 8, 8)),
            r"`x` must be of the shape .* \(n, 8, 8, 1\).* x\[\.\.\., None\]",
        ),
        (np.zeros((0, 8, 8, 1)), "`x` must be a non-empty array"),
        (np.full((4, 8, 8, 1), 2), "scale"),
        (np.ones((4, 8, 8, 1), "uint8"), "bool"),
        ([[1.0]], r"of the shape .* \(n, 8, 8, 1\)"),
    ],
)
def test_bad_samples(bad, match):
    with pytest.raises((TypeError, ValueError), match=match):
        kerasae.fit(small(), bad, verbose=0)


def test_bad_options(x):
    with pytest.raises(ValueError, match="batch_size"):
        kerasae.fit(small(), x, batch_size=0)
    with pytest.raises(ValueError, match="validation_split"):
        kerasae.fit(small(), x, validation_split=1.0)
    with pytest.raises(ValueError, match="validation_data"):
        kerasae.fit(small(), x, validation_data=x[..., 0])
    with pytest.raises(ValueError, match="as long as"):
        kerasae.fit(small(), x, x[:3])


@pytest.mark.parametrize("kind", ["path", "PyDataset", "validation"])
def test_streams(kind, x, tmp_path):
    np.save(tmp_path / "x.npy", (x * 255).astype("uint8"))
    triple = small()
    if kind == "path":
        history = kerasae.fit(
            triple, tmp_path / "x.npy", validation_data=tmp_path / "x.npy", verbose=0
        )
    elif kind == "PyDataset":
        stream = kerasae.data.Binarized(x, 16)
        history = kerasae.fit(triple, stream, validation_data=x, epochs=2, verbose=0)
    else:
        stream = kerasae.data.Binarized(x, 16)
        history = kerasae.fit(triple, x, batch_size=8, validation_data=stream)
    assert set(history.history) == {"loss", "val_loss"}
    assert np.isfinite(history.history["val_loss"]).all()


def test_pairs_stay_pairs(x):
    stream = kerasae.data.pairs(x, batch_size=16, corruption=("masking", 0.9), seed=1)
    assert kerasae.data.pairs(stream) is stream
    noisy, clean = small(), small()
    kerasae.fit(noisy, stream, verbose=0)
    kerasae.fit(clean, kerasae.data.pairs(x, batch_size=16, seed=1), verbose=0)
    assert not np.allclose(weights(noisy)[0], weights(clean)[0])
    test = stream[0][1]
    assert test.shape == (16, 8, 8, 1)
    assert (test == 0).mean() < 0.5


def test_streams_have_their_own_batches(x):
    stream = kerasae.data.Binarized(x, 16)
    with pytest.raises(ValueError, match="batch_size"):
        kerasae.fit(small(), stream, batch_size=8)
    with pytest.raises(ValueError, match="validation_split"):
        kerasae.fit(small(), stream, validation_split=0.5)
    with pytest.raises(TypeError, match="`y`"):
        kerasae.fit(small(), stream, x)
