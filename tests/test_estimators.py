"""What the estimators promise beyond scikit-learn's own checks."""

import copy
import csv
import pickle
import random

import joblib
import keras
import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import kerasae
from kerasae.builders import SAMPLE_AXES, VARIANTS
from kerasae.data import load_dataset
from kerasae.estimators import (
    AutoencoderTransformer,
    StackedAutoencoder,
    StackedAutoencoderClassifier,
)

pytestmark = pytest.mark.usefixtures("eager")


# A step an epoch, and an optimizer of few operations.
TINY = {"epochs": 2, "batch_size": 40, "optimizer": "sgd", "random_state": 0}
LAYERS = {"hidden_units": (6,), "latent_dim": 3, "pretrain_epochs": 1}


def transformer(**parameters):
    return AutoencoderTransformer(**{"latent_dim": 3, **TINY, **parameters})


def stack(**parameters):
    return StackedAutoencoder(**{**LAYERS, **TINY, **parameters})


def classifier(**parameters):
    return StackedAutoencoderClassifier(**{**LAYERS, **TINY, **parameters})


every_estimator = pytest.mark.parametrize("make", [transformer, stack, classifier])
every_autoencoder = pytest.mark.parametrize("make", [transformer, stack])
every_stack = pytest.mark.parametrize("make", [stack, classifier])


@pytest.fixture
def X():
    return np.random.default_rng(0).standard_normal((40, 5))


@pytest.fixture
def y(X):
    return np.where(X[:, 0] > 0, "plus", "minus")


@pytest.fixture(scope="module")
def rows():
    """Return rows of pixels and labels, for training and for testing."""
    data = load_dataset("digits")
    return (
        data.x_train.reshape(-1, 64),
        data.y_train,
        data.x_test.reshape(-1, 64),
        data.y_test,
    )


def weights(estimator):
    return estimator.autoencoder_.autoencoder.get_weights()


def same(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


# What is learned


@pytest.mark.compiled
@pytest.mark.every_backend
def test_a_linear_transformer_reaches_pca(rows):
    x_train, _, x_test, _ = rows
    linear = transformer(
        latent_dim=8,
        activation="linear",
        optimizer="adam",
        learning_rate=0.003,
        batch_size=32,
        epochs=40,
    ).fit(x_train)
    pca = kerasae.metrics.pca_error(x_train, x_test, 8)[1]
    assert -linear.score(x_test) == pytest.approx(pca, rel=0.05)
    assert linear.transform(x_test).shape == (540, 8)
    per_sample = linear.score_samples(x_test)
    again = linear.inverse_transform(linear.transform(x_test))
    np.testing.assert_allclose(
        per_sample, -np.square(again - x_test).mean(axis=1), rtol=1e-4
    )
    assert linear.score(x_test) == pytest.approx(per_sample.mean(), rel=1e-5)


@pytest.mark.compiled
@pytest.mark.every_backend
def test_a_classifier_learns_and_unlabeled_samples_help_pretraining(rows):
    x_train, y_train, x_test, y_test = rows
    model = classifier(
        hidden_units=(64,),
        latent_dim=32,
        pretrain_epochs=10,
        epochs=10,
        optimizer="adam",
        learning_rate=0.003,
        batch_size=32,
    ).fit(x_train[:500], y_train[:500], X_unlabeled=x_train[500:])
    assert model.score(x_test, y_test) > 0.9
    assert model.history_["accuracy"][-1] > 0.95
    assert model.transform(x_test).shape == (540, 32)
    # The triple is what pretraining left: its halves still fit each other.
    autoencoder = model.autoencoder_.autoencoder
    error = np.square(autoencoder.predict(x_test, verbose=0) - x_test).mean()
    assert error < 0.06
    assert autoencoder.get_layer("code") is not model.classifier_.get_layer("code")


def test_noise_of_the_builder_stays_with_the_autoencoder(X, y):
    model = classifier(options={"corruption": ("masking", 0.5)}).fit(X, y)
    assert model.transform(X).shape == (40, 3)
    once, again = (
        keras.ops.convert_to_numpy(
            model.classifier_(X.astype("float32"), training=True)
        )
        for _ in range(2)
    )
    np.testing.assert_array_equal(once, again)
    np.testing.assert_allclose(once, model.predict_proba(X), atol=1e-6)


def test_unlabeled_samples_are_pretrained_on(X, y):
    alone = classifier(epochs=1).fit(X, y)
    more = classifier(epochs=1).fit(X, y, X_unlabeled=np.vstack([X, X]))
    assert not same(weights(alone), weights(more))
    with pytest.raises(ValueError, match="X has 4 features"):
        classifier().fit(X, y, X_unlabeled=X[:, :4])


# Variants

# On every backend: dense, convolutional and with random codes.
SOME = ("undercomplete", "conv", "vae")


@pytest.mark.compiled
@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(name, marks=pytest.mark.every_backend if name in SOME else ())
        for name in sorted(VARIANTS)
    ],
)
def test_every_variant_by_name(variant, rows):
    x = rows[0][:32]
    shape = (8, 8, 1)[: len(SAMPLE_AXES[variant])] if variant in SAMPLE_AXES else None
    model = transformer(variant=variant, input_shape=shape, epochs=1).fit(x)
    codes = model.transform(x)
    assert codes.dtype == np.float32
    assert codes.shape == (32, len(model.get_feature_names_out()))
    assert model.inverse_transform(codes).shape == x.shape
    assert np.isfinite(model.score(x))


