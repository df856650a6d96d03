"""The detector: alarms, reasons and files. scikit-learn's checks stand elsewhere."""

import json
import zipfile

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import kerasae
from kerasae.data import load_dataset
from kerasae.estimators import AnomalyDetector, AutoencoderTransformer

SMALL = {"epochs": 3, "random_state": 0, "options": {"hidden_units": (16,)}}


def near_a_plane(count, seed=0):
    noise = np.random.default_rng(seed)
    directions = np.random.default_rng(9).normal(size=(2, 8))
    plane = noise.normal(size=(count, 2)) @ directions
    return plane + 0.1 * noise.normal(size=plane.shape)


X = near_a_plane(400)
NEW = near_a_plane(300, seed=1)
OFF = NEW + 3 * np.random.default_rng(2).normal(size=NEW.shape)


@pytest.fixture(scope="module")
def detector():
    return AnomalyDetector(**SMALL).fit(X)


@pytest.mark.every_backend
def test_finds_what_does_not_belong(detector):
    scores = detector.score_samples(np.concatenate([NEW, OFF]))
    labels = np.repeat([1, 0], len(NEW))
    assert roc_auc_score(labels, scores) > 0.97
    assert (detector.predict(OFF) == -1).mean() > 0.8
    # 4 of 100 is what 80 held-out samples give for a rate of 0.05, give or take.
    assert (detector.predict(NEW) == -1).mean() < 0.12


@pytest.mark.every_backend
def test_alarms_follow_from_p_values(detector):
    both = np.concatenate([NEW, OFF])
    flagged = detector.predict(both) == -1
    np.testing.assert_array_equal(flagged, detector.p_values(both) <= 0.05)
    np.testing.assert_array_equal(flagged, detector.decision_function(both) < 0)
    assert len(detector.calibration_scores_) == 80


def test_calibration_on_samples_of_ones_own():
    one = AnomalyDetector(**SMALL, false_alarm_rate=0.1).fit(X, X_calibration=NEW)
    known = np.sort(-one.score_samples(NEW))
    np.testing.assert_allclose(one.calibration_scores_, known, 2e-4)
    assert (one.calibration_scores_ > known).all()
    assert (one.predict(NEW) == -1).sum() == int(0.1 * 301) - 1


def test_a_share_of_the_training_data():
    one = AnomalyDetector(**SMALL, contamination=0.1).fit(X)
    assert (one.fit_predict(X) == -1).sum() == 40
    assert not len(one.calibration_scores_)
    with pytest.raises(ValueError, match=r"Fit with contamination=None"):
        one.p_values(X)


@pytest.mark.every_backend
@pytest.mark.parametrize(
    "options",
    [
        {"variant": "conv1d", "options": {"filters": (4,)}, "latent_dim": None},
        {"variant": "vae", "measure": "bound", "options": {"hidden_units": 8}},
        {"variant": "sparse", "measure": "absolute", "options": {}},
    ],
)
def test_any_variant_and_shape(options):
    x = X.reshape(-1, 8, 1) if options["variant"] == "conv1d" else X
    one = AnomalyDetector(**{**SMALL, **options}).fit(x)
    parts = one.explain(x[:5])
    assert parts.shape == x[:5].shape
    total = parts.reshape(5, -1).sum(axis=1)
    np.testing.assert_allclose(total, -one.score_samples(x[:5]), 1e-5, 1e-5)


def test_images_and_rows_of_them(images):
    x = images(60, 6, 6, 1)
    settings = {"variant": "conv", "options": {"filters": (4,)}, "contamination": 0.1}
    one = AnomalyDetector(**{**SMALL, **settings}).fit(x)
    rows = AnomalyDetector(**{**SMALL, **settings}, input_shape=(6, 6, 1))
    rows.fit(x.reshape(60, -1))
    np.testing.assert_array_equal(one.predict(x), rows.predict(x.reshape(60, -1)))
    np.testing.assert_array_equal(one.predict(x), one.predict(x.reshape(60, -1)))
    with pytest.raises(ValueError, match=r"shape \(n_samples, 6, 6, 1\)"):
        one.predict(x.reshape(60, 1, 6, 6))
    with pytest.raises(ValueError, match="`input_shape` must be the shape"):
        clone(rows).set_params(input_shape=(36, 1, 1)).fit(x)


