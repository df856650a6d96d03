"""New data and the likelihood of data, against models that are known in closed form."""

import copy
import io
import sys

import keras
import numpy as np
import pytest

import kerasae
from kerasae.builders import VARIANTS
from kerasae.generation import (
    GaussianMixtureSampler,
    active_units,
    interpolate,
    log_likelihood,
    posterior,
    sample,
    traverse,
)

STDDEV = 0.5


def estimate(*args, **kwargs):
    return log_likelihood(*args, verbose=0, **kwargs)


def linear(latent_dim=2, factor=0.9, wider=0.3, **options):
    """Return a triple of x = z W + b + noise, data, and their exact log p(x).

    Its posterior is the best without correlations, but for a factor on its mean and
    a summand of its log-variance.
    """
    features = 6
    random = np.random.default_rng(0)
    w, b = random.normal(size=(latent_dim, features)), random.normal(size=features)
    precision = np.eye(latent_dim) + w @ w.T / STDDEV**2
    covariance = w.T @ w + STDDEV**2 * np.eye(features)
    x = random.multivariate_normal(b, covariance, size=40).astype("float32")
    triple = kerasae.build_vae(
        features,
        hidden_units=(),
        latent_dim=latent_dim,
        likelihood=("gaussian", STDDEV),
        output_activation="linear",
        seed=0,
        **options,
    )
    kernel = factor * np.linalg.solve(precision, w).T / STDDEV**2
    log_variance = wider - np.log(np.diag(precision))
    for name, weights in (
        ("mean", [kernel, -b @ kernel]),
        ("log_variance", [np.zeros((features, latent_dim)), log_variance]),
        ("parameters", [w, b]),
    ):
        triple.autoencoder.get_layer(name).set_weights(weights)
    distances = np.einsum("ni,ij,nj->n", x - b, np.linalg.inv(covariance), x - b)
    exact = -(distances + np.linalg.slogdet(2 * np.pi * covariance)[1]) / 2
    return triple, x, exact


@pytest.fixture(scope="module")
def known():
    return linear()


@pytest.fixture(scope="module")
def vae():
    return kerasae.build_vae((8, 8, 1), hidden_units=32, latent_dim=3, seed=0)


@pytest.fixture(scope="module")
def plain():
    return kerasae.build_deep_ae((8, 8, 1), latent_dim=3, seed=0)


# The log-likelihood


@pytest.mark.every_backend
def test_the_estimate_meets_the_normal_density(known):
    triple, x, exact = known
    found, error = estimate(triple, x, 5000, return_error=True)
    assert found.shape == error.shape == (40,)
    assert found.dtype == error.dtype == np.float64
    assert (np.abs(found - exact) < 4 * error + 1e-5).all()
    assert 0 < error.max() < 0.05
    # The errors are of the right size, not only large enough.
    assert 0.5 < np.std((found - exact) / error) < 1.5


@pytest.mark.every_backend
def test_one_code_of_the_true_posterior_is_enough():
    triple, x, exact = linear(latent_dim=1, factor=1.0, wider=0.0)
    np.testing.assert_allclose(estimate(triple, x, 1), exact, rtol=1e-5)
    found, error = estimate(triple, x, 10, return_error=True)
    np.testing.assert_allclose(found, exact, rtol=1e-5)
    np.testing.assert_allclose(error, 0, atol=1e-5)


def test_the_bounds_rise_towards_it(known):
    triple, x, exact = known
    x = np.repeat(x, 50, axis=0)
    bounds = [estimate(triple, x, count).mean() for count in (1, 10, 100)]
    assert bounds[0] + 0.05 < bounds[1] < bounds[2] < exact.mean() + 0.01
    assert bounds[2] == pytest.approx(exact.mean(), abs=0.02)


def test_the_weights_of_training_play_no_part(known):
    triple, x, _ = known
    other, _, _ = linear(beta=4.0, num_samples=5)
    np.testing.assert_allclose(
        estimate(other, x, 20), estimate(triple, x, 20), rtol=1e-6
    )


