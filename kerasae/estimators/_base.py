"""The base of all estimators: stored parameters, training that may resume, codes."""

import math
import random
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import Any

import keras
import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from kerasae import _checks, training
from kerasae._arrays import check_scale, extent, is_bytes
from kerasae._triple import Autoencoder
from kerasae._types import ArrayLike, Loss, Optimizer
from kerasae.engine.check_finite import check_finite
from kerasae.engine.compiling import default_loss
from kerasae.engine.fitting import fit
from kerasae.engine.optimizers import new_optimizer
from kerasae.engine.prediction import predict
from kerasae.engine.samples import check_probabilities
from kerasae.estimators._output_files import output_files

# Samples and targets.
Data = tuple[np.ndarray, np.ndarray]
_IF_DIVERGED = (
    "Scale X, with sklearn.preprocessing.StandardScaler for instance, or choose a "
    "smaller learning_rate."
)


def store(estimator: BaseEstimator, parameters: dict[str, Any]) -> None:
    """Keep a constructor's arguments unchanged, as attributes of the same names.

    Call it first, as `store(self, locals())`.
    """
    for name, value in parameters.items():
        if name not in ("self", "__class__"):
            setattr(estimator, name, value)


class BaseNetworkEstimator(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """Abstract base: trains a network with a code, and returns codes."""

    optimizer: Optimizer
    learning_rate: float | None
    epochs: int
    batch_size: int
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    warm_start: bool
    random_state: int | np.random.RandomState | None
    verbose: int
    log_path: str | PathLike[str] | None
    export_path: str | PathLike[str] | None

    history_: dict[str, list[float]]
    n_iter_: int

    @property
    @abstractmethod
    def _trained(self) -> Autoencoder:
        """The trained network and its two halves: up to the code, and after it."""

    def _resumes_fit(self) -> bool:
        return self.warm_start and self.__sklearn_is_fitted__()

    def _resumes_partial_fit(self) -> bool:
        if self.early_stopping:
            fix = "One epoch cannot stop early; use fit, or warm_start=True."
            expected = "False for partial_fit"
            raise ValueError(
                _checks.argument_error("early_stopping", expected, True, fix)
            )
        return self.__sklearn_is_fitted__()

    @contextmanager
    def _training_session(self, *, resume: bool) -> Iterator[int]:
        """Check parameters and paths, yield a seed, and export what was trained."""
        for name in ("epochs", "batch_size", "n_iter_no_change"):
            _checks.positive_integer(name, getattr(self, name))
        fraction = _checks.fraction("validation_fraction", self.validation_fraction)
        if self.early_stopping and not fraction:
            text = "above 0 for early stopping"
            raise ValueError(
                _checks.argument_error("validation_fraction", text, fraction)
            )
        if self.learning_rate is not None:
            _checks.positive("learning_rate", self.learning_rate)
        with (
            output_files(self.log_path, self.export_path) as export,
            self._seeded(resume=resume) as seed,
        ):
            yield seed
            if export is not None:
                self._trained.autoencoder.save(export)

    @contextmanager
    def _seeded(self, *, resume: bool) -> Iterator[int]:
        """Seed all random number generators for a block, and yield the seed.

        Keras shuffles with global generators. The state of Python's and NumPy's is
        restored at the end; the backend's stays where the block left it.
        """
        # NumPy's legacy interface, which Keras and scikit-learn use.
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        states = random.getstate(), np.random.get_state()  # noqa: NPY002
        # A resumed training shuffles its epochs differently.
        keras.utils.set_random_seed(seed + (self.n_iter_ if resume else 0))
        try:
            yield seed
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])  # noqa: NPY002

    def _hold_out(
        self, seed: int, x: np.ndarray, y: np.ndarray | None = None
    ) -> tuple[Data, Data | None]:
        """Return the training data, and what early stopping holds out, or None.

        The labels `y` are stratified; without labels the targets are the samples.
        """
        if not self.early_stopping:
            return (x, x if y is None else y), None
        parts = train_test_split(
            *((x,) if y is None else (x, y)),
            test_size=self.validation_fraction,
            random_state=seed,
            stratify=y,
        )
        return (parts[0], parts[-2]), (parts[1], parts[-1])

    def _compile(self, model: keras.Model, loss: Loss, **options: Any) -> None:
        optimizer = new_optimizer(self.optimizer, self.learning_rate)
        training.compile(model, optimizer, loss, **options)

    def _train(
        self,
        model: keras.Model,
        data: Data,
        held_out: Data | None,
        *,
        epochs: int,
        resume: bool,
    ) -> None:
        """Train a compiled model, and add to the history or begin a new one."""
        if resume and self.learning_rate is not None:
            model.optimizer.learning_rate = self.learning_rate
        history = self.history_ if resume else {}
        epochs_done = len(history.get("loss", ()))
        callbacks: list[keras.callbacks.Callback] = []
        if self.log_path is not None:
            log = keras.callbacks.CSVLogger(self.log_path, append=epochs_done > 0)
            callbacks.append(log)
        if held_out is not None:
            callbacks.append(
                keras.callbacks.EarlyStopping(
                    patience=self.n_iter_no_change, restore_best_weights=True
                )
            )
        new = fit(
            model,
            *_as_samples(model, data),
            validation_data=held_out and _as_samples(model, held_out),
            initial_epoch=epochs_done,
            epochs=epochs_done + epochs,
            batch_size=self.batch_size,
            verbose=self.verbose,
            callbacks=callbacks,
        )
        check_finite(new, fix=_IF_DIVERGED)
        self.history_ = {
            name: history.get(name, [])
            + [float(value) for value in new.history.get(name, ())]
            for name in {**history, **new.history}
        }
        self.n_iter_ = len(self.history_["loss"])

    def _rows(self, X: ArrayLike) -> np.ndarray:
        """Return samples for a fitted estimator as float32 rows, or raise."""
        check_is_fitted(self)
        return rows(self, X, reset=False)

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Return the codes of `X`.

        Args:
            X: Array-like of shape (n_samples, n_features).

        Returns:
            float32 array of shape (n_samples, n_codes); codes with several axes, as
            in convolutional variants, are flattened.
        """
        x = self._rows(X)
        return predict_rows(self._trained.encoder, x)

    @property
    def _n_features_out(self) -> int:
        return math.prod(self._trained.encoder.output_shape[1:])

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_trained")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def rows(
    estimator: BaseEstimator, X: ArrayLike, *, reset: bool, **options: Any
) -> np.ndarray:
    """Return samples as finite float32 rows, bytes divided by 255, or raise.

    Integers are numbers here, as everywhere in scikit-learn.

    Args:
        estimator: Which estimator they are for.
        X: Array-like of shape (n_samples, n_features).
        reset: Whether the estimator is fitted to them from the start.
        **options: As in `sklearn.utils.validation.validate_data`.
    """
    x = validate_data(estimator, X, reset=reset, dtype=np.float32, **options)
    if not _holds_bytes(X):
        return x
    check_scale("X", np.uint8, extent("X", x))
    return x / np.float32(255)


def _holds_bytes(X: ArrayLike) -> bool:
    """Tell whether an array, or every column of a data frame, is of 8-bit integers."""
    columns = getattr(X, "dtypes", None)
    if columns is None:
        return hasattr(X, "dtype") and is_bytes(X)
    return all(str(dtype).lower() == "uint8" for dtype in columns)


def check_range(model: keras.Model, x: np.ndarray) -> None:
    """Raise if a sigmoid cannot reproduce the values of `x`."""
    check_probabilities(default_loss(model), "X", extent("X", x))


def predict_rows(model: keras.Model, rows: np.ndarray) -> np.ndarray:
    """Return a model's output, (n_samples, n_outputs), for (n_samples, n_inputs)."""
    y = predict(model, rows.reshape(-1, *model.input_shape[1:]))
    # A copy: what JAX returns cannot be written to.
    return y.reshape(len(rows), -1).astype("float32")


def _as_samples(model: keras.Model, data: Data) -> Data:
    """Return rows in the shape that a model takes, targets too if they are the rows."""
    x = data[0].reshape(-1, *model.input_shape[1:])
    return x, x if data[1] is data[0] else data[1]