def test_a_ready_triple_starts_from_its_weights():
    triple = kerasae.build_tied_ae(8, latent_dim=2, output_activation="linear", seed=0)
    before = [np.array(w) for w in triple.autoencoder.get_weights()]
    one = AnomalyDetector(triple, epochs=1, learning_rate=1e-7, random_state=0).fit(X)
    after = one.autoencoder_.autoencoder.get_weights()
    for old, new, kept in zip(
        before, after, triple.autoencoder.get_weights(), strict=True
    ):
        np.testing.assert_allclose(old, new, atol=1e-4)
        np.testing.assert_array_equal(old, kept)


# Scaling


def test_units_and_constant_columns_change_nothing():
    units = np.logspace(-6, 6, 8)
    offset = np.array([0, 1e9, 0, 0, -3e8, 0, 0, 0]) * 1e-3
    plain = AnomalyDetector(**SMALL).fit(X)
    other = AnomalyDetector(**SMALL).fit(X * units + offset * units)
    scores = other.score_samples(NEW * units + offset * units)
    np.testing.assert_allclose(scores, plain.score_samples(NEW), rtol=0.02, atol=0.05)

    flat = np.concatenate([X, np.full((len(X), 1), 7.3)], axis=1)
    one = AnomalyDetector(**SMALL).fit(flat)
    ordinary = np.concatenate([NEW, np.full((len(NEW), 1), 7.3)], axis=1)
    assert (one.predict(ordinary) == -1).mean() < 0.15
    odd = ordinary[:10] + np.eye(9)[8] * 100
    assert (one.predict(odd) == -1).all()
    assert (one.explain(odd).argmax(axis=1) == 8).all()


def test_robust_scaling_of_far_outliers():
    x = X.copy()
    x[:20] *= 1e3
    both, labels = np.concatenate([NEW, OFF]), np.repeat([1, 0], len(NEW))
    robust = AnomalyDetector(**SMALL, scaling="robust").fit(x)
    assert roc_auc_score(labels, robust.score_samples(both)) > 0.99
    # A twentieth of the held-out rows are outliers: no alarm short of them.
    assert (robust.predict(both) == -1).mean() < 0.05

    mostly_zero = np.where(np.random.default_rng(0).random(X.shape) < 0.9, 0.0, 1e6 * X)
    one = AnomalyDetector(**SMALL, scaling="robust").fit(mostly_zero)
    assert np.isfinite(one.score_samples(mostly_zero)).all()
    assert (one.predict(mostly_zero) == -1).mean() < 0.2


def test_huge_values_are_anomalies_not_errors(detector):
    x = NEW[:3].copy()
    x[0, 0], x[1, 1] = 1e38, -1e300
    scores = detector.score_samples(x)
    assert np.isfinite(scores).all()
    assert detector.predict(x).tolist() == [-1, -1, 1]


# Robustness


def test_trained_again_without_the_worst():
    dirty = np.concatenate([X, OFF[:80]])
    plain = AnomalyDetector(**{**SMALL, "epochs": 20}, measure="squared")
    trimmed = clone(plain).set_params(trim_fraction=0.3)
    labels = np.repeat([1, 0], len(NEW))
    both = np.concatenate([NEW, OFF])
    found = [
        roc_auc_score(labels, one.fit(dirty).score_samples(both))
        for one in (plain, trimmed)
    ]
    assert found[1] > found[0]


# Reasons


def test_the_planted_feature_is_named_first(detector):
    noise = np.random.default_rng(0)
    odd, where = NEW[:100].copy(), noise.integers(8, size=100)
    odd[np.arange(100), where] += 8 * X.std() * noise.choice([-1, 1], 100)
    named = detector.explain(odd).argmax(axis=1)
    assert (named == where).sum() >= 95


def test_the_planted_patch_is_named(digits):
    one = AnomalyDetector(
        "conv",
        options={"filters": (16, 8)},
        measure="squared",
        scaling="none",
        epochs=30,
        batch_size=32,
        contamination=0.1,
        random_state=0,
    ).fit(digits)
    noise = np.random.default_rng(0)
    odd = load_dataset("digits").x_test[:100].copy()
    corners = noise.integers(6, size=(100, 2))
    for image, (row, column) in zip(odd, corners, strict=True):
        patch = image[row : row + 3, column : column + 3]
        patch[:] = 1 - (patch > 0.5)
    parts = one.explain(odd)[..., 0]
    sums = np.lib.stride_tricks.sliding_window_view(parts, (3, 3), axis=(1, 2))
    largest = sums.sum(axis=(3, 4)).reshape(100, -1).argmax(axis=1)
    found = np.stack(np.unravel_index(largest, (6, 6)), axis=1)
    assert (np.abs(found - corners).max(axis=1) <= 1).sum() >= 95


