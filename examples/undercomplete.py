"""Train the simplest autoencoder, compare optimizers, and compare it with PCA.

Run it with `python undercomplete.py --out FOLDER --epochs NUMBER --data NAME`.
"""

# %% Settings
import argparse
from pathlib import Path

import keras
import numpy as np

import kerasae
from kerasae.metrics import pca_error, reconstruction_error
from kerasae.plotting import plot_history, plot_reconstructions

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=50, help="passes over the data")
parser.add_argument("--data", default="mnist", help="or fashion_mnist, digits")
parser.add_argument("--latent-dim", type=int, default=32, help="numbers in the code")
arguments = parser.parse_args()

# %% Data
data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train, data.x_test
shape = x_train.shape[1:]
print(f"{len(x_train)} images for training, {len(x_test)} for testing")
print(f"shape {shape}, pixels from {x_train.min():g} to {x_train.max():g}")

# %% Model
triple = kerasae.build_undercomplete_ae(shape, latent_dim=arguments.latent_dim)
autoencoder, encoder, decoder = triple
codes = kerasae.predict(encoder, x_test)
images = kerasae.predict(decoder, codes)
print(f"images {x_test.shape} -> codes {codes.shape} -> images {images.shape}")
print(f"{autoencoder.count_params()} weights")

# %% Optimizers
optimizers = {
    "Adadelta, rate 0.001": keras.optimizers.Adadelta(),
    "Adadelta, rate 1": keras.optimizers.Adadelta(1.0),
    "Adam": keras.optimizers.Adam(),
}

# %% Training
keras.utils.set_random_seed(0)
histories, triples = {}, {}
for name, optimizer in optimizers.items():
    triples[name] = kerasae.build_undercomplete_ae(
        shape, latent_dim=arguments.latent_dim, seed=0
    )
    kerasae.compile(triples[name], optimizer, loss="binary_crossentropy")
    histories[name] = kerasae.fit(
        triples[name],
        x_train,
        validation_data=x_test,
        epochs=arguments.epochs,
        batch_size=256,
        verbose=0,
    ).history
    loss, test_loss = (histories[name][key][-1] for key in ("loss", "val_loss"))
    print(f"{name:20}  loss {loss:.4f}  on the test images {test_loss:.4f}")

# %% Learning curves
plot_history(histories, path=arguments.out / "undercomplete_curves.png")

# %% The lowest loss there is
lowest = keras.ops.mean(keras.losses.binary_crossentropy(x_test, x_test))
print(f"loss of the test images against themselves: {float(lowest):.4f}")

# %% Reconstructions after Adadelta
rebuilt = {name: kerasae.predict(triple, x_test) for name, triple in triples.items()}
plot_reconstructions(
    x_test,
    rebuilt["Adadelta, rate 1"],
    path=arguments.out / "undercomplete_adadelta.png",
)

# %% Reconstructions after Adam
plot_reconstructions(
    x_test, rebuilt["Adam"], path=arguments.out / "undercomplete_adam.png"
)

# %% Reconstructions after too small steps
plot_reconstructions(
    x_test,
    rebuilt["Adadelta, rate 0.001"],
    path=arguments.out / "undercomplete_small_steps.png",
)

# %% A linear autoencoder
linear = kerasae.build_undercomplete_ae(
    shape,
    latent_dim=arguments.latent_dim,
    activation="linear",
    output_activation="linear",
    seed=0,
)
kerasae.compile(linear, loss="mean_squared_error")
kerasae.fit(linear, x_train, epochs=arguments.epochs, batch_size=256, verbose=0)
rebuilt["linear autoencoder"] = kerasae.predict(linear, x_test)

# %% Errors
errors = {
    name: reconstruction_error(x_test, images) for name, images in rebuilt.items()
}
_, errors["PCA"] = pca_error(x_train, x_test, arguments.latent_dim)
for name, error in errors.items():
    print(f"{name:20}  mean squared error {error:.5f}")

# %% Saving
file = kerasae.save(triples["Adam"], arguments.out / "undercomplete.keras")
loaded = kerasae.load(file)
difference = kerasae.predict(loaded, x_test) - rebuilt["Adam"]
print(f"loaded from {file}: largest difference {np.abs(difference).max()}")
