"""The variational model and its loss, against what is known without Keras."""

import math

import keras
import numpy as np
import pytest

import kerasae
from kerasae.layers import Bernoulli, Gaussian, GaussianSampling, PaddingMask
from kerasae.models import VariationalAutoencoder
from kerasae.models.variational_autoencoder import _EVALUATION_SEED

pytestmark = pytest.mark.every_backend

STDDEV = 0.5
QUIET = {"verbose": 0}


def toy(likelihood="gaussian", features=3, **options):
    """Return a model without hidden layers, whose loss fits in a few lines of NumPy."""
    if likelihood == "gaussian":
        options |= {"likelihood": ("gaussian", STDDEV), "output_activation": "linear"}
    options = {"hidden_units": (), "latent_dim": 1, "seed": 0} | options
    triple = kerasae.build_vae(features, **options)
    random = np.random.default_rng(5)
    for layer in ("mean", "log_variance", "parameters"):
        weights = triple.autoencoder.get_layer(layer).get_weights()
        triple.autoencoder.get_layer(layer).set_weights(
            [random.normal(0, 0.7, weight.shape) for weight in weights]
        )
    return triple


def hush(triple):
    """Make all posterior deviations e**-15: noise no longer matters."""
    layer = triple.autoencoder.get_layer("log_variance")
    kernel, bias = layer.get_weights()
    layer.set_weights([np.zeros_like(kernel), np.full_like(bias, -30.0)])
    return triple


def parameters(model):
    return [
        array.astype("float64")
        for name in ("mean", "log_variance", "parameters")
        for array in model.get_layer(name).get_weights()
    ]


def by_hand(arrays, x, noise, likelihood="gaussian", beta=1.0):
    """Return loss, reconstruction loss and KL term of each sample, in float64.

    `noise` has the shape (num_samples, n, latent_dim).
    """
    mean, log_variance = x @ arrays[0] + arrays[1], x @ arrays[2] + arrays[3]
    z = mean + np.exp(log_variance / 2) * noise
    output = z @ arrays[4] + arrays[5]
    if likelihood == "gaussian":
        terms = -0.5 * ((x - output) / STDDEV) ** 2
        terms -= math.log(STDDEV * math.sqrt(2 * math.pi))
    else:
        terms = x * output - np.logaddexp(0, output)
    fit = terms.sum(axis=-1)
    kl = 0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(axis=-1)
    if len(noise) == 1:
        return -fit[0] + beta * kl, -fit[0], kl
    prior, posterior = -(z**2) / 2, -(noise**2) / 2 - log_variance / 2
    weights = fit + beta * (prior - posterior).sum(axis=-1)
    bound = np.log(np.mean(np.exp(weights - weights.max(axis=0)), axis=0))
    return -bound - weights.max(axis=0), -fit.mean(axis=0), kl


def gradients(function, arrays, step=1e-5):
    """Return the derivatives of a function of arrays, by finite differences."""
    found = []
    for array in arrays:
        slope = np.empty_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + step
            above = function(arrays)
            array[place] = kept - step
            slope[place] = (above - function(arrays)) / (2 * step)
            array[place] = kept
        found.append(slope)
    return found


def evaluate(model, *args, **kwargs):
    return model.evaluate(*args, **kwargs, verbose=0, return_dict=True)


def compiled(triple, optimizer="adam"):
    triple.autoencoder.compile(optimizer)
    return triple.autoencoder


@pytest.fixture
def x():
    return np.random.default_rng(1).random((6, 3)).astype("float32")


@pytest.fixture(scope="module")
def trained(digits):
    keras.utils.set_random_seed(0)
    triple = kerasae.build_vae((8, 8, 1), hidden_units=32, latent_dim=6, seed=0)
    triple.autoencoder.compile(keras.optimizers.Adam(0.01))
    triple.autoencoder.fit(digits, epochs=30, batch_size=64, **QUIET)
    return triple


# The layers


