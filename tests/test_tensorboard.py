"""What TensorBoard itself makes of what the callback writes, asked over HTTP."""

import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import keras
import numpy as np
import pytest

import kerasae
from kerasae.builders import SAMPLE_AXES, VARIANTS
from kerasae.callbacks import TensorBoard
from kerasae.callbacks._summaries import histogram
from kerasae.plotting.rendering.pixels import thumbnails
from kerasae.training import grow

pytest.importorskip("tensorboardX")

HAS_TENSORFLOW = importlib.util.find_spec("tensorflow") is not None
EPOCHS = 3


def small(latent_dim=4, shape=(8, 8, 1)):
    keras.utils.set_random_seed(0)
    triple = kerasae.build_undercomplete_ae(shape, latent_dim=latent_dim, seed=0)
    triple.autoencoder.compile("adam", "mse")
    return triple


def fit(model, x, *callbacks, **options):
    options = {"epochs": EPOCHS, "validation_data": (x[:16], x[:16])} | options
    return model.fit(x, x, batch_size=32, verbose=0, callbacks=callbacks, **options)


class Server:
    """The real TensorBoard, in a process of its own."""

    def __init__(self, folder, loader):
        words = ("--host", "127.0.0.1", "--port", "0", "--reload_interval", "1")
        words = (*words, "--load_fast", loader)
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        self.process = subprocess.Popen(
            (sys.executable, "-m", "tensorboard.main", "--logdir", folder, *words),
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        said = []
        for line in self.process.stderr:
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                self.url = found[0]
                break
        else:
            pytest.fail("TensorBoard did not start:\n" + "".join(said))
        # What it says later must not fill the pipe.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def get(self, route, body=None, **query):
        """Return the answer, as an object if it is JSON."""
        url = f"{self.url}data/plugin/{route}?{urlencode(query)}"
        headers = {"Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
            kind = answer.headers.get_content_type()
            return json.loads(content) if kind == "application/json" else content

    def tags(self, plugin):
        return self.get(f"{plugin}/tags")

    def steps(self, run, tag):
        points = self.get("scalars/scalars", run=run, tag=tag)
        return [step for _, step, _ in points]

    def wait_for(self, run, tag, count):
        """Wait until a run has been read that far."""
        for _ in range(200):
            try:
                if len(self.steps(run, tag)) >= count:
                    return
            except urllib.error.HTTPError:
                pass
            time.sleep(0.1)
        pytest.fail(f"TensorBoard does not show {run}, {tag}")

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stderr.close()


class Runs:
    """Several runs in one folder, and what went into them."""

    def __init__(self, folder, x):
        self.folder = folder
        self.x = x
        self.triple = small()
        self.labels = [f"digit\t{n}" for n in range(20)]
        board = TensorBoard(
            folder / "whole",
            samples=x[:20],
            labels=self.labels,
            images_freq=2,
            embeddings_freq=2,
            hyperparameters={
                "variant": "undercomplete",
                "latent_dim": 4,
                "filters": (16, 8),
                "tied": False,
                "learning_rate": None,
            },
        )
        self.history = fit(self.triple.autoencoder, x, board, epochs=4).history
        self.training_goes_on()
        self.grows()
        if HAS_TENSORFLOW:
            own = keras.callbacks.TensorBoard(folder / "keras", histogram_freq=1)
            self.own_history = fit(small().autoencoder, x, own).history

    def training_goes_on(self):
        # Killed after an epoch that no checkpoint holds, and resumed.
        model = small().autoencoder
        fit(model, self.x, TensorBoard(self.folder / "resumed"), epochs=4)
        board = TensorBoard(self.folder / "resumed")
        fit(model, self.x, board, epochs=6, initial_epoch=3)
        # Begun anew, and shorter.
        for epochs in (4, 2):
            board = TensorBoard(self.folder / "anew")
            fit(model, self.x, board, epochs=epochs)
        # One callback for two calls that both count from 0.
        board = TensorBoard(self.folder / "twice")
        for _ in range(2):
            fit(model, self.x, board, epochs=2)

    def grows(self):
        board = TensorBoard(self.folder / "growing", samples=self.x[:20])
        grow(
            small(16),
            self.x,
            pairs=2,
            every=1,
            epochs=4,
            callbacks=[board],
            verbose=0,
            validation_data=(self.x[:16], self.x[:16]),
        )


@pytest.fixture(scope="module")
def runs(tmp_path_factory, digits):
    return Runs(tmp_path_factory.mktemp("logs"), digits[:64])


# TensorBoard reads event files in two ways; the slower one is all there is on some
# machines.
@pytest.fixture(scope="module", params=["true", "false"], ids=["fast", "slow"])
def either(request, runs):
    server = Server(runs.folder, request.param)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(runs):
    server = Server(runs.folder, "auto")
    server.wait_for("whole/train", "epoch_loss", 4)
    yield server
    server.stop()


# What it shows


def test_scalars_are_those_of_the_history(server, runs):
    for part, prefix in (("train", ""), ("validation", "val_")):
        server.wait_for(f"whole/{part}", "epoch_loss", 4)
        points = server.get("scalars/scalars", run=f"whole/{part}", tag="epoch_loss")
        assert [step for _, step, _ in points] == [0, 1, 2, 3]
        values = [value for *_, value in points]
        np.testing.assert_allclose(values, runs.history[f"{prefix}loss"], rtol=1e-6)
    points = server.get("scalars/scalars", run="whole/train", tag="epoch_learning_rate")
    np.testing.assert_allclose([value for *_, value in points], 0.001)
    tag = "evaluation_loss_vs_iterations"
    assert server.steps("whole/validation", tag) == [2, 4, 6, 8]


@pytest.mark.skipif(not HAS_TENSORFLOW, reason="Keras's own callback needs TensorFlow")
def test_runs_lie_over_those_of_keras(server, runs):
    for part in ("train", "validation"):
        for run in ("keras", "whole"):
            server.wait_for(f"{run}/{part}", "epoch_loss", EPOCHS)
        tags = server.tags("scalars")
        assert set(tags[f"keras/{part}"]) == set(tags[f"whole/{part}"])
        for tag in tags[f"keras/{part}"]:
            ours = server.steps(f"whole/{part}", tag)
            assert server.steps(f"keras/{part}", tag) == ours[:EPOCHS]
        # The page draws one chart a tag, with a line for each of these runs.
        timeseries = server.get("timeseries/tags")["scalars"]["runTagInfo"]
        for run in ("keras", "whole"):
            assert "epoch_loss" in timeseries[f"{run}/{part}"]
    points = server.get("scalars/scalars", run="keras/train", tag="epoch_loss")
    np.testing.assert_allclose(
        [value for *_, value in points], runs.own_history["loss"], rtol=1e-6
    )
    # Weights have the same names; codes are ours alone.
    tags = server.tags("histograms")
    ours = set(tags["whole/train"]) - {"code/histogram"}
    assert ours == set(tags["keras/train"])


def test_images(server, runs):
    from PIL import Image

    (tag,) = server.tags("images")["whole/train"]
    found = server.get(
        "images/images", run="whole/train", tag="reconstructions", sample=0
    )
    # Every second epoch, and the last.
    assert tag == "reconstructions"
    assert [image["step"] for image in found] == [0, 2, 3]
    key = found[-1]["query"].removeprefix("blob_key=")
    with Image.open(
        io.BytesIO(server.get("images/individualImage", blob_key=key))
    ) as i:
        image = np.asarray(i.convert("L"))
    # Five pairs, twice, each pixel of the 8x8 as 8x8 pixels.
    assert image.shape == (2 * (64 + 4 + 64) + 4 + 12, 5 * 64 + 4 * 4)
    expected = (runs.x[:10, ..., 0] * 255).round().repeat(8, 1).repeat(8, 2)
    made = runs.triple.autoencoder.predict(runs.x[:10], verbose=0)[..., 0]
    made = (made * 255).round().repeat(8, 1).repeat(8, 2)
    for index in range(10):
        top, left = index // 5 * 148, index % 5 * 68
        original = image[top : top + 64, left : left + 64]
        np.testing.assert_array_equal(original, expected[index])
        below = image[top + 68 : top + 132, left : left + 64]
        np.testing.assert_allclose(below, made[index], atol=1)


def test_histograms(server, runs):
    tags = server.tags("histograms")["whole/train"]
    weights = {f"{weight.path}/histogram" for weight in runs.triple.autoencoder.weights}
    assert set(tags) == weights | {"code/histogram"}
    for tag, count in (("code/histogram", 20 * 4), ("code/kernel/histogram", 64 * 4)):
        found = server.get("histograms/histograms", run="whole/train", tag=tag)
        assert [step for _, step, _ in found] == [0, 1, 2, 3]
        assert sum(buckets for *_, buckets in found[-1][2]) == pytest.approx(count)
    codes = runs.triple.encoder.predict(runs.x[:20], verbose=0)
    last = server.get("histograms/histograms", run="whole/train", tag="code/histogram")
    left, right = last[-1][2][0][0], last[-1][2][-1][1]
    np.testing.assert_allclose((left, right), (codes.min(), codes.max()), rtol=1e-5)


def test_architecture(server, runs):
    tag = "architecture/text_summary"
    (table,) = server.get("text/text", run="whole/train", tag=tag)
    for layer in runs.triple.autoencoder.layers:
        assert f"<td>{layer.name}</td>" in table["text"]
    assert "<td>(8, 8, 1)</td>" in table["text"]
    assert f"{runs.triple.autoencoder.count_params():,} parameters" in table["text"]


def test_projector(server, runs):
    from PIL import Image

    assert "whole/train" in server.get("projector/runs")
    found = server.get("projector/info", run="whole/train")["embeddings"]
    # The page shows the first one in alphabetical order.
    names = [embedding["tensorName"] for embedding in found]
    assert names == [
        "codes after epoch 4",
        "earlier, after epoch 000003",
        "earlier, after epoch 000001",
    ]
    assert min(names) == names[0]
    for embedding in found:
        assert embedding["tensorShape"] == [20, 4]
    query = {"run": "whole/train", "name": names[0]}
    codes = np.frombuffer(server.get("projector/tensor", **query), "float32")
    expected = runs.triple.encoder.predict(runs.x[:20], verbose=0)
    np.testing.assert_allclose(codes.reshape(20, 4), expected, rtol=1e-5)
    labels = server.get("projector/metadata", **query).decode().splitlines()
    assert labels == [label.replace("\t", " ") for label in runs.labels]
    sheet = server.get("projector/sprite_image", **query)
    with Image.open(io.BytesIO(sheet)) as image:
        assert image.size == (5 * 32, 4 * 32)
        pixels = np.asarray(image.convert("L"))
    second = (runs.x[1, ..., 0] * 255).round().repeat(4, 0).repeat(4, 1)
    np.testing.assert_array_equal(pixels[:32, 32:64], second)


def test_hyperparameters(server):
    body = {
        "experimentName": "",
        "allowedStatuses": ["STATUS_SUCCESS"],
        "colParams": [],
        "startIndex": 0,
        "sliceSize": 10,
    }
    (group,) = server.get("hparams/session_groups", body)["sessionGroups"]
    assert group["name"] == "whole"
    assert group["hparams"] == {
        "variant": "undercomplete",
        "latent_dim": 4.0,
        "filters": "(16, 8)",
        "tied": False,
    }
    metrics = {
        (metric["name"]["group"], metric["name"]["tag"]): metric["trainingStep"]
        for metric in group["metricValues"]
    }
    assert metrics["train", "epoch_loss"] == metrics["validation", "epoch_loss"] == 3


def test_training_goes_on(either):
    for run, epochs in (("resumed", 6), ("anew", 2), ("twice", 4)):
        either.wait_for(f"{run}/train", "epoch_loss", epochs)
        assert either.steps(f"{run}/train", "epoch_loss") == [*range(epochs)], run
        tag = "evaluation_loss_vs_iterations"
        steps = either.steps(f"{run}/validation", tag)
        assert steps == sorted(set(steps)), run
        assert len(steps) >= epochs


def test_a_network_grows(server):
    server.wait_for("growing/train", "epoch_loss", 4)
    assert server.steps("growing/train", "epoch_loss") == [0, 1, 2, 3]
    tag = "architecture/text_summary"
    tables = server.get("text/text", run="growing/train", tag=tag)
    assert [table["step"] for table in tables] == [0, 1, 2]
    assert ["encoder_2" in table["text"] for table in tables] == [False, False, True]
    # The code's size at the end of every stage.
    found = server.get("projector/info", run="growing/train")["embeddings"]
    assert [embedding["tensorShape"] for embedding in found] == [
        [20, 4],
        [20, 8],
        [20, 16],
    ]


# What it leaves alone

# On every backend: dense, convolutional and with random codes.
SOME = ("undercomplete", "conv", "vae")


def taking(variant, digits):
    """Return an autoencoder of a variant, and digits in the shape that it takes."""
    sequence = SAMPLE_AXES.get(variant, ())[:1] == ("steps",)
    digits = digits[..., 0] if sequence else digits
    return VARIANTS[variant](digits.shape[1:], seed=1).autoencoder, digits


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(name, marks=pytest.mark.every_backend if name in SOME else ())
        for name in VARIANTS
    ],
)
def test_training_is_as_without(variant, digits, tmp_path):
    model, digits = taking(variant, digits)
    own_loss = isinstance(model, kerasae.models.VariationalAutoencoder)
    # Summed losses have larger gradients.
    optimizer = keras.optimizers.SGD(1e-3 if own_loss else 1.0)
    model.compile(optimizer, None if own_loss else "mse")
    before = [keras.ops.convert_to_numpy(value) for value in model.variables]

    def trained(*callbacks):
        for variable, value in zip(model.variables, before, strict=True):
            variable.assign(value)
        keras.utils.set_random_seed(1)
        fit(model, digits[:64], *callbacks, epochs=3, validation_data=None)
        return model.get_weights()

    trained()  # the very first `fit` draws random numbers of its own
    board = TensorBoard(tmp_path, samples=digits[:12], embeddings_freq=1)
    for ours, plain in zip(trained(board), trained(), strict=True):
        np.testing.assert_array_equal(ours, plain)


