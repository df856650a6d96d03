"""What sequences ask for beyond the contract: padding, lines, their own errors."""

import json

import keras
import numpy as np
import pytest
from typer.testing import CliRunner

import kerasae
from kerasae._initial_weights import initial_values
from kerasae.builders import VARIANTS
from kerasae.cli import app
from kerasae.estimators import AutoencoderTransformer
from kerasae.layers import PaddingMask
from kerasae.losses import MaskedMeanSquaredError
from kerasae.models import CheckedModel
from kerasae.plotting import (
    plot_architecture,
    plot_code_plane,
    plot_errors,
    plot_reconstructions,
)
from kerasae.plotting.rendering.pictures import picture_shape
from kerasae.plotting.rendering.pixels import thumbnails
from kerasae.runs import load_with_samples, plot, train

LENGTHS = (6, 4, 1, 5)
PAD = -1.0


def predict(model, x):
    return keras.ops.convert_to_numpy(model(x, training=False))


def padded(steps, channels=2):
    """Return sequences of LENGTHS, filled up to so many steps."""
    x = np.full((len(LENGTHS), steps, channels), PAD, "float32")
    random = np.random.default_rng(0)
    for sequence, length in zip(x, LENGTHS, strict=True):
        sequence[:length] = random.random((length, channels))
    return x


def build(steps, mask_value=PAD, **options):
    return kerasae.build_lstm_ae(
        (steps, 2), latent_dim=3, mask_value=mask_value, seed=0, **options
    )


# Padding


@pytest.mark.every_backend
@pytest.mark.parametrize("hidden_units", [(), (5,)], ids=str)
def test_padding_changes_neither_code_nor_loss(hidden_units):
    results = []
    for steps in (6, 11):
        triple, x = build(steps, hidden_units=hidden_units), padded(steps)
        kerasae.compile(triple, "sgd")
        loss = triple.autoencoder.evaluate(x, x, verbose=0)
        triple.autoencoder.fit(x, x, epochs=2, verbose=0)
        weights = triple.autoencoder.get_weights()
        results.append((predict(triple.encoder, x), loss, *weights))
    for short, long in zip(*results, strict=True):
        np.testing.assert_allclose(short, long, atol=1e-6)


@pytest.mark.every_backend
def test_padded_sequences_are_those_without_padding():
    triple, x = build(6), padded(6)
    codes, outputs = predict(triple.encoder, x), predict(triple.autoencoder, x)
    errors = []
    for sequence, length, code, output in zip(x, LENGTHS, codes, outputs, strict=True):
        alone = build(length, mask_value=None)
        cut = sequence[None, :length]
        np.testing.assert_allclose(predict(alone.encoder, cut)[0], code, atol=1e-6)
        np.testing.assert_allclose(
            predict(alone.autoencoder, cut)[0], output[:length], atol=1e-6
        )
        errors.append(np.square(cut[0] - output[:length]).mean())
    kerasae.compile(triple)
    loss = triple.autoencoder.evaluate(x, x, verbose=0)
    assert loss == pytest.approx(np.mean(errors), rel=1e-5)


@pytest.mark.every_backend
def test_the_masked_loss_equals_numpys():
    x, output = padded(9, 3), np.random.default_rng(2).random((4, 9, 3), "float32")
    expected = [
        np.square(a[:n] - b[:n]).mean()
        for a, b, n in zip(x, output, LENGTHS, strict=True)
    ]
    loss = MaskedMeanSquaredError(PAD)
    assert float(loss(x, output)) == pytest.approx(np.mean(expected), rel=1e-5)
    each = MaskedMeanSquaredError(PAD, reduction=None)(x, output)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(each), expected, rtol=1e-5)
    # A step is padding only if all its features are.
    x[0, 0, 0] = PAD
    changed = keras.ops.convert_to_numpy(loss.call(x, output))[0]
    assert changed == pytest.approx(np.square(x[0, :6] - output[0, :6]).mean(), 1e-5)
    nothing = np.full((1, 9, 3), PAD, "float32")
    assert float(loss(nothing, output[:1])) == 0.0


@pytest.mark.every_backend
def test_the_loss_is_chosen_and_comes_back():
    triple = build(6)
    kerasae.compile(triple)
    assert triple.autoencoder.loss.mask_value == PAD
    again = keras.losses.deserialize(keras.losses.serialize(triple.autoencoder.loss))
    assert again.get_config() == triple.autoencoder.loss.get_config()
    layer = PaddingMask.from_config(
        triple.autoencoder.get_layer("padding").get_config()
    )
    assert layer.mask_value == PAD
    plain = build(6, mask_value=None)
    kerasae.compile(plain)
    assert plain.autoencoder.loss == "binary_crossentropy"


