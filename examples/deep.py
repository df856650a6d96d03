"""Put layers around the code, and see what they gain.

Run it with `python deep.py --out FOLDER --epochs NUMBER --data NAME`.
"""

# %% Settings
import argparse
from pathlib import Path

import keras

import kerasae
from kerasae.metrics import pca_error, reconstruction_error
from kerasae.plotting import plot_code_map, plot_history, plot_reconstructions

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=50, help="passes over the data")
parser.add_argument("--data", default="mnist", help="or fashion_mnist, digits")
parser.add_argument("--latent-dim", type=int, default=32, help="numbers in the code")
arguments = parser.parse_args()

data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train, data.x_test
shape = x_train.shape[1:]

# %% Models
size = arguments.latent_dim
models = {
    "shallow": kerasae.build_undercomplete_ae(shape, latent_dim=size, seed=0),
    "wide": kerasae.build_deep_ae(shape, hidden_units=135, latent_dim=size, seed=0),
    "deep": kerasae.build_deep_ae(
        shape, hidden_units=(128, 64), latent_dim=size, seed=0
    ),
}
for name, triple in models.items():
    dense = [layer for layer in triple.autoencoder.layers if hasattr(layer, "kernel")]
    sizes = [layer.kernel.shape[0] for layer in dense] + [dense[-1].kernel.shape[1]]
    print(f"{name:7}  {'-'.join(map(str, sizes))}: {triple[0].count_params()} weights")

# %% Training
keras.utils.set_random_seed(0)
histories = {}
for name, triple in models.items():
    histories[name] = kerasae.fit(
        triple,
        x_train,
        validation_data=x_test,
        epochs=arguments.epochs,
        batch_size=256,
        verbose=0,
    ).history
    loss, test_loss = histories[name]["loss"][-1], histories[name]["val_loss"][-1]
    print(f"{name:7}  loss {loss:.4f}  on the test images {test_loss:.4f}", flush=True)

# %% Learning curves
plot_history(histories, path=arguments.out / "deep_curves.png")

# %% Errors
for name, triple in models.items():
    error = reconstruction_error(x_test, kerasae.predict(triple, x_test))
    print(f"{name:7}  mean squared error {error:.5f}")

_, error = pca_error(x_train, x_test, size)
print(f"PCA      mean squared error {error:.5f}")

# %% Reconstructions of the shallow one
plot_reconstructions(
    x_test,
    kerasae.predict(models["shallow"], x_test),
    path=arguments.out / "deep_shallow.png",
)

# %% Reconstructions of the deep one
codes = kerasae.predict(models["deep"].encoder, x_test)
rebuilt = kerasae.predict(models["deep"].decoder, codes)
plot_reconstructions(x_test, rebuilt, path=arguments.out / "deep_reconstructions.png")

# %% A map of the codes
plot_code_map(
    codes, labels=data.y_test, method="tsne", path=arguments.out / "deep_map.png"
)
