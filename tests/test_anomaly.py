"""Scores, reasons, thresholds and windows, against known answers."""

import keras
import numpy as np
import pytest
from scipy.stats import binom
from sklearn.covariance import LedoitWolf

import kerasae
from kerasae import anomaly, metrics
from kerasae.generation import log_likelihood

SIZE = 6
PLAIN = ("squared", "absolute", "loss", "code", "joint")


@pytest.fixture(scope="module")
def x():
    """Rows that lie near a plane."""
    noise = np.random.default_rng(0)
    plane = noise.normal(size=(120, 2)) @ noise.normal(size=(2, SIZE))
    return (plane + 0.1 * noise.normal(size=plane.shape)).astype("float32")


@pytest.fixture(scope="module")
def triple(x):
    keras.utils.set_random_seed(0)
    triple = kerasae.build_undercomplete_ae(
        SIZE, latent_dim=2, activation="linear", output_activation="linear", seed=0
    )
    kerasae.compile(triple, learning_rate=0.05)
    kerasae.fit(triple, x, epochs=10, verbose=0)
    return triple


@pytest.fixture(scope="module")
def reference(triple, x):
    return anomaly.fit_reference(triple, x)


# Scores


def test_errors_are_those_of_the_metrics(triple, x):
    made = kerasae.predict(triple, x)
    squared = anomaly.scores(triple, x)
    np.testing.assert_allclose(squared, metrics.sample_errors(x, made), 1e-5)
    absolute = anomaly.scores(triple.autoencoder, x, "absolute")
    np.testing.assert_allclose(absolute, np.abs(x - made).mean(axis=1), 1e-4)


@pytest.mark.every_backend
@pytest.mark.parametrize("loss", ["mean_squared_error", "huber", "summed"])
def test_the_loss_is_the_training_loss(loss, x):
    inside = (x - x.min()) / (x.max() - x.min())
    triple = kerasae.build_undercomplete_ae(SIZE, latent_dim=2, seed=0)
    summed = kerasae.losses.SummedBinaryCrossentropy()
    kerasae.compile(triple, loss=summed if loss == "summed" else loss)
    scores = anomaly.scores(triple, inside, "loss")
    whole = triple.autoencoder.evaluate(inside, inside, verbose=0)
    assert scores.mean() == pytest.approx(whole, rel=1e-5)
    parts = anomaly.contributions(triple, inside, "loss")
    np.testing.assert_allclose(parts.sum(axis=1), scores, 1e-6)


def test_a_loss_that_is_no_sum_of_features_has_no_parts(x):
    triple = kerasae.build_undercomplete_ae(SIZE, latent_dim=2, seed=0)
    kerasae.compile(triple, loss="cosine_similarity")
    assert anomaly.scores(triple, x, "loss").shape == (len(x),)
    with pytest.raises(ValueError, match="sum of what its features contribute"):
        anomaly.contributions(triple, x, "loss")


@pytest.mark.every_backend
def test_distances_are_mahalanobis(triple, x):
    whole = anomaly.fit_reference(triple, x, support_fraction=1.0)
    codes = kerasae.predict(triple.encoder, x).astype("float64")
    found = anomaly.scores(triple, x, "code", reference=whole)
    known = LedoitWolf().fit(codes).mahalanobis(codes)
    np.testing.assert_allclose(found, known, 1e-4)

    errors = x - kerasae.predict(triple, x).astype("float64")
    unit = [np.sqrt(part.var(axis=0).mean()) for part in (errors, codes)]
    together = np.concatenate([errors / unit[0], codes / unit[1]], axis=1)
    found = anomaly.scores(triple, x, "joint", reference=whole)
    known = LedoitWolf().fit(together).mahalanobis(together)
    np.testing.assert_allclose(found, known, 1e-3)


def test_anomalies_in_training_data_stretch_nothing(triple, x):
    outliers = np.full((40, SIZE), 50.0) + x[:40]
    spoiled = np.concatenate([x, outliers]).astype("float32")
    clean = anomaly.fit_reference(triple, x)
    robust = anomaly.fit_reference(triple, spoiled)
    stretched = anomaly.fit_reference(triple, spoiled, support_fraction=1.0)

    def margin(reference):
        scores = anomaly.scores(triple, spoiled, "code", reference=reference)
        return scores[len(x) :].min() / scores[: len(x)].max()

    assert margin(clean) > 10
    assert margin(robust) > 10
    assert margin(stretched) < 5