@pytest.mark.every_backend
def test_reload_with_padding(tmp_path):
    triple, x = build(6, hidden_units=(4,), corruption="gaussian"), padded(6)
    kerasae.compile(triple)
    triple.autoencoder.fit(x, x, verbose=0)
    kerasae.save(triple, tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras")
    assert isinstance(loaded.autoencoder, CheckedModel)
    for new, old in zip(loaded, triple, strict=True):
        given = predict(triple.encoder, x) if old is triple.decoder else x
        np.testing.assert_allclose(predict(new, given), predict(old, given), atol=1e-6)
    loaded.autoencoder.fit(x, x, verbose=0)
    loss = loaded.autoencoder.evaluate(x, x, verbose=0)
    assert loss == pytest.approx(
        float(MaskedMeanSquaredError(PAD)(x, predict(loaded.autoencoder, x))), rel=1e-5
    )
    with pytest.raises(ValueError, match="not padding"):
        loaded.autoencoder.evaluate(np.full_like(x, PAD), verbose=0)


@pytest.mark.every_backend
def test_noise_leaves_padding_alone():
    triple, x = build(6, corruption=("gaussian", 0.5)), padded(6)
    more = build(9, corruption=("gaussian", 0.0))
    less = build(6, corruption=("gaussian", 0.0))
    noisy = keras.ops.convert_to_numpy(triple.encoder(x, training=True))
    assert not np.allclose(noisy, predict(triple.encoder, x))
    clean = [
        keras.ops.convert_to_numpy(model.encoder(padded(steps), training=True))
        for model, steps in ((less, 6), (more, 9))
    ]
    np.testing.assert_allclose(*clean, atol=1e-6)


@pytest.mark.every_backend
def test_padding_is_told_in_full_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    # -999 is no number of 16 bits, -1000 is.
    triple = build(6, mask_value=-999.0)
    x = padded(6)
    filled = np.where(x == PAD, np.float32(-999), x)
    near = np.where(x == PAD, np.float32(-1000), x)
    x[x == PAD] = 0.0
    codes = [predict(triple.encoder, values) for values in (filled, near)]
    assert not np.allclose(*(code.astype("float32") for code in codes), atol=0.05)
    alone = build(1, mask_value=None)
    np.testing.assert_allclose(
        predict(alone.encoder, x[2:3, :1])[0].astype("float32"),
        codes[0][2].astype("float32"),
        atol=0.02,
    )


def test_diagram_and_summary_with_padding(tmp_path, capsys):
    triple = build(6)
    triple.autoencoder.summary()
    assert "PaddingMask" in capsys.readouterr().out
    assert "padding" in plot_architecture(triple, tmp_path / "x.svg").read_text()


# Learning


@pytest.mark.every_backend
@pytest.mark.parametrize("mask_value", [None, 0.0], ids=str)
def test_training_lowers_the_loss(mask_value, digits):
    rows = digits[..., 0]
    triple = kerasae.build_lstm_ae((8, 8), latent_dim=8, mask_value=mask_value, seed=0)
    kerasae.compile(triple, keras.optimizers.Adam(0.02))
    losses = triple.autoencoder.fit(
        rows, rows, epochs=6, batch_size=64, verbose=0
    ).history["loss"]
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.every_backend
@pytest.mark.parametrize(("steps", "channels"), [(5, 1), (17, 3), (64, 2)], ids=str)
def test_conv1d_restores_any_length(steps, channels, images):
    x = images(2, steps, channels)
    feature_map = kerasae.build_conv1d_ae((steps, channels), filters=(6, 4, 2))
    assert predict(feature_map.autoencoder, x).shape == x.shape
    assert feature_map.encoder.output_shape == (None, -(-steps // 8), 2)
    vector = kerasae.build_conv1d_ae((steps, channels), filters=(6, 4), latent_dim=3)
    assert predict(vector.autoencoder, x).shape == x.shape
    assert vector.encoder.output_shape == (None, 3)


@pytest.mark.every_backend
def test_conv1d_sees_shapes_wherever_they_stand():
    # Of 32 steps, moved by as many as the code is coarse; no padding in reach.
    encoder = kerasae.build_conv1d_ae((64, 1), filters=(4, 2), kernel_size=3).encoder
    x = np.zeros((2, 64, 1), "float32")
    bump = np.hanning(12)[:, None]
    x[0, 20:32], x[1, 28:40] = bump, bump
    first, second = predict(encoder, x)
    np.testing.assert_allclose(first[2:12], second[4:14], atol=1e-6)


# InitialWeights


@pytest.mark.parametrize("shape", [(8, 32), (32, 8), (3, 3, 4, 6)], ids=str)
def test_orthogonal_kernels_are_orthogonal(shape):
    initializer = keras.initializers.Orthogonal(gain=2.0)
    values = initial_values(initializer, shape, np.random.default_rng(0))
    matrix = values.reshape(-1, shape[-1]) / 2.0
    if len(matrix) < shape[-1]:
        matrix = matrix.T
    assert values.shape == shape
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(matrix.shape[1]), atol=1e-12)


@pytest.mark.every_backend
def test_a_seed_gives_these_weights_on_every_backend():
    weights = build(6, hidden_units=(4,)).autoencoder.get_weights()
    sums = [float(np.abs(array).sum()) for array in weights]
    expected = [10.338509, 13.299086, 4.0, 14.870291, 7.747291, 3.0]
    expected += [13.406164, 12.894655, 4.0, 4.9406, 0.0]
    np.testing.assert_allclose(sums, expected, rtol=1e-5)


# Pictures


@pytest.mark.parametrize(
    ("shape", "lines"),
    [((128, 3), 3), ((32, 4), 4), ((128, 1), 1), ((28, 28), 0), ((31, 4), 0)],
    ids=str,
)
def test_signals_are_drawn_as_lines(shape, lines):
    x = np.random.default_rng(0).standard_normal((2, *shape))
    figures = [plot_reconstructions(x, x / 2), plot_errors(x, x / 2)]
    for axes in figures[0].axes:
        assert len(axes.lines) == lines
        assert len(axes.images) == (not lines)
    for channel, line in enumerate(figures[0].axes[0].lines):
        np.testing.assert_array_equal(line.get_ydata(), x[0, :, channel])
    colors = {line.get_color() for line in figures[1].axes[0].lines}
    assert len(colors) == lines
    picture = plot_reconstructions(x, x, image_shape=shape).axes[0]
    assert picture.images[0].get_array().shape == shape
    small = thumbnails(x, picture_shape(shape), (-3.0, 3.0), side=64)
    assert small.shape[-1] == 3
    assert (small.shape[1] == small.shape[2]) == (bool(lines) or shape[0] == shape[1])


def test_a_plane_of_codes_shows_signals():
    triple = kerasae.build_conv1d_ae((32, 3), filters=(4,), latent_dim=2)
    (axes,) = plot_code_plane(triple, limits=(-1, 1), steps=3).axes
    assert len(axes.collections[0].get_segments()) == 3 * 3 * 3


# Errors


@pytest.mark.parametrize("builder", [kerasae.build_lstm_ae, kerasae.build_conv1d_ae])
@pytest.mark.parametrize(
    ("shape", "fix"),
    [
        (50, r"input_shape=\(50, 1\)"),
        ((50,), r"input_shape=\(50, 1\)"),
        ((8, 8, 1), r"row by row: input_shape=\(8, 8\)"),
        ((8, 8, 3), r"input_shape=\(8, 24\).*build_conv_ae"),
    ],
    ids=str,
)
def test_other_shapes_are_refused(builder, shape, fix):
    with pytest.raises(ValueError, match=rf"`input_shape` must be \(steps.*{fix}"):
        builder(shape)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"mask_value": float("nan")}, ValueError),
        ({"mask_value": float("inf")}, ValueError),
        ({"mask_value": "0"}, TypeError),
        ({"mask_value": True}, TypeError),
        ({"hidden_units": (8, 0)}, ValueError),
    ],
    ids=str,
)
def test_bad_options(options, error):
    (name,) = options
    with pytest.raises(error, match=f"`{name}` must be"):
        kerasae.build_lstm_ae((5, 2), **options)
    if name == "mask_value":
        with pytest.raises(error, match="`mask_value` must be a finite number"):
            MaskedMeanSquaredError(**options)