@pytest.mark.parametrize("build", [kerasae.build_vae, kerasae.build_conv_vae])
def test_the_estimate_meets_an_integral_over_the_code(build, digits):
    autoencoder = build((8, 8, 1), latent_dim=1, seed=0).autoencoder
    # Logits that depend on the code, as after training.
    layer = autoencoder.get_layer("parameters")
    kernel, bias = layer.get_weights()
    layer.set_weights([3 * kernel, bias])
    x = np.round(digits[:5])
    z, step = np.linspace(-9, 9, 2001, retstep=True)
    logits = autoencoder.output_parameters.predict(
        z[:, None].astype("float32"), verbose=0
    )
    logits = logits.astype("float64")[None]
    terms = x[:, None] * logits - np.logaddexp(0, logits)
    joint = terms.sum(axis=(2, 3, 4)) - z**2 / 2 - np.log(2 * np.pi) / 2
    largest = joint.max(axis=1, keepdims=True)
    integral = np.log(np.exp(joint - largest).sum(axis=1) * step) + largest[:, 0]
    found, error = estimate(autoencoder, x, 2000, return_error=True)
    assert (np.abs(found - integral) < 4 * error + 1e-4).all()


@pytest.mark.every_backend
def test_the_seed_decides(known):
    triple, x, _ = known
    np.testing.assert_array_equal(estimate(triple, x, 20), estimate(triple, x, 20))
    assert (estimate(triple, x, 20) != estimate(triple, x, 20, seed=1)).all()
    assert (estimate(triple, x, 20, seed=None) != estimate(triple, x, 20)).all()
    # Each sample has its own noise, whatever comes after it.
    one = np.tile(x[:1], (5, 1))
    assert len(set(estimate(triple, one, 20))) == 5
    np.testing.assert_allclose(
        estimate(triple, x[:7], 20), estimate(triple, x, 20)[:7], rtol=1e-5
    )


@pytest.mark.parametrize("batch_size", [1, 7, 64, 100_000])
def test_the_batch_size_makes_no_difference(batch_size, known):
    triple, x, _ = known
    found = estimate(triple, x[:5], 30, batch_size=batch_size)
    np.testing.assert_allclose(found, estimate(triple, x[:5], 30), rtol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 7, 50, 90, 333, 100_000])
def test_the_decoder_never_sees_more_and_is_compiled_once(
    batch_size, known, monkeypatch
):
    triple, x, _ = known
    seen = []

    def watch(model, data):
        seen.append(data[1].shape)
        return np.zeros(data[1].shape[:2])

    monkeypatch.setattr(keras.Model, "predict_on_batch", watch)
    estimate(triple, x[:9], 50, batch_size=batch_size)
    assert len(set(seen)) == 1
    rows, codes, _ = seen[0]
    assert rows * codes <= batch_size
    # And little is computed in vain.
    assert 9 * 50 <= len(seen) * rows * codes < 9 * 50 * 1.4


def test_large_layers_mean_small_batches(monkeypatch):
    seen = []

    def watch(model, data):
        seen.append(data[1].shape[1])
        return np.zeros(data[1].shape[:2])

    monkeypatch.setattr(keras.Model, "predict_on_batch", watch)
    triple = kerasae.build_conv_vae((64, 64, 1), filters=(64, 4))
    assert (32, 32, 64) in {layer.output.shape[1:] for layer in triple.decoder.layers}
    estimate(triple, np.zeros((1, 64, 64, 1)))
    assert 100 < seen[0] <= 2**26 / (32 * 32 * 64 * 4)


@pytest.mark.every_backend
def test_the_estimate_follows_training():
    triple, x, _ = linear()
    before = estimate(triple, x, 20)
    triple.autoencoder.compile("sgd")
    triple.autoencoder.fit(x, verbose=0)
    after = estimate(triple, x, 20)
    assert (before != after).all()
    loaded = copy.deepcopy(triple)
    np.testing.assert_allclose(estimate(loaded, x, 20), after, rtol=1e-5)


