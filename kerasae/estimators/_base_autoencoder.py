"""The base of estimators that reconstruct their input."""

from abc import abstractmethod
from typing import Any, Self

import keras
import numpy as np
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from kerasae import _checks
from kerasae._triple import Autoencoder
from kerasae._types import ArrayLike, Loss
from kerasae.engine.prediction import predict_float32
from kerasae.estimators._base import (
    BaseNetworkEstimator,
    check_range,
    predict_rows,
    rows,
)
from kerasae.layers.padding_mask import padding_value
from kerasae.metrics import sample_errors


class BaseAutoencoder(BaseNetworkEstimator):
    """Abstract base: encodes rows and decodes codes, trained on its own input."""

    loss: Loss
    autoencoder_: Autoencoder

    @abstractmethod
    def _build(self, n_features: int, seed: int) -> Autoencoder:
        """Return a new, uncompiled triple for rows of `n_features`, or raise."""

    def _pretrain(self, triple: Autoencoder, x: np.ndarray, seed: int) -> None:
        """Train parts of the triple before the whole; by default, do nothing."""

    @property
    def _trained(self) -> Autoencoder:
        return self.autoencoder_

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Build an autoencoder and train it to reconstruct `X`.

        Args:
            X: Array-like of shape (n_samples, n_features), dense and finite.
            y: Ignored.

        Returns:
            The estimator itself.
        """
        return self._fit(X, epochs=self.epochs, resume=self._resumes_fit())

    def partial_fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Train for one more epoch, on this part of the data.

        The first call builds the model. `epochs` is ignored, and nothing is
        pretrained: to pretrain, call `fit` on a first part of the data.

        Args:
            X: Array-like of shape (n_samples, n_features), dense and finite.
            y: Ignored.

        Returns:
            The estimator itself.
        """
        resume = self._resumes_partial_fit()
        return self._fit(X, epochs=1, resume=resume, pretrain=False)

    def _fit(
        self, X: ArrayLike, *, epochs: int, resume: bool, pretrain: bool = True
    ) -> Self:
        x = rows(self, X, reset=not resume, force_writeable=True)
        _check_loss(self.loss)
        with self._training_session(resume=resume) as seed:
            triple = self.autoencoder_ if resume else self._build(x.shape[1], seed)
            if self.loss is None:
                check_range(triple.autoencoder, x)
            data, held_out = self._hold_out(seed, x)
            if not resume:
                if pretrain:
                    self._pretrain(triple, data[0], seed)
                self._compile(triple.autoencoder, self.loss)
            self._train(
                triple.autoencoder, data, held_out, epochs=epochs, resume=resume
            )
            self.autoencoder_ = triple
        return self

    def inverse_transform(self, X: ArrayLike) -> np.ndarray:
        """Return the samples that the decoder reconstructs from codes.

        Args:
            X: Array-like of shape (n_samples, n_codes), as `transform` returns it.

        Returns:
            float32 array of shape (n_samples, n_features).
        """
        check_is_fitted(self)
        codes = check_array(X, dtype=np.float32)
        if codes.shape[1] != self._n_features_out:
            raise ValueError(
                f"X has {codes.shape[1]} features, but the codes of this "
                f"{type(self).__name__} have {self._n_features_out}."
            )
        return predict_rows(self.autoencoder_.decoder, codes)

    def score_samples(self, X: ArrayLike) -> np.ndarray:
        """Return how well each sample is reconstructed: higher is better.

        Args:
            X: Array-like of shape (n_samples, n_features).

        Returns:
            float32 array of shape (n_samples,): the negative mean squared error per
            feature, whatever the training loss was; padded time steps do not count.
        """
        x = self._rows(X)
        model = self.autoencoder_.autoencoder
        x = x.reshape(-1, *model.input_shape[1:])
        errors = sample_errors(
            x, predict_float32(model, x), mask_value=padding_value(model)
        )
        return -errors.astype("float32")

    def score(self, X: ArrayLike, y: Any = None) -> float:
        """Return the negative mean squared error per feature: higher is better.

        Args:
            X: Array-like of shape (n_samples, n_features).
            y: Ignored.

        Returns:
            The mean of `score_samples`.
        """
        return float(self.score_samples(X).mean(dtype=np.float64))


def _check_loss(loss: Loss) -> None:
    """Raise if Keras has no such loss; Keras would notice only after pretraining."""
    try:
        keras.losses.get(loss)
    except ValueError as error:
        expected = "the name of a Keras loss, a loss or a function"
        fix = "For example: loss='mean_squared_error'."
        raise ValueError(_checks.argument_error("loss", expected, loss, fix)) from error
