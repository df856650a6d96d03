"""What the two estimators share that are autoencoders and nothing else."""

import math
from abc import abstractmethod
from typing import Any, Self

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from kerasae import training
from kerasae._triple import Autoencoder
from kerasae.engine.optimizers import new_optimizer
from kerasae.estimators import _training
from kerasae.estimators._outputs import outputs


class BaseAutoencoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Abstract base: rows to codes and back, trained to return what they are given.

    A subclass has the parameters that `_training` reads, and `_build`.
    """

    autoencoder_: Autoencoder
    history_: dict[str, list[float]]
    n_iter_: int

    @abstractmethod
    def _build(self, n_features: int, seed: int) -> Autoencoder:
        """Return a new, uncompiled triple for rows of `n_features`, or raise."""

    def _pretrain(self, triple: Autoencoder, x: np.ndarray, seed: int) -> None:
        """Train parts of the triple before the whole, where a subclass does that."""

    def fit(self, X: Any, y: Any = None) -> Self:
        """Build an autoencoder and train it to reconstruct `X`.

        Args:
            X: Array-like of shape (n_samples, n_features), dense and finite.
            y: Ignored.

        Returns:
            The estimator itself.
        """
        again = self.warm_start and self.__sklearn_is_fitted__()
        return self._fit(X, epochs=self.epochs, again=again)

    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Train one epoch more, on this part of the data.

        The first call builds the model. `epochs` does not count, nor is anything
        pretrained: where you want that, call `fit` on a first part.

        Args:
            X: Array-like of shape (n_samples, n_features), dense and finite.
            y: Ignored.

        Returns:
            The estimator itself.
        """
        _training.forbid_early_stopping(self)
        return self._fit(
            X, epochs=1, again=self.__sklearn_is_fitted__(), pretrain=False
        )

    def _fit(self, X: Any, *, epochs: int, again: bool, pretrain: bool = True) -> Self:
        x = validate_data(
            self, X, reset=not again, dtype=np.float32, force_writeable=True
        )
        _training.check_training(self)
        _training.check_loss(self.loss)
        with (
            outputs(self.log_path, self.export_path) as export,
            _training.reproducible(self, again=again) as seed,
        ):
            triple = self.autoencoder_ if again else self._build(x.shape[1], seed)
            if self.loss is None:
                _training.check_range(triple.autoencoder, x)
            data, held_out = _training.hold_out(self, seed, x)
            if again:
                _training.set_learning_rate(self, triple.autoencoder)
            else:
                if pretrain:
                    self._pretrain(triple, data[0], seed)
                optimizer = new_optimizer(self.optimizer, self.learning_rate)
                training.compile(triple, optimizer, self.loss)
            history = _training.train(
                self,
                triple.autoencoder,
                data,
                held_out,
                epochs=epochs,
                history=self.history_ if again else None,
            )
            self.autoencoder_, self.history_ = triple, history
            self.n_iter_ = len(history["loss"])
            if export is not None:
                triple.autoencoder.save(export)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the codes of `X`.

        Args:
            X: Array-like of shape (n_samples, n_features).

        Returns:
            float32 array of shape (n_samples, n_codes); codes of several axes, those
            of convolutional variants, are flattened.
        """
        check_is_fitted(self)
        x = validate_data(self, X, reset=False, dtype=np.float32)
        return _training.apply(self.autoencoder_.encoder, x)

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Return the samples that the decoder makes of codes.

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
        return _training.apply(self.autoencoder_.decoder, codes)

    def score_samples(self, X: Any) -> np.ndarray:
        """Return how well each sample is reconstructed: higher is better.

        Args:
            X: Array-like of shape (n_samples, n_features).

        Returns:
            float32 array of shape (n_samples,): the negative mean squared error per
            feature, whatever the loss in training was.
        """
        check_is_fitted(self)
        x = validate_data(self, X, reset=False, dtype=np.float32)
        return -np.square(x - _training.apply(self.autoencoder_.autoencoder, x)).mean(1)

    def score(self, X: Any, y: Any = None) -> float:
        """Return the negative mean squared error per feature: higher is better.

        Args:
            X: Array-like of shape (n_samples, n_features).
            y: Ignored.

        Returns:
            The mean of `score_samples`.
        """
        return float(self.score_samples(X).mean(dtype=np.float64))

    @property
    def _n_features_out(self) -> int:
        return math.prod(self.autoencoder_.encoder.output_shape[1:])

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "autoencoder_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags
