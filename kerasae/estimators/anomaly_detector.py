"""Any autoencoder as a scikit-learn detector of anomalies."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import keras
import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from kerasae import _checks, anomaly
from kerasae._checks import Description, argument_error
from kerasae._triple import Autoencoder
from kerasae._types import Activation, ArrayLike, Corruption, Loss, Optimizer
from kerasae.builders import SAMPLE_AXES
from kerasae.estimators import _saved
from kerasae.estimators._base import rows, store
from kerasae.estimators._data_frames import as_data_frame_of
from kerasae.estimators._fitted_network import FittedNetwork
from kerasae.estimators._sample_rows import FLOAT64, blocks, flat_rows
from kerasae.estimators._scaling import SCALINGS
from kerasae.estimators.autoencoder_transformer import AutoencoderTransformer, Variant

_LARGEST_CODE = 32
_ROUNDING = 1e-4  # of a score, relative
# Parameters that are handed on to the network as they are.
_OF_NETWORK = (
    "variant",
    "activation",
    "output_activation",
    "corruption",
    "options",
    "optimizer",
    "learning_rate",
    "loss",
    "epochs",
    "batch_size",
    "early_stopping",
    "validation_fraction",
    "n_iter_no_change",
    "callbacks",
    "verbose",
)


class AnomalyDetector(OutlierMixin, BaseEstimator):
    """An autoencoder that finds what does not belong, and says why.

    It learns from samples that are ordinary, or nearly all so. You name the rate of
    false alarms that is acceptable, not the share of anomalies, which nobody knows: a
    part of `X` is held out of training, and an alarm is raised where a new sample
    scores higher than almost all of it. Where the new samples' ordinary ones are like
    those in `X`, no more than that rate of them are flagged, whatever the model.

    Columns are scaled within: rows go in as they are. Nearest neighbors
    (`sklearn.neighbors.LocalOutlierFactor`) and `sklearn.ensemble.IsolationForest` need
    no training, and are the first thing to try on a table of a few columns.

    Args:
        variant: What to train, as for `AutoencoderTransformer`: a name, a builder of
            your own, a triple or a model.
        latent_dim: Size of the code. None for a third of the columns, at most 32,
            where a variant by name has one, else for the builder's default.
        activation: Activation of the builder's layers; None for its default.
        output_activation: As for `AutoencoderTransformer`.
        corruption: As for `AutoencoderTransformer`.
        options: Further keyword arguments of the builder, as a dict.
        input_shape: Shape of one sample, for images and sequences in rows. None for
            that of the samples: `X` may have more than two axes.
        measure: How anomalous a sample is, as in `kerasae.anomaly.scores`: `"joint"`,
            the distance of errors and code together; `"squared"`, `"absolute"`,
            `"loss"`, `"code"`; or for variational variants `"bound"` and
            `"likelihood"`.
        scaling: `"standard"`, by mean and standard deviation; `"robust"`, by median
            and quartiles, for columns with far outliers; `"none"` for data that are
            scaled. Columns of tables are scaled one by one, images and sequences
            channel by channel. Constant ones are only centered.
        false_alarm_rate: The share of ordinary samples that may be flagged, in
            (0, 1).
        contamination: Instead, the share of `X` to be flagged, in (0, 0.5]: nothing
            is held out then, and there are no p-values. None for a rate of false
            alarms.
        calibration_fraction: The part of `X` held out for calibration, in (0, 1).
        trim_fraction: The share of the training samples, in [0, 0.5], with the worst
            scores, without which the network is trained a second time: for `X` with
            anomalies in it.
        support_fraction: The share, in (0, 1], of the training samples that the
            distances `"code"` and `"joint"` are estimated from.
        optimizer: As for `AutoencoderTransformer`.
        learning_rate: As for `AutoencoderTransformer`.
        loss: As for `AutoencoderTransformer`.
        epochs: Passes over the training samples.
        batch_size: Samples per step.
        early_stopping: As for `AutoencoderTransformer`.
        validation_fraction: As for `AutoencoderTransformer`.
        n_iter_no_change: As for `AutoencoderTransformer`.
        callbacks: As for `AutoencoderTransformer`.
        random_state: An integer for the same result every time; None, or a
            `numpy.random.RandomState`, for a different one in every `fit`.
        verbose: What Keras prints: 0, 1 or 2.

    Attributes:
        autoencoder_: The trained triple of Keras models, which takes scaled samples.
        offset_: `decision_function` is `score_samples` less this: minus the score
            above which a sample is flagged.
        calibration_scores_: Scores of the held-out part, sorted, larger for more
            anomalous ones, and by one in ten thousand too large, so that rounding on
            another backend raises no alarm; empty with `contamination`.
        reference_: The `kerasae.anomaly.Reference`.
        history_: Losses by name, each a list with one value per epoch.
        n_iter_: Epochs trained.
        n_features_in_: Number of columns in `fit`.
        feature_names_in_: Their names, if `X` had any.

    Raises:
        ValueError: In `fit`, if a parameter or `X` is not as described, or there are
            too few rows for the rate.

    Reference:
        Laxhammar and Falkman 2010, "Conformal Prediction for Distribution-Independent
        Anomaly Detection in Streaming Vessel Data", StreamKDD. `kerasae.anomaly` names
        the sources of the scores.

    Example:
        >>> import numpy as np
        >>> from kerasae.estimators import AnomalyDetector
        >>> X = np.random.default_rng(0).normal(size=(300, 6))
        >>> detector = AnomalyDetector(epochs=2, random_state=0).fit(X)
        >>> odd = X[:1] + [0, 0, 0, 20, 0, 0]
        >>> detector.predict(odd).tolist(), int(detector.explain(odd).argmax())
        ([-1], 3)
    """

    calibration_scores_: np.ndarray
    offset_: float
    n_features_in_: int
    feature_names_in_: np.ndarray
    _fitted: FittedNetwork

    def __init__(
        self,
        variant: Variant = "deep",
        *,
        latent_dim: int | None = None,
        activation: Activation = None,
        output_activation: Activation = None,
        corruption: Corruption = None,
        options: Mapping[str, Any] | None = None,
        input_shape: Sequence[int] | None = None,
        measure: str = "joint",
        scaling: str = "standard",
        false_alarm_rate: float = 0.05,
        contamination: float | None = None,
        calibration_fraction: float = 0.2,
        trim_fraction: float = 0.0,
        support_fraction: float = 0.5,
        optimizer: Optimizer = "adam",
        learning_rate: float | None = None,
        loss: Loss = None,
        epochs: int = 50,
        batch_size: int = 128,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        store(self, locals())

    def fit(
        self, X: ArrayLike, y: Any = None, *, X_calibration: ArrayLike = None
    ) -> Self:
        """Learn what ordinary samples look like, and from which score on to warn.

        Args:
            X: Array-like of shape (n_samples, n_features), or images and sequences of
                shape (n_samples, *input_shape): ordinary samples, finite.
            y: Ignored: labels are not learned from. Leave known anomalies out of `X`.
            X_calibration: Ordinary samples to calibrate on, instead of a part of `X`.

        Returns:
            The estimator itself.
        """
        self._check_parameters(calibrated=X_calibration is not None)
        x, shape = self._rows_to_fit(X)
        # NumPy's legacy interface, as everywhere in scikit-learn.
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        train, held_out = x, x[:0]
        if X_calibration is not None:
            held_out = rows(self, flat_rows(X_calibration, shape)[0], **FLOAT64)
            self._require(len(held_out), "X_calibration", 1.0)
        elif self.contamination is None:
            self._require(len(x), "X", self.calibration_fraction)
            train, held_out = train_test_split(
                x, test_size=self.calibration_fraction, random_state=seed
            )
        fitted = self._train(train, shape, seed)
        if self.trim_fraction:
            count = len(train) - math.floor(self.trim_fraction * len(train))
            best = np.argsort(fitted.scores(train), kind="stable")[:count]
            fitted = self._train(train[np.sort(best)], shape, seed)
        scores = np.sort(fitted.scores(held_out if len(held_out) else train))
        self._fitted = fitted
        self.calibration_scores_ = scores[: len(held_out)]
        if len(held_out):
            # Another backend rounds otherwise: a tie must not become an alarm there.
            scores = self.calibration_scores_ = scores + _ROUNDING * np.abs(scores)
            limit = anomaly.conformal_threshold(scores, self.false_alarm_rate)
            self.offset_ = -limit
        else:
            # As scikit-learn's detectors: a quantile of what `score_samples` returns.
            self.offset_ = float(np.quantile(-scores, self.contamination))
        return self

    def _check_parameters(self, *, calibrated: bool) -> None:
        _checks.one_of("scaling", self.scaling, SCALINGS)
        _checks.one_of("measure", self.measure, anomaly.MEASURES)
        anomaly.checked_rate("false_alarm_rate", self.false_alarm_rate)
        anomaly.checked_rate("calibration_fraction", self.calibration_fraction)
        if self.contamination is not None:
            _checks.up_to_half("contamination", self.contamination, above=True)
            if calibrated:
                expected = "None where X_calibration is given"
                fix = "Of the two only false_alarm_rate is calibrated."
                text = argument_error(
                    "contamination", expected, self.contamination, fix
                )
                raise ValueError(text)
        _checks.up_to_half("trim_fraction", self.trim_fraction)
        _checks.up_to_one("support_fraction", self.support_fraction)

    def _rows_to_fit(self, X: ArrayLike) -> tuple[np.ndarray, tuple[int, ...]]:
        """Return samples as rows of float64, and the shape of one sample."""
        flat, shape = flat_rows(X, None)
        if self.input_shape is not None:
            given = _checks.input_shape(self.input_shape)
            if len(shape) > 1 and shape != given:
                expected = f"the shape of the samples, {shape}, or None"
                raise ValueError(argument_error("input_shape", expected, given))
            shape = given
        options = {**FLOAT64, "reset": True, "ensure_min_samples": 2}
        return rows(self, flat, **options), shape

    def _require(self, count: int, argument: str, fraction: float) -> None:
        """Raise unless a rate of false alarms can be told from so many rows."""
        rate = self.false_alarm_rate
        # As `train_test_split` rounds.
        if math.ceil(fraction * count) >= anomaly.needed(rate):
            return
        least = math.ceil(anomaly.needed(rate) / fraction)
        expected = f"{least} samples or more for false_alarm_rate={rate:g}"
        if fraction < 1:
            expected += f", of which calibration_fraction={fraction:g} are held out"
        fix = "Accept a higher rate, or set contamination instead."
        received = Description(_checks.counted(count, "sample"))
        raise ValueError(argument_error(argument, expected, received, fix))

    def _train(self, x: np.ndarray, shape: tuple[int, ...], seed: int) -> FittedNetwork:
        options = {name: getattr(self, name) for name in _OF_NETWORK}
        return FittedNetwork.train(
            x,
            shape,
            AutoencoderTransformer(
                **options, latent_dim=self._latent_dim(x.shape[1]), random_state=seed
            ),
            scaling=self.scaling,
            measure=self.measure,
            support_fraction=self.support_fraction,
        )

    def _latent_dim(self, features: int) -> int | None:
        named = isinstance(self.variant, str) and self.variant not in SAMPLE_AXES
        if (
            self.latent_dim is None
            and named
            and "latent_dim" not in (self.options or {})
        ):
            return max(1, min(_LARGEST_CODE, features // 3))
        return self.latent_dim

    @property
    def autoencoder_(self) -> Autoencoder:
        """The trained triple of Keras models, which takes scaled samples."""
        return self._fitted.triple

    @property
    def reference_(self) -> anomaly.Reference:
        """What the training samples look like to the model."""
        return self._fitted.reference

    @property
    def history_(self) -> dict[str, list[float]]:
        """Losses by name, each a list with one value per epoch."""
        return self._fitted.history

    @property
    def n_iter_(self) -> int:
        """Epochs trained."""
        return self._fitted.epochs

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_fitted")

    def score_samples(self, X: ArrayLike) -> np.ndarray:
        """Return how ordinary samples are: lower for more anomalous ones.

        Args:
            X: As in `fit`; also a memory-mapped array or the path of a .npy file,
                which are read block by block.

        Returns:
            Array of float64, shape (n_samples,): minus the score that `measure` names.
        """
        check_is_fitted(self)
        scores = [self._fitted.scores(x) for x in blocks(self, X, self._fitted.shape)]
        return -np.concatenate(scores)

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """Return how far samples are from being flagged: negative ones are.

        Args:
            X: As in `score_samples`.

        Returns:
            Array of float64, shape (n_samples,): `score_samples` less `offset_`.
        """
        return self.score_samples(X) - self.offset_

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Tell ordinary samples from anomalies.

        Args:
            X: As in `score_samples`.

        Returns:
            Array of int, shape (n_samples,): 1 for ordinary samples, -1 for others.
        """
        return np.where(self.decision_function(X) < 0, -1, 1)

    def p_values(self, X: ArrayLike) -> np.ndarray:
        """Return how unusual samples would be as ordinary ones.

        An ordinary sample has a p-value of at most a with a probability of at most a.
        `kerasae.anomaly.benjamini_hochberg` chooses among many samples by them.

        Args:
            X: As in `score_samples`.

        Returns:
            Array of float64, shape (n_samples,), in (0, 1].

        Raises:
            ValueError: If nothing was held out of training, with `contamination`.
        """
        check_is_fitted(self)
        if not len(self.calibration_scores_):
            raise ValueError(
                "There are no p-values with `contamination`: nothing was held out of "
                "training. Fit with contamination=None."
            )
        scores = -self.score_samples(X)
        return anomaly.conformal_p_values(scores, self.calibration_scores_)

    def explain(self, X: ArrayLike) -> Any:
        """Return the share of each feature in how anomalous samples are.

        Args:
            X: As in `fit`.

        Returns:
            Array of float64, of the shape of `X`: summed over a sample, minus its
            `score_samples`. A data frame with the columns and the index of `X` where
            that is one.
        """
        check_is_fitted(self)
        parts = [
            self._fitted.contributions(x) for x in blocks(self, X, self._fitted.shape)
        ]
        found = np.concatenate(parts)
        shape = getattr(X, "shape", found.shape)
        return as_data_frame_of(X, found.reshape(len(found), *shape[1:]))

    # Files

    def save(self, path: str | Path) -> Path:
        """Save the fitted detector to a file, atomically, without pickle.

        Threshold, calibration, scaling and models are in it; any backend loads it.
        A `variant` that is a model or a builder of your own is replaced by the trained
        models; `callbacks` are left out.

        Args:
            path: Name of the file, ending in `.kerasae`.

        Returns:
            The path that was written.

        Raises:
            TypeError: If a parameter cannot be written.
            ValueError: If `path` does not end in `.kerasae`.
            OSError: If the file cannot be written.

        Example:
            >>> import tempfile
            >>> import numpy as np
            >>> from kerasae.estimators import AnomalyDetector
            >>> X = np.random.default_rng(0).normal(size=(300, 6))
            >>> detector = AnomalyDetector(epochs=1, random_state=0).fit(X)
            >>> path = detector.save(f"{tempfile.mkdtemp()}/pumps.kerasae")
            >>> again = AnomalyDetector.load(path)
            >>> bool((again.predict(X) == detector.predict(X)).all())
            True
        """
        check_is_fitted(self)
        fitted = self._fitted
        learned = {
            **fitted.learned(),
            "offset_": self.offset_,
            "n_features_in_": self.n_features_in_,
        }
        if hasattr(self, "feature_names_in_"):
            learned["feature_names_in_"] = list(self.feature_names_in_)
        calibration = {"calibration_scores_": self.calibration_scores_}
        arrays = {**fitted.arrays(), **calibration}
        return _saved.write(
            self, path, triple=fitted.triple, learned=learned, arrays=arrays
        )

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Return the detector in a file that `save` wrote, on whichever backend.

        Args:
            path: The file.

        Returns:
            The fitted detector.

        Raises:
            OSError: If there is no such file.
            ValueError: If it is damaged, or of another estimator.
        """
        saved = _saved.read(path, cls.__name__)
        learned, arrays = saved.learned, saved.arrays
        detector = cls(**{"variant": saved.triple, **saved.parameters})
        detector._fitted = FittedNetwork.from_saved(saved)
        detector.calibration_scores_ = arrays["calibration_scores_"]
        detector.offset_ = learned["offset_"]
        detector.n_features_in_ = learned["n_features_in_"]
        if "feature_names_in_" in learned:
            names = np.array(learned["feature_names_in_"], dtype=object)
            detector.feature_names_in_ = names
        return detector