@pytest.mark.compiled
def test_codes_of_several_axes_are_flattened(rows):
    x = rows[0][:32]
    model = AutoencoderTransformer(
        "conv", input_shape=(8, 8, 1), options={"filters": (4, 2)}, epochs=1
    ).fit(x)
    assert model.autoencoder_.encoder.output_shape == (None, 2, 2, 2)
    assert model.transform(x).shape == (32, 8)
    assert model.inverse_transform(model.transform(x)).shape == (32, 64)


def test_names_get_a_linear_output_and_mean_squared_error(X):
    model = transformer(epochs=1).fit(X)
    assert model.autoencoder_.autoencoder.loss == "mean_squared_error"
    model = transformer(epochs=1, output_activation="sigmoid").fit(X > 0)
    assert model.autoencoder_.autoencoder.loss == "binary_crossentropy"
    model = transformer(epochs=1, loss="mean_absolute_error").fit(X)
    assert model.autoencoder_.autoencoder.loss == "mean_absolute_error"


def build_mine(input_shape, *, latent_dim=2, width=4):
    inputs = keras.Input(input_shape)
    x = keras.layers.Dense(width, name="wide")(inputs)
    code = keras.layers.Dense(latent_dim, name="code")(x)
    return keras.Model(inputs, keras.layers.Dense(*input_shape)(code))


def build_mine_as_triple(input_shape, **options):
    return kerasae.split(build_mine(input_shape, **options))


@pytest.mark.parametrize("builder", [build_mine, build_mine_as_triple])
def test_a_builder_of_the_users(builder, X):
    assert transformer(variant=builder, latent_dim=None).fit(X).transform(X).shape == (
        40,
        2,
    )
    model = transformer(variant=builder, options={"width": 7}).fit(X)
    assert model.autoencoder_.autoencoder.get_layer("wide").units == 7
    assert model.transform(X).shape == (40, 3)