@pytest.mark.every_backend
def test_the_estimate_is_finite_in_mixed_precision(digits):
    keras.config.set_dtype_policy("mixed_bfloat16")
    triple = kerasae.build_conv_vae((8, 8, 1), seed=0)
    assert np.isfinite(estimate(triple, digits[:4], 20)).all()
    assert sample(triple, 3).dtype == np.float32


def test_data_beyond_imagination_are_still_finite(known):
    triple, x, _ = known
    found, error = estimate(triple, 1000 * x[:2], 10, return_error=True)
    assert (found < -1e4).all()
    assert np.isfinite([found, error]).all()


def test_a_bar_is_for_terminals(known, monkeypatch, capsys):
    triple, x, _ = known
    log_likelihood(triple, x[:2], 10)
    assert capsys.readouterr().out == ""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for verbose in (1, 0):
        monkeypatch.setattr(sys, "stdout", Terminal())
        log_likelihood(triple, x[:2], 10, verbose=verbose)
        assert ("log-likelihood" in sys.stdout.getvalue()) == bool(verbose)
        assert ("100 %" in sys.stdout.getvalue()) == bool(verbose)


# The posterior


@pytest.mark.every_backend
def test_the_posterior_tells_mean_variance_and_sample(vae, digits):
    encode = posterior(vae, seed=0)
    assert encode.output_shape == [(None, 3)] * 3
    mean, log_variance, first = encode.predict(digits, verbose=0)
    _, _, second = encode.predict(digits, verbose=0)
    assert not np.array_equal(first, second)
    np.testing.assert_allclose(mean, vae.encoder.predict(digits, verbose=0), atol=1e-6)
    noise = (first - mean) / np.exp(log_variance / 2)
    assert abs(noise.mean()) < 0.15
    assert noise.std() == pytest.approx(1, abs=0.1)
    again = posterior(vae.autoencoder, seed=0).predict(digits, verbose=0)
    np.testing.assert_array_equal(again[2], first)
    # The triple is what it was.
    assert vae.encoder.output_shape == (None, 3)
    assert not [w for w in vae.autoencoder.weights if "sample" in w.path]


@pytest.mark.every_backend
def test_the_posterior_shares_its_weights():
    triple, x, _ = linear()
    encode = posterior(triple)
    layer = triple.autoencoder.get_layer("mean")
    layer.set_weights([np.zeros((6, 2)), np.full(2, 7.0)])
    assert (encode.predict(x, verbose=0)[0] == 7).all()


# New data


@pytest.mark.every_backend
def test_samples_have_the_moments_of_the_model(known):
    triple, _, _ = known
    drawn = sample(triple, 4000, seed=0)
    w, b = triple.autoencoder.get_layer("parameters").get_weights()
    assert drawn.shape == (4000, 6)
    np.testing.assert_allclose(drawn.mean(axis=0), b, atol=0.1)
    np.testing.assert_allclose(np.cov(drawn.T), w.T @ w, atol=0.25)


@pytest.mark.every_backend
def test_the_seed_decides_on_samples(vae):
    first, same, other = (sample(vae, 4, seed=seed) for seed in (0, 0, 1))
    assert first.shape == (4, 8, 8, 1)
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)
    drawn = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        drawn.append(sample(vae, 4))
    np.testing.assert_array_equal(*drawn)
    assert not np.array_equal(sample(vae, 4), drawn[0])