@pytest.mark.every_backend
def test_sequences_of_nothing_but_padding_are_refused():
    triple, x = build(6), padded(6)
    kerasae.compile(triple)
    triple.autoencoder.evaluate(x, x, verbose=0)
    x[[1, 3]] = PAD
    words = r"2 of 4 samples .*mask_value=-1, at index 1, 3\. Leave them out: x = x\["
    for use in (triple.autoencoder.fit, triple.autoencoder.evaluate):
        with pytest.raises(ValueError, match=words):
            use(x, x, verbose=0)
    good = padded(6)
    with pytest.raises(ValueError, match="at index 1, 3"):
        triple.autoencoder.fit(good, good, validation_data=(x, x), verbose=0)
    kept = x[(x != PAD).any(axis=(1, 2))]  # as the message says
    triple.autoencoder.fit(kept, kept, verbose=0)


@pytest.mark.parametrize("variant", ["lstm", "conv1d"])
def test_training_in_stages_refuses_sequences(variant, images):
    x = images(4, 8, 2)
    triple = VARIANTS[variant]((8, 2))
    with pytest.raises(ValueError, match=r"dense layers.*is a (LSTM|Conv1D)"):
        kerasae.training.pretrain(triple, x, verbose=0)
    with pytest.raises(ValueError, match="must have a dense layer 'code'"):
        kerasae.training.grow(triple, x)
    with pytest.raises(ValueError, match=r"dense layers.*is a LSTM"):
        kerasae.training.pretrain(build(8), x, verbose=0)


