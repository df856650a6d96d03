"""Train an autoencoder to remove noise that it has not seen from images.

Run it with `python denoising.py --out FOLDER --epochs NUMBER --data NAME`.
"""

# %% Settings
import argparse
from pathlib import Path

import keras

import kerasae
from kerasae.data import corrupt
from kerasae.metrics import reconstruction_error
from kerasae.plotting import plot_history, plot_reconstructions

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=20, help="passes over the data")
parser.add_argument("--data", default="mnist", help="or fashion_mnist, digits")
parser.add_argument("--images", type=int, default=10000, help="training images")
arguments = parser.parse_args()

keras.utils.set_random_seed(0)
data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train[: arguments.images], data.x_test

# %% Model
triple = kerasae.build_denoising_ae(
    x_train.shape[1:], corruption=("gaussian", 0.5), seed=0
)
print(f"first layers: {[layer.name for layer in triple.autoencoder.layers[:3]]}")
print(f"{triple.autoencoder.count_params()} weights")

# %% The noise
noise = triple.autoencoder.layers[1]
for training in (True, True, False):
    seen = keras.ops.convert_to_numpy(noise(x_test[:1], training=training))
    print(f"training={training!s:5}  top row {seen[0, 0, :8, 0].round(2)}")

# %% Training
history = kerasae.fit(
    triple,
    x_train,
    validation_data=x_test,
    epochs=arguments.epochs,
    batch_size=128,
    verbose=2,
)

# %% Learning curve
plot_history(history, path=arguments.out / "denoising_curves.png")

# %% Before and after
noisy = corrupt(x_test, "gaussian", 0.5, seed=1)
denoised = kerasae.predict(triple, noisy)
print(f"error of the noisy images:    {reconstruction_error(x_test, noisy):.5f}")
print(f"error of the denoised images: {reconstruction_error(x_test, denoised):.5f}")
plot_reconstructions(
    x_test,
    denoised,
    corrupted=noisy,
    path=arguments.out / "denoising_gaussian.png",
)

# %% Other noises
for kind, level in (
    ("gaussian", 0.0),
    ("gaussian", 0.25),
    ("gaussian", 0.75),
    ("salt_and_pepper", 0.3),
    ("masking", 0.5),
):
    noisy = corrupt(x_test, kind, level, seed=1)
    before = reconstruction_error(x_test, noisy)
    after = reconstruction_error(x_test, kerasae.predict(triple, noisy))
    print(f"{kind:15} {level:4}  error before {before:.5f}  after {after:.5f}")

# %% Another variant
dense = kerasae.build_deep_ae(
    x_train.shape[1:],
    hidden_units=512,
    latent_dim=128,
    corruption=("masking", 0.5),
    seed=0,
)
kerasae.fit(dense, x_train, epochs=arguments.epochs, batch_size=128, verbose=0)
masked = corrupt(x_test, "masking", 0.5, seed=1)
completed = kerasae.predict(dense, masked)
print(f"error of the masked images:    {reconstruction_error(x_test, masked):.5f}")
print(f"error of the completed images: {reconstruction_error(x_test, completed):.5f}")
plot_reconstructions(
    x_test, completed, corrupted=masked, path=arguments.out / "denoising_masking.png"
)
