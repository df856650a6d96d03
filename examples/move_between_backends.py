"""Train and save on one backend, then load and continue training on the others.

Run it with `python move_between_backends.py --out FOLDER --epochs NUMBER`.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras

import kerasae

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=10)
parser.add_argument("--load", type=Path, help="a file to continue from")
arguments = parser.parse_args()

keras.utils.set_random_seed(0)
digits = kerasae.data.load_dataset("digits")
backend = keras.backend.backend()

if arguments.load:
    triple = kerasae.load(arguments.load)  # compiled, optimizer and all
    loss = triple.autoencoder.evaluate(digits.x_test, digits.x_test, verbose=0)
    print(f"{backend}: loaded, test loss {loss:.4f}")
else:
    triple = kerasae.build_deep_ae(digits.x_train.shape[1:], latent_dim=8)
    kerasae.compile(triple)

triple.autoencoder.fit(
    digits.x_train, digits.x_train, epochs=arguments.epochs, verbose=0
)
loss = triple.autoencoder.evaluate(digits.x_test, digits.x_test, verbose=0)
print(f"{backend}: {arguments.epochs} epochs trained, test loss {loss:.4f}", flush=True)

if not arguments.load:
    file = kerasae.save(triple, arguments.out / "travels.keras")
    print(f"{backend}: written {file}", flush=True)
    command = [sys.executable, __file__, "--load", str(file)]
    command += ["--epochs", str(arguments.epochs)]
    for other in ("tensorflow", "jax", "torch"):
        if other != backend and importlib.util.find_spec(other):
            environment = {**os.environ, "KERAS_BACKEND": other}
            subprocess.run(command, env=environment, check=True)