@pytest.mark.every_backend
@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="Keras's own on its backend"
)
@pytest.mark.parametrize("variant", VARIANTS)
def test_keras_own_callback_works(variant, digits, tmp_path):
    model, digits = taking(variant, digits)
    kerasae.compile(model)
    own = keras.callbacks.TensorBoard(tmp_path, histogram_freq=1)
    fit(model, digits[:32], own, epochs=1, validation_data=None)
    assert list(tmp_path.rglob("*tfevents*"))


def open_files(folder):
    """Return how many files below a folder this process has open."""
    links = Path("/proc/self/fd")
    if not links.exists():
        pytest.skip("there is no /proc")
    targets = []
    for link in links.iterdir():
        try:
            targets.append(link.readlink())
        except OSError:  # the one that lists the folder
            continue
    return sum(Path(folder) in target.parents for target in targets)


@pytest.mark.every_backend
def test_files_are_closed(digits, tmp_path):
    others = set(threading.enumerate())
    model = small().autoencoder
    board = TensorBoard(tmp_path, samples=digits[:12], hyperparameters={"a": 1})
    fit(model, digits[:32], board)
    assert not open_files(tmp_path)
    model.evaluate(digits[:32], digits[:32], verbose=0, callbacks=[board])
    assert not open_files(tmp_path)

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(model, digits[:32], board, Interrupt())
    assert open_files(tmp_path)
    board.close()
    assert not open_files(tmp_path)
    fit(model, digits[:32], board)
    assert not open_files(tmp_path)
    for _ in range(100):  # those that write end on their own
        ours = set(threading.enumerate()) - others
        names = [f"{type(thread).__module__} {thread.name}" for thread in ours]
        if not any("tensorboardX" in name or "QueueFeeder" in name for name in names):
            return
        time.sleep(0.1)
    pytest.fail(f"threads go on: {names}")


