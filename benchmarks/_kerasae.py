"""The models of this library, and the training that it has for them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

import kerasae
from benchmarks import _keras
from benchmarks.cases import PREDICTION_BATCH, Case
from kerasae.training import pretrain


class Trainer(_keras.Trainer):
    """A triple, trained by `kerasae.fit`."""

    def build(self) -> None:
        """Build and compile the triple."""
        self.triple = build(self.case)
        self.model = self.triple.autoencoder
        kerasae.compile(self.triple)

    def epoch(self) -> float:
        """Train one epoch and return its loss."""
        history = kerasae.fit(
            self.triple, self.x, batch_size=self.case.batch_size, epochs=1, verbose=0
        )
        return self.finished(history)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return reconstructions of many images."""
        return kerasae.predict(self.model, x, batch_size=PREDICTION_BATCH)

    def one_image(self, x: np.ndarray) -> dict[str, Callable[[], Any]]:
        """Return the ways to reconstruct a single image."""
        return {
            "predict": lambda: kerasae.predict(self.model, x),
            "call": lambda: ops.convert_to_numpy(self.model(x)),
        }


class StackTrainer(Trainer):
    """A triple, trained by `pretrain`."""

    def epoch(self) -> float:
        """Train the whole stack anew and return the loss of the outermost pair."""
        triple = build(self.case)
        histories = pretrain(
            triple,
            self.x,
            batch_size=self.case.batch_size,
            epochs=self.case.epochs,
            verbose=0,
        )
        self.model = triple.autoencoder
        return histories[0].history["loss"][-1]


def build(case: Case) -> kerasae.Autoencoder:
    """Return the builder's model of a case."""
    *hidden, code = case.layers
    if case.kind == "conv":
        if not case.noise:
            return kerasae.build_conv_ae(filters=case.layers)
        corruption = ("gaussian", case.noise)
        return kerasae.build_denoising_ae(filters=case.layers, corruption=corruption)
    if case.kind == "vae":
        return kerasae.build_vae(hidden_units=hidden, latent_dim=code)
    if case.kind == "stack":
        return kerasae.build_stacked_ae(
            hidden_units=hidden,
            latent_dim=code,
            output_activation="sigmoid",
            dropout=0.0,
        )
    if case.penalty:
        penalty = ("l1", case.penalty)
        return kerasae.build_sparse_ae(latent_dim=code, activity_regularizer=penalty)
    if hidden:
        return kerasae.build_deep_ae(hidden_units=hidden, latent_dim=code)
    return kerasae.build_undercomplete_ae(latent_dim=code)
