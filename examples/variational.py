"""Train variational autoencoders, sample images, and draw the plane of a small code.

Run it with `python variational.py --out FOLDER --epochs NUMBER --data NAME`.
"""

# %% Settings
import argparse
from pathlib import Path

import keras
import numpy as np

import kerasae
from kerasae.generation import active_units, posterior, sample
from kerasae.plotting import (
    plot_code_map,
    plot_code_plane,
    plot_history,
    plot_samples,
)

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=10, help="passes over the data")
parser.add_argument("--batch-size", type=int, default=128, help="samples per step")
parser.add_argument("--data", default="mnist", help="or fashion_mnist, digits")
arguments = parser.parse_args()

# %% Data
data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train, data.x_test

# %% Training
keras.utils.set_random_seed(0)
models, histories = {}, {}
for size in (20, 2):
    models[size] = kerasae.build_vae(x_train.shape[1:], latent_dim=size, seed=0)
    history = kerasae.fit(
        models[size],
        x_train,
        validation_data=x_test,
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        verbose=0,
    )
    histories[f"code of {size}"] = history
    names = ("val_loss", "val_reconstruction_loss", "val_kl_loss")
    loss, reconstruction, kl = (history.history[name][-1] for name in names)
    print(
        f"code of {size:2}  loss on the test images {loss:.2f}"
        f" = reconstruction {reconstruction:.2f} + KL {kl:.2f} nats",
        flush=True,
    )

# %% Curves
plot_history(histories, path=arguments.out / "variational_curves.png")

# %% Clouds
mean, log_variance, _ = kerasae.predict(posterior(models[20]), x_test)
variance = np.exp(log_variance)
kl = 0.5 * np.sum(mean**2 + variance - 1 - log_variance, axis=1)
print(f"KL of the code of 20, by hand: {np.mean(kl):.2f} nats")
used = active_units(models[20], x_test)
print(f"dimensions in use: {np.sum(used)} of {len(used)}")
print(f"deviation of a cloud there: {np.mean(np.sqrt(variance[:, used])):.2f}")

# %% New images
images = sample(models[20], 60, seed=0)
plot_samples(images, columns=12, path=arguments.out / "variational_samples.png")

# %% Map
codes = kerasae.predict(models[2].encoder, x_test)
plot_code_map(codes, labels=data.y_test, path=arguments.out / "variational_map.png")

# %% Plane
plot_code_plane(models[2], codes, path=arguments.out / "variational_plane.png")