def test_the_kl_term_equals_its_closed_form():
    random = np.random.default_rng(0)
    mean, log_variance = random.normal(size=(2, 20, 4))
    found = GaussianSampling().kl_divergence(
        *(keras.ops.convert_to_tensor(a, "float32") for a in (mean, log_variance))
    )
    expected = 0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(axis=1)
    found = keras.ops.convert_to_numpy(found)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    assert (found > 0).all()


def test_the_kl_term_equals_its_integral():
    z, step = np.linspace(-15, 15, 200_001, retstep=True)
    mean, variance = 0.8, 0.3
    q = np.exp(-((z - mean) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    p = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    inside = q > 0
    integral = np.sum(q[inside] * np.log(q[inside] / p[inside])) * step
    found = GaussianSampling().kl_divergence(
        keras.ops.convert_to_tensor([[mean]]),
        keras.ops.convert_to_tensor([[math.log(variance)]]),
    )
    assert float(found[0]) == pytest.approx(integral, rel=1e-5)


def test_the_kl_term_of_the_prior_is_zero():
    zeros = keras.ops.zeros((3, 4))
    found = GaussianSampling().kl_divergence(zeros, zeros)
    assert keras.ops.convert_to_numpy(found).tolist() == [0.0, 0.0, 0.0]


def test_sampled_codes_have_the_mean_and_the_variance():
    layer = GaussianSampling(4000, seed=0)
    draws = keras.ops.convert_to_numpy(
        layer.sample(
            keras.ops.full((2, 3), 1.5), keras.ops.full((2, 3), math.log(0.04))
        )
    )
    assert draws.shape == (4000, 2, 3)
    np.testing.assert_allclose(draws.mean(axis=0), 1.5, atol=0.02)
    np.testing.assert_allclose(draws.var(axis=0), 0.04, rtol=0.15)


def test_the_gaussian_likelihood_is_the_normal_density():
    x, mean = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    found = Gaussian(STDDEV).log_prob(x, mean, axes=1)
    density = np.exp(-(((x - mean) / STDDEV) ** 2) / 2) / STDDEV / (2 * math.pi) ** 0.5
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(found), np.log(density).sum(axis=1), rtol=1e-5
    )


@pytest.mark.parametrize(("logit", "target"), [(100.0, 0.0), (-100.0, 1.0)])
def test_a_surely_wrong_bernoulli_costs_its_logit_in_nats(logit, target):
    triple = toy("bernoulli")
    kernel, bias = triple.autoencoder.get_layer("parameters").get_weights()
    triple.autoencoder.get_layer("parameters").set_weights(
        [np.zeros_like(kernel), np.full_like(bias, logit)]
    )
    found = evaluate(compiled(triple), np.full((4, 3), target))
    assert found["reconstruction_loss"] == pytest.approx(300, rel=1e-6)
    right = Bernoulli().log_prob(np.full((1, 3), 1 - target), [[logit] * 3], axes=1)
    assert float(right[0]) == pytest.approx(0, abs=1e-6)


# The loss


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
@pytest.mark.parametrize("num_samples", [1, 3])
def test_the_evaluated_loss_equals_a_computation_by_hand(likelihood, num_samples, x):
    triple = toy(likelihood, num_samples=num_samples, beta=0.7)
    found = evaluate(compiled(triple), x)
    noise = keras.random.normal((num_samples, 6, 1), seed=_EVALUATION_SEED)
    noise = keras.ops.convert_to_numpy(noise)
    expected = by_hand(parameters(triple.autoencoder), x, noise, likelihood, 0.7)
    for name, values in zip(
        ("loss", "reconstruction_loss", "kl_loss"), expected, strict=True
    ):
        assert found[name] == pytest.approx(values.mean(), rel=1e-5), name


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
def test_the_loss_is_the_sum_of_what_is_reported(beta, digits):
    model = compiled(kerasae.build_vae((8, 8, 1), beta=beta, seed=0))
    fit = {"validation_data": (digits[:40], digits[:40]), "batch_size": 100, **QUIET}
    for weight in (beta, 0.25):
        model.get_layer("code").kl_weight.assign(weight)
        logs = {k: v[0] for k, v in model.fit(digits, **fit).history.items()}
        for kind in ("", "val_"):
            total = logs[f"{kind}reconstruction_loss"] + weight * logs[f"{kind}kl_loss"]
            assert logs[f"{kind}loss"] == pytest.approx(total, rel=1e-5)


def test_without_noise_the_validation_loss_is_known(x):
    model = compiled(hush(toy()))
    expected = by_hand(parameters(model), x, np.zeros((1, 6, 1)))[0].mean()
    model.optimizer.learning_rate = 0.0
    logs = model.fit(x, validation_data=(x, x), **QUIET).history
    assert logs["val_loss"][0] == pytest.approx(expected, rel=1e-5)
    assert logs["loss"][0] == pytest.approx(expected, rel=1e-5)


def test_samples_count_alike_in_batches_of_unequal_size(x):
    model = compiled(hush(toy()))
    expected = by_hand(parameters(model), x, np.zeros((1, 6, 1)))[0].mean()
    for batch_size in (1, 4, 5, 6):
        found = evaluate(model, x, batch_size=batch_size)["loss"]
        assert found == pytest.approx(expected, rel=1e-5)
    model.optimizer.learning_rate = 0.0
    logs = model.fit(x, batch_size=4, **QUIET).history
    assert logs["loss"][0] == pytest.approx(expected, rel=1e-5)


def test_evaluating_twice_gives_the_same(x):
    model = compiled(toy(num_samples=3))
    assert evaluate(model, x) == evaluate(model, x)


def test_free_bits_are_the_least_that_a_dimension_counts(x):
    triple = toy(latent_dim=3, free_bits=0.5)
    for name in ("mean", "log_variance"):
        layer = triple.autoencoder.get_layer(name)
        layer.set_weights([np.zeros_like(array) for array in layer.get_weights()])
    assert evaluate(compiled(triple), x)["kl_loss"] == pytest.approx(1.5)
    # One dimension far above: it counts in full, the others as before.
    bias = np.array([3.0, 0.0, 0.0])
    kernel = np.zeros((3, 3))
    triple.autoencoder.get_layer("mean").set_weights([kernel, bias])
    assert evaluate(compiled(triple), x)["kl_loss"] == pytest.approx(4.5 + 1.0)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
@pytest.mark.parametrize("num_samples", [0, 1, 3], ids=["no noise", "1", "3"])
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
def test_a_step_follows_the_gradient(likelihood, num_samples, weighted, x):
    rate = 0.01
    triple = toy(likelihood, num_samples=max(1, num_samples), beta=0.7)
    if not num_samples:
        hush(triple)
    model = compiled(triple, keras.optimizers.SGD(rate))
    twin = keras.random.SeedGenerator(0)
    twin.state.assign(model.get_layer("code").seed_generator.state)
    noise = keras.random.normal((max(1, num_samples), 6, 1), seed=twin)
    noise = keras.ops.convert_to_numpy(noise)
    weight = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 0.0]) if weighted else np.ones(6)

    def loss(arrays):
        return np.mean(weight * by_hand(arrays, x, noise, likelihood, 0.7)[0])

    before = parameters(model)
    options = {"sample_weight": weight} if weighted else {}
    logs = model.fit(x, x, shuffle=False, **options, **QUIET).history
    assert logs["loss"][0] == pytest.approx(loss(before), rel=1e-4)
    for new, old, slope in zip(
        parameters(model), before, gradients(loss, before), strict=True
    ):
        np.testing.assert_allclose((old - new) / rate, slope, rtol=2e-3, atol=2e-4)


