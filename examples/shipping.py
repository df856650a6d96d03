"""Export a trained autoencoder to ONNX, and use it without Keras.

Run it with `python shipping.py --out FOLDER --data mnist --epochs NUMBER`.
"""

# %% Settings
import argparse
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import onnxruntime

import kerasae
from kerasae.data import load_dataset
from kerasae.metrics import reconstruction_error
from kerasae.plotting import plot_reconstructions

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--data", default="mnist", help="mnist, fashion_mnist or digits")
parser.add_argument("--epochs", type=int, default=20, help="passes over the data")
arguments = parser.parse_args()

# %% A trained model
data = load_dataset(arguments.data)
x_train, x_test = data.x_train, data.x_test

keras.utils.set_random_seed(0)
triple = kerasae.build_deep_ae(
    x_train.shape[1:], hidden_units=(256,), latent_dim=32, seed=0
)
kerasae.fit(triple, x_train, epochs=arguments.epochs, batch_size=256, verbose=0)
error = reconstruction_error(x_test, kerasae.predict(triple, x_test))
print(f"Keras             mean squared error {error:.5f}")

# %% Export
folder = arguments.out / "shipping"
record = kerasae.export(triple, folder, samples=x_test, quantize=True, force=True)
for about in record["parts"].values():
    print(f"{about['file']:16}  largest difference {about['largest_difference']:.0e}")

# %% The script beside the files
images = (x_test[:10] * 255).astype("uint8")
np.save(arguments.out / "shipping.npy", images)
command = [sys.executable, folder / "infer.py", arguments.out / "shipping.npy"]
subprocess.run(command, check=True)


# %% Your own program
def run(file, x):
    """Return what a model in a file makes of samples."""
    session = onnxruntime.InferenceSession(folder / file)
    return session.run(["output"], {session.get_inputs()[0].name: x})[0]


codes = run("encoder.onnx", x_test)
reconstructed = run("decoder.onnx", codes)
error = reconstruction_error(x_test, reconstructed)
print(f"onnxruntime       mean squared error {error:.5f}")

# %% Eight bits
small = run("autoencoder-8bit.onnx", x_test)
error = reconstruction_error(x_test, small)
about = record["quantized"]["autoencoder"]
print(f"in eight bits     mean squared error {error:.5f}")
print(f"{about['bytes_float32']:,} bytes -> {about['bytes']:,} bytes")
picture = arguments.out / "shipping.png"
plot_reconstructions(x_test[:10], reconstructed[:10], path=picture)
