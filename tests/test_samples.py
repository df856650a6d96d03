"""One rule for data: the same kinds of it through every function that takes samples.

Each kind is understood as the floats that it stands for, or refused with the fix.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import keras
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from PIL import Image

import kerasae
from kerasae import anomaly, generation, metrics, plotting, training
from kerasae.callbacks import MovieFrames, TensorBoard
from kerasae.data import Binarized, corrupt, load_dataset, pairs, scale
from kerasae.data.pairs import is_stream
from kerasae.estimators import (
    AnomalyDetector,
    AutoencoderTransformer,
    StackedAutoencoderClassifier,
)

SIZE = 16
FLOATS = np.random.default_rng(0).random((12, SIZE), dtype="float32")
BYTES = (FLOATS * 255).astype("uint8")
BITS = FLOATS > 0.5
LABELS = np.arange(12) % 2


def table(columns):
    return pd.DataFrame(columns, columns=[f"c{i}" for i in range(SIZE)])


def with_holes():
    x = table(FLOATS)
    x.loc[[2, 5], "c3"] = np.nan
    return x


def mixed_table(text):
    x = table(FLOATS)
    x["c0"] = BITS[:, 0]
    x["c1"] = x["c1"].astype("Float32")
    if text:
        x["c5"] = "red"
    return x


# What each kind stands for: floats, or the words of the error that names the fix.
KINDS = {
    "bytes": (lambda: BYTES, BYTES.astype("float32") / 255),
    "bytes of 0 and 1": (lambda: BITS.astype("uint8"), r"x\.astype\(bool\)"),
    "wide integers": (lambda: BYTES.astype("int64"), r"kerasae\.data\.scale"),
    "booleans": (lambda: BITS, BITS.astype("float32")),
    "half": (
        lambda: FLOATS.astype("float16"),
        FLOATS.astype("float16").astype("float32"),
    ),
    "double": (lambda: FLOATS.astype("float64"), FLOATS),
    "list": (lambda: FLOATS.tolist(), FLOATS),
    "table": (
        lambda: mixed_table(text=False),
        np.concatenate([BITS[:, :1], FLOATS[:, 1:]], axis=1),
    ),
    "holes": (with_holes, r"NaN or infinity in 2 of 12 samples.*column 'c3' of 16"),
    "text": (lambda: mixed_table(text=True), "no numbers in column 'c5'.*get_dummies"),
    "sparse": (lambda: scipy.sparse.csr_array(FLOATS), r"\.toarray\(\)"),
    "ragged": (lambda: [[0.5] * 16, [0.5] * 15], "pad_sequences"),
    "pixels": (lambda: FLOATS * 0 + BYTES, BYTES.astype("float32")),
    "standardized": (lambda: 4 * FLOATS - 2, 4 * FLOATS - 2),
}
FROM_0_TO_1 = r"in \[0, 1\]"
# scikit-learn checks first, in its own words; integers are numbers there.
SKLEARN = {
    "wide integers": BYTES.astype("float32"),
    "text": "could not convert string to float",
    "ragged": "inhomogeneous|sequence",
}

# Sees all of the data, and is the fix for others.
SCALED = {
    "bytes of 0 and 1": BITS.astype("float32"),
    "wide integers": BYTES.astype("float32") / 255,
    "holes": "NaN or infinity in 2 of 12 samples.*column 3 of 16",
}
IN_RANGE = {**SKLEARN, "wide integers": FROM_0_TO_1}


class Walk(NamedTuple):
    """A function that takes samples, and what it refuses besides."""

    run: Any
    pixels: str | None = None
    standardized: str | None = None
    others: Mapping = MappingProxyType({})  # what other kinds stand for
    arrays_only: bool = False


@pytest.fixture(scope="module")
def models():
    """Compiled once: every kind starts from the same weights."""
    keras.utils.set_random_seed(0)
    plain = kerasae.build_undercomplete_ae(SIZE, latent_dim=2, seed=0)
    vae = kerasae.build_vae(SIZE, hidden_units=4, latent_dim=2, seed=0)
    kerasae.compile(plain, keras.optimizers.SGD(0.5))
    kerasae.compile(vae)
    stack = kerasae.build_stacked_ae(SIZE, hidden_units=6, latent_dim=2, seed=0)
    estimator = AutoencoderTransformer(
        latent_dim=2, epochs=1, output_activation="sigmoid", random_state=0
    ).fit(FLOATS)
    detector = AnomalyDetector(
        measure="squared", contamination=0.1, epochs=1, random_state=0
    ).fit(FLOATS)
    start = plain.autoencoder.get_weights()
    return {
        "plain": plain, "vae": vae, "stack": stack, "estimator": estimator,
        "detector": detector, "start": start,
    }  # fmt: skip


def count(x):
    return x.shape[0] if hasattr(x, "shape") else len(x)  # sparse ones have no length


def trained(models, *data, callbacks=()):
    autoencoder = models["plain"].autoencoder
    autoencoder.set_weights(models["start"])
    batch_size = None if is_stream(data[0]) else 4
    history = kerasae.fit(
        autoencoder,
        *data,
        batch_size=batch_size,
        shuffle=False,
        verbose=0,
        callbacks=callbacks,
    )
    return [*autoencoder.get_weights(), history.history["loss"]]


def validated(models, x):
    models["plain"].autoencoder.set_weights(models["start"])
    history = kerasae.fit(models["plain"], FLOATS, validation_data=x, verbose=0)
    return history.history["val_loss"]


def frames(models, x, folder):
    trained(models, FLOATS, callbacks=[MovieFrames(x, folder)])
    return np.asarray(Image.open(folder / "frame-000001.png"))


def boards(models, x, folder):
    board = TensorBoard(folder, samples=x)
    trained(models, FLOATS, callbacks=[board])
    return board.samples


def mixture(models, x):
    sampler = generation.GaussianMixtureSampler(models["plain"], 2, seed=0)
    return np.sort(sampler.fit(x).mixture_.means_, axis=0)


def drawn(figure):
    return [
        *(image.get_array() for axes in figure.axes for image in axes.images),
        *(line.get_ydata() for axes in figure.axes for line in axes.lines),
    ]


def grown(models, x):
    keras.utils.set_random_seed(0)
    history = training.grow(
        models["plain"], x, pairs=1, every=1, epochs=2, batch_size=4, seed=0, verbose=0
    )[1]
    return history.history["loss"]


def pretrained(models, x):
    keras.utils.set_random_seed(0)
    model = keras.models.clone_model(models["stack"].autoencoder)
    model.set_weights(models["stack"].autoencoder.get_weights())
    training.pretrain(model, x, order="ends", epochs=1, batch_size=4, verbose=0)
    return model.get_weights()


def fitted(models, x):
    return AutoencoderTransformer(
        latent_dim=2, epochs=1, output_activation="sigmoid", random_state=0
    ).fit(x).history_["loss"]  # fmt: skip


IN_MODELS = {
    "fit": Walk(lambda m, x, _: trained(m, x), FROM_0_TO_1, FROM_0_TO_1),
    "fit, targets": Walk(
        lambda m, x, _: trained(m, FLOATS[: count(x)], x), FROM_0_TO_1, FROM_0_TO_1
    ),
    "fit, validation": Walk(lambda m, x, _: validated(m, x), FROM_0_TO_1, FROM_0_TO_1),
    "predict": Walk(lambda m, x, _: kerasae.predict(m["plain"], x), FROM_0_TO_1),
    "predict, encoder": Walk(lambda m, x, _: kerasae.predict(m["plain"].encoder, x)),
    "pretrain": Walk(lambda m, x, _: pretrained(m, x)),
    "grow": Walk(lambda m, x, _: grown(m, x), FROM_0_TO_1, FROM_0_TO_1),
    "interpolate": Walk(
        lambda m, x, _: generation.interpolate(m["plain"], x, FLOATS[: count(x)])
    ),
    "traverse": Walk(lambda m, x, _: generation.traverse(m["plain"], x, 0)),
    "GaussianMixtureSampler": Walk(lambda m, x, _: mixture(m, x)),
    "log_likelihood": Walk(
        lambda m, x, _: generation.log_likelihood(m["vae"], x, 3, verbose=0),
        FROM_0_TO_1,
        FROM_0_TO_1,
    ),
    "active_units": Walk(
        lambda m, x, _: generation.active_units(m["vae"], x, 0.0), FROM_0_TO_1
    ),
    "evaluate": Walk(
        lambda m, x, _: list(kerasae.evaluate(m["plain"], x).values["code"].values()),
        FROM_0_TO_1,
    ),
    "anomaly.scores": Walk(
        lambda m, x, _: anomaly.scores(m["plain"], x, "absolute"), FROM_0_TO_1
    ),
    "anomaly.contributions": Walk(
        lambda m, x, _: anomaly.contributions(m["plain"], x), FROM_0_TO_1
    ),
    "anomaly.fit_reference": Walk(
        lambda m, x, _: list(anomaly.fit_reference(m["plain"], x)), FROM_0_TO_1
    ),
    "AnomalyDetector": Walk(
        lambda m, x, _: -m["detector"].score_samples(x), others=SKLEARN
    ),
    "MovieFrames": Walk(frames, FROM_0_TO_1),
    "TensorBoard": Walk(boards, FROM_0_TO_1),
    "transform": Walk(lambda m, x, _: m["estimator"].transform(x), others=SKLEARN),
    "score_samples": Walk(
        lambda m, x, _: m["estimator"].score_samples(x), FROM_0_TO_1, others=IN_RANGE
    ),
    "estimator": Walk(
        lambda m, x, _: fitted(m, x), FROM_0_TO_1, FROM_0_TO_1, others=IN_RANGE
    ),
}
IN_ARRAYS = {
    "reconstruction_error": Walk(
        lambda _, x, __: metrics.reconstruction_error(x, FLOATS[: count(x)])
    ),
    "sample_errors, reconstructed": Walk(
        lambda _, x, __: metrics.sample_errors(FLOATS[: count(x)], x)
    ),
    "pca_error": Walk(lambda _, x, __: metrics.pca_error(x, FLOATS, 2)),
    "corrupt": Walk(lambda _, x, __: corrupt(x, "masking")),
    "Binarized": Walk(lambda _, x, __: Binarized(x)[0][0], FROM_0_TO_1, FROM_0_TO_1),
    "plot_reconstructions": Walk(
        lambda _, x, __: drawn(plotting.plot_reconstructions(x, FLOATS[: count(x)]))
    ),
    "plot_errors": Walk(
        lambda _, x, __: drawn(plotting.plot_errors(x, FLOATS[: count(x)]))
    ),
    "plot_samples": Walk(lambda _, x, __: drawn(plotting.plot_samples(x))),
    "plot_codes": Walk(
        lambda _, x, __: drawn(plotting.plot_codes(FLOATS[: count(x)], originals=x))
    ),
    "plot_interpolation": Walk(
        lambda m, x, _: drawn(
            plotting.plot_interpolation(m["plain"], x, FLOATS[: count(x)], steps=2)
        )
    ),
    "StackedAutoencoderClassifier": Walk(
        lambda _, x, __: StackedAutoencoderClassifier(
            (6,), latent_dim=2, pretrain_epochs=1, epochs=1, random_state=0
        ).fit(x, LABELS[: count(x)]).predict_proba(x),
        others=SKLEARN,
    ),
    "scale": Walk(lambda _, x, __: scale(x)[0], FROM_0_TO_1, FROM_0_TO_1, SCALED),
    "load_dataset": Walk(
        lambda _, x, __: load_dataset(x, seed=0).x_train,
        FROM_0_TO_1,
        FROM_0_TO_1,
        SCALED,
    ),
    "pairs": Walk(lambda _, x, __: pairs(x)[0], arrays_only=True),
}  # fmt: skip


def walk(case, kind, models, folder):
    make, meaning = KINDS[kind]
    meaning = case.others.get(kind, meaning)
    meaning = getattr(case, kind, None) or meaning
    x = make()
    if isinstance(meaning, str):
        with pytest.raises((TypeError, ValueError), match=f"(?s){meaning}"):
            case.run(models, x, folder / "refused")
        return
    expected = case.run(models, meaning, folder / "floats")
    keras.tree.map_structure(
        lambda one, other: np.testing.assert_allclose(one, other, 2e-5, 2e-6),
        case.run(models, x, folder / kind),
        expected,
    )


@pytest.mark.every_backend
@pytest.mark.filterwarnings("ignore:X has feature names")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", IN_MODELS)
def test_models_understand_data_alike(name, kind, models, tmp_path):
    walk(IN_MODELS[name], kind, models, tmp_path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", IN_ARRAYS)
def test_arrays_are_understood_alike(name, kind, models, tmp_path):
    if IN_ARRAYS[name].arrays_only and not isinstance(KINDS[kind][0](), np.ndarray):
        pytest.skip("takes arrays and streams")
    walk(IN_ARRAYS[name], kind, models, tmp_path)


# Streams


def as_py_dataset(*parts):
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            rows = slice(4 * index, 4 * index + 4)
            some = tuple(part[rows] for part in parts)
            return some if len(some) > 1 else some[0]

    return Batches()


def as_tf_data(*parts):
    tf = pytest.importorskip("tensorflow")
    parts = parts if len(parts) > 1 else parts[0]
    return tf.data.Dataset.from_tensor_slices(parts).batch(4)


def as_loader(*parts):
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader, TensorDataset

    tensors = [torch.as_tensor(part) for part in parts]
    return DataLoader(TensorDataset(*tensors), batch_size=4)


STREAMS = [as_py_dataset, as_tf_data, as_loader]
CLEAN, NOISY = FLOATS, 1 - FLOATS


@pytest.mark.every_backend
@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("kind", ["floats", "bytes"])
def test_targets_of_a_stream_count(stream, kind, models):
    noisy, clean = NOISY, CLEAN
    if kind == "bytes":
        noisy, clean = ((255 * part).astype("uint8") for part in (noisy, clean))
    got = trained(models, stream(noisy, clean))
    expected = trained(models, noisy, clean)
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    alone = trained(models, noisy)[-1]
    assert abs(alone[0] - got[-1][0]) > 0.01


@pytest.mark.every_backend
@pytest.mark.parametrize("stream", STREAMS)
def test_labels_of_a_stream_are_left_out(stream, models):
    got = trained(models, stream(CLEAN, LABELS))
    for one, other in zip(got, trained(models, CLEAN), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.every_backend
def test_targets_of_bytes_are_fractions(models):
    noisy, clean = ((255 * part).astype("uint8") for part in (NOISY, CLEAN))
    got = trained(models, noisy, clean)
    expected = trained(models, noisy / np.float32(255), clean / np.float32(255))
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.every_backend
@pytest.mark.parametrize("stream", STREAMS)
def test_a_classifier_learns_from_a_stream(stream):
    triple = kerasae.build_undercomplete_ae(SIZE, latent_dim=2)
    classifier = training.build_classifier(triple, 2)
    kerasae.compile(classifier, loss="sparse_categorical_crossentropy")
    start = classifier.get_weights()
    kerasae.fit(classifier, stream(CLEAN, LABELS), verbose=0)
    got = classifier.get_weights()
    classifier.set_weights(start)
    kerasae.compile(classifier, loss="sparse_categorical_crossentropy")
    kerasae.fit(classifier, CLEAN, LABELS, batch_size=4, shuffle=False, verbose=0)
    for one, other in zip(got, classifier.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.every_backend
@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x: 4 * x - 2, r"targets` must be in \[0, 1\].*values from -"),
        (
            lambda x: np.where(x == x.max(), np.nan, x),
            "must be finite.* 1 of 4 samples",
        ),
        (lambda x: (x > 0.5).astype("uint8"), r"x\.astype\(bool\)"),
    ],
    ids=["standardized", "nan", "bits"],
)
def test_streams_are_checked_as_they_pass(stream, spoil, message, models):
    with pytest.raises(ValueError, match=f"(?s)^`.*{message}"):
        trained(models, stream(spoil(CLEAN)))
    # Nothing is lost.
    for one, other in zip(
        models["plain"].autoencoder.get_weights(), models["start"], strict=True
    ):
        np.testing.assert_allclose(one, other, atol=0.5)
    assert trained(models, CLEAN)[-1]


def test_what_a_stream_means_is_asked_for():
    tf = pytest.importorskip("tensorflow")
    square = kerasae.build_undercomplete_ae(SIZE, latent_dim=2)
    unknown = tf.data.Dataset.from_generator(
        lambda: iter([(CLEAN[:4], CLEAN[:4])]),
        output_types=(tf.float32, tf.float32),
        output_shapes=(tf.TensorShape((None, SIZE)), tf.TensorShape((None, None))),
    ).apply(tf.data.experimental.assert_cardinality(1))
    with pytest.raises(ValueError, match=r"pairs\(stream\).*targets=True"):
        kerasae.fit(square, unknown, verbose=0)
    with pytest.raises(ValueError, match=r"of known shape.*ensure_shape"):
        pairs(unknown, targets=True)
    known = unknown.map(lambda x, y: (x, tf.ensure_shape(y, (None, SIZE))))
    for stream in (pairs(unknown), pairs(known, targets=True), known):
        assert kerasae.fit(square, stream, verbose=0).epoch == [0]
    with pytest.raises(TypeError, match=r"\(inputs, targets\).*4 parts"):
        pairs(as_py_dataset(CLEAN, CLEAN, LABELS, LABELS), targets=True)[0]


@pytest.mark.parametrize(
    "name", sorted({*IN_MODELS, *IN_ARRAYS} - {"fit", "fit, validation", "pairs"})
)
def test_a_stream_is_no_array(name, models, tmp_path):
    case = {**IN_MODELS, **IN_ARRAYS}[name]
    with pytest.raises((TypeError, ValueError)):
        case.run(models, as_py_dataset(CLEAN), tmp_path)


# What else samples may be


@pytest.mark.parametrize("kind", ["bytes", "floats"])
def test_predict_takes_a_file(kind, models, tmp_path):
    x = np.resize(BYTES, (2_000, SIZE))
    x = x if kind == "bytes" else x / np.float32(255)
    np.save(tmp_path / "x.npy", x)
    expected = kerasae.predict(models["plain"], x)
    for samples in (tmp_path / "x.npy", str(tmp_path / "x.npy")):
        np.testing.assert_array_equal(
            kerasae.predict(models["plain"], samples), expected
        )
    x = np.where(np.arange(2_000)[:, None] == 1_500, np.nan, x / x.max())
    np.save(tmp_path / "nan.npy", x)
    for use in (kerasae.predict, kerasae.fit):
        with pytest.raises(ValueError, match="must be finite"):
            use(models["plain"], tmp_path / "nan.npy")
        with pytest.raises(FileNotFoundError, match=r"`x` must be .*No such file"):
            use(models["plain"], tmp_path / "none.npy")


def test_weights_of_samples_go_with_bytes(models):
    weights = np.linspace(0, 1, 12, dtype="float32")
    histories = []
    for x in (BYTES, BYTES / np.float32(255)):
        models["plain"].autoencoder.set_weights(models["start"])
        validation = (x, x, weights)
        options = {"sample_weight": weights, "validation_data": validation}
        history = kerasae.fit(models["plain"], x, shuffle=False, verbose=0, **options)
        histories.append([history.history["loss"], history.history["val_loss"]])
    np.testing.assert_allclose(*histories, rtol=1e-5)


def test_integers_may_be_looked_up():
    words = keras.Input((5,))
    x = keras.layers.Embedding(300, 4)(words)
    x = keras.layers.Dense(3, name="code")(keras.layers.Flatten()(x))
    x = keras.layers.Dense(5 * 300)(x)
    model = keras.Model(words, keras.layers.Reshape((5, 300))(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    kerasae.compile(model, loss=loss)
    ids = np.random.default_rng(0).integers(200, size=(8, 5))
    expected = model.predict(ids, verbose=0)
    for kind in ("int64", "int32", "uint8"):
        found = kerasae.predict(model, ids.astype(kind))
        np.testing.assert_allclose(found, expected, atol=1e-6)
    losses = kerasae.fit(model, ids.astype("uint8"), epochs=40, verbose=0).history
    assert losses["loss"][-1] < losses["loss"][0]


def test_models_of_several_inputs_are_predicted_by_keras():
    one, two = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([one, two], keras.layers.Dense(4)(one + two))
    found = kerasae.predict(model, [FLOATS[:, :4], FLOATS[:, 4:8]])
    assert found.shape == (12, 4)


@pytest.mark.parametrize(
    ("x", "fix"),
    [
        (np.zeros((3, 8, 8)), r"x\[\.\.\., None\]"),
        (np.zeros((8, 8, 1)), r"x\[None\]"),
        (np.zeros((3, 1, 8, 8)), r"numpy\.moveaxis\(x, 1, -1\)"),
        (np.zeros((3, 64)), r"x\.reshape\(-1, 8, 8, 1\)"),
        (np.zeros((3, 8, 7, 1)), r"shape=\(3, 8, 7, 1\)\.$"),
        (np.zeros((0, 8, 8, 1)), "non-empty"),
        ([[[1 + 2j]]], r"numpy\.abs"),
        (np.array([{}]), "real numbers"),
        ([np.zeros(3), np.zeros(4)], "pad_sequences"),
        (np.array([np.zeros(3), np.zeros(4)], object), "pad_sequences"),
        ("faces.txt", r"\.npy file"),
    ],
)
def test_the_fix_is_the_one_that_applies(x, fix):
    triple = kerasae.build_conv_ae((8, 8, 1), filters=2)
    for use in (kerasae.predict, kerasae.fit):
        with pytest.raises((TypeError, ValueError), match=fix):
            use(triple, x)


def test_padding_does_not_count():
    lengths = np.array([3, 10, 6, 10, 4, 8])
    x = np.random.default_rng(0).random((6, 10, 2), dtype="float32")
    x[np.arange(10) >= lengths[:, None]] = -1.0
    model = AutoencoderTransformer(
        "lstm", latent_dim=3, input_shape=(10, 2), epochs=1, random_state=0,
        options={"mask_value": -1.0},
    ).fit(x.reshape(6, -1))  # fmt: skip
    made = kerasae.predict(model.autoencoder_, x)
    expected = [
        np.mean((one[:length] - other[:length]) ** 2)
        for one, other, length in zip(x, made, lengths, strict=True)
    ]
    found = -model.score_samples(x.reshape(6, -1))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert -model.score(x.reshape(6, -1)) == pytest.approx(np.mean(expected), rel=1e-5)
    errors = metrics.sample_errors(x, made, mask_value=-1.0)
    np.testing.assert_allclose(errors, expected, rtol=1e-5)
    error = metrics.reconstruction_error(x, made, mask_value=-1.0)
    loss = model.autoencoder_.autoencoder.evaluate(x, x, verbose=0)
    assert error == pytest.approx(loss, rel=1e-5)
    with pytest.raises(ValueError, match="nothing but padding at index 1"):
        metrics.sample_errors(np.stack([x[0], x[0] * 0 - 1]), made[:2], mask_value=-1)
    with pytest.raises(ValueError, match="sequences of shape"):
        metrics.sample_errors(FLOATS, FLOATS, mask_value=0.0)


@pytest.mark.parametrize("likelihood", [None, "bernoulli"])
def test_pixels_are_seen_behind_a_last_reshape(likelihood):
    """The layer that returns numbers in [0, 1] need not be the last."""
    build = kerasae.build_undercomplete_ae if likelihood is None else kerasae.build_vae
    x = np.round(255 * FLOATS).reshape(12, 4, 4, 1)
    with pytest.raises(ValueError, match=FROM_0_TO_1):
        kerasae.predict(build((4, 4, 1), latent_dim=2), x)