@pytest.mark.parametrize("method", ["linear", "spherical"])
@pytest.mark.parametrize("kind", ["vae", "plain"])
def test_a_way_ends_where_it_should(kind, method, request, digits):
    triple = request.getfixturevalue(kind)
    start, end = digits[:3], digits[3:6]
    ways = interpolate(triple, start, end, steps=5, method=method)
    assert ways.shape == (3, 5, 8, 8, 1)
    for place, x in ((0, start), (-1, end)):
        decoded = triple.autoencoder.predict(x, verbose=0)
        np.testing.assert_allclose(ways[:, place], decoded, atol=1e-5)
    one = interpolate(triple, start[1], end[1], steps=5, method=method)
    np.testing.assert_allclose(one, ways[1], atol=1e-5)


def identity(size=2):
    """Return a model whose codes are its inputs."""
    inputs = keras.Input((size,))
    code = keras.layers.Dense(size, kernel_initializer="identity", name="code")(inputs)
    outputs = keras.layers.Dense(size, kernel_initializer="identity")(code)
    return keras.Model(inputs, outputs)


def test_straight_ways_and_arcs():
    start, end = np.array([3.0, 0.0]), np.array([0.0, 3.0])
    ways = {
        method: interpolate(identity(), start, end, steps=3, method=method)
        for method in ("linear", "spherical")
    }
    np.testing.assert_allclose(ways["linear"], [[3, 0], [1.5, 1.5], [0, 3]], atol=1e-6)
    half = 3 / np.sqrt(2)
    np.testing.assert_allclose(
        ways["spherical"], [[3, 0], [half, half], [0, 3]], atol=1e-6
    )
    radii = np.linalg.norm(
        interpolate(identity(), start, end, steps=9, method="spherical"), axis=1
    )
    np.testing.assert_allclose(radii, 3, rtol=1e-6)


@pytest.mark.parametrize(
    ("start", "end"),
    [((1, 2), (-1, -2)), ((1, 2), (2, 4)), ((0, 0), (1, 2)), ((0, 0), (0, 0))],
    ids=["opposite", "parallel", "origin", "nowhere"],
)
def test_where_there_is_no_arc_the_way_is_straight(start, end):
    start, end = np.array(start, "float32"), np.array(end, "float32")
    way = interpolate(identity(), start, end, steps=3, method="spherical")
    np.testing.assert_allclose(way, [start, (start + end) / 2, end], atol=1e-5)


def test_traversing_changes_one_dimension():
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    found = traverse(identity(3), x, 1, limits=(-1, 1), steps=3)
    np.testing.assert_allclose(
        found, [[[1, v, 3] for v in (-1, 0, 1)], [[4, v, 6] for v in (-1, 0, 1)]]
    )
    found = traverse(identity(3), x[0], 2, values=[9.0, -9.0])
    np.testing.assert_allclose(found, [[1, 2, 9], [1, 2, -9]])
    assert traverse(identity(3), x[0], 0).shape == (10, 3)
    assert traverse(identity(3), x[0], 0, steps=1).tolist() == [[-3, 2, 3]]


@pytest.mark.every_backend
def test_traversing_feature_maps(digits):
    triple = kerasae.build_conv_ae((8, 8, 1))
    size = int(np.prod(triple.encoder.output_shape[1:]))
    found = traverse(triple, digits[:2], size - 1, steps=4)
    assert found.shape == (2, 4, 8, 8, 1)
    with pytest.raises(ValueError, match=f"from 0 to {size - 1}"):
        traverse(triple, digits[:2], size)


def test_active_units_are_those_that_vary(vae, digits):
    triple = copy.deepcopy(vae)
    layer = triple.autoencoder.get_layer("mean")
    kernel, bias = layer.get_weights()
    kernel[:, 1] = 0.0
    layer.set_weights([kernel, bias])
    assert active_units(triple, digits).tolist() == [True, False, True]
    assert not active_units(triple, digits, threshold=1e6).any()
    assert active_units(triple, digits, threshold=0).sum() == 2