@pytest.mark.every_backend
def test_memory_does_not_grow(digits, tmp_path, object_growth):
    model = small().autoencoder
    board = TensorBoard(tmp_path, samples=digits[:12], embeddings_freq=1)
    fit(model, digits[:32], board, object_growth, epochs=14)
    # Keras's history grows by some numbers; an image or a table is hundreds.
    assert object_growth.per_epoch < 10


def test_files_of_one_second_have_names_of_their_own(digits, tmp_path):
    model = small().autoencoder
    for _ in range(3):
        fit(model, digits[:32], TensorBoard(tmp_path), epochs=1)
    assert len(list((tmp_path / "train").glob("*tfevents*"))) == 3


def test_codes_of_an_earlier_run_go(digits, tmp_path):
    model = small().autoencoder

    def epochs(**options):
        board = TensorBoard(tmp_path, samples=digits[:12])
        fit(model, digits[:32], board, **options)
        folders = sorted((tmp_path / "train" / "projector").iterdir())
        return [int(folder.name[-6:]) for folder in folders]

    assert epochs(epochs=4) == [4]
    assert epochs(epochs=6, initial_epoch=4) == [4, 6]
    assert epochs(epochs=6, initial_epoch=5) == [4, 6]
    assert epochs(epochs=2) == [2]