def test_sample_weights_weigh_the_loss(x):
    model = compiled(hush(toy()))
    weight = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 0.0])
    each = by_hand(parameters(model), x, np.zeros((1, 6, 1)))
    found = evaluate(model, x, x, sample_weight=weight)
    for name, values in zip(
        ("loss", "reconstruction_loss", "kl_loss"), each, strict=True
    ):
        assert found[name] == pytest.approx(np.mean(weight * values), rel=1e-5), name


def test_the_bound_rises_with_the_samples(trained, digits):
    x = np.repeat(digits, 4, axis=0)
    losses = []
    # Too wide a posterior: the bounds lie well apart.
    weights = trained.autoencoder.get_layer("log_variance").get_weights()
    for num_samples in (1, 5, 50):
        model = kerasae.build_vae(
            (8, 8, 1), hidden_units=32, latent_dim=6, num_samples=num_samples
        ).autoencoder
        model.set_weights(trained.autoencoder.get_weights())
        model.get_layer("log_variance").set_weights([weights[0], weights[1] + 1.0])
        model.compile()
        losses.append(evaluate(model, x, batch_size=512)["loss"])
    assert losses[0] > losses[1] + 0.2 > losses[2] + 0.4


def test_targets_may_be_left_out(digits):
    losses = []
    for targets in ((), (digits,)):
        keras.utils.set_random_seed(0)
        model = compiled(kerasae.build_vae((8, 8, 1), seed=0))
        logs = model.fit(digits, *targets, epochs=2, **QUIET).history
        losses.append([*logs["loss"], evaluate(model, digits, *targets)["loss"]])
    np.testing.assert_allclose(*losses, rtol=1e-6)


