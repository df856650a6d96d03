"""Evaluation against known answers, and every finding provoked."""

import json
import re

import keras
import numpy as np
import pandas as pd
import pytest

import kerasae
from kerasae import evaluation, metrics
from kerasae.evaluation import Finding, Findings, _code_use
from kerasae.evaluation._findings import SEVERITIES

NOISE = np.random.default_rng(0)


def plane(count, seed=0, features=8):
    """Return rows on a plane, standardized, with a little noise."""
    noise = np.random.default_rng(seed)
    directions = np.random.default_rng(9).normal(size=(2, features))
    x = noise.normal(size=(count, 2)) @ directions + 0.5 * noise.normal(
        size=(count, features)
    )
    return ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")


def linear(x, **options):
    keras.utils.set_random_seed(0)
    settings = {"latent_dim": 2, "activation": "linear", "output_activation": "linear"}
    triple = kerasae.build_undercomplete_ae(
        x.shape[1], **{**settings, **options}, seed=0
    )
    kerasae.compile(triple, learning_rate=0.02)
    return triple


@pytest.fixture(scope="module")
def trained():
    x = plane(400)
    triple = linear(x)
    slower = keras.callbacks.LearningRateScheduler(lambda epoch: 0.05 * 0.93**epoch)
    history = kerasae.fit(
        triple, x, epochs=80, validation_data=x, callbacks=[slower], verbose=0
    )
    return triple, history


# Metrics


def test_errors_of_features_average_to_the_error(images):
    x, made = images(6, 5, 4), images(6, 5, 4, seed=1)
    by_feature = metrics.feature_errors(x, made)
    assert by_feature.shape == (5, 4)
    assert by_feature.mean() == pytest.approx(metrics.reconstruction_error(x, made))
    np.testing.assert_allclose(by_feature, np.square(x - made).mean(axis=0), 1e-5)


def test_padding_counts_in_no_feature(images):
    x, made = images(4, 3, 2), images(4, 3, 2, seed=1)
    x[:3, 1:] = -1
    x[:, 2] = -1
    found = metrics.feature_errors(x, made, mask_value=-1)
    np.testing.assert_allclose(found[0], np.square(x - made)[:, 0].mean(axis=0), 1e-5)
    np.testing.assert_allclose(found[1], np.square(x - made)[3, 1], 1e-5)
    assert not found[2].any()


def test_similarity_by_its_formula(images):
    x = images(3, 12, 12)
    np.testing.assert_allclose(metrics.structural_similarity(x, x), 1)
    one, other = np.full((1, 9, 9), 0.4), np.full((1, 9, 9), 0.6)
    c1 = 0.01**2
    known = (2 * 0.4 * 0.6 + c1) / (0.4**2 + 0.6**2 + c1)
    assert metrics.structural_similarity(one, other)[0] == pytest.approx(known)
    # Structure, not brightness alone: an inverted image is unlike.
    assert metrics.structural_similarity(x, 1 - x).max() < 0
    color = images(2, 9, 9, 3)
    parts = [
        metrics.structural_similarity(color[..., i], color[..., i] ** 2)
        for i in range(3)
    ]
    whole = metrics.structural_similarity(color, color**2)
    np.testing.assert_allclose(whole, np.mean(parts, axis=0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: metrics.structural_similarity(x, x[:, :4]), "shape of x"),
        (lambda x: metrics.structural_similarity(x[:, 0], x[:, 0]), "images"),
        (lambda x: metrics.structural_similarity(x, x, data_range=0), "data_range"),
        (lambda x: metrics.feature_errors(x, x[:1]), "shape of x"),
    ],
)
def test_bad_pairs(call, message, images):
    with pytest.raises(ValueError, match=message):
        call(images(3, 6, 6))


# Codes


def test_effective_rank_counts_directions():
    codes = np.zeros((400, 5))
    codes[:, :3] = np.linalg.qr(NOISE.normal(size=(400, 3)))[0]
    codes -= codes.mean(axis=0)
    assert _code_use.effective_rank(codes) == pytest.approx(3, abs=0.01)
    assert _code_use.effective_rank(np.ones((9, 2))) == 0
    one = NOISE.normal(size=(50, 1)) @ [[1.0, 2.0]]
    assert _code_use.effective_rank(one) == pytest.approx(1)


def test_units_of_a_code():
    first = NOISE.normal(size=300)
    codes = np.stack([first, -2 * first, np.zeros(300), np.full(300, 7.0)], axis=1)
    found = _code_use.measured(codes)
    assert found["units in use"] == 2
    assert found["dead units"] == 2
    assert found["mean absolute correlation"] == pytest.approx(1)
    assert found["share of zeros"] == pytest.approx(0.25)