# Which models and samples


def test_without_samples_any_model_is_logged(digits, tmp_path):
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    y = np.zeros((len(digits), 1))
    model.fit(digits, y, verbose=0, callbacks=[TensorBoard(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == ["train"]


def test_with_samples_the_model_needs_a_code(digits, tmp_path):
    inputs = keras.Input((8, 8, 1))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    model.compile("sgd", "mse")
    board = TensorBoard(tmp_path, samples=digits[:12])
    with pytest.raises(ValueError, match="no layer named 'code'"):
        fit(model, digits[:32], board)
    assert not list(tmp_path.iterdir())


def test_samples_that_do_not_fit_stop_the_training(digits, tmp_path):
    board = TensorBoard(tmp_path, samples=digits[:12].reshape(12, 64))
    with pytest.raises(ValueError, match=r"`samples` must be .*\('n', 8, 8, 1\)"):
        fit(small().autoencoder, digits[:32], board)


@pytest.mark.parametrize(
    ("shape", "image_shape"),
    [((64,), (8, 8)), ((64,), None), ((16, 1), None), ((6, 5, 3), None), ((1,), None)],
)
def test_kinds_of_samples(shape, image_shape, images, tmp_path):
    x = images(32, *shape)
    model = small(1, shape).autoencoder
    fit(model, x, TensorBoard(tmp_path, samples=x[:7], image_shape=image_shape))
    codes = next(tmp_path.rglob("codes.tsv")).read_text().splitlines()
    # The projector shows no single dimension.
    assert [len(line.split("\t")) for line in codes] == [2] * 7


def test_mixed_precision(digits, tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    board = TensorBoard(tmp_path, samples=digits[:12])
    fit(small().autoencoder, digits[:32], board, epochs=1)
    assert list(tmp_path.rglob("codes.tsv"))


def test_a_diverged_run_is_logged_to_its_end(digits, tmp_path):
    model = small().autoencoder
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    board = TensorBoard(tmp_path, samples=digits[:12])
    history = fit(model, digits[:32], board).history
    assert np.isnan(history["loss"]).all()
    assert "nan" not in next(tmp_path.rglob("codes.tsv")).read_text()


@pytest.mark.every_backend
def test_a_schedule_and_a_wrapped_optimizer(digits, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import (
        EventAccumulator,
    )

    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    inner = keras.optimizers.SGD(rate)
    model = small().autoencoder
    model.compile(keras.optimizers.LossScaleOptimizer(inner, initial_scale=1.0), "mse")
    fit(model, digits[:32], TensorBoard(tmp_path))
    events = EventAccumulator(str(tmp_path / "train"))
    events.Reload()
    rates = [event.value for event in events.Scalars("epoch_learning_rate")]
    np.testing.assert_allclose(rates, [0.05, 0.025, 0.0125], rtol=1e-6)


# Small parts


@pytest.mark.parametrize(
    "values",
    [
        np.zeros(5),
        np.array([1.0, 1.0 + 2**-52]),
        np.array([1e-45, 0.0, 5.0]),
        np.array([np.nan, np.inf, 1.0, 2.0]),
        np.arange(100, dtype="float16"),
    ],
)
def test_histogram_counts_all_that_is_finite(values):
    found = histogram(values)
    assert sum(found["bucket_counts"]) == np.isfinite(values).sum() == found["num"]
    assert found["min"] <= np.nanmin(values[np.isfinite(values)]) <= found["max"]
    assert found["bucket_limits"] == sorted(found["bucket_limits"])


def test_histogram_of_nothing():
    assert histogram([np.nan]) is None
    assert histogram([]) is None


def test_thumbnails_keep_pixels_square():
    small_ones = thumbnails(np.zeros((2, 8, 5)), (8, 5), (0, 1), 32)
    assert small_ones.shape == (2, 32, 20, 3)
    assert thumbnails(np.zeros((2, 60, 40)), (60, 40), (0, 1), 32).shape[1] == 60
    assert thumbnails(np.zeros((2, 99, 50)), (99, 50), (0, 1), 32).shape[1] == 32


def test_thumbnails_of_values_out_of_range():
    x = np.array([[[-1.0, np.nan], [0.5, 2.0]]])
    pixels = thumbnails(x, (2, 2), (0.0, 1.0), 2)[0, ..., 0]
    assert pixels.tolist() == [[0, 0], [128, 255]]


def test_lines_rise_with_their_values():
    rising = thumbnails(np.linspace(0, 1, 9)[None], (9,), (0, 1), 32)[0]
    dark = rising.mean(axis=-1) < 250
    assert dark[:8, 50:].any()
    assert dark[-8:, :14].any()
    assert not dark[:8, :14].any()


# Mistakes


X = np.zeros((4, 8, 8, 1), "float32")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"images_freq": -1}, ValueError, "`images_freq` must be a number of epochs"),
        ({"histogram_freq": 0.5}, TypeError, "`histogram_freq`"),
        ({"embeddings_freq": True}, TypeError, "`embeddings_freq`"),
        ({"samples": "four"}, TypeError, "an array of numbers"),
        ({"samples": [[1.0], [1.0, 2.0]]}, ValueError, "all samples of one shape"),
        ({"samples": X[:0]}, ValueError, "empty"),
        ({"samples": X[0, 0, 0]}, ValueError, "For a single sample"),
        ({"samples": X + np.nan}, ValueError, "finite"),
        ({"samples": X.astype(str)}, TypeError, "real numbers"),
        ({"samples": np.zeros((2, 4, 4, 8))}, ValueError, "image_shape="),
        ({"samples": X, "image_shape": (3, 3)}, ValueError, r"image_shape=\(8, 8\)"),
        ({"samples": X, "image_shape": "big"}, ValueError, "`image_shape`"),
        ({"samples": X, "labels": [1, 2]}, ValueError, "4 in all.*2 labels"),
        ({"samples": X, "labels": "four"}, TypeError, "`labels`"),
        ({"labels": [1, 2]}, ValueError, "Pass the samples"),
        ({"hyperparameters": [("a", 1)]}, TypeError, "`hyperparameters`"),
        ({"hyperparameters": {1: 2}}, TypeError, "`hyperparameters`"),
    ],
)
def test_mistakes_are_told_before_training(options, error, words, tmp_path):
    with pytest.raises(error, match=words):
        TensorBoard(tmp_path, **options)
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r'pip install "kerasae\[tensorboard\]"'):
        TensorBoard()