def test_a_reference_is_plain_arrays(triple, x, reference, tmp_path):
    np.savez(tmp_path / "reference.npz", **reference._asdict())
    with np.load(tmp_path / "reference.npz") as stored:
        again = anomaly.Reference(**stored)
    one, other = (
        anomaly.scores(triple, x, "joint", reference=found)
        for found in (reference, again)
    )
    np.testing.assert_array_equal(one, other)


@pytest.mark.every_backend
@pytest.mark.parametrize("measure", PLAIN)
def test_a_score_depends_on_its_sample_alone(measure, triple, x, reference):
    together = anomaly.scores(triple, x, measure, reference=reference)
    alone = anomaly.scores(triple, x[7:8], measure, reference=reference)
    np.testing.assert_allclose(alone, together[7:8], 1e-9)


def test_files_are_read_block_by_block(triple, x, reference, tmp_path, monkeypatch):
    np.save(tmp_path / "rows.npy", x)
    monkeypatch.setattr("kerasae.anomaly._passes._NUMBERS", 200)
    for rows in (tmp_path / "rows.npy", np.load(tmp_path / "rows.npy", mmap_mode="r")):
        found = anomaly.scores(triple, rows, "joint", reference=reference)
        known = anomaly.scores(triple, x, "joint", reference=reference)
        np.testing.assert_array_equal(found, known)


@pytest.mark.every_backend
def test_likelihoods_of_a_variational_model(x):
    triple = kerasae.build_vae(
        SIZE, hidden_units=8, latent_dim=2, likelihood="gaussian",
        output_activation="linear", seed=0,
    )  # fmt: skip
    kerasae.compile(triple)
    few = x[:20]
    likely = -log_likelihood(triple, few, 200, verbose=0)
    found = anomaly.scores(triple, few, "likelihood", num_samples=200)
    np.testing.assert_allclose(found, likely, 1e-6)
    bound = anomaly.scores(triple, few, "bound", num_samples=200)
    assert bound.mean() > likely.mean()  # a bound from above on -log p
    # Another estimate of the same mean; `evaluate` samples codes, too.
    loss = triple.autoencoder.evaluate(few, verbose=0, return_dict=True)["loss"]
    assert bound.mean() == pytest.approx(loss, rel=0.1)
    np.testing.assert_array_equal(
        anomaly.scores(triple, few, "loss"), anomaly.scores(triple, few, "bound")
    )
    for measure in ("bound", "likelihood"):
        parts = anomaly.contributions(triple, few, measure)
        scores = anomaly.scores(triple, few, measure)
        np.testing.assert_allclose(parts.sum(axis=1), scores, 1e-5, 1e-5)


# Contributions


@pytest.mark.every_backend
@pytest.mark.parametrize("measure", PLAIN)
@pytest.mark.parametrize("kind", ["table", "images", "padded"])
def test_contributions_sum_to_the_score(kind, measure, images):
    if kind == "table":
        triple, x = kerasae.build_undercomplete_ae(SIZE, latent_dim=2), images(30, SIZE)
    elif kind == "images":  # too many pixels to replace, too many for one covariance
        triple = kerasae.build_undercomplete_ae((32, 32, 2), latent_dim=2)
        x = images(8, 32, 32, 2)
    else:
        triple, x = kerasae.build_lstm_ae((5, 2), mask_value=-1.0), images(20, 5, 2)
        x[:9, 3:] = -1
    reference = anomaly.fit_reference(triple, x)
    scores = anomaly.scores(triple, x, measure, reference=reference)
    parts = anomaly.contributions(triple, x, measure, reference=reference)
    assert parts.shape == x.shape
    assert parts.min() >= 0
    np.testing.assert_allclose(parts.reshape(len(x), -1).sum(axis=1), scores, 1e-6)
    if kind == "padded":
        assert not parts[:9, 3:].any()