# Training


def test_inference_is_deterministic_and_training_is_not(trained, digits):
    for model in trained[:2]:
        first, second, *drawn = (
            keras.ops.convert_to_numpy(model(digits, training=training))
            for training in (False, False, True, True)
        )
        np.testing.assert_array_equal(first, second)
        assert not np.array_equal(*drawn)
    mean = trained.autoencoder.posterior(digits)[0]
    np.testing.assert_allclose(
        trained.encoder.predict(digits, verbose=0),
        keras.ops.convert_to_numpy(mean),
        atol=1e-6,
    )


def test_a_learned_deviation_finds_the_noise_of_the_data():
    random = np.random.default_rng(0)
    x = random.normal(size=(512, 2)) @ random.normal(size=(2, 10))
    x += random.normal(0, 0.3, x.shape)
    model = kerasae.build_vae(
        10,
        hidden_units=(),
        latent_dim=2,
        likelihood=("gaussian", None),
        output_activation="linear",
        seed=0,
    ).autoencoder
    model.compile(keras.optimizers.Adam(0.01))
    model.fit(x, epochs=100, batch_size=64, **QUIET)
    found = keras.ops.convert_to_numpy(model.likelihood.log_stddev)
    assert math.exp(found) == pytest.approx(0.3, rel=0.1)


def test_a_denoising_model_is_judged_by_what_is_clean(digits):
    triple = kerasae.build_vae((8, 8, 1), corruption=("masking", 0.5), seed=0)
    layer = triple.autoencoder.get_layer("parameters")
    kernel, bias = layer.get_weights()
    layer.set_weights([np.zeros_like(kernel), np.full_like(bias, 2.0)])
    model = compiled(triple, keras.optimizers.SGD(0.0))
    logs = model.fit(digits, **QUIET).history
    clean = 64 * math.log1p(math.exp(2)) - 2 * digits.sum() / len(digits)
    assert logs["reconstruction_loss"][0] == pytest.approx(clean, rel=1e-5)
    # The codes of the corrupted inputs are others than those of the clean ones.
    assert logs["kl_loss"][0] != pytest.approx(evaluate(model, digits)["kl_loss"])
    kerasae.compile(triple, keras.optimizers.Adam(0.01))
    losses = model.fit(digits, epochs=5, **QUIET).history["loss"]
    assert losses[-1] < losses[0]