@pytest.mark.parametrize("whole", [True, False], ids=["triple", "model"])
def test_a_ready_model_is_copied_with_its_weights(whole, X):
    triple = kerasae.build_tied_ae(5, latent_dim=2, output_activation="linear")
    before = triple.autoencoder.get_weights()
    model = transformer(
        variant=triple if whole else triple.autoencoder,
        latent_dim=None,
        learning_rate=1e-9,
        epochs=1,
    ).fit(X)
    assert same(before, triple.autoencoder.get_weights())
    assert not triple.autoencoder.compiled
    for ours, theirs in zip(weights(model), before, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    assert clone(model).fit(X).transform(X).shape == (40, 2)


# Parameters are scikit-learn's business


@every_estimator
def test_fit_leaves_its_parameters_alone(make, X, y):
    noise = kerasae.layers.MaskingNoise(0.2)
    optimizer = keras.optimizers.Adam(0.02)
    options = {"kernel_initializer": keras.initializers.HeNormal()}
    model = make(optimizer=optimizer, corruption=noise, options=options)
    before = dict(model.get_params())
    model.fit(X, y)
    assert all(model.get_params()[name] is before[name] for name in before)
    assert not optimizer.built
    assert not noise.built
    trained = model.classifier_ if make is classifier else model.autoencoder_[0]
    assert float(trained.optimizer.learning_rate) == pytest.approx(0.02)


@every_estimator
def test_same_random_state_same_result(make, X, y):
    results = [
        make(random_state=state).fit(X, y).transform(X)
        for state in (1, 1, np.random.RandomState(1), 2)
    ]
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[3])
    keras.utils.set_random_seed(3)
    first = make(random_state=None).fit(X, y).transform(X)
    second = make(random_state=None).fit(X, y).transform(X)
    keras.utils.set_random_seed(3)
    third = make(random_state=None).fit(X, y).transform(X)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, third)


@every_estimator
def test_global_random_numbers_go_on_as_if_nothing_had_happened(make, X, y):
    drawn = []
    for meanwhile in (lambda: None, lambda: make().fit(X, y).partial_fit(X, y)):
        random.seed(3)
        np.random.seed(3)  # noqa: NPY002 - what Keras and scikit-learn use
        meanwhile()
        drawn.append((random.random(), np.random.random()))  # noqa: NPY002
    assert drawn[0] == drawn[1]


@pytest.mark.compiled
def test_a_search_over_the_size_of_the_code(rows):
    x, labels, _, _ = rows
    pipeline = make_pipeline(
        StandardScaler(), transformer(epochs=1), LogisticRegression(max_iter=1000)
    )
    search = GridSearchCV(
        pipeline, {"autoencodertransformer__latent_dim": [1, 16]}, cv=2, n_jobs=1
    ).fit(x[:300], labels[:300])
    assert search.best_params_ == {"autoencodertransformer__latent_dim": 16}
    assert search.best_estimator_[:-1].transform(x[:3]).shape == (3, 16)


@pytest.mark.compiled
def test_a_search_of_autoencoders_alone_minds_the_reconstruction(X):
    search = GridSearchCV(
        transformer(
            epochs=30, activation="linear", optimizer="adam", learning_rate=0.05
        ),
        {"latent_dim": [1, 4]},
        cv=2,
    ).fit(X)
    assert search.best_params_ == {"latent_dim": 4}
    assert search.best_score_ < 0


def test_two_workers(X, y):
    scores = cross_val_score(
        classifier(hidden_units=6), X, y, cv=2, n_jobs=2, error_score="raise"
    )
    assert scores.shape == (2,)


@every_autoencoder
def test_names_of_features(make, X):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abcde"), index=range(100, 140))
    model = make().set_output(transform="pandas").fit(frame)
    codes = model.transform(frame)
    name = type(model).__name__.lower()
    assert list(codes.columns) == [f"{name}{i}" for i in range(3)]
    assert list(codes.index) == list(frame.index)
    assert list(model.feature_names_in_) == list("abcde")
    assert model.inverse_transform(codes).shape == (40, 5)
    with pytest.raises(ValueError, match="feature names"):
        model.transform(frame.rename(columns={"a": "z"}))


# Going on


@pytest.mark.every_backend
@every_estimator
def test_warm_start_goes_on_with_the_same_model(make, X, y):
    model = make(warm_start=True, epochs=2).fit(X, y)
    kept = model.classifier_ if make is classifier else model.autoencoder_.autoencoder
    steps = int(kept.optimizer.iterations)
    model.set_params(learning_rate=0.5, epochs=3).fit(X, y)
    now = model.classifier_ if make is classifier else model.autoencoder_.autoencoder
    assert now is kept
    assert int(kept.optimizer.iterations) == steps // 2 * 5
    assert float(kept.optimizer.learning_rate) == 0.5
    assert model.n_iter_ == len(model.history_["loss"]) == 5
    model.set_params(warm_start=False).fit(X, y)
    assert model.n_iter_ == 3


