"""Train an autoencoder on 8x8 images of digits, look at it, and save it.

Run it with `python first_model.py --out FOLDER --epochs NUMBER`.
"""

import argparse
from pathlib import Path

import keras

import kerasae

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=40)
arguments = parser.parse_args()

keras.utils.set_random_seed(0)
digits = kerasae.data.load_dataset("digits")
x_train, x_test = digits.x_train, digits.x_test

triple = kerasae.build_conv_ae(x_train.shape[1:], filters=(32, 8))
autoencoder, encoder, decoder = triple
kerasae.compile(triple, keras.optimizers.Adam(0.003))
autoencoder.fit(
    x_train,
    x_train,
    validation_data=(x_test, x_test),
    epochs=arguments.epochs,
    batch_size=32,
    verbose=2,
)

codes = encoder.predict(x_test, verbose=0)
images = decoder.predict(codes, verbose=0)
print(f"images {x_test.shape} -> codes {codes.shape} -> images {images.shape}")
error = kerasae.metrics.reconstruction_error(x_test, images)
print(f"mean squared error per pixel on the test images: {error:.4f}")

picture = arguments.out / "first_model.png"
kerasae.plotting.plot_reconstructions(x_test, images, path=picture)
file = kerasae.save(triple, arguments.out / "first_model.keras")
print(f"written: {picture}, {file}")