@pytest.mark.parametrize("variant", sorted(VARIANTS))
def test_a_mixture_lets_every_variant_generate(variant, digits):
    shape = (8, 8) if len(VARIANTS[variant]().autoencoder.input_shape) == 3 else None
    x = digits[:60] if shape is None else digits[:60, ..., 0]
    triple = VARIANTS[variant](x.shape[1:])
    sampler = GaussianMixtureSampler(triple, 2, covariance_type="diag", seed=0)
    assert sampler.fit(x) is sampler
    drawn = sampler.sample(5, seed=0)
    assert drawn.shape == (5, *x.shape[1:])
    assert np.isfinite(drawn).all()
    np.testing.assert_array_equal(sampler.sample(5, seed=0), drawn)
    assert not np.array_equal(sampler.sample(5, seed=1), drawn)


@pytest.mark.every_backend
def test_a_mixture_finds_the_clusters():
    random = np.random.default_rng(0)
    centers = np.array([[5.0, 5.0], [-5.0, 5.0], [0.0, -5.0]])
    x = centers[random.integers(0, 3, 600)] + random.normal(0, 0.2, (600, 2))
    sampler = GaussianMixtureSampler(identity(), 3, seed=0, n_init=3).fit(x)
    drawn = sampler.sample(300, seed=0)
    distances = np.linalg.norm(drawn[:, None] - centers, axis=2)
    assert distances.min(axis=1).max() < 1.2
    nearest = distances.argmin(axis=1)
    assert set(np.bincount(nearest) > 70) == {True}
    # Not one component after the other.
    assert (np.diff(nearest) != 0).sum() > 100
    assert not np.array_equal(sampler.sample(5), sampler.sample(5))


# What is refused

FIVE = np.zeros((5, 8, 8, 1))


@pytest.mark.parametrize(
    "use",
    [
        posterior,
        lambda model: sample(model, 3),
        lambda model: log_likelihood(model, FIVE),
        lambda model: active_units(model, FIVE),
    ],
    ids=["posterior", "sample", "log_likelihood", "active_units"],
)
def test_models_that_are_not_variational_are_refused(use, plain, vae):
    with pytest.raises(ValueError, match="`model` must be variational"):
        use(plain)
    with pytest.raises(ValueError, match="`model` must be variational"):
        use(vae.encoder)
    with pytest.raises(TypeError, match="`model` must be an Autoencoder"):
        use("vae")


def test_deterministic_models_are_sent_to_the_mixture(plain):
    with pytest.raises(ValueError, match=r"GaussianMixtureSampler\(model\)\.fit\(x\)"):
        sample(plain, 3)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (FIVE[0], r"single sample write x\[None\]"),
        (FIVE[..., 0], r"Add the channel axis: x\[..., None\]"),
        (FIVE[:0], "non-empty"),
        (np.zeros((5, 7, 7, 1)), r"takes, \(n, 8, 8, 1\)"),
        (FIVE + np.nan, "`x` must be finite"),
        (FIVE + np.inf, "`x` must be finite"),
        (FIVE + 2, r"must be in \[0, 1\]"),
        ([[1.0], [1.0, 2.0]], "unequal shapes"),
    ],
    ids=["single", "no channel", "empty", "size", "nan", "inf", "range", "ragged"],
)
def test_bad_data_are_said(x, words, vae):
    with pytest.raises(ValueError, match=words):
        log_likelihood(vae, x, 10)


