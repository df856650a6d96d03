"""Every backend reads what every backend wrote, and goes on training.

Run once, with all three backends installed, whatever KERAS_BACKEND says.
"""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

from kerasae.builders import VARIANTS

BACKENDS = ("tensorflow", "jax", "torch")
MISSING = [name for name in BACKENDS if importlib.util.find_spec(name) is None]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"
)

# Plain `autoencoder.compile` and `autoencoder.save`, as a user would.
WRITE = """
import sys
import keras
import numpy as np
from pathlib import Path
from kerasae.builders import SAMPLE_AXES, VARIANTS
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
        y = autoencoder.predict(x, verbose=0)
        np.save(folder / f"{variant}-{state}.npy", y)
"""

READ = """
import sys
import numpy as np
from pathlib import Path
import kerasae

for folder in map(Path, sys.argv[1:]):
    images = np.load(folder / "x.npy")
    for path in sorted(folder.glob("*.keras")):
        triple = kerasae.load(path)
        x = images.reshape(-1, *triple.autoencoder.input_shape[1:])
        whole = triple.autoencoder.predict(x, verbose=0)
        halves = triple.decoder.predict(triple.encoder.predict(x, verbose=0), verbose=0)
        expected = np.load(path.with_suffix(".npy"))
        off = max(abs(whole - expected).max(), abs(halves - expected).max())
        steps = -1
        if path.stem.endswith("trained"):
            before = int(triple.autoencoder.optimizer.iterations)
            loss = triple.autoencoder.fit(x, x, epochs=1, verbose=0).history["loss"][-1]
            assert np.isfinite(loss)
            steps = int(triple.autoencoder.optimizer.iterations) - before
        print(folder.name, path.stem, float(off), steps)
"""


def run(code, backend, *arguments):
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)],
        env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@pytest.fixture(scope="module")
def folders(tmp_path_factory, digits):
    made = []
    for backend in BACKENDS:
        folder = tmp_path_factory.mktemp("written") / backend
        folder.mkdir()
        np.save(folder / "x.npy", digits[:64])
        run(WRITE, backend, folder)
        made.append(folder)
    return made


@pytest.mark.parametrize("reader", BACKENDS)
def test_reads_all_files_of_all_backends(reader, folders):
    rows = [line.split() for line in run(READ, reader, *folders).splitlines()]
    written = {
        (folder.name, path.stem)
        for folder in folders
        for path in folder.glob("*.keras")
    }
    assert {(writer, name) for writer, name, _, _ in rows} == written
    assert len(rows) == 3 * len(VARIANTS) * 2
    for writer, name, off, steps in rows:
        assert float(off) < 1e-5, (writer, name)
        assert int(steps) == (2 if name.endswith("trained") else -1), (writer, name)


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
