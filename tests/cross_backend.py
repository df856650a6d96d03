"""Every backend reads what every backend wrote, and goes on training.

Run once, with all three backends installed, whatever KERAS_BACKEND says.
"""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kerasae.builders import VARIANTS

BACKENDS = ("tensorflow", "jax", "torch")
MISSING = [name for name in BACKENDS if importlib.util.find_spec(name) is None]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"
)
EXAMPLE = Path(__file__).parents[1] / "examples" / "move_between_backends.py"
ESTIMATORS = ("transformer", "stack", "classifier", "ready")

# Plain `autoencoder.compile` and `autoencoder.save`, as a user would.
WRITE = """
import sys
import joblib
import keras
import kerasae
import numpy as np
from pathlib import Path
from kerasae.builders import SAMPLE_AXES, VARIANTS
from kerasae.estimators import (
    AnomalyDetector,
    AutoencoderTransformer,
    StackedAutoencoder,
    StackedAutoencoderClassifier,
)
from kerasae.models import VariationalAutoencoder

folder = Path(sys.argv[1])
images = np.load(folder / "x.npy")
keras.utils.set_random_seed(0)
for variant, build in VARIANTS.items():
    x = images[..., 0] if SAMPLE_AXES.get(variant, ())[:1] == ("steps",) else images
    shape = x.shape[1:]
    np.savez(folder / f"{variant}.npz", *build(shape, seed=5)[0].get_weights())
    autoencoder = build(shape).autoencoder
    own_loss = isinstance(autoencoder, VariationalAutoencoder)
    for state in ("built", "trained"):
        if state == "trained":
            autoencoder.compile("adam", None if own_loss else "binary_crossentropy")
            autoencoder.fit(x, x, epochs=1, verbose=0)
        autoencoder.save(folder / f"{variant}-{state}.keras")
        # Called, not `predict`, which compiles.
        y = keras.ops.convert_to_numpy(autoencoder(x))
        np.save(folder / f"{variant}-{state}.npy", y)

few = {"epochs": 2, "batch_size": 40, "optimizer": "sgd", "random_state": 0}
layers = {"hidden_units": (6,), "latent_dim": 3, "pretrain_epochs": 1}
ready = kerasae.build_tied_ae(5, latent_dim=3, output_activation="linear")
X, y = np.load(folder / "X.npy"), np.load(folder / "y.npy")
for name, estimator in {
    "transformer": AutoencoderTransformer(latent_dim=3, **few),
    "stack": StackedAutoencoder(**layers, **few),
    "classifier": StackedAutoencoderClassifier(**layers, **few),
    "ready": AutoencoderTransformer(variant=ready, **few),
}.items():
    joblib.dump(estimator.fit(X, y), folder / f"{name}.joblib")
    np.save(folder / f"{name}.npy", estimator.transform(X))
detector = AnomalyDetector(variant=ready, false_alarm_rate=0.2, **few).fit(X)
detector.save(folder / "detector.kerasae")
np.save(folder / "detector.npy", np.stack([detector.p_values(X), detector.predict(X)]))
"""

READ = """
import sys
import joblib
import numpy as np
from pathlib import Path

folders = [Path(folder) for folder in sys.argv[1:]]
# Pickles first: they need no imports.
for folder in folders:
    X, y = np.load(folder / "X.npy"), np.load(folder / "y.npy")
    for path in sorted(folder.glob("*.joblib")):
        estimator = joblib.load(path)
        off = abs(estimator.transform(X) - np.load(path.with_suffix(".npy"))).max()
        estimator.partial_fit(X, y)
        print(folder.name, path.name, float(off), estimator.n_iter_)

import keras
import kerasae


def predict(model, x):
    # Called, not `model.predict`, which compiles.
    return keras.ops.convert_to_numpy(model(x))


for folder in folders:
    images = np.load(folder / "x.npy")
    for path in sorted(folder.glob("*.keras")):
        triple = kerasae.load(path)
        x = images.reshape(-1, *triple.autoencoder.input_shape[1:])
        whole = predict(triple.autoencoder, x)
        halves = predict(triple.decoder, predict(triple.encoder, x))
        expected = np.load(path.with_suffix(".npy"))
        off = max(abs(whole - expected).max(), abs(halves - expected).max())
        steps = -1
        if path.stem.endswith("trained"):
            before = int(triple.autoencoder.optimizer.iterations)
            if keras.backend.backend() == "tensorflow":
                triple.autoencoder.jit_compile = False  # slow to start
            loss = triple.autoencoder.fit(x, x, epochs=1, verbose=0).history["loss"][-1]
            assert np.isfinite(loss)
            steps = int(triple.autoencoder.optimizer.iterations) - before
        print(folder.name, path.name, float(off), steps)
    detector = kerasae.estimators.AnomalyDetector.load(folder / "detector.kerasae")
    X = np.load(folder / "X.npy")
    p_values, flags = np.load(folder / "detector.npy")
    off = abs(detector.p_values(X) - p_values).max()
    same = int((detector.predict(X) == flags).all())
    print(folder.name, "detector.kerasae", float(off), same)
"""


