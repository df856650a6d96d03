"""Train a ten-layer autoencoder from scratch, and layer by layer first.

Run it with `python pretraining.py --out FOLDER --epochs NUMBER --data mnist`.
"""

import argparse
from pathlib import Path

import keras

import kerasae
from kerasae.metrics import pca_error, reconstruction_error

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=20, help="a pair of layers")
parser.add_argument("--batch-size", type=int, default=32)
parser.add_argument("--data", default="digits")
arguments = parser.parse_args()

data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train, data.x_test
hidden_units = (500, 250, 100, 50)
pairs = len(hidden_units) + 1


def build():
    """Return five dense layers down to ten numbers and five up, all starting small."""
    keras.utils.set_random_seed(0)
    return kerasae.build_stacked_ae(
        x_train.shape[1:],
        hidden_units=hidden_units,
        latent_dim=10,
        code_activation="linear",
        output_activation="linear",
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
        dropout=0.0,
        seed=0,
    )


def fit(triple, epochs):
    kerasae.compile(triple)
    triple.autoencoder.fit(
        x_train, x_train, epochs=epochs, batch_size=arguments.batch_size, verbose=0
    )
    return triple.autoencoder.predict(x_test, verbose=0)


print(f"from scratch, {2 * pairs * arguments.epochs} epochs")
scratch = fit(build(), epochs=2 * pairs * arguments.epochs)

print(f"{pairs} pairs of layers, then the whole: as many epochs in all")
triple = build()
kerasae.training.pretrain(
    triple, x_train, epochs=arguments.epochs, batch_size=arguments.batch_size
)
pretrained = fit(triple, epochs=pairs * arguments.epochs)

print("mean squared error per pixel on the test images:")
print(f"from scratch           {reconstruction_error(x_test, scratch):.5f}")
print(f"pretrained             {reconstruction_error(x_test, pretrained):.5f}")
print(f"PCA with 10 dimensions {pca_error(x_train, x_test, 10)[1]:.5f}")
for name, images in {"scratch": scratch, "pretrained": pretrained}.items():
    path = arguments.out / f"pretraining_{name}.png"
    kerasae.plotting.plot_reconstructions(x_test, images, path=path)
    print(f"written: {path}")