def test_padding_does_not_count(images):
    triple, x = kerasae.build_lstm_ae((6, 2), mask_value=-1.0, seed=0), images(20, 6, 2)
    x[:, 4:] = -1
    reference = anomaly.fit_reference(triple, x)
    # Of a longer model's padded steps, whatever it returns there counts for nothing.
    errors = x[:, :4] - kerasae.predict(triple, x)[:, :4]
    known = np.square(errors).mean(axis=(1, 2))
    np.testing.assert_allclose(anomaly.scores(triple, x), known, 1e-5)
    for measure in ("code", "joint"):
        scores = anomaly.scores(triple, x, measure, reference=reference)
        assert np.isfinite(scores).all()


def test_the_odd_feature_is_named_though_others_are_drawn_along(triple, x, reference):
    noise = np.random.default_rng(1)
    odd = x[:100].copy()
    where = noise.integers(SIZE, size=100)
    odd[np.arange(100), where] += 8 * x.std() * noise.choice([-1, 1], 100)
    parts = anomaly.contributions(triple, odd, "joint", reference=reference)
    assert (parts.argmax(axis=1) == where).sum() >= 95
    # By errors alone, which is why features are replaced.
    squares = anomaly.contributions(triple, odd, "squared")
    assert (squares.argmax(axis=1) == where).sum() < 95


# Thresholds


def test_p_values_are_ranks():
    p = anomaly.conformal_p_values([0, 3, 3.5, 9], [1, 2, 3, 4])
    np.testing.assert_allclose(p, [1, 3 / 5, 2 / 5, 1 / 5])


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.1, 0.3, 0.7])
def test_threshold_and_p_values_agree(rate):
    noise = np.random.default_rng(0)
    for count in (100, 119, 200):
        calibration = noise.normal(size=count).round(1)  # with ties
        scores = noise.normal(size=500).round(1)
        flagged = scores > anomaly.conformal_threshold(calibration, rate)
        p = anomaly.conformal_p_values(scores, calibration)
        np.testing.assert_array_equal(flagged, p <= rate)


def test_false_alarms_are_as_rare_as_promised():
    noise = np.random.default_rng(0)
    flagged = 0
    for _ in range(400):
        scores = noise.exponential(size=60)
        threshold = anomaly.conformal_threshold(scores[:39], 0.1)
        flagged += int((scores[39:] > threshold).sum())
    # A wide interval: alarms of one round share their threshold.
    assert binom.ppf(1e-6, 400 * 21, 0.1) < flagged < binom.ppf(1 - 1e-6, 8400, 0.1)


def test_quantile_threshold():
    assert anomaly.quantile_threshold(np.arange(11.0), 0.1) == 9