@every_estimator
def test_warm_start_wants_the_same_features(make, X, y):
    model = make(warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match="X has 4 features"):
        model.fit(X[:, :4], y)


@every_autoencoder
def test_partial_fit_is_an_epoch_more(make, X):
    model = make(learning_rate=0.05)
    for calls in (1, 2, 3):
        assert model.partial_fit(X) is model
        assert model.n_iter_ == calls
    assert model.history_["loss"][-1] < model.history_["loss"][0]
    model.fit(X)
    assert model.n_iter_ == 2
    assert model.partial_fit(X[:7]).n_iter_ == 3
    with pytest.raises(ValueError, match="`early_stopping` must be False"):
        model.set_params(early_stopping=True).partial_fit(X)


def test_partial_fit_with_labels(X, y):
    model = classifier()
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        model.partial_fit(X, y)
    model.partial_fit(X[:1], y[:1], classes=["plus", "minus", "none"])
    assert list(model.classes_) == ["minus", "none", "plus"]
    assert model.pretrain_history_ == []
    assert model.partial_fit(X, y).n_iter_ == 2
    assert model.predict_proba(X).shape == (40, 3)
    with pytest.raises(ValueError, match="`classes` must be those of the first call"):
        model.partial_fit(X, y, classes=["plus", "minus"])
    with pytest.raises(ValueError, match=r"`y` must be labels among .*also \['other'"):
        model.partial_fit(X[:1], ["other"])


@pytest.mark.every_backend
@every_estimator
def test_early_stopping_keeps_the_best_epoch(make, X, y):
    parameters = {
        "epochs": 60,
        "optimizer": "adam",
        "learning_rate": 0.5,
        "n_iter_no_change": 2,
    }
    model = make(early_stopping=True, validation_fraction=0.5, **parameters).fit(X, y)
    losses = model.history_["val_loss"]
    best = int(np.argmin(losses))
    assert model.n_iter_ == len(losses) == min(best + 3, 60)
    assert model.n_iter_ < 60
    assert "val_loss" not in make(**parameters | {"epochs": 1}).fit(X, y).history_


# Stages


@every_stack
def test_layers_are_pretrained_pair_by_pair(make, X, y):
    model = make(hidden_units=[7, 6], pretrain_epochs=2).fit(X, y)
    assert [len(pair["loss"]) for pair in model.pretrain_history_] == [2, 2, 2]
    model = make(hidden_units=[7, 6], pretrain_epochs=(1, 2, 3)).fit(X, y)
    assert [len(pair["loss"]) for pair in model.pretrain_history_] == [1, 2, 3]
    assert make(pretrain_epochs=0).fit(X, y).pretrain_history_ == []
    assert make(corruption=("masking", 0.3), dropout=0.2).fit(X, y).n_iter_ == 2
    assert make(options={"code_activation": "linear"}).fit(X, y).transform(X).min() < 0


@every_stack
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"hidden_units": ()}, r"`hidden_units` must be a non-empty sequence"),
        ({"hidden_units": (8, 0)}, r"`hidden_units` must be .* positive integers"),
        ({"hidden_units": "8"}, r"`hidden_units` must be a sequence"),
        ({"latent_dim": -1}, r"`latent_dim` must be a positive integer"),
        ({"dropout": 1.0}, r"`dropout` must be .*\[0, 1\)"),
        ({"pretrain_epochs": -1}, "`pretrain_epochs` must be"),
        ({"pretrain_epochs": [1, 2, 3]}, "`pretrain_epochs` must be one integer or 2"),
        ({"options": {"latent_dim": 3}}, "`options` must be .*Set latent_dim there"),
        ({"options": {"kernel_initialiser": 3}}, "Did you mean 'kernel_initializer'"),
        ({"corruption": "maskin"}, "Did you mean 'masking'"),
    ],
    ids=str,
)
def test_bad_stacks(make, parameters, message, X, y):
    with pytest.raises((ValueError, TypeError), match=message):
        make(**parameters).fit(X, y)


