"""A linear autoencoder finds what principal component analysis computes.

Run it with `python linear_is_pca.py --out FOLDER --epochs NUMBER`.
"""

import argparse
from pathlib import Path

import keras

import kerasae

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=100)
arguments = parser.parse_args()

keras.utils.set_random_seed(0)
digits = kerasae.data.load_dataset("digits")
x_train, x_test = digits.x_train, digits.x_test

linear = kerasae.build_undercomplete_ae(
    x_train.shape[1:], latent_dim=8, activation="linear", output_activation="linear"
)
kerasae.compile(linear, keras.optimizers.Adam(0.01))
linear.autoencoder.fit(
    x_train, x_train, epochs=arguments.epochs, batch_size=128, verbose=0
)

reconstructed = linear.autoencoder.predict(x_test, verbose=0)
ours = kerasae.metrics.reconstruction_error(x_test, reconstructed)
_, pca = kerasae.metrics.pca_error(x_train, x_test, 8)
print(f"linear autoencoder, 8 dimensions: {ours:.5f}")
print(f"PCA, 8 dimensions:                {pca:.5f}")

picture = arguments.out / "linear_is_pca.png"
kerasae.plotting.plot_reconstructions(x_test, reconstructed, path=picture)
print(f"written: {picture}")