def test_benjamini_hochberg_by_hand():
    p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]
    # The example of the steps i * 0.05 / 10: only the first two lie below.
    assert anomaly.benjamini_hochberg(p, 0.05).tolist() == [True] * 2 + [False] * 8
    # One that lies below carries those before it along.
    assert anomaly.benjamini_hochberg([0.04, 0.045, 0.049], 0.05).all()
    assert not anomaly.benjamini_hochberg([0.5, 0.9], 0.05).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: anomaly.quantile_threshold([1.0], 0), r"`rate` must be .*\(0, 1\)"),
        (lambda: anomaly.benjamini_hochberg([0.5], 1.0), r"`rate` must be"),
        (lambda: anomaly.conformal_threshold(np.arange(50), 0.01), "99 scores or more"),
        (lambda: anomaly.conformal_threshold(np.arange(50), 0.01), "0.0197 or more"),
        (lambda: anomaly.benjamini_hochberg([1.5], 0.1), "conformal_p_values"),
        (lambda: anomaly.conformal_p_values([[1.0]], [1.0]), "of one axis"),
        (lambda: anomaly.conformal_p_values([np.nan], [1.0]), "finite"),
        (lambda: anomaly.conformal_p_values([], [1.0]), "non-empty"),
    ],
)
def test_bad_rates_and_scores(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_as_few_scores_as_needed_are_enough():
    for rate in (0.01, 0.03, 0.05, 0.07, 0.1, 0.3):
        count = anomaly.needed(rate)
        anomaly.conformal_threshold(np.arange(count), rate)
        with pytest.raises(ValueError, match=f"must be {count} scores or more"):
            anomaly.conformal_threshold(np.arange(count - 1), rate)


# Windows


@pytest.mark.parametrize("length", [1, 3, 4, 10])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_windows_cover_every_step(length, stride):
    series = np.arange(20.0).reshape(10, 2)
    if stride > length:
        with pytest.raises(ValueError, match="some steps would be in no window"):
            anomaly.windows(series, length, stride)
        return
    parts = anomaly.windows(series, length, stride)
    for values, start in zip(parts.values, parts.starts, strict=True):
        np.testing.assert_array_equal(values, series[start : start + length])
    for merge in ("mean", "min", "max"):  # each step's own value comes back
        np.testing.assert_array_equal(parts.at_steps(parts.values, merge), series)


def test_scores_of_windows_at_steps():
    parts = anomaly.windows([np.zeros((4, 1)), np.zeros((3, 1))], 2)
    first, second = parts.at_steps([0, 1, 5, 7, 9])
    np.testing.assert_array_equal(first, [0, 0.5, 3, 5])
    np.testing.assert_array_equal(second, [7, 8, 9])
    first, _ = parts.at_steps([0, 1, 5, 7, 9], "min")
    np.testing.assert_array_equal(first, [0, 0, 1, 5])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: anomaly.windows(np.zeros((5, 1)), 6), "as long as a window, 6 steps"),
        (lambda: anomaly.windows([np.zeros(9), np.zeros(5)], 6), r"series\[1\]"),
        (lambda: anomaly.windows(np.zeros((2, 5, 1)), 2), r"list\(series\)"),
        (lambda: anomaly.windows([], 2), "one series or more"),
        (
            lambda: anomaly.windows([np.zeros((9, 1)), np.zeros((9, 2))], 2),
            "of equal channels",
        ),
        (lambda: anomaly.windows([0.0, np.nan, 1.0], 2), "finite"),
        (lambda: anomaly.windows(np.zeros(9), 2).at_steps([1.0]), r"shape \(8,\)"),
        (lambda: anomaly.windows(np.zeros(9), 2).at_steps(np.ones(8), "sum"), "merge"),
    ],
)
def test_bad_series(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Bad input


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (("sqared",), {}, ValueError, "Did you mean 'squared'"),
        (("joint",), {}, ValueError, r"fit_reference\(model, x_train\)"),
        (("code",), {"reference": 3}, TypeError, "fit_reference"),
        (("bound",), {}, ValueError, "build_vae"),
        ((np.zeros(120),), {}, TypeError, "Scores need no labels"),
        (("squared",), {"num_samples": 0}, ValueError, "num_samples"),
        (("squared",), {"batch_size": 0}, ValueError, "batch_size"),
    ],
)
def test_bad_arguments(arguments, options, error, message, triple, x):
    for function in (anomaly.scores, anomaly.contributions):
        with pytest.raises(error, match=message):
            function(triple, x, *arguments, **options)


def test_a_reference_of_another_model(reference, x):
    other = kerasae.build_undercomplete_ae(SIZE, latent_dim=3)
    with pytest.raises(ValueError, match=r"Fit it to this model"):
        anomaly.scores(other, x, "code", reference=reference)


@pytest.mark.parametrize(
    ("samples", "support", "message"),
    [
        (np.zeros((1, SIZE)), 0.5, "2 samples or more"),
        (np.zeros((9, SIZE)), 0.0, "support_fraction"),
        (np.zeros((9, SIZE)), 1.5, "support_fraction"),
    ],
)
def test_bad_references(samples, support, message, triple):
    with pytest.raises(ValueError, match=message):
        anomaly.fit_reference(triple, samples, support_fraction=support)


def test_what_is_no_model(x):
    with pytest.raises(TypeError, match="an Autoencoder"):
        anomaly.scores("model", x)


def test_equal_samples_have_a_reference(triple):
    reference = anomaly.fit_reference(triple, np.ones((9, SIZE)))
    for measure in ("code", "joint"):
        scores = anomaly.scores(
            triple, np.ones((2, SIZE)), measure, reference=reference
        )
        np.testing.assert_allclose(scores, 0, atol=1e-6)
