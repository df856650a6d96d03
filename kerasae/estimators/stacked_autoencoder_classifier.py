"""A classifier that is pretrained without labels."""

import copy
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Self

import keras
import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from kerasae import _checks, training
from kerasae._triple import Autoencoder, split
from kerasae._types import Activation, ArrayLike, Corruption, Optimizer
from kerasae.estimators._base import (
    Samples,
    check_range,
    predict_rows,
    rows,
    store,
)
from kerasae.estimators._stack import BaseStack


class StackedAutoencoderClassifier(ClassifierMixin, BaseStack):
    """A stack of dense layers, pretrained without labels, with a softmax on its code.

    The layers are pretrained pair by pair like those of `StackedAutoencoder`; then a
    softmax layer is put on the code, and the whole network learns the labels. Use it
    for deep stacks where samples are plentiful and labels scarce: `fit` also takes
    samples without labels.

    Scale the columns of `X` first, with `StandardScaler` or `MinMaxScaler`.
    Computations use float32, and probabilities and codes are returned as float32.

    `StackedAutoencoder` describes the parameters of the stack in full,
    `AutoencoderTransformer` those from `optimizer` on.

    Args:
        hidden_units: Sizes of the hidden layers, outermost first.
        latent_dim: Size of the code, positive.
        activation: Activation of the hidden layers.
        output_activation: Activation of the reconstruction in pretraining.
        dropout: Fraction of the hidden units and of the code's units dropped during
            training, in [0, 1).
        corruption: Noise in pretraining: a name, a pair (name, level) or a layer.
        options: Further keyword arguments of `kerasae.build_stacked_ae`, as a dict.
        pretrain_epochs: Epochs for every pair of layers, or one number per pair.
        optimizer: Name of a Keras optimizer, or an instance.
        learning_rate: The optimizer's learning rate, or None.
        epochs: Passes over `X` and the labels.
        batch_size: Samples per step.
        early_stopping: Whether to stop by the cross-entropy of a held-out part of
            `X`, with the classes in equal proportions.
        validation_fraction: The part held out, in (0, 1).
        n_iter_no_change: Epochs without a lower loss before training stops.
        callbacks: Keras callbacks for the training of the whole network.
        warm_start: Whether `fit` continues with the last model, whose classes are
            then kept, without pretraining.
        random_state: An integer, a `numpy.random.RandomState` or None.
        verbose: What Keras prints: 0, 1 or 2.
        log_path: A `.csv` file for loss and accuracy of every epoch with labels.
        export_path: A `.keras` file for the trained classifier.

    Attributes:
        classes_: The labels, in the order of `predict_proba`'s columns.
        classifier_: The trained Keras model, from samples to probabilities.
        autoencoder_: The triple after pretraining. The classifier started from a
            copy of its encoder.
        pretrain_history_: One dict per pair of layers, outermost first; empty without
            pretraining.
        history_: Losses and accuracies by name, each a list with one value per epoch.
        n_iter_: Epochs with labels, including those of earlier calls that were
            resumed.
        n_features_in_: Number of columns in `fit`.
        feature_names_in_: Their names, if `X` had any.

    Raises:
        ValueError: In `fit`, if a parameter, `X` or `y` is not as described.

    Reference:
        Hinton and Salakhutdinov 2006, "Reducing the Dimensionality of Data with
        Neural Networks"; Vincent et al. 2010, "Stacked Denoising Autoencoders",
        Journal of Machine Learning Research 11.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> from kerasae.estimators import StackedAutoencoderClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> classifier = StackedAutoencoderClassifier(
        ...     (8,), latent_dim=4, pretrain_epochs=2, epochs=3, random_state=0
        ... ).fit(X, y)
        >>> classifier.predict_proba(X).shape, classifier.transform(X).shape
        ((150, 3), (150, 4))
    """

    classes_: np.ndarray
    autoencoder_: Autoencoder
    _network: Autoencoder  # the classifier, its encoder and its head

    def __init__(
        self,
        hidden_units: int | Sequence[int] = (200,),
        latent_dim: int = 100,
        *,
        activation: Activation = "relu",
        output_activation: Activation = "linear",
        dropout: float = 0.0,
        corruption: Corruption = None,
        options: Mapping[str, Any] | None = None,
        pretrain_epochs: int | Sequence[int] = 20,
        optimizer: Optimizer = "adam",
        learning_rate: float | None = None,
        epochs: int = 50,
        batch_size: int = 32,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        warm_start: bool = False,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
        log_path: str | PathLike[str] | None = None,
        export_path: str | PathLike[str] | None = None,
    ) -> None:
        store(self, locals())

    @property
    def classifier_(self) -> keras.Model:
        """The trained Keras model, from samples to probabilities."""
        return self._network.autoencoder

    @property
    def _trained(self) -> Autoencoder:
        return self._network

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        X_unlabeled: ArrayLike = None,
        sample_weight: ArrayLike = None,
        *,
        X_val: ArrayLike = None,
        y_val: ArrayLike = None,
    ) -> Self:
        """Pretrain the layers on all samples, then learn the labels.

        Args:
            X: Array-like of shape (n_samples, n_features), dense and finite.
            y: Array-like of shape (n_samples,): labels of at least two classes.
            X_unlabeled: Array-like of shape (n_unlabeled, n_features): samples
                without labels, for pretraining only.
            sample_weight: Array-like of shape (n_samples,): how much each sample of
                `X` counts in the losses, 0 or more, relative to the others. None for
                equal weights.
            X_val: Array-like of shape (n_val, n_features): validation data, named as
                scikit-learn names them. `history_` has their loss and accuracy, and
                early stopping watches them instead of holding out a part of `X`.
            y_val: Array-like of shape (n_val,): their labels.

        Returns:
            The estimator itself.
        """
        if (X_val is None) != (y_val is None):
            raise _label_error(
                "given where X_val is, and only there",
                f"{'y_val' if X_val is None else 'X_val'} alone",
                "y_val",
            )
        resume = self._resumes_fit()
        x, y = self._validated(X, y, resume)
        validation = None
        if X_val is not None:
            validation = Samples(*self._validated(X_val, y_val, resume=True))
        unlabeled = x[:0]
        if X_unlabeled is not None:
            unlabeled = rows(self, X_unlabeled, reset=False)
        return self._fit(
            Samples(x, y, self._weights(sample_weight, x)),
            validation,
            None,
            epochs=self.epochs,
            resume=resume,
            unlabeled=unlabeled,
        )

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike = None,
        sample_weight: ArrayLike = None,
    ) -> Self:
        """Train for one more epoch, on this part of the data.

        The first call builds the model. `epochs` is ignored, and nothing is
        pretrained: to pretrain, call `fit` on a first part of the data.

        Args:
            X: Array-like of shape (n_samples, n_features), dense and finite.
            y: Array-like of shape (n_samples,).
            classes: All labels that will occur; required in the first call.
            sample_weight: As in `fit`, relative to the others of this call.

        Returns:
            The estimator itself.
        """
        resume = self._resumes_partial_fit()
        if classes is None and not resume:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        x, y = self._validated(X, y, resume)
        samples = Samples(x, y, self._weights(sample_weight, x))
        return self._fit(samples, None, classes, epochs=1, resume=resume)

    def _validated(
        self, X: ArrayLike, y: ArrayLike, resume: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        # `rows` looks for NaN.
        _, y = validate_data(self, X, y, reset=not resume, ensure_all_finite=False)
        check_classification_targets(y)
        return rows(self, X, reset=False, force_writeable=True), y

    def _fit(
        self,
        samples: Samples,
        validation: Samples | None,
        classes: ArrayLike,
        *,
        epochs: int,
        resume: bool,
        unlabeled: np.ndarray | None = None,
    ) -> Self:
        """Train; pretrain first unless `unlabeled` is None, even if it is empty."""
        classes = self._checked_classes(samples.y, classes, resume)
        samples = samples._replace(y=np.searchsorted(classes, samples.y))
        if validation is not None:
            self._require_known("y_val", validation.y, classes)
            validation = validation._replace(y=np.searchsorted(classes, validation.y))
        with self._training_session(resume=resume) as seed:
            samples, validation = self._hold_out(seed, samples, validation)
            if resume:
                network = self._network
            else:
                all_of_them = (
                    None if unlabeled is None else _with_unlabeled(samples, unlabeled)
                )
                n_features = samples.x.shape[1]
                network = self._start(n_features, len(classes), all_of_them, seed)
            self._train(
                network.autoencoder, samples, validation, epochs=epochs, resume=resume
            )
            self._network, self.classes_ = network, classes
        return self

    def _checked_classes(
        self, y: np.ndarray, classes: ArrayLike, resume: bool
    ) -> np.ndarray:
        """Return all classes, sorted, or raise if labels are not among them."""
        if classes is None:
            classes = self.classes_ if resume else y
        classes = np.unique(classes)
        if resume and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"`classes` must be those of the first call, {self.classes_}. "
                f"Received: classes={classes}."
            )
        if len(classes) < 2:
            expected = "labels of two classes or more"
            raise _label_error(expected, f"the one class {classes[0]!r}")
        self._require_known("y", y, classes)
        return classes

    def _require_known(self, argument: str, y: np.ndarray, classes: np.ndarray) -> None:
        unknown = np.setdiff1d(y, classes)
        if len(unknown):
            expected = f"labels among the classes {classes}"
            raise _label_error(expected, f"also {unknown}", argument)

    def _start(
        self, n_features: int, n_classes: int, samples: Samples | None, seed: int
    ) -> Autoencoder:
        """Return a compiled classifier, split at its code, pretrained on samples."""
        triple = self._build(n_features, seed)
        if samples is not None:
            check_range(triple.autoencoder, samples.x)
            self._pretrain(triple, samples, seed)
        classifier = training.build_classifier(
            triple, n_classes, dropout=self.dropout, seed=seed
        )
        # A copy learns the labels: the halves of the triple must still fit each other.
        network = split(copy.deepcopy(classifier))
        self._compile(
            network.autoencoder, "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        self.autoencoder_ = triple
        return network

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Return the probability of every class.

        Args:
            X: Array-like of shape (n_samples, n_features).

        Returns:
            float32 array of shape (n_samples, n_classes), in the order of
            `classes_`.
        """
        x = self._rows(X)
        return predict_rows(self.classifier_, x)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return the most probable class of each sample.

        Args:
            X: Array-like of shape (n_samples, n_features).

        Returns:
            Array of shape (n_samples,), of the labels' type.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]


def _with_unlabeled(samples: Samples, unlabeled: np.ndarray) -> Samples:
    """Return samples for pretraining: those with labels, then those without."""
    x, weight = np.concatenate([samples.x, unlabeled]), samples.weight
    if weight is not None:
        weight = np.concatenate([weight, np.ones(len(unlabeled), weight.dtype)])
    return Samples(x, x, weight)


def _label_error(expected: str, received: str, argument: str = "y") -> ValueError:
    text = _checks.argument_error(argument, expected, _checks.Description(received))
    return ValueError(text)
