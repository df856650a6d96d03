"""Train a convolutional autoencoder, watch it in TensorBoard, look at its codes.

Run it with `python convolutional.py --out FOLDER --epochs NUMBER --data NAME`.
"""

# %% Settings
import argparse
from pathlib import Path

import keras

import kerasae
from kerasae.callbacks import TensorBoard
from kerasae.metrics import pca_error, reconstruction_error
from kerasae.plotting import (
    plot_architecture,
    plot_codes,
    plot_history,
    plot_reconstructions,
)

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=10, help="passes over the data")
parser.add_argument("--data", default="mnist", help="or fashion_mnist, digits")
arguments = parser.parse_args()

keras.utils.set_random_seed(0)
data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train, data.x_test

# %% Model
triple = kerasae.build_conv_ae(x_train.shape[1:], filters=(16, 8, 8), seed=0)
autoencoder, encoder, decoder = triple
for layer in autoencoder.layers:
    print(f"{layer.name:18}  {layer.output.shape[1:]!s:12}  {layer.count_params():5}")

print(f"{'all weights':32}  {autoencoder.count_params():5}")

# %% Diagram
plot_architecture(triple, arguments.out / "convolutional_architecture.png")

# %% TensorBoard
board = TensorBoard(
    arguments.out / "convolutional_logs",
    samples=x_test[:500],
    labels=data.y_test[:500],
)

# %% Training
history = kerasae.fit(
    triple,
    x_train,
    validation_data=x_test,
    epochs=arguments.epochs,
    batch_size=128,
    verbose=2,
    callbacks=[board],
)

# %% Learning curve
plot_history(history, path=arguments.out / "convolutional_curves.png")

# %% Reconstructions
codes = kerasae.predict(encoder, x_test)
rebuilt = kerasae.predict(decoder, codes)
plot_reconstructions(
    x_test, rebuilt, path=arguments.out / "convolutional_reconstructions.png"
)

# %% Errors
print(f"mean squared error  {reconstruction_error(x_test, rebuilt):.5f}")
for size in (32, codes[0].size):
    _, error = pca_error(x_train, x_test, size)
    print(f"PCA, {size:3} numbers    {error:.5f}")

# %% Codes
plot_codes(
    codes,
    originals=x_test,
    channels_across=1,
    path=arguments.out / "convolutional_codes.png",
)