def test_a_table_is_explained_in_its_own_columns():
    names = [f"sensor {i}" for i in range(8)]
    one = AnomalyDetector(**SMALL).fit(pd.DataFrame(X, columns=names))
    x = pd.DataFrame(NEW[:3], [7, 8, 9], names)
    found = one.explain(x)
    assert list(found.columns) == names
    assert found.index.tolist() == [7, 8, 9]
    assert one.feature_names_in_.tolist() == names
    with pytest.raises(ValueError, match="feature names"):
        one.predict(x[names[::-1]])


# Files


@pytest.mark.parametrize("contamination", [None, 0.1])
def test_saved_and_loaded(contamination, tmp_path):
    names = [f"c{i}" for i in range(8)]
    one = AnomalyDetector(**SMALL, corruption=("masking", 0.1))
    one.set_params(contamination=contamination, learning_rate=np.float32(0.01))
    one.fit(pd.DataFrame(X, columns=names))
    path = one.save(tmp_path / "folder" / "pumps.kerasae")
    again = AnomalyDetector.load(path)
    x = pd.DataFrame(OFF, columns=names)
    np.testing.assert_array_equal(again.predict(x), one.predict(x))
    np.testing.assert_array_equal(again.score_samples(x), one.score_samples(x))
    np.testing.assert_array_equal(again.explain(x[:5]), one.explain(x[:5]))
    assert again.feature_names_in_.tolist() == names
    assert again.history_ == one.history_
    assert again.get_params() == one.get_params()
    again.fit(X)  # goes on as a new one would
    with zipfile.ZipFile(path) as archive:
        assert not any("pickle" in name for name in archive.namelist())


def test_what_no_file_can_hold(tmp_path):
    def builder(input_shape, **options):
        return kerasae.build_undercomplete_ae(
            input_shape, latent_dim=2, output_activation="linear", **options
        )

    one = AnomalyDetector(
        builder,
        epochs=1,
        random_state=np.random.RandomState(0),
        callbacks=[keras.callbacks.TerminateOnNaN()],
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.Huber(),
    ).fit(X)
    again = AnomalyDetector.load(one.save(tmp_path / "own.kerasae"))
    np.testing.assert_array_equal(again.predict(OFF), one.predict(OFF))
    assert isinstance(again.variant, kerasae.Autoencoder)
    assert again.callbacks is None
    assert float(again.optimizer.learning_rate) == pytest.approx(0.01)
    again.fit(X)

    one.set_params(loss=lambda x, y: keras.ops.mean((x - y) ** 2))
    with pytest.raises(TypeError, match=r"`loss` must be .*register_keras"):
        one.save(tmp_path / "lambda.kerasae")
    assert [path.name for path in tmp_path.iterdir()] == ["own.kerasae"]