# Evaluation


@pytest.mark.every_backend
def test_a_linear_model_is_as_good_as_pca(trained):
    x, test = plane(400), plane(200, 1)
    found = kerasae.evaluate(trained[0], test, x_train=x)
    rows = found.values["reconstruction"]
    assert rows["mean squared error"] == pytest.approx(
        rows["that of PCA, 2 dimensions"], rel=0.05
    )
    assert rows["that of the mean sample"] == pytest.approx(1, abs=0.1)
    assert rows["explained variance"] > 0.8
    np.testing.assert_allclose(found.sample_errors.mean(), found.feature_errors.mean())
    worst = next(iter(rows["worst samples, by index"]))
    assert int(worst) == found.sample_errors.argmax()


@pytest.mark.every_backend
def test_variational_numbers_are_those_of_the_loss():
    x = (NOISE.random((300, 16)) > 0.5).astype("float32")
    triple = kerasae.build_vae(16, hidden_units=8, latent_dim=3, seed=0)
    kerasae.compile(triple)
    triple.autoencoder.fit(x, epochs=1, verbose=0)
    found = kerasae.evaluate(triple, x, num_samples=20).values["variational"]
    losses = triple.autoencoder.evaluate(x, verbose=0, return_dict=True)
    assert found["KL term, nats"] == pytest.approx(losses["kl_loss"], rel=1e-3)
    bound = found["bound on the log-likelihood, nats"]
    assert bound["mean"] == pytest.approx(-losses["loss"], rel=0.02)
    assert bound["spread"] > 0
    likelihood = found["log-likelihood, 20 samples, nats"]
    assert likelihood["mean"] > bound["mean"]
    assert len(found["KL by dimension, largest first"]) == 3


def test_labels_that_the_code_tells():
    x, y = plane(200), NOISE.permutation(np.arange(200) % 2)
    apart = x + 6 * y[:, None].astype("float32")
    rows = kerasae.evaluate(linear(x), apart, y).values["labels"]
    for name in ("linear classifier, accuracy", "5 nearest neighbors, accuracy"):
        assert rows[name]["mean"] > 0.95
    chance = kerasae.evaluate(linear(x), x, y).values["labels"]
    assert 0.3 < chance["linear classifier, accuracy"]["mean"] < 0.7
    assert abs(chance["k-means, adjusted Rand index"]["mean"]) < 0.1
    text = np.where(y == 1, "odd", "even")
    assert kerasae.evaluate(linear(x), apart, text).values["labels"] == rows


@pytest.mark.parametrize("variant", ["conv", "lstm"])
def test_images_and_padded_sequences(variant, images):
    if variant == "conv":
        triple, x = kerasae.build_conv_ae((8, 8, 1), filters=(4, 2)), images(9, 8, 8, 1)
    else:
        triple, x = kerasae.build_lstm_ae((5, 2), mask_value=-1.0), images(9, 5, 2)
        x[:5, 3:] = -1
    rows = kerasae.evaluate(triple, x).values["reconstruction"]
    assert ("structural similarity (SSIM)" in rows) == (variant == "conv")
    assert any("PCA" in name for name in rows) == (variant == "conv")


def test_the_table_fits_a_terminal_and_a_file(trained, tmp_path):
    found = kerasae.evaluate(trained[0], plane(300), np.arange(300) % 10, most=200)
    text = str(found)
    assert max(map(len, text.splitlines())) <= 78
    assert repr(found) == text
    assert found.values["data"]["samples that were judged"] == 200
    path = found.save(tmp_path / "folder" / "evaluation.json")
    record = json.loads(path.read_text())
    assert record["reconstruction"] == found.values["reconstruction"]
    assert len(record["sample errors"]) == 200
    with pytest.raises(ValueError, match="json"):
        found.save(tmp_path / "evaluation.txt")


def test_an_evaluation_repeats(trained):
    y = np.arange(300) % 3
    one, other = (kerasae.evaluate(trained[0], plane(300), y) for _ in range(2))
    assert one.values == other.values


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (plane(9)[:1], {}, "2 samples or more"),
        (plane(9), {"y": np.arange(8)}, "one label for each of the 9"),
        (plane(9), {"y": np.arange(9)}, "4 samples of each"),
        (plane(9), {"y": np.zeros(9)}, "two classes or more"),
        (plane(9), {"most": 0}, "most"),
        (plane(9), {"num_samples": -1}, "num_samples"),
        (np.full((9, 8), np.nan), {}, "finite"),
        (plane(9), {"x_train": plane(9)[:, :3]}, "x_train"),
    ],
)
def test_what_cannot_be_evaluated(x, options, message, trained):
    with pytest.raises(ValueError, match=message):
        kerasae.evaluate(trained[0], x, **options)


