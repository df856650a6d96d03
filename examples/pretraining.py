"""Train a ten-layer autoencoder from scratch, and with layer-wise pretraining.

Run it with `python pretraining.py --out FOLDER --epochs NUMBER --data NAME`.
"""

# %% Settings
import argparse
from pathlib import Path

import keras

import kerasae
from kerasae.metrics import pca_error, reconstruction_error
from kerasae.plotting import plot_history, plot_reconstructions

HIDDEN_UNITS = (500, 250, 100, 50)
PAIRS = len(HIDDEN_UNITS) + 1

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=3, help="per pair of layers")
parser.add_argument("--tuning-epochs", type=int, default=5, help="of fine-tuning")
parser.add_argument("--batch-size", type=int, default=128, help="samples per step")
parser.add_argument("--order", default="input", help="or ends")
parser.add_argument("--data", default="mnist", help="or fashion_mnist, digits")
arguments = parser.parse_args()

# %% Data
data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train, data.x_test


# %% Ten layers
def build():
    """Return five dense layers down to ten numbers and five up, with small weights."""
    keras.utils.set_random_seed(0)
    triple = kerasae.build_stacked_ae(
        x_train.shape[1:],
        hidden_units=HIDDEN_UNITS,
        latent_dim=10,
        code_activation="linear",
        output_activation="linear",
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
        dropout=0.0,
        seed=0,
    )
    kerasae.compile(triple, keras.optimizers.SGD(0.5, momentum=0.9))
    return triple


spread = kerasae.predict(build(), x_test).std(axis=0).mean()
print(f"pixels vary by {x_test.std(axis=0).mean():.2f}, outputs by {spread:.0e}")

# %% From scratch
options = {"batch_size": arguments.batch_size, "verbose": 0}
scratch = build()
in_one_go = kerasae.fit(
    scratch,
    x_train,
    epochs=PAIRS * arguments.epochs + arguments.tuning_epochs,
    validation_data=x_test,
    **options,
)
images = kerasae.predict(scratch, x_test)
print(f"from scratch           {reconstruction_error(x_test, images):.5f}")
plot_reconstructions(x_test, images, path=arguments.out / "pretraining_scratch.png")

# %% Pair by pair
triple = build()
histories = kerasae.training.pretrain(
    triple, x_train, epochs=arguments.epochs, order=arguments.order, **options
)
for number, history in enumerate(histories, start=1):
    first, last = (history.history["loss"][epoch] for epoch in (0, -1))
    print(f"pair {number} of {PAIRS}  loss {first:.5f} to {last:.5f}")

images = kerasae.predict(triple, x_test)
print(f"pretrained only        {reconstruction_error(x_test, images):.5f}")

# %% Fine-tuning
tuning = kerasae.fit(
    triple,
    x_train,
    epochs=arguments.tuning_epochs,
    validation_data=x_test,
    **options,
)
images = kerasae.predict(triple, x_test)
print(f"pretrained, fine-tuned {reconstruction_error(x_test, images):.5f}")
print(f"PCA with 10 dimensions {pca_error(x_train, x_test, 10)[1]:.5f}")
plot_reconstructions(x_test, images, path=arguments.out / "pretraining_pretrained.png")

# %% Curves
runs = {"from scratch": in_one_go, "fine-tuning": tuning}
plot_history(runs, path=arguments.out / "pretraining_curves.png")
