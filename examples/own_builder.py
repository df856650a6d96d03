"""Write your own builder, with a layer of your own, and use all of kerasae with it.

Run it with `python own_builder.py --out FOLDER --epochs NUMBER`.
"""

# %% Settings
import argparse
import math
from pathlib import Path

import keras
from keras import layers, ops

import kerasae
from kerasae.estimators import AutoencoderTransformer
from kerasae.layers import MaskingNoise
from kerasae.metrics import reconstruction_error
from kerasae.plotting import plot_reconstructions

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=40)
arguments = parser.parse_args()


# %% A layer
@keras.saving.register_keras_serializable("own_builder")
class Shrink(layers.Layer):
    """Moves values toward zero by a learned threshold, and smaller ones to zero."""

    def __init__(self, start=0.5, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.threshold = self.add_weight(
            shape=input_shape[-1:],
            initializer=keras.initializers.Constant(self.start),
        )

    def call(self, inputs):
        return ops.sign(inputs) * ops.relu(ops.abs(inputs) - self.threshold)

    def get_config(self):
        return {**super().get_config(), "start": self.start}


# %% The builder
def build_shrinking_ae(input_shape, *, units=64, latent_dim=32, rate=0.2):
    """Return a denoising autoencoder whose code may be exactly zero."""
    inputs = keras.Input(input_shape)
    x = MaskingNoise(rate)(inputs)
    x = layers.Flatten()(x)
    x = layers.Dense(units, activation="relu")(x)
    x = layers.Dense(latent_dim)(x)
    x = Shrink(name="code", activity_regularizer=keras.regularizers.L1(3e-4))(x)
    x = layers.Dense(units, activation="relu")(x)
    x = layers.Dense(math.prod(input_shape), activation="sigmoid")(x)
    outputs = layers.Reshape(input_shape)(x)
    return kerasae.split(keras.Model(inputs, outputs, name="shrinking_ae"))


# %% Training
keras.utils.set_random_seed(0)
digits = kerasae.data.load_dataset("digits")
x_train, x_test = digits.x_train, digits.x_test
triple = build_shrinking_ae((8, 8, 1))
kerasae.training.pretrain(triple, x_train, epochs=arguments.epochs // 4 + 1, verbose=0)
kerasae.fit(triple, x_train, epochs=arguments.epochs, verbose=0)

# %% Pictures
codes = kerasae.predict(triple.encoder, x_test)
images = kerasae.predict(triple.decoder, codes)
print(f"zeros in the codes: {(codes == 0).mean():.0%}")
print(f"mean squared error per pixel: {reconstruction_error(x_test, images):.4f}")
kerasae.plot_architecture(triple, arguments.out / "own_builder.svg")
plot_reconstructions(x_test, images, path=arguments.out / "own_builder.png")

# %% A file
file = kerasae.save(triple, arguments.out / "own_builder.keras")
again = kerasae.load(file)
print(f"loaded: {again.autoencoder.name}, code {again.encoder.output_shape}")

# %% In scikit-learn
transformer = AutoencoderTransformer(
    build_shrinking_ae,
    input_shape=(8, 8, 1),
    latent_dim=16,
    epochs=arguments.epochs,
    random_state=0,
)
codes = transformer.fit_transform(x_train.reshape(-1, 64))
print(f"in scikit-learn: codes {codes.shape}")
