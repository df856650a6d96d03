"""Train variational autoencoders, draw new images and the plane of a two-number code.

Run it with `python variational.py --out FOLDER --epochs NUMBER --data NAME`.
"""

import argparse
from pathlib import Path

import keras

import kerasae
from kerasae.generation import sample
from kerasae.plotting import (
    plot_code_map,
    plot_code_plane,
    plot_history,
    plot_samples,
)

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--data", default="digits")
parser.add_argument("--batch-size", type=int, default=32)
arguments = parser.parse_args()

keras.utils.set_random_seed(0)
data = kerasae.data.load_dataset(arguments.data)
histories, models = {}, {}
for latent_dim in (20, 2):
    triple = kerasae.build_vae(data.x_train.shape[1:], latent_dim=latent_dim, seed=0)
    kerasae.compile(triple)
    history = triple.autoencoder.fit(
        data.x_train,
        validation_data=(data.x_test, data.x_test),
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        verbose=0,
    ).history
    models[latent_dim] = triple
    histories[f"code of {latent_dim}"] = history
    print(
        f"code of {latent_dim:2}  loss on the test images {history['val_loss'][-1]:.2f}"
        f" = reconstruction {history['val_reconstruction_loss'][-1]:.2f}"
        f" + KL {history['val_kl_loss'][-1]:.2f} nats",
        flush=True,
    )

plot_history(histories, path=arguments.out / "variational_curves.png")
images = sample(models[20], 60, seed=0)
plot_samples(images, columns=12, path=arguments.out / "variational_samples.png")
codes = models[2].encoder.predict(data.x_test, verbose=0)
plot_code_map(codes, labels=data.y_test, path=arguments.out / "variational_map.png")
plot_code_plane(models[2], codes, path=arguments.out / "variational_plane.png")
print(f"written: {arguments.out}")