# Files


@every_estimator
def test_log_and_model_are_written_where_a_path_is_named(make, X, y, tmp_path):
    log, file = tmp_path / "new" / "log.csv", tmp_path / "other" / "model.keras"
    model = make(log_path=log, export_path=str(file), epochs=3).fit(X, y)
    with log.open() as lines:
        written = list(csv.DictReader(lines))
    assert [float(row["loss"]) for row in written] == pytest.approx(
        model.history_["loss"]
    )
    assert [path.name for path in file.parent.iterdir()] == ["model.keras"]
    codes = kerasae.load(file).encoder(X.astype("float32"))
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(codes), model.transform(X), atol=1e-6
    )
    model.partial_fit(X, y)
    assert len(log.read_text().splitlines()) == 1 + 4
    model.fit(X, y)
    assert len(log.read_text().splitlines()) == 1 + 3


@every_estimator
@pytest.mark.parametrize(
    ("name", "path", "error"),
    [
        ("log_path", "log.txt", ValueError),
        ("log_path", "a file/log.csv", OSError),
        ("log_path", "a folder.csv", OSError),
        ("log_path", 3, TypeError),
        ("export_path", "model.h5", ValueError),
        ("export_path", "model", ValueError),
        ("export_path", "a file/model.keras", OSError),
        ("export_path", 3, TypeError),
    ],
)
def test_paths_fail_before_training(
    make, name, path, error, X, y, tmp_path, monkeypatch
):
    (tmp_path / "a file").touch()
    (tmp_path / "a folder.csv").mkdir()
    monkeypatch.setattr(keras.Model, "fit", lambda *_, **__: pytest.fail("trained"))
    path = tmp_path / path if isinstance(path, str) else path
    with pytest.raises(error, match=rf"(?s)`path` must be .*`{name}`"):
        make(**{name: path}).fit(X, y)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a file", "a folder.csv"]


def test_a_failed_fit_keeps_the_earlier_file(X, tmp_path):
    file = tmp_path / "model.keras"
    model = transformer(export_path=file).fit(X)
    before = file.read_bytes()
    with pytest.raises(ValueError, match="`epochs` must be"):
        model.set_params(epochs=0).fit(X)
    with pytest.raises(ValueError, match="Training diverged"):
        model.set_params(epochs=3, optimizer="sgd", learning_rate=1e30).fit(X)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


# Copies


@every_estimator
@pytest.mark.parametrize("way", ["pickle", "joblib", "deepcopy"])
def test_copies_are_equal_and_independent(make, way, X, y, tmp_path):
    # One step an epoch: Keras shuffles the first one after loading in its own way.
    model = make(optimizer="adam").fit(X, y)
    if way == "pickle":
        twin = pickle.loads(pickle.dumps(model))
    elif way == "joblib":
        joblib.dump(model, tmp_path / "model.joblib")
        twin = joblib.load(tmp_path / "model.joblib")
    else:
        twin = copy.deepcopy(model)
    before = model.transform(X)
    np.testing.assert_array_equal(twin.transform(X), before)
    assert twin.history_ == model.history_
    if make is classifier:
        np.testing.assert_array_equal(twin.predict_proba(X), model.predict_proba(X))
    else:
        assert twin.score(X) == model.score(X)
    # Both go on from the same state of the optimizer.
    for estimator in (model, twin):
        estimator.partial_fit(X, y)
    np.testing.assert_allclose(twin.transform(X), model.transform(X), atol=1e-6)
    assert not np.array_equal(model.transform(X), before)


@every_estimator
def test_clones_are_unfitted(make, X, y):
    model = make(options={"kernel_initializer": "he_normal"}).fit(X, y)
    twin = clone(model)
    assert twin.get_params() == model.get_params()
    with pytest.raises(NotFittedError):
        twin.transform(X)


