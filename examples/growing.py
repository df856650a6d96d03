"""Grow an autoencoder while it trains, by a pair of layers every few epochs.

Run it with `python growing.py --out FOLDER --epochs NUMBER --data NAME`.
"""

# %% Settings
import argparse
from pathlib import Path

import keras

import kerasae
from kerasae.metrics import reconstruction_error
from kerasae.plotting import (
    MovieFrames,
    plot_history,
    plot_reconstructions,
    write_movie,
)
from kerasae.training import grow

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=4, help="before each growth")
parser.add_argument("--last-epochs", type=int, default=8, help="after the last")
parser.add_argument("--batch-size", type=int, default=256, help="samples per step")
parser.add_argument("--data", default="mnist", help="or fashion_mnist, digits")
arguments = parser.parse_args()

# %% Data
data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train, data.x_test

# %% A shallow start
keras.utils.set_random_seed(0)
start = kerasae.build_undercomplete_ae(
    x_train.shape[1:], latent_dim=x_train[0].size // 2, seed=0
)

# %% Growth
frames = MovieFrames(x_test[:6], arguments.out / "growing_frames", overwrite=True)
triple, history = grow(
    start,
    x_train,
    pairs=3,
    every=arguments.epochs,
    epochs=3 * arguments.epochs + arguments.last_epochs,
    batch_size=arguments.batch_size,
    optimizer=keras.optimizers.Adadelta(1.0),
    validation_data=x_test,
    callbacks=[frames],
    seed=0,
    verbose=0,
)
for epochs, size in history.growth.items():
    before, after = history.history["val_loss"][epochs - 1 : epochs + 1]
    print(f"after {epochs} epochs: a code of {size}, {before:.4f} -> {after:.4f}")

# %% Curves
plot_history(history, path=arguments.out / "growing_curves.png")

# %% Movie
write_movie(frames.folder, arguments.out / "growing_movie.gif", fps=2)

# %% Reconstructions
images = kerasae.predict(triple, x_test)
print(f"mean squared error per pixel: {reconstruction_error(x_test, images):.5f}")
plot_reconstructions(x_test, images, path=arguments.out / "growing.png")
