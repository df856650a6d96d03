"""The models as in a plain Keras script, with Keras's defaults."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from benchmarks.cases import PREDICTION_BATCH, Case


class Trainer:
    """A compiled Keras model, trained by its own `fit`."""

    model: keras.Model

    def __init__(self, case: Case, x: np.ndarray) -> None:
        self.case, self.x = case, x
        self.build()

    def build(self) -> None:
        """Build and compile the model."""
        models = {"dense": dense, "conv": convolutional, "vae": variational}
        self.model = models[self.case.kind](self.case)
        summed = self.case.kind == "vae"
        self.model.compile("adam", summed_loss if summed else "binary_crossentropy")

    def epoch(self) -> float:
        """Train one epoch and return its loss."""
        history = self.model.fit(
            self.x, self.x, batch_size=self.case.batch_size, verbose=0
        )
        return self.finished(history)

    def finished(self, history: keras.callbacks.History) -> float:
        """Wait for the device, and return the loss."""
        ops.convert_to_numpy(self.model.trainable_variables[-1])
        return history.history["loss"][-1]

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return reconstructions of many images."""
        return self.model.predict(x, batch_size=PREDICTION_BATCH, verbose=0)

    def one_image(self, x: np.ndarray) -> dict[str, Callable[[], Any]]:
        """Return the ways to reconstruct a single image."""
        return {
            "predict": lambda: self.model.predict(x, verbose=0),
            "call": lambda: ops.convert_to_numpy(self.model(x)),
        }


class StackTrainer(Trainer):
    """Small autoencoders, each trained on the codes of the one before."""

    def build(self) -> None:
        """Leave it to each epoch."""

    def epoch(self) -> float:
        """Train the whole stack anew and return the loss of the outermost pair.

        The losses of the other pairs depend on the scale that codes happen to have;
        what they have learned shows in the reconstructions.
        """
        x, batch_size = self.x, self.case.batch_size
        encoders, decoders, losses = [], [], []
        for inside, outside in pairwise((784, *self.case.layers)):
            outermost = not encoders
            encoders.append(layers.Dense(outside, "relu"))
            decoders.append(layers.Dense(inside, "sigmoid" if outermost else "relu"))
            inputs = keras.Input((inside,))
            pair = keras.Sequential([inputs, encoders[-1], decoders[-1]])
            pair.compile("adam", "binary_crossentropy" if outermost else "mse")
            history = pair.fit(
                x, x, batch_size=batch_size, epochs=self.case.epochs, verbose=0
            )
            losses.append(history.history["loss"][-1])
            if len(encoders) < len(self.case.layers):
                encoder = keras.Sequential([inputs, encoders[-1]])
                x = encoder.predict(x, batch_size=batch_size, verbose=0)
        self.model = keras.Sequential([keras.Input((784,)), *encoders, *decoders[::-1]])
        return losses[0]


def dense(case: Case) -> keras.Model:
    """Return dense layers down to the code and up again."""
    *hidden, code = case.layers
    penalty = keras.regularizers.L1(case.penalty) if case.penalty else None
    return keras.Sequential(
        [
            keras.Input((784,)),
            *(layers.Dense(units, "relu") for units in hidden),
            layers.Dense(code, "relu", activity_regularizer=penalty),
            *(layers.Dense(units, "relu") for units in reversed(hidden)),
            layers.Dense(784, "sigmoid"),
        ]
    )


def convolutional(case: Case) -> keras.Model:
    """Return convolutions with pooling down and upsampling up."""
    inputs = x = keras.Input((28, 28, 1))
    if case.noise:
        x = ops.clip(layers.GaussianNoise(case.noise)(x), 0.0, 1.0)
    for filters in case.layers:
        x = layers.Conv2D(filters, 3, activation="relu", padding="same")(x)
        x = layers.MaxPooling2D(2, padding="same")(x)
    for filters, padding in case.decoder:
        x = layers.Conv2D(filters, 3, activation="relu", padding=padding)(x)
        x = layers.UpSampling2D(2)(x)
    outputs = layers.Conv2D(1, 3, activation="sigmoid", padding="same")(x)
    return keras.Model(inputs, outputs)


class Sampling(layers.Layer):
    """Samples codes in training, and adds their divergence to the loss."""

    def __init__(self) -> None:
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return codes."""
        mean, log_variance = inputs
        terms = ops.exp(log_variance) + ops.square(mean) - 1.0 - log_variance
        self.add_loss(ops.mean(ops.sum(0.5 * terms, axis=-1)))
        if not training:
            return mean
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


def variational(case: Case) -> keras.Model:
    """Return a variational autoencoder of dense layers."""
    *hidden, code = case.layers
    inputs = x = keras.Input((784,))
    for units in hidden:
        x = layers.Dense(units, "tanh")(x)
    x = Sampling()([layers.Dense(code)(x), layers.Dense(code)(x)])
    for units in reversed(hidden):
        x = layers.Dense(units, "tanh")(x)
    return keras.Model(inputs, layers.Dense(784, "sigmoid")(x))


def summed_loss(x: Any, reconstructions: Any) -> Any:
    """Return the cross-entropy of each image, summed over its pixels."""
    return ops.sum(ops.binary_crossentropy(x, reconstructions), axis=-1)