# Input


@every_estimator
@np.errstate(over="ignore")
def test_bad_samples(make, X, y):
    model = make().fit(X, y)
    for value, message in ((np.nan, "NaN"), (np.inf, "infinity"), (1e39, "too large")):
        bad = X.copy()
        bad[3, 2] = value
        for call in (make().fit, model.partial_fit):
            with pytest.raises(ValueError, match=message):
                call(bad, y)
        with pytest.raises(ValueError, match=message):
            model.transform(bad)
    with pytest.raises(ValueError, match=r"X has 4 features, but .* expecting 5"):
        model.transform(X[:, :4])
    with pytest.raises(NotFittedError, match="not fitted yet"):
        make().transform(X)


@every_estimator
def test_a_sigmoid_wants_fractions(make, X, y):
    for parameters in ({"epochs": 1}, {"epochs": 1, "early_stopping": True}):
        model = make(output_activation="sigmoid", **parameters)
        with pytest.raises(ValueError, match=r"`X` must be in \[0, 1\].*MinMaxScaler"):
            model.fit(X, y)
        assert model.fit(MinMaxScaler().fit_transform(X), y).n_iter_ == 1


@every_autoencoder
def test_bad_codes(make, X):
    model = make().fit(X)
    with pytest.raises(ValueError, match=r"X has 5 features, but the codes .* have 3"):
        model.inverse_transform(X)
    with pytest.raises(NotFittedError):
        make().inverse_transform(X)
    with pytest.raises(NotFittedError):
        make().score(X)


def test_bad_labels(X, y):
    with pytest.raises(ValueError, match="requires y to be passed"):
        classifier().fit(X, None)
    with pytest.raises(ValueError, match=r"`y` must be labels of two classes or more"):
        classifier().fit(X, np.full(40, "plus"))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        classifier().fit(X, y[:-1])
    with pytest.raises(ValueError, match="Unknown label type"):
        classifier().fit(X, X[:, 0])
    with pytest.raises(NotFittedError):
        classifier().predict(X)


@every_estimator
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"epochs": 0}, "`epochs` must be a positive integer"),
        ({"epochs": 2.5}, "`epochs` must be a positive integer"),
        ({"batch_size": 0}, "`batch_size` must be a positive integer"),
        ({"n_iter_no_change": 0}, "`n_iter_no_change` must be a positive integer"),
        ({"validation_fraction": 1.0}, r"`validation_fraction` must be .*\[0, 1\)"),
        (
            {"validation_fraction": 0.0, "early_stopping": True},
            "`validation_fraction` must be above 0",
        ),
        ({"learning_rate": 0}, "`learning_rate` must be a finite number above 0"),
        ({"latent_dim": 0}, "`latent_dim` must be a positive integer"),
        ({"optimizer": "adm"}, "`optimizer` must be the name of a Keras optimizer"),
        ({"options": 3}, "`options` must be a dict"),
        ({"options": {"unknown": 3}}, "`options` holds 'unknown'"),
        ({"random_state": "zero"}, "cannot be used to seed"),
    ],
    ids=str,
)
def test_bad_parameters(make, parameters, message, X, y):
    with pytest.raises((ValueError, TypeError), match=message):
        make(**parameters).fit(X, y)


