"""Teach an autoencoder to remove noise that it has not seen before.

Run it with `python denoise.py --out FOLDER --epochs NUMBER`.
"""

import argparse
from pathlib import Path

import keras

import kerasae

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=40)
arguments = parser.parse_args()

keras.utils.set_random_seed(0)
digits = kerasae.data.load_dataset("digits")
x_train, x_test = digits.x_train, digits.x_test

# The noise is a layer of the model: fit is given clean images twice.
triple = kerasae.build_denoising_ae(x_train.shape[1:], corruption=("gaussian", 0.3))
kerasae.compile(triple, keras.optimizers.Adam(0.003))
triple.autoencoder.fit(
    x_train, x_train, epochs=arguments.epochs, batch_size=32, verbose=2
)

# That layer sleeps outside training, so the test images are corrupted by hand.
noisy = kerasae.data.corrupt(x_test, "gaussian", 0.3, seed=1)
denoised = triple.autoencoder.predict(noisy, verbose=0)
before = kerasae.metrics.reconstruction_error(x_test, noisy)
after = kerasae.metrics.reconstruction_error(x_test, denoised)
print(f"mean squared error to the clean images: {before:.4f} noisy")
print(f"mean squared error to the clean images: {after:.4f} denoised")

picture = arguments.out / "denoise.png"
kerasae.plotting.plot_reconstructions(x_test, denoised, corrupted=noisy, path=picture)
print(f"written: {picture}")