def test_a_loaded_model_is_the_same_and_goes_on_training(digits, tmp_path):
    triple = kerasae.build_vae((8, 8, 1), num_samples=3, beta=2.0, seed=0)
    kerasae.compile(triple)  # as loading does: XLA would draw other noise
    model = triple.autoencoder
    model.fit(digits, **QUIET)
    model.get_layer("code").kl_weight.assign(0.25)
    expected = evaluate(model, digits)
    kerasae.save(triple, tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras").autoencoder
    code = loaded.get_layer("code")
    assert (code.num_samples, code.beta) == (3, 2.0)
    assert float(code.kl_weight) == 0.25
    for name, value in evaluate(loaded, digits).items():
        assert value == pytest.approx(expected[name], rel=1e-6)
    steps = int(loaded.optimizer.iterations)
    losses = loaded.fit(digits, epochs=3, **QUIET).history["loss"]
    assert losses[-1] < losses[0]
    assert int(loaded.optimizer.iterations) == 4 * steps


def test_free_bits_and_the_deviation_travel(x, tmp_path):
    triple = toy(free_bits=0.5)
    kerasae.save(triple, tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras").autoencoder
    assert loaded.get_layer("code").free_bits == 0.5
    assert loaded.likelihood.stddev == STDDEV
    assert evaluate(compiled(triple), x) == evaluate(compiled(kerasae.split(loaded)), x)


@pytest.mark.parametrize("num_samples", [1, 3])
def test_mixed_precision_stays_finite(num_samples, digits):
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = compiled(kerasae.build_vae((8, 8, 1), num_samples=num_samples, seed=0))
    logs = model.fit(digits, validation_data=(digits, digits), **QUIET).history
    assert np.isfinite(list(logs.values())).all()


# In other models


def with_a_head(triple):
    head = keras.layers.Dense(1, kernel_initializer="zeros")(triple.encoder.output)
    return keras.Model(triple.autoencoder.input, [triple.autoencoder.output, head])


def decoded_codes(triple):
    inputs = keras.Input((3,))
    return keras.Model(inputs, triple.decoder(triple.encoder(inputs)))


def called(triple):
    inputs = keras.Input((3,))
    return keras.Model(inputs, triple.autoencoder(inputs))


USES = [with_a_head, decoded_codes, called]


def losses_elsewhere(use, x, add_kl_loss):
    """Return the losses of a step and of `evaluate`, without noise, and the KL term."""
    triple = hush(toy(beta=0.5))
    code = triple.autoencoder.get_layer("code")
    if add_kl_loss is not None:
        code.add_kl_loss = add_kl_loss
    model = use(triple)
    outputs = len(model.outputs)
    y = [x, np.zeros((len(x), 1))] if outputs == 2 else x
    model.compile(keras.optimizers.SGD(0.0), ["mse"] * outputs)
    seen = [model.fit(x, y, **QUIET).history["loss"][0], evaluate(model, x, y)["loss"]]
    kl = by_hand(parameters(triple.autoencoder), x, np.zeros((1, 6, 1)))[2].mean()
    # The model's own loss stays what it is.
    own = evaluate(compiled(triple), x)
    assert own["kl_loss"] == pytest.approx(kl, rel=1e-5)
    expected = own["reconstruction_loss"] + 0.5 * own["kl_loss"]
    assert own["loss"] == pytest.approx(expected, rel=1e-5)
    return np.array(seen), kl


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_the_kl_term_is_added_in_other_models_on_request(use, x):
    without, kl = losses_elsewhere(use, x, False)
    added, _ = losses_elsewhere(use, x, True)
    np.testing.assert_allclose(added - without, 0.5 * kl, rtol=1e-4)


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_training_another_model_without_the_kl_term_warns(use, x):
    with pytest.warns(UserWarning, match=r"no KL term.*'code'\)\.add_kl_loss = True"):
        losses_elsewhere(use, x, None)


def test_sampling_codes_does_not_warn(x):
    triple = toy()
    compiled(triple)
    for model in triple[:2]:
        model(x, training=True)
    triple.autoencoder.fit(x, **QUIET)


def test_the_request_for_a_kl_term_travels(x, tmp_path):
    triple = toy()
    triple.autoencoder.get_layer("code").add_kl_loss = True
    kerasae.save(triple, tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras").autoencoder
    assert loaded.get_layer("code").add_kl_loss is True
    with pytest.raises(TypeError, match="`add_kl_loss` must be True, False or None"):
        GaussianSampling(add_kl_loss="yes")


# What is refused


def test_a_loss_is_refused(x):
    model = toy().autoencoder
    model.compile("adam", "mean_squared_error")
    for use in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match="compile it without `loss`"):
            use(x, x, verbose=0)


def test_a_bernoulli_likelihood_refuses_other_data_before_it_trains(x):
    model = compiled(toy("bernoulli"))
    before = parameters(model)
    for data in (
        {"x": x + 0.5},
        {"x": x, "y": x - 0.5},
        {"x": x, "validation_data": (3 * x, 3 * x)},
        {"x": x, "validation_data": (x, 3 * x)},
        {"x": np.full_like(x, np.nan)},
    ):
        with pytest.raises(ValueError, match=r"\[0, 1\].*likelihood='gaussian'"):
            model.fit(**data, **QUIET)
    with pytest.raises(ValueError, match=r"\[0, 1\].*kerasae\.data\.scale"):
        model.evaluate(255 * x, **QUIET)
    for new, old in zip(parameters(model), before, strict=True):
        np.testing.assert_array_equal(new, old)
    assert int(model.optimizer.iterations) == 0


def test_a_gaussian_likelihood_takes_any_range(x):
    model = compiled(toy())
    logs = model.fit(100 * x - 50, **QUIET).history
    assert np.isfinite(logs["loss"]).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"num_samples": 0}, "`num_samples` must be a positive integer"),
        ({"beta": -1}, "`beta` must be a finite number, 0 or larger"),
        ({"beta": math.nan}, "`beta` must be a finite number"),
        ({"free_bits": -0.5}, "`free_bits` must be a finite number"),
        ({"free_bits": 0.5, "num_samples": 2}, "`free_bits` must be 0 where"),
        ({"likelihood": "bernouli"}, "Did you mean 'bernoulli'"),
        ({"likelihood": ("gaussian", 0.0)}, "`stddev` must be a finite number above"),
        (
            {"likelihood": "bernoulli", "output_activation": "linear"},
            "'sigmoid' for a Bernoulli likelihood",
        ),
    ],
    ids=str,
)
@pytest.mark.parametrize("build", [kerasae.build_vae, kerasae.build_conv_vae])
def test_bad_options_are_said(build, options, words):
    with pytest.raises(ValueError, match=words):
        build(**options)


