"""Let an autoencoder grow while it trains: a pair of layers more every few epochs.

Run it with `python growing.py --out FOLDER --epochs NUMBER --data mnist`.
"""

import argparse
from pathlib import Path

import keras

import kerasae
from kerasae.training import grow

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=4, help="before each growth")
parser.add_argument("--last-epochs", type=int, default=8, help="after the last one")
parser.add_argument("--batch-size", type=int, default=32)
parser.add_argument("--data", default="digits")
arguments = parser.parse_args()

keras.utils.set_random_seed(0)
data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train, data.x_test
shape = x_train.shape[1:]

start = kerasae.build_undercomplete_ae(shape, latent_dim=x_train[0].size // 2, seed=0)
triple, history = grow(
    start,
    x_train,
    pairs=3,
    every=arguments.epochs,
    epochs=3 * arguments.epochs + arguments.last_epochs,
    batch_size=arguments.batch_size,
    optimizer=keras.optimizers.Adadelta(1.0),
    validation_data=(x_test, x_test),
    seed=0,
)
for epochs, size in history.growth.items():
    print(f"after {epochs} epochs: a code of {size}")
images = triple.autoencoder.predict(x_test, verbose=0)
error = kerasae.metrics.reconstruction_error(x_test, images)
print(f"mean squared error per pixel on the test images: {error:.5f}")

curves = arguments.out / "growing_curves.png"
kerasae.plotting.plot_history(history, path=curves)
picture = arguments.out / "growing.png"
kerasae.plotting.plot_reconstructions(x_test, images, path=picture)
print(f"written: {curves}, {picture}")
