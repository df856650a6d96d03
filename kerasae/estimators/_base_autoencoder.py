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
    Samples,
    check_range,
    predict_rows,
    rows,
)
from kerasae.estimators._data_frames import as_set_output
from kerasae.layers.padding_mask import padding_value
from kerasae.metrics import sample_errors


class BaseAutoencoder(BaseNetworkEstimator):
    """Abstract base: encodes rows and decodes codes, trained on its own input."""

    loss: Loss
    autoencoder_: Autoencoder

    @abstractmethod
    def _build(self, n_features: int, seed: int) -> Autoencoder:
        """Return a new, uncompiled triple for rows of `n_features`, or raise."""

    def _pretrain(self, triple: Autoencoder, samples: Samples, seed: int) -> None:
        """Train parts of the triple before the whole; by default, do nothing."""

    @property
    def _trained(self) -> Autoencoder:
        return self.autoencoder_

    def fit(
        self,
        X: ArrayLike,
        y: Any = None,
        sample_weight: ArrayLike = None,
        *,
        X_val: ArrayLike = None,
    ) -> Self:
        """Build an autoencoder and train it to reconstruct `X`.

        Args:
            X: Array-like of shape (n_samples, n_features), dense and finite.
            y: Ignored.
            sample_weight: Array-like of shape (n_samples,): how much each sample
                counts in the loss, 0 or more, relative to the others. None for equal
                weights.
            X_val: Array-like of shape (n_val, n_features): validation data, named as
                scikit-learn names it. `history_` has their `val_loss`, and early
                stopping watches it instead of holding out a part of `X`.

        Returns:
            The estimator itself.
        """
        return self._fit(
            X,
            sample_weight,
            X_val,
            epochs=self.epochs,
            resume=self._resumes_fit(),
        )

    def partial_fit(
        self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike = None
    ) -> Self:
        """Train for one more epoch, on this part of the data.

        The first call builds the model. `epochs` is ignored, and nothing is
        pretrained: to pretrain, call `fit` on a first part of the data.

        Args:
            X: Array-like of shape (n_samples, n_features), dense and finite.
            y: Ignored.
            sample_weight: As in `fit`, relative to the others of this call.

        Returns:
            The estimator itself.
        """
        resume = self._resumes_partial_fit()
        return self._fit(X, sample_weight, epochs=1, resume=resume, pretrain=False)

    def _fit(
        self,
        X: ArrayLike,
        sample_weight: ArrayLike,
        X_val: ArrayLike = None,
        *,
        epochs: int,
        resume: bool,
        pretrain: bool = True,
    ) -> Self:
        x = rows(self, X, reset=not resume, force_writeable=True)
        samples, validation = Samples(x, x, self._weights(sample_weight, x)), None
        if X_val is not None:
            x_val = rows(self, X_val, reset=False)
            validation = Samples(x_val, x_val)
        _check_loss(self.loss)
        with self._training_session(resume=resume) as seed:
            triple = self.autoencoder_ if resume else self._build(x.shape[1], seed)
            if self.loss is None:
                for part in (samples, validation):
                    if part is not None:
                        check_range(triple.autoencoder, part.x)
            samples, validation = self._hold_out(seed, samples, validation)
            if not resume:
                if pretrain:
                    self._pretrain(triple, samples, seed)
                self._compile(triple.autoencoder, self.loss)
            self._train(
                triple.autoencoder, samples, validation, epochs=epochs, resume=resume
            )
            self.autoencoder_ = triple
        return self

    def inverse_transform(self, X: ArrayLike) -> Any:
        """Return the samples that the decoder reconstructs from codes.

        Args:
            X: Array-like of shape (n_samples, n_codes), as `transform` returns it.

        Returns:
            float32 array of shape (n_samples, n_features). After
            `set_output(transform="pandas")`, or "polars", a data frame with the
            columns that `fit` saw, and the index of `X`.
        """
        check_is_fitted(self)
        codes = check_array(X, dtype=np.float32)
        if codes.shape[1] != self._n_features_out:
            raise ValueError(
                f"X has {codes.shape[1]} features, but the codes of this "
                f"{type(self).__name__} have {self._n_features_out}."
            )
        decoded = predict_rows(self.autoencoder_.decoder, codes)
        return as_set_output(self, decoded, self._input_names(), X)

    def _input_names(self) -> list[str]:
        """Return the names of the columns that `fit` saw, `x0` and so on by default."""
        default = [f"x{i}" for i in range(self.n_features_in_)]
        return list(getattr(self, "feature_names_in_", default))

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

    def score(
        self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike = None
    ) -> float:
        """Return the negative mean squared error per feature: higher is better.

        Args:
            X: Array-like of shape (n_samples, n_features).
            y: Ignored.
            sample_weight: Array-like of shape (n_samples,), or None for equal weights.

        Returns:
            The mean of `score_samples`.
        """
        scores = self.score_samples(X)
        weight = self._weights(sample_weight, scores)
        return float(np.average(scores.astype(np.float64), weights=weight))


def _check_loss(loss: Loss) -> None:
    """Raise if Keras has no such loss; Keras would notice only after pretraining."""
    try:
        keras.losses.get(loss)
    except ValueError as error:
        expected = "the name of a Keras loss, a loss or a function"
        fix = "For example: loss='mean_squared_error'."
        raise ValueError(_checks.argument_error("loss", expected, loss, fix)) from error