# Diagnosis


def names(*arguments, **options):
    return kerasae.diagnose(*arguments, **options).names


@pytest.mark.every_backend
def test_nothing_is_found_where_nothing_is_wrong(trained):
    triple, history = trained
    found = kerasae.diagnose(triple, plane(400), history)
    assert found == Findings()
    assert str(found) == "Nothing found."


def test_images_with_a_black_border_are_healthy(digits):
    x = digits.reshape(len(digits), -1)
    keras.utils.set_random_seed(0)
    triple = kerasae.build_undercomplete_ae(64, latent_dim=4, seed=0)
    kerasae.compile(triple, learning_rate=0.01)
    history = kerasae.fit(triple, x, epochs=20, verbose=0)
    found = kerasae.diagnose(triple, x, history, thorough=False)
    assert not {"constant-columns", "unscaled"} & set(found.names)


def test_data_findings(trained):
    triple, _ = trained
    x = plane(100)
    holes = x.copy()
    holes[3, 2] = np.nan
    found = kerasae.diagnose(triple, holes)
    assert found[0].name == "not-finite"
    assert "1 of 100 samples" in found[0].evidence
    assert "column 2" in found[0].evidence

    empty = x.copy()
    empty[:, 4] = np.nan
    assert names(triple, empty) == ["not-finite"]

    units = x * np.array([1, 1, 1e4, 1, 1, 1, 1, 1], "float32")
    assert "unscaled" in names(triple, units)
    assert "unscaled" in names(triple, x + 1e4)

    flat = x.copy()
    flat[:, 5] = 0
    flat[:, 7] = flat[:, 1]
    found = {one.name: one for one in kerasae.diagnose(triple, flat)}
    assert "column 5" in found["constant-columns"].evidence
    assert "column 7" in found["duplicated-columns"].evidence


@pytest.mark.parametrize(
    ("activation", "factor"), [("sigmoid", 1.0), ("tanh", 5.0), ("relu", 1.0)]
)
def test_data_that_the_output_cannot_return(activation, factor):
    x = plane(60) * factor
    triple = kerasae.build_undercomplete_ae(
        8, latent_dim=2, output_activation=activation
    )
    found = kerasae.diagnose(triple, x)
    assert found[0].name == "out-of-range"
    assert found[0].severity == "error"
    inside = np.abs(x) / np.abs(x).max()
    assert "out-of-range" not in names(triple, inside)


@pytest.mark.every_backend
def test_one_output_for_all():
    triple = linear(plane(9))
    triple.autoencoder.set_weights(
        [np.zeros_like(weight) for weight in triple.autoencoder.get_weights()]
    )
    assert names(triple, plane(60))[0] == "one-output-for-all"


def test_weights_that_are_nan():
    triple = linear(plane(9))
    triple.autoencoder.set_weights(
        [np.full_like(weight, np.nan) for weight in triple.autoencoder.get_weights()]
    )
    assert "nan-output" in names(triple, plane(60))


def test_worse_than_pca(trained):
    assert "worse-than-pca" in names(linear(plane(9)), plane(200))
    assert "worse-than-pca" not in names(linear(plane(9)), plane(200), thorough=False)
    assert "worse-than-pca" not in names(trained[0], plane(200))


def test_dead_units_and_saturated_ones():
    x = plane(200)
    triple = kerasae.build_undercomplete_ae(
        8, latent_dim=4, output_activation="linear", seed=0
    )
    kernel, bias = triple.autoencoder.get_layer("code").get_weights()
    triple.autoencoder.get_layer("code").set_weights([kernel, bias - [0, 50, 50, 50]])
    found = {one.name: one for one in kerasae.diagnose(triple, x)}
    assert "3 of 4 units" in found["dead-units"].evidence
    assert found["dead-units"].severity == "warning"

    for activation in ("sigmoid", "tanh"):
        triple = kerasae.build_undercomplete_ae(
            8, latent_dim=4, activation=activation, output_activation="linear", seed=0
        )
        assert "saturated-code" not in names(triple, x)
        code = triple.autoencoder.get_layer("code")
        kernel, bias = code.get_weights()
        code.set_weights([100 * kernel, bias])
        assert "saturated-code" in names(triple, x)