@every_autoencoder
def test_a_bad_loss_is_found_before_pretraining(make, X, monkeypatch):
    monkeypatch.setattr(keras.Model, "fit", lambda *_, **__: pytest.fail("trained"))
    with pytest.raises(ValueError, match="`loss` must be the name of a Keras loss"):
        make(loss="mean_square").fit(X)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"variant": "undercomplet"}, "`variant` .*Did you mean 'undercomplete'"),
        ({"variant": 3}, "`variant` must be a name, a builder.*Received: a int"),
        ({"variant": lambda *_, **__: 3}, "Received: a builder that returns a int"),
        (
            {"variant": lambda *_, **__: keras.Sequential([keras.Input((5,))])},
            "`model` must be a Functional",
        ),
        (
            {"variant": lambda *_, **__: kerasae.build_undercomplete_ae(4)},
            r"`variant` must take and return samples of shape \(5,\)",
        ),
        ({"variant": "conv"}, r"`input_shape` must be \(height, width, channels\)"),
        ({"variant": "conv", "input_shape": (2, 2, 1)}, "`input_shape` .* 5 values"),
        ({"input_shape": (5, 0)}, "`input_shape` must be"),
        ({"options": {"latent_dim": 4}}, "`options` .*Set latent_dim there alone"),
        ({"options": {"hidden_units": 4}}, "build_undercomplete_ae does not know"),
    ],
    # Functions would show their address, another one in every process.
    ids=[
        "unknown name",
        "number",
        "returns a number",
        "returns a Sequential",
        "returns another shape",
        "no image shape",
        "wrong image shape",
        "bad shape",
        "option twice",
        "unknown option",
    ],
)
def test_bad_variants(parameters, message, X):
    with pytest.raises((ValueError, TypeError), match=message):
        transformer(**parameters).fit(X)


def test_bad_ready_models(X):
    ready = kerasae.build_undercomplete_ae(6, latent_dim=3)
    with pytest.raises(ValueError, match="takes no latent_dim"):
        transformer(variant=ready).fit(X)
    with pytest.raises(ValueError, match="`input_shape` must be a shape of 5 values"):
        transformer(variant=ready, latent_dim=None).fit(X)
    with pytest.raises(ValueError, match=r"samples of shape \(5,\)"):
        transformer(variant=ready, latent_dim=None, input_shape=5).fit(X)
    inputs = keras.Input((5,))
    model = keras.Model(inputs, keras.layers.Dense(5)(inputs))
    with pytest.raises(ValueError, match="no layer named 'code'"):
        transformer(variant=model, latent_dim=None).fit(X)


def test_many_rows_are_as_good_as_few(X):
    model = transformer(epochs=1).fit(X)
    many = np.tile(X, (30, 1))
    np.testing.assert_allclose(
        model.transform(many), np.tile(model.transform(X), (30, 1)), atol=1e-6
    )


def test_codes_may_be_changed_in_place(X):
    codes = transformer(epochs=1).fit_transform(X)
    codes += 1
    assert codes.flags.owndata


# What `fit` takes besides


def fitted(make, X, y, *, parameters=(), **arguments):
    """Fit, in steps that hold all samples: their order does not matter then."""
    settings = {"batch_size": 400, "learning_rate": 0.5, "epochs": 3}
    return make(**settings, **dict(parameters)).fit(X, y, **arguments)


@every_estimator
def test_weights_count_like_copies_and_zero_is_absence(make, X, y):
    counts = np.random.default_rng(1).integers(0, 4, len(X))
    weighted = fitted(make, X, y, sample_weight=counts)
    repeated = fitted(make, X.repeat(counts, axis=0), y.repeat(counts))
    codes = repeated.transform(X)
    np.testing.assert_allclose(weighted.transform(X), codes, rtol=1e-4, atol=1e-5)
    scaled = fitted(make, X, y, sample_weight=list(1000.0 * counts))
    np.testing.assert_allclose(scaled.transform(X), codes, rtol=1e-4, atol=1e-5)
    # And they matter.
    unweighted = fitted(make, X, y).transform(X)
    assert np.abs(unweighted - codes).max() > 1e-3
    assert weighted.n_iter_ == 3
    classes = {"classes": sorted(set(y))} if make is classifier else {}
    assert make().partial_fit(X, y, sample_weight=counts, **classes).n_iter_ == 1


@every_estimator
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda n: np.zeros(n), "non-zero|one or more are above 0"),
        (lambda n: -np.ones(n), "[Nn]egative"),
        (lambda n: np.ones(n - 1), "sample_weight"),
        (lambda n: np.full(n, np.nan), "NaN"),
    ],
)
def test_bad_weights(make, wrong, message, X, y):
    with pytest.raises(ValueError, match=message):
        make().fit(X, y, sample_weight=wrong(len(X)))