@pytest.mark.parametrize("x", ["digits", None, np.array([["a"]])], ids=str)
def test_what_is_no_array_is_said(x, vae):
    with pytest.raises(TypeError, match="`x` must be an array"):
        active_units(vae, x)


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda m: log_likelihood(m, FIVE, 0), "`num_samples` must be a positive"),
        (lambda m: log_likelihood(m, FIVE, 5, batch_size=0), "`batch_size` must be"),
        (lambda m: log_likelihood(m, FIVE, 5, seed=-1), "`seed` must be"),
        (lambda m: log_likelihood(m, FIVE, 1, return_error=True), "2 or larger"),
        (lambda m: posterior(m, seed=-1), "`seed` must be"),
        (lambda m: sample(m, 0), "`n` must be a positive integer"),
        (lambda m: sample(m, 2, seed=0.5), "`seed` must be"),
        (lambda m: interpolate(m, FIVE, FIVE, steps=1), "`steps` must be"),
        (
            lambda m: interpolate(m, FIVE, FIVE, method="linera"),
            "Did you mean 'linear'",
        ),
        (lambda m: interpolate(m, FIVE, FIVE[:4]), "`end` must be of the shape of `st"),
        (lambda m: interpolate(m, FIVE[:1], FIVE[0]), "`end` must be of the shape of"),
        (lambda m: interpolate(m, FIVE[..., 0], FIVE), "`start` must be"),
        (lambda m: interpolate(m, FIVE, FIVE * np.nan), "`end` must be finite"),
        (lambda m: traverse(m, FIVE, 3), "`dimension` must be an integer from 0 to 2"),
        (lambda m: traverse(m, FIVE, -1), "`dimension` must be an integer from 0"),
        (lambda m: traverse(m, FIVE, 0, steps=0), "`steps` must be"),
        (lambda m: traverse(m, FIVE, 0, limits=(1, 2, 3)), "`limits` must be a pair"),
        (lambda m: traverse(m, FIVE, 0, values=[]), "`values` must be a sequence"),
        (lambda m: traverse(m, FIVE, 0, values=[np.nan]), "`values` must be finite"),
        (lambda m: active_units(m, FIVE[:1]), "2 samples or more"),
        (lambda m: active_units(m, FIVE, -1), "`threshold` must be"),
        (lambda m: GaussianMixtureSampler(m, 0), "`n_components` must be"),
        (lambda m: GaussianMixtureSampler(m, covariance_type="ful"), "mean 'full'"),
        (lambda m: GaussianMixtureSampler(m, 6).fit(FIVE), "`n_components` must be at"),
        (lambda m: GaussianMixtureSampler(m).fit(FIVE[0]), r"write x\[None\]"),
        (lambda m: GaussianMixtureSampler(m).sample(3), r"Call fit\(x\) first"),
        (lambda m: GaussianMixtureSampler(m).sample(0), "`n` must be"),
    ],
)
def test_bad_options_are_said(use, words, vae):
    with pytest.raises(ValueError, match=words):
        use(vae)


def test_half_a_model_is_said(plain):
    with pytest.raises(ValueError, match=r"'deep_ae_encoder', an encoder.*the triple"):
        interpolate(plain.encoder, FIVE, FIVE)
    with pytest.raises(ValueError, match=r"'deep_ae_decoder', a decoder.*the triple"):
        traverse(plain.decoder, FIVE, 0)


def test_options_of_another_type_are_said(vae):
    for use in (
        lambda: traverse(vae, FIVE, 1.0),
        lambda: traverse(vae, FIVE, True),
        lambda: traverse(vae, FIVE, 0, limits="wide"),
        lambda: sample(vae, "many"),
        lambda: GaussianMixtureSampler("vae"),
        lambda: interpolate(7, FIVE, FIVE),
    ):
        with pytest.raises(TypeError, match="must be"):
            use()


@pytest.mark.every_backend
def test_likelihoods_are_those_of_the_model_as_it_is_now(images):
    triple = kerasae.build_vae(8, hidden_units=4, latent_dim=2, seed=0)
    x = images(5, 8)
    before = estimate(triple, x, 20)
    hidden = next(
        layer
        for layer in triple.decoder.layers
        if isinstance(layer, keras.layers.Dense) and layer.units == 4
    )
    hidden.activation = keras.activations.exponential
    found = estimate(triple, x, 20)
    assert not np.allclose(found, before)
    fresh = keras.models.clone_model(triple.autoencoder)
    fresh.set_weights(triple.autoencoder.get_weights())
    np.testing.assert_allclose(estimate(fresh, x, 20), found, rtol=1e-5)