@pytest.mark.every_backend
def test_posterior_collapse():
    x = (NOISE.random((100, 16)) > 0.5).astype("float32")
    triple = kerasae.build_vae(16, hidden_units=8, latent_dim=8, seed=0)
    assert "posterior-collapse" not in names(triple, x)
    model = triple.autoencoder
    weights = model.posterior.get_weights()
    model.posterior.set_weights([0 * weight for weight in weights])
    assert "posterior-collapse" in names(triple, x)


@pytest.mark.parametrize(
    ("options", "held_back"),
    [
        ({}, False),
        ({"corruption": ("masking", 0.3)}, True),
        ({"activity_regularizer": "l1"}, True),
    ],
)
def test_a_code_as_large_as_the_data(options, held_back):
    build = (
        kerasae.build_sparse_ae
        if "activity_regularizer" in options
        else kerasae.build_undercomplete_ae
    )
    triple = build(8, latent_dim=8, output_activation="linear", seed=0, **options)
    assert ("large-code" in names(triple, plane(50))) != held_back


FALLING = np.exp(-np.arange(40) / 8) + 1
CURVES = {
    "nan-loss": [*FALLING[:9], np.nan],
    "loss-risen": [*FALLING, 1.5, 1.7, 1.9],
    "loss-unstable": FALLING + 0.5 * (np.arange(40) % 2),
    "learning-rate": np.linspace(1, 0.999, 40),
    "still-falling": np.linspace(2, 1, 40),
}


@pytest.mark.parametrize("name", CURVES)
def test_learning_curves(name, trained):
    found = names(trained[0], plane(400), {"loss": list(CURVES[name])})
    assert found == [name]


def test_advice_names_the_learning_rate(trained):
    (found,) = kerasae.diagnose(
        trained[0], plane(400), {"loss": list(CURVES["loss-risen"])}
    )
    before, after = re.search(r"\(from (\S+) to (\S+)\)", found.advice).groups()
    assert float(after) == pytest.approx(float(before) / 10, rel=1e-4)


def test_overfitting(trained):
    later = np.concatenate([FALLING, FALLING[-1] + np.linspace(0, 0.4, 40)])
    history = {"loss": np.exp(-np.arange(80) / 8) + 1, "val_loss": later}
    assert names(trained[0], plane(400), history) == ["overfitting"]
    history["val_loss"] = np.exp(-np.arange(80) / 8) + 1.3
    assert names(trained[0], plane(400), history) == []


def test_a_cross_entropy_below_zero():
    triple = kerasae.build_undercomplete_ae(8, latent_dim=2)
    kerasae.compile(triple)
    history = {"loss": [0.1, -4.0, -9.0]}
    assert set(names(triple, plane(60), history)) >= {"negative-loss", "out-of-range"}


def test_denoising_validated_without_noise(trained):
    triple = kerasae.build_undercomplete_ae(
        8, latent_dim=2, output_activation="linear", corruption=("masking", 0.3)
    )
    history = {"loss": FALLING, "val_loss": 0.5 * FALLING}
    assert "validated-without-noise" in names(triple, plane(60), history)
    history["val_loss"] = 1.01 * FALLING
    assert "validated-without-noise" not in names(triple, plane(60), history)


def test_findings_are_sorted_and_saved(tmp_path):
    found = Findings(
        Finding(severity, severity, "Evidence " * 20, "Advice.")
        for severity in reversed(SEVERITIES)
    )
    assert found.names == list(SEVERITIES)
    assert max(map(len, str(found).splitlines())) <= 78
    record = json.loads(found.save(tmp_path / "findings.json").read_text())
    assert record[0] == {
        "name": "error", "severity": "error", "evidence": "Evidence " * 20,
        "advice": "Advice.",
    }  # fmt: skip


def test_every_finding_stands_in_the_documentation(pytestconfig):
    folder = pytestconfig.rootpath
    page = (folder / "docs" / "how-to" / "did-it-work.md").read_text()
    code = "".join(
        path.read_text() for path in (folder / "kerasae" / "evaluation").glob("*.py")
    )
    known = set(re.findall(r'Finding\(\s*"([a-z-]+)"', code))
    assert len(known) > 15
    assert known == set(re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE))


@pytest.mark.parametrize(
    ("x", "history", "error"),
    [
        (plane(9)[:1], None, ValueError),
        (plane(9)[:, :3], None, ValueError),
        (plane(9), [1.0], TypeError),
        (pd.DataFrame({"a": ["x"] * 9}), None, TypeError),
    ],
)
def test_what_cannot_be_diagnosed(x, history, error, trained):
    with pytest.raises(error):
        kerasae.diagnose(trained[0], x, history)


def test_the_rooms_names():
    assert evaluation.evaluate is kerasae.evaluate
    assert evaluation.diagnose is kerasae.diagnose
