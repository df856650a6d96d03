"""Share one kernel between both halves, train with and without noise, see the filters.

Run it with `python tied.py --out FOLDER --epochs NUMBER --data NAME`.
"""

# %% Settings
import argparse
from pathlib import Path

import keras

import kerasae
from kerasae.losses import SummedBinaryCrossentropy
from kerasae.metrics import reconstruction_error
from kerasae.plotting import plot_filters, plot_reconstructions

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=51, help="passes over the data")
parser.add_argument("--data", default="mnist", help="or fashion_mnist, digits")
parser.add_argument("--images", type=int, default=5000, help="training images")
arguments = parser.parse_args()

# %% Data
data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train[: arguments.images], data.x_test
shape = x_train.shape[1:]

# %% Models
keras.utils.set_random_seed(0)
models = {
    "clean": kerasae.build_tied_ae(shape, seed=0),
    "30 % masked": kerasae.build_tied_ae(shape, corruption=("masking", 0.3), seed=0),
}
tied = models["clean"].autoencoder.count_params()
untied = kerasae.build_deep_ae(shape, hidden_units=(), latent_dim=100)
print(f"weights: {tied} tied, {untied.autoencoder.count_params()} untied")

# %% Training
costs = {}
for name, triple in models.items():
    kerasae.compile(triple, keras.optimizers.SGD(0.1), SummedBinaryCrossentropy())
    history = kerasae.fit(
        triple, x_train, epochs=arguments.epochs, batch_size=20, verbose=0
    )
    costs[name] = history.history["loss"]

print("epoch  clean  30 % masked")
for epoch in range(0, arguments.epochs, 10):
    print(f"{epoch:5}", *(f"{cost[epoch]:6.2f}" for cost in costs.values()))

# %% Filters
plot_filters(models, path=arguments.out / "tied_filters.png")

# %% Reconstructions
images = kerasae.predict(models["clean"], x_test)
print(f"test images -> reconstructions: {reconstruction_error(x_test, images):.4f}")
plot_reconstructions(x_test, images, path=arguments.out / "tied.png")

# %% Noisy images
noisy = kerasae.data.corrupt(x_test, "masking", 0.3, seed=1)
for name, triple in models.items():
    images = kerasae.predict(triple, noisy)
    print(f"masked, trained on {name}: {reconstruction_error(x_test, images):.4f}")

plot_reconstructions(
    x_test, images, corrupted=noisy, path=arguments.out / "tied_masked.png"
)