def sequences_with_padding():
    """A model of the user's own, whose noise does not matter."""
    inputs = keras.Input((6, 2))
    x = keras.layers.LSTM(4)(PaddingMask(-1.0)(inputs))
    quiet = {"kernel_initializer": "zeros", "bias_initializer": "zeros"}
    log_variance = keras.layers.Rescaling(1, -30)(keras.layers.Dense(3, **quiet)(x))
    code = GaussianSampling(name="code")([keras.layers.Dense(3)(x), log_variance])
    x = keras.layers.RepeatVector(6)(code)
    logits = keras.layers.Dense(2)(keras.layers.LSTM(4, return_sequences=True)(x))
    return VariationalAutoencoder(inputs, Bernoulli()(logits))


def test_padding_does_not_count_in_the_likelihood(images):
    model = sequences_with_padding()
    kerasae.compile(model)
    x = images(5, 6, 2)
    x[:, 4:] = -1.0
    made = kerasae.predict(model, x).astype("float64")[:, :4]
    terms = x[:, :4] * np.log(made) + (1 - x[:, :4]) * np.log1p(-made)
    log_prob = terms.sum(axis=(1, 2))
    losses = model.evaluate(x, return_dict=True, **QUIET)
    assert losses["reconstruction_loss"] == pytest.approx(-log_prob.mean(), rel=1e-4)
    mean, _ = kerasae.predict(model.posterior, x)
    noise = np.stack(
        [np.random.default_rng([0, i]).standard_normal((1, 3))[0] for i in range(5)]
    )
    ratio = 0.5 * (np.square(noise) - np.square(mean) - 30).sum(axis=1)
    estimates = kerasae.generation.log_likelihood(model, x, 1, seed=0, **QUIET)
    np.testing.assert_allclose(estimates, log_prob + ratio, rtol=1e-4)
    assert np.isfinite(kerasae.fit(model, x, **QUIET).history["loss"]).all()
    with pytest.raises(ValueError, match=r"must be in \[0, 1\]"):
        kerasae.fit(model, x - 0.5, **QUIET)