@every_autoencoder
def test_scores_may_be_weighted(make, X):
    fitted_ = make().fit(X)
    counts = np.random.default_rng(1).integers(0, 4, len(X))
    found = fitted_.score(X, sample_weight=counts)
    assert found == pytest.approx(fitted_.score(X.repeat(counts, axis=0)), rel=1e-6)


@pytest.mark.every_backend
@every_autoencoder
@pytest.mark.parametrize("weighted", [False, True])
def test_validation_data_are_the_users(make, weighted, X, y):
    X_val = X[:10] + 1
    arguments = {"sample_weight": np.arange(40.0)} if weighted else {}
    trained = fitted(make, X, None, X_val=X_val, **arguments)
    val_loss = trained.history_["val_loss"]
    assert len(val_loss) == 3
    assert val_loss[-1] == pytest.approx(-trained.score(X_val), rel=1e-4)
    # Early stopping watches them, and holds nothing out.
    stuck = {"learning_rate": 1e-30, "early_stopping": True, "n_iter_no_change": 2}
    stopped = make(**{**stuck, "epochs": 9}).fit(X, X_val=X_val, **arguments)
    assert stopped.n_iter_ == 3
    with pytest.raises(ValueError, match="X has 4 features"):
        make().fit(X, X_val=X[:, :4])


@every_estimator
def test_held_out_samples_keep_their_weights(make, X, y):
    weight = np.where(np.arange(40) % 2, 1.0, 1e-6)
    trained = fitted(
        make, X, y, sample_weight=weight, parameters={"early_stopping": True}
    )
    assert len(trained.history_["val_loss"]) == trained.n_iter_


def test_a_classifier_is_validated_on_labels(X, y):
    trained = fitted(classifier, X, y, X_val=X[:10], y_val=y[:10])
    accuracy = trained.score(X[:10], y[:10])
    assert trained.history_["val_accuracy"][-1] == pytest.approx(accuracy)
    with pytest.raises(ValueError, match="`y_val` must be given where X_val is"):
        classifier().fit(X, y, X_val=X)
    with pytest.raises(ValueError, match="`y_val` must be labels among the classes"):
        classifier().fit(X, y, X_val=X[:2], y_val=["plus", "other"])


class Recorder(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs = []

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(epoch)


@every_estimator
def test_callbacks_are_called_and_cloned(make, X, y):
    recorder = Recorder()
    estimator = make(callbacks=[recorder]).fit(X, y)
    assert recorder.epochs == [0, 1]
    twin = clone(estimator)
    assert twin.callbacks[0] is not recorder
    assert isinstance(twin.callbacks[0], Recorder)
    twin.fit(X, y)
    assert recorder.epochs == [0, 1]
    for wrong in (recorder, [print]):
        with pytest.raises(TypeError, match="`callbacks` must be a sequence of Keras"):
            make(callbacks=wrong).fit(X, y)


@every_autoencoder
def test_reconstructions_keep_the_names_of_columns(make, X):
    pandas = pytest.importorskip("pandas")
    names, index = list("abcde"), range(100, 140)
    table = pandas.DataFrame(X, columns=names, index=index)
    estimator = make().fit(table)
    plain = estimator.inverse_transform(estimator.transform(table))
    assert isinstance(plain, np.ndarray)
    estimator.set_output(transform="pandas")
    codes = estimator.transform(table)
    back = estimator.inverse_transform(codes)
    assert list(back.columns) == names
    assert list(back.index) == list(index)
    np.testing.assert_array_equal(back.to_numpy(), plain)
    # Codes without an index, samples without names.
    assert list(estimator.inverse_transform(codes.to_numpy()).columns) == names
    with config_context(transform_output="pandas"):
        nameless = make().fit(X)
        back = nameless.inverse_transform(nameless.transform(X))
    assert list(back.columns) == ["x0", "x1", "x2", "x3", "x4"]
