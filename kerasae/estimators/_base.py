"""The base of all estimators: stored parameters, training that may resume, codes."""

import math
import random
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from typing import Any, NamedTuple

import keras
import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

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

_IF_DIVERGED = (
    "Scale X, with sklearn.preprocessing.StandardScaler for instance, or choose a "
    "smaller learning_rate."
)


class Samples(NamedTuple):
    """Samples to train or to judge a network on.

    Attributes:
        x: Rows, of shape (n_samples, n_features).
        y: Targets, or `x` itself.
        weight: Weights with a mean of 1, of shape (n_samples,); None for equal ones.
    """

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None = None


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
    callbacks: Sequence[keras.callbacks.Callback] | None
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
        callbacks = () if self.callbacks is None else self.callbacks
        if not isinstance(callbacks, Sequence) or not all(
            isinstance(callback, keras.callbacks.Callback) for callback in callbacks
        ):
            expected = "a sequence of Keras callbacks, or None"
            text = _checks.argument_error("callbacks", expected, self.callbacks)
            raise TypeError(text)
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

    def _weights(self, sample_weight: ArrayLike, x: np.ndarray) -> np.ndarray | None:
        """Return the weights of samples, with a mean of 1 where they are not 0."""
        if sample_weight is None:
            return None
        weight = _check_sample_weight(
            sample_weight, x, dtype=np.float64, ensure_non_negative=True
        )
        if not weight.any():
            expected = "weights of which one or more are above 0"
            received = _checks.Description("zeros only")
            raise ValueError(
                _checks.argument_error("sample_weight", expected, received)
            )
        return weight / weight[weight > 0].mean()

    def _hold_out(
        self, seed: int, samples: Samples, validation: Samples | None
    ) -> tuple[Samples, Samples | None]:
        """Return what to train on, and what to validate on, or None.

        Without validation data of the user's, early stopping holds a part out, of
        labels an equal share of each class. Samples of weight 0 are left out.
        """
        if samples.weight is not None:
            kept = samples.weight > 0
            samples = _part(samples, kept)
        if validation is not None or not self.early_stopping:
            return samples, validation
        labels = None if samples.y is samples.x else samples.y
        train, test = train_test_split(
            np.arange(len(samples.x)),
            test_size=self.validation_fraction,
            random_state=seed,
            stratify=labels,
        )
        return _part(samples, train), _part(samples, test)

    def _compile(self, model: keras.Model, loss: Loss, **options: Any) -> None:
        optimizer = new_optimizer(self.optimizer, self.learning_rate)
        training.compile(model, optimizer, loss, **options)

    def _train(
        self,
        model: keras.Model,
        data: Samples,
        validation: Samples | None,
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
        if self.early_stopping:
            callbacks.append(
                keras.callbacks.EarlyStopping(
                    patience=self.n_iter_no_change, restore_best_weights=True
                )
            )
        x, y, weight = _for_model(model, data)
        options: dict[str, Any] = {
            "initial_epoch": epochs_done,
            "epochs": epochs_done + epochs,
            "batch_size": self.batch_size,
            "verbose": self.verbose,
            "callbacks": [*callbacks, *(self.callbacks or ())],
        }
        if validation is not None:
            options["validation_data"] = _given(model, validation)
        if weight is None:
            new = fit(model, x, y, **options)
        else:  # of weights, the loops of ours know nothing
            new = model.fit(x, y, sample_weight=weight, **options)
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
    estimator: BaseEstimator,
    X: ArrayLike,
    *,
    reset: bool,
    dtype: Any = np.float32,
    **options: Any,
) -> np.ndarray:
    """Return samples as finite rows, bytes divided by 255, or raise.

    Integers are numbers here, as everywhere in scikit-learn.

    Args:
        estimator: Which estimator they are for.
        X: Array-like of shape (n_samples, n_features).
        reset: Whether the estimator is fitted to them from the start.
        dtype: What floats they become.
        **options: As in `sklearn.utils.validation.validate_data`.
    """
    options = {"dtype": dtype, "ensure_all_finite": False, **options}
    x = validate_data(estimator, X, reset=reset, **options)
    # Unlike scikit-learn's own error, this one names the columns.
    try:
        found = extent("X", x, getattr(X, "columns", None))
    except ValueError as error:
        if np.isinf(x).any() and not np.isinf(np.asarray(X, "float64")).any():
            expected = f"finite as {np.dtype(dtype)}"
            received = _checks.Description("values that are too large for it")
            text = _checks.argument_error("X", expected, received, "Scale X first.")
            raise ValueError(text) from error
        raise
    if not _holds_bytes(X):
        return x
    check_scale("X", np.uint8, found)
    return x / x.dtype.type(255)


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


def _part(samples: Samples, indices: np.ndarray) -> Samples:
    """Return some of the samples."""
    x = samples.x[indices]
    y = x if samples.y is samples.x else samples.y[indices]
    return Samples(x, y, None if samples.weight is None else samples.weight[indices])


def _for_model(model: keras.Model, samples: Samples) -> Samples:
    """Return rows in the shape that a model takes, targets too if they are the rows."""
    x = samples.x.reshape(-1, *model.input_shape[1:])
    return samples._replace(x=x, y=x if samples.y is samples.x else samples.y)


def _given(model: keras.Model, samples: Samples) -> tuple[np.ndarray, ...]:
    """Return validation data as Keras takes them, with weights or without."""
    return tuple(part for part in _for_model(model, samples) if part is not None)
