"""Installs the package with one backend only, and uses it there.

    python tests/alone.py jax

Makes a virtual environment in a temporary folder, checks that the other backends
are not in it, and runs a script and the command line.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
BACKENDS = ("tensorflow", "jax", "torch")

# What a user would write first.
SCRIPT = """
import kerasae
from kerasae.data import load_dataset
from kerasae.plotting import plot_reconstructions

x = load_dataset("digits").x_train
autoencoder, encoder, decoder = kerasae.build_conv_ae(x.shape[1:], filters=(16, 8))
kerasae.compile(autoencoder)
autoencoder.fit(x, x, epochs=2, verbose=0)
kerasae.save(autoencoder, "digits.keras")
loaded = kerasae.load("digits.keras")
kerasae.fit(loaded, x, epochs=1, verbose=0)
plot_reconstructions(x[:10], kerasae.predict(loaded, x[:10]), path="digits.png")
"""


def main(backend):
    others = [name for name in BACKENDS if name != backend]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(Path(folder) / "venv", with_pip=True)
        binaries = Path(folder) / "venv" / "bin"
        environment = {
            **os.environ,
            "KERAS_HOME": folder,
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        # Not told which backend: Python and the command take the one that is there.
        environment.pop("KERAS_BACKEND", None)

        def run(program, *words):
            subprocess.run(
                (binaries / program, *words), check=True, cwd=folder, env=environment
            )

        constraints = ("-c", ROOT / "constraints.txt")
        run("pip", "install", "-q", "--no-compile", *constraints, f"{ROOT}[{backend}]")
        absent = f"assert not any(map(importlib.util.find_spec, {others!r}))"
        run("python", "-c", f"import importlib.util; {absent}")
        run("python", "-W", "error::UserWarning", "-c", SCRIPT)
        run("kerasae", "train", "conv", "--epochs", "2", "--output", "run")
        run("kerasae", "encode", "run", "--output", "codes.npy")
        run("kerasae", "reproduce", "keras-tutorial", "--quick", "--only", "deep")
        for name in ("digits.keras", "digits.png", "run/curves.png", "codes.npy"):
            if not (Path(folder) / name).stat().st_size:
                raise SystemExit(f"{name} is empty")
    print(f"{backend} alone: installed, trained, saved, loaded, drawn")


if __name__ == "__main__":
    if sys.argv[1:] not in [[name] for name in BACKENDS]:
        raise SystemExit(f"usage: python tests/alone.py {'|'.join(BACKENDS)}")
    main(sys.argv[1])