def outputs(*programs):
    """Run programs, (backend, words) each, side by side; return what they print."""
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", *map(str, words)],
            env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for backend, words in programs
    ]
    printed = [program.communicate()[0] for program in started]
    assert not any(program.returncode for program in started)
    return printed


@pytest.fixture(scope="module")
def folders(tmp_path_factory, digits):
    """Return a folder a backend, with all that it wrote."""
    X = np.random.default_rng(0).standard_normal((40, 5))
    made = [tmp_path_factory.mktemp("written") / backend for backend in BACKENDS]
    for folder in made:
        folder.mkdir()
        np.save(folder / "x.npy", digits[:64])
        np.save(folder / "X.npy", X)
        np.save(folder / "y.npy", np.where(X[:, 0] > 0, "plus", "minus"))
    outputs(*((folder.name, ("-c", WRITE, folder)) for folder in made))
    return made


@pytest.fixture(scope="module")
def rows(folders):
    """Return what each backend found: (writer, file, error, steps)."""
    printed = outputs(*((backend, ("-c", READ, *folders)) for backend in BACKENDS))
    return {
        backend: [line.split() for line in lines.splitlines()]
        for backend, lines in zip(BACKENDS, printed, strict=True)
    }


@pytest.mark.parametrize("reader", BACKENDS)
def test_reads_all_files_of_all_backends(reader, rows):
    files = {
        f"{variant}-{state}.keras"
        for variant in VARIANTS
        for state in ("built", "trained")
    }
    found = [row for row in rows[reader] if row[1].endswith(".keras")]
    assert {(row[0], row[1]) for row in found} == {
        (writer, file) for writer in BACKENDS for file in files
    }
    assert len(found) == 3 * len(VARIANTS) * 2
    for writer, file, off, steps in found:
        assert float(off) < 1e-5, (writer, file)
        assert int(steps) == (2 if "trained" in file else -1), (writer, file)


@pytest.mark.parametrize("reader", BACKENDS)
def test_a_pickle_loads_in_a_fresh_process_on_every_backend(reader, rows):
    found = [row for row in rows[reader] if row[1].endswith(".joblib")]
    assert {(row[0], row[1]) for row in found} == {
        (writer, f"{name}.joblib") for writer in BACKENDS for name in ESTIMATORS
    }
    for writer, file, off, epochs in found:
        assert float(off) < 1e-5, (writer, file)
        assert int(epochs) == 3, (writer, file)


@pytest.mark.parametrize("reader", BACKENDS)
def test_a_detector_flags_the_same_rows_on_every_backend(reader, rows):
    found = [row for row in rows[reader] if row[1] == "detector.kerasae"]
    assert {row[0] for row in found} == set(BACKENDS)
    for writer, _, off, same in found:
        assert float(off) == 0, writer
        assert int(same) == 1, writer


def test_an_example_moves_between_backends(tmp_path):
    words = (EXAMPLE, "--out", tmp_path, "--epochs", "1")
    (printed,) = outputs(("jax", words))
    assert re.search(r"written .*travels\.keras", printed)
    assert [path.name for path in tmp_path.iterdir()] == ["travels.keras"]
    number = r"(\d+\.\d+)"
    left_off = re.search(rf"jax: 1 epochs trained, test loss {number}", printed)
    found = dict(re.findall(rf"(\w+): loaded, test loss {number}", printed))
    assert set(found) == {"tensorflow", "torch"}
    for loss in found.values():
        assert float(loss) == pytest.approx(float(left_off[1]), abs=2e-4)


def test_a_seed_gives_the_same_weights_on_every_backend(folders):
    first, *others = folders
    for path in first.glob("*.npz"):
        weights = np.load(path)
        assert len(weights.files) >= 3
        for other in others:
            theirs = np.load(other / path.name)
            for name in weights.files:
                if weights[name].ndim > 1:  # not the state of a noise layer
                    np.testing.assert_array_equal(weights[name], theirs[name])