@pytest.mark.parametrize("damage", ["text", "cut", "foreign", "description", "model"])
def test_damaged_files(damage, detector, tmp_path):
    path = tmp_path / "one.kerasae"
    if damage == "text":
        path.write_text("not a file of ours")
    elif damage == "cut":
        content = detector.save(path).read_bytes()
        path.write_bytes(content[: len(content) // 2])
    elif damage == "foreign":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "other")
    else:
        detector.save(path)
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = "estimator.json" if damage == "description" else "model.keras"
        parts[name] = b"{" if damage == "description" else b"PK"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
    with pytest.raises(ValueError, match=r"damaged|no file of"):
        AnomalyDetector.load(path)


def test_files_of_other_estimators_and_none_at_all(detector, tmp_path):
    path = detector.save(tmp_path / "one.kerasae")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    description = json.loads(parts["estimator.json"])
    description["estimator"] = "AutoencoderClusterer"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("estimator.json", json.dumps(description))
    with pytest.raises(ValueError, match=r"AutoencoderClusterer\.load"):
        AnomalyDetector.load(path)
    with pytest.raises(FileNotFoundError):
        AnomalyDetector.load(tmp_path / "none.kerasae")
    with pytest.raises(ValueError, match="Known: kerasae"):
        detector.save(tmp_path / "one.pkl")


# In scikit-learn


def test_in_pipelines_and_searches():
    pipeline = make_pipeline(StandardScaler(), AnomalyDetector(**SMALL))
    assert set(pipeline.fit(X).predict(OFF)) <= {1, -1}
    labels = np.repeat([1, -1], [len(X), len(OFF)])
    search = GridSearchCV(
        AnomalyDetector(**SMALL, contamination=0.1),
        {"measure": ["squared", "joint"]},
        scoring="roc_auc",
        cv=StratifiedKFold(2),
    )
    search.fit(np.concatenate([X, OFF]), labels)  # labels are for the scores only
    assert search.best_score_ > 0.5


def test_a_seed_repeats_the_detector():
    one, other = (AnomalyDetector(**SMALL).fit(X) for _ in range(2))
    np.testing.assert_array_equal(one.score_samples(OFF), other.score_samples(OFF))
    np.testing.assert_array_equal(one.calibration_scores_, other.calibration_scores_)


def test_nothing_is_lost_if_a_fit_fails(detector):
    before = detector.predict(OFF)
    with pytest.raises(ValueError, match="NaN"):
        detector.fit(np.where(X[3, 2] == X, np.nan, X))
    np.testing.assert_array_equal(detector.predict(OFF), before)


def test_a_memory_mapped_file_is_read_in_parts(detector, tmp_path, monkeypatch):
    path = tmp_path / "rows.npy"
    np.save(path, OFF)
    monkeypatch.setattr("kerasae.estimators._sample_rows._BLOCK", 80)
    expected = detector.score_samples(OFF)
    np.testing.assert_array_equal(detector.score_samples(path), expected)
    np.testing.assert_array_equal(
        detector.p_values(np.load(path, mmap_mode="r")), detector.p_values(OFF)
    )


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"false_alarm_rate": 0.0}, ValueError, r"false_alarm_rate.*\(0, 1\)"),
        ({"false_alarm_rate": 1.0}, ValueError, r"false_alarm_rate.*\(0, 1\)"),
        ({"false_alarm_rate": "low"}, TypeError, "false_alarm_rate"),
        ({"false_alarm_rate": 0.001}, ValueError, "`X` must be 4995 samples or more"),
        ({"contamination": 0.6}, ValueError, r"contamination.*\(0, 0.5\]"),
        ({"contamination": 0.0}, ValueError, r"contamination.*\(0, 0.5\]"),
        ({"trim_fraction": -0.1}, ValueError, r"trim_fraction.*\[0, 0.5\]"),
        ({"support_fraction": 0.0}, ValueError, r"support_fraction.*\(0, 1\]"),
        ({"calibration_fraction": 1.0}, ValueError, "calibration_fraction"),
        ({"scaling": "minmax"}, ValueError, "scaling"),
        ({"measure": "sqared"}, ValueError, "Did you mean 'squared'"),
        ({"measure": "bound"}, ValueError, "build_vae"),
        ({"variant": "conv", "latent_dim": None}, ValueError, "input_shape"),
    ],
)
def test_bad_parameters(options, error, message):
    with pytest.raises(error, match=message):
        AnomalyDetector(**{**SMALL, **options}).fit(X)


def test_too_small_a_calibration_set_of_ones_own():
    one = AnomalyDetector(**SMALL, false_alarm_rate=0.01)
    with pytest.raises(ValueError, match=r"`X_calibration` must be 99 samples or more"):
        one.fit(X, X_calibration=NEW[:50])


def test_a_share_is_not_calibrated():
    one = AnomalyDetector(**SMALL, contamination=0.1)
    with pytest.raises(ValueError, match="None where X_calibration is given"):
        one.fit(X, X_calibration=NEW)


def test_columns_with_holes_are_named(detector):
    table = pd.DataFrame(X, columns=list("abcdefgh"))
    table.loc[3, "c"] = np.nan
    with pytest.raises(ValueError, match="in column 'c' of 8"):
        AnomalyDetector(**SMALL).fit(table)
    with pytest.raises(ValueError, match="in column 2 of 8"):
        detector.predict(table.to_numpy())


def test_a_variational_network_by_name_is_for_any_range():
    network = AutoencoderTransformer("vae", epochs=1, random_state=0)
    model = network.fit(X).autoencoder_.autoencoder
    assert type(model.likelihood).__name__ == "Gaussian"