# From files, rows and the command line


@pytest.mark.parametrize("variant", ["lstm", "conv1d"])
def test_runs_take_images_row_by_row(variant, tmp_path):
    said = []
    options = {"latent_dim": 4}
    record = train(tmp_path, variant, options=options, epochs=1, log=said.append)
    assert record["code_size"] == 4
    triple, x, _ = load_with_samples(tmp_path, log=said.append)
    assert triple.autoencoder.input_shape == (None, 8, 8)
    assert x.shape == (1797, 8, 8)
    assert "reconstructions.png" in {path.name for path in plot(tmp_path)}
    assert not [line for line in said if "no picture" in line]


@pytest.mark.parametrize(
    ("shape", "seen"), [((20, 3), (20, 3)), ((20,), (20, 1))], ids=str
)
def test_runs_take_arrays_of_signals(shape, seen, tmp_path, images):
    np.save(tmp_path / "signals.npy", images(30, *shape))
    record = train(
        tmp_path / "run",
        "conv1d",
        data=str(tmp_path / "signals.npy"),
        options={"filters": [4], "latent_dim": 2},
        epochs=1,
        log=lambda line: None,
    )
    assert record["split"] == {"train": 24, "test": 6}
    triple, x, _ = load_with_samples(tmp_path / "run", log=lambda line: None)
    assert triple.autoencoder.input_shape == (None, *seen)
    assert x.shape == (30, *seen)


def test_the_command_line_masks(tmp_path):
    np.save(tmp_path / "x.npy", np.maximum(padded(6), 0.0))
    folder = tmp_path / "run"
    words = [
        "train",
        "lstm",
        "--data",
        str(tmp_path / "x.npy"),
        "--output",
        str(folder),
    ]
    words += ["--epochs", "1", "--latent-dim", "2", "--mask-value", "0"]
    result = CliRunner().invoke(app, [*words, "--corruption", "gaussian,0.1"])
    assert result.exit_code == 0, result.output
    autoencoder = kerasae.load(folder / "model.keras").autoencoder
    assert autoencoder.loss.mask_value == 0.0
    # Padding does not count in the errors, nor is noise added to it.
    found = json.loads((folder / "metrics.json").read_text())["errors"]
    assert set(found) == {"autoencoder", "autoencoder, corrupted input"}
    _, x, _ = load_with_samples(folder, split="test", log=lambda line: None)
    real = (x != 0.0).any(axis=-1)
    expected = np.square(x - predict(autoencoder, x))[real].mean()
    assert found["autoencoder"]["test"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("variant", ["lstm", "conv1d"])
def test_rows_of_a_table_are_sequences(variant, images):
    rows = images(12, 16)
    model = AutoencoderTransformer(
        variant, input_shape=(8, 2), latent_dim=2, epochs=1, random_state=0
    ).fit(rows)
    codes = model.transform(rows)
    assert codes.shape == (12, 2)
    assert model.inverse_transform(codes).shape == rows.shape
    with pytest.raises(
        ValueError, match=r"must be \(steps, channels\) for the variant"
    ):
        AutoencoderTransformer(variant).fit(rows)
