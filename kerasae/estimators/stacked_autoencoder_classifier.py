"""A classifier that has seen its samples before it sees their labels."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Self

import keras
import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from kerasae import _checks, training
from kerasae._triple import Autoencoder, split
from kerasae.engine.optimizers import new_optimizer
from kerasae.estimators import _stack, _training
from kerasae.estimators._outputs import outputs


class StackedAutoencoderClassifier(
    ClassifierMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """A stack of dense layers, pretrained without labels, with a softmax on its code.

    The layers are trained pair by pair as those of `StackedAutoencoder`, then a
    softmax layer is put on the code and all of it learns the labels. Take it for
    deep stacks where samples are many and labels few: `fit` takes samples without
    labels as well.

    Scale the columns of `X` first, with `StandardScaler` or `MinMaxScaler`. Values
    are computed in float32; probabilities and codes come back as float32.

    Args:
        hidden_units: Sizes of the hidden layers, outermost first.
        latent_dim: Size of the code, positive.
        activation: Activation of the hidden layers. That of the code is the
            builder's option `code_activation`.
        output_activation: What pretraining makes of the samples: `"linear"` for
            columns of any range, `"relu"` for values that are not negative,
            `"sigmoid"` for values in [0, 1].
        dropout: Fraction of the hidden units and of the code's dropped in training,
            in [0, 1).
        corruption: Noise on what every pair of layers is to reproduce, fresh at
            every step of the pretraining: `"masking"`, `"gaussian"` (for values in
            [0, 1]), `"salt_and_pepper"`, a pair such as `("masking", 0.3)`, or a
            layer. None for no noise.
        options: Further keyword arguments of `kerasae.build_stacked_ae`, as a dict.
        pretrain_epochs: Passes over the data for every pair of layers, or a
            sequence with one number a pair, outermost first. 0 for no pretraining.
        optimizer: Name of a Keras optimizer, or an instance, which is copied.
        learning_rate: Its learning rate; None for its own.
        epochs: Passes over `X` and the labels; with early stopping, at most so
            many.
        batch_size: Samples a step.
        early_stopping: Whether to set a part of `X` aside, with the same shares of
            classes, and stop when its cross-entropy no longer falls. The weights of
            the best epoch are kept.
        validation_fraction: The part set aside, in (0, 1).
        n_iter_no_change: Epochs without a lower loss before training stops.
        warm_start: Whether `fit` goes on from the model of the last `fit`, whose
            architecture and classes then stay, without pretraining.
        random_state: Integer for the same result every time; None, or a
            `numpy.random.RandomState`, for a new one at every `fit`.
        verbose: What Keras prints: 0 nothing, 1 a bar, 2 a line an epoch.
        log_path: A `.csv` file that gets loss and accuracy of every epoch with
            labels.
        export_path: A `.keras` file that gets the classifier after every `fit` and
            `partial_fit`. Folders that do not exist are made.

    Attributes:
        classes_: The labels, in the order of `predict_proba`'s columns.
        classifier_: The trained Keras model, from samples to probabilities.
        autoencoder_: The triple that pretraining left. The classifier began with a
            copy of its encoder.
        pretrain_history_: One dict a pair of layers, outermost first; empty without
            pretraining.
        history_: Losses and accuracies by name, a list with one value an epoch each.
        n_iter_: Epochs with labels, over all calls that went on from each other.
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
    history_: dict[str, list[float]]
    # The classifier, its encoder and its head.
    _network: Autoencoder

    def __init__(
        self,
        hidden_units: int | Sequence[int] = (200,),
        latent_dim: int = 100,
        *,
        activation: Any = "relu",
        output_activation: Any = "linear",
        dropout: float = 0.0,
        corruption: Any = None,
        options: Mapping[str, Any] | None = None,
        pretrain_epochs: int | Sequence[int] = 20,
        optimizer: Any = "adam",
        learning_rate: float | None = None,
        epochs: int = 50,
        batch_size: int = 32,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
        log_path: Any = None,
        export_path: Any = None,
    ) -> None:
        self.hidden_units = hidden_units
        self.latent_dim = latent_dim
        self.activation = activation
        self.output_activation = output_activation
        self.dropout = dropout
        self.corruption = corruption
        self.options = options
        self.pretrain_epochs = pretrain_epochs
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose
        self.log_path = log_path
        self.export_path = export_path

    def fit(self, X: Any, y: Any, X_unlabeled: Any = None) -> Self:
        """Pretrain the layers on all samples, then learn the labels.

        Args:
            X: Array-like of shape (n_samples, n_features), dense and finite.
            y: Array-like of shape (n_samples,): labels of two classes or more.
            X_unlabeled: Array-like of shape (n_others, n_features): samples without
                labels, for pretraining only.

        Returns:
            The estimator itself.
        """
        again = self.warm_start and self.__sklearn_is_fitted__()
        x, y = self._validated(X, y, again)
        others = x[:0]
        if X_unlabeled is not None:
            others = validate_data(self, X_unlabeled, reset=False, dtype=np.float32)
        return self._fit(x, y, None, epochs=self.epochs, again=again, others=others)

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:
        """Train one epoch more, on this part of the data.

        The first call builds the model. `epochs` does not count, nor is anything
        pretrained: where you want that, call `fit` on a first part.

        Args:
            X: Array-like of shape (n_samples, n_features), dense and finite.
            y: Array-like of shape (n_samples,).
            classes: All labels there will be; needed in the first call.

        Returns:
            The estimator itself.
        """
        _training.forbid_early_stopping(self)
        again = self.__sklearn_is_fitted__()
        if classes is None and not again:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        x, y = self._validated(X, y, again)
        return self._fit(x, y, classes, epochs=1, again=again)

    def _validated(self, X: Any, y: Any, again: bool) -> tuple[np.ndarray, np.ndarray]:
        x, y = validate_data(
            self, X, y, reset=not again, dtype=np.float32, force_writeable=True
        )
        check_classification_targets(y)
        return x, y

    def _fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        classes: Any,
        *,
        epochs: int,
        again: bool,
        others: np.ndarray | None = None,
    ) -> Self:
        """Train; pretrain before if there are `others`, were it none at all."""
        _training.check_training(self)
        classes = self._checked_classes(y, classes, again)
        y = np.searchsorted(classes, y)
        with (
            outputs(self.log_path, self.export_path) as export,
            _training.reproducible(self, again=again) as seed,
        ):
            data, held_out = _training.hold_out(self, seed, x, y)
            if again:
                network = self._network
                _training.set_learning_rate(self, network.autoencoder)
            else:
                samples = None if others is None else np.concatenate([data[0], others])
                network = self._start(x.shape[1], len(classes), samples, seed)
            history = _training.train(
                self,
                network.autoencoder,
                data,
                held_out,
                epochs=epochs,
                history=self.history_ if again else None,
            )
            self._network, self.classes_, self.history_ = network, classes, history
            self.n_iter_ = len(history["loss"])
            if export is not None:
                self.classifier_.save(export)
        return self

    def _checked_classes(self, y: np.ndarray, classes: Any, again: bool) -> np.ndarray:
        """Return all classes, sorted, or raise if labels are not among them."""
        if classes is None:
            classes = self.classes_ if again else y
        classes = np.unique(classes)
        if again and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"`classes` must be those of the first call, {self.classes_}. "
                f"Received: classes={classes}."
            )
        if len(classes) < 2:
            expected = "labels of two classes or more"
            received = f"the one class {classes[0]!r}"
            raise ValueError(
                _checks.argument_error("y", expected, _checks.Description(received))
            )
        unknown = np.setdiff1d(y, classes)
        if len(unknown):
            expected = f"labels among the classes {classes}"
            received = f"also {unknown}"
            raise ValueError(
                _checks.argument_error("y", expected, _checks.Description(received))
            )
        return classes

    def _start(
        self, n_features: int, n_classes: int, samples: np.ndarray | None, seed: int
    ) -> Autoencoder:
        """Return a compiled classifier, split at its code; None: do not pretrain."""
        triple = _stack.build_stack(self, n_features, seed)
        histories = []
        if samples is not None:
            _training.check_range(triple.autoencoder, samples)
            histories = _stack.pretrain_stack(self, triple, samples, seed)
        # A copy of the encoder learns the labels: the triple's two halves go on
        # to fit each other.
        classifier = training.build_classifier(
            copy.deepcopy(triple), n_classes, dropout=self.dropout, seed=seed
        )
        training.compile(
            classifier,
            new_optimizer(self.optimizer, self.learning_rate),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        self.autoencoder_, self.pretrain_history_ = triple, histories
        return split(classifier)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of every class.

        Args:
            X: Array-like of shape (n_samples, n_features).

        Returns:
            float32 array of shape (n_samples, n_classes), in the order of
            `classes_`.
        """
        check_is_fitted(self)
        x = validate_data(self, X, reset=False, dtype=np.float32)
        return _training.apply(self.classifier_, x)

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class of each sample.

        Args:
            X: Array-like of shape (n_samples, n_features).

        Returns:
            Array of shape (n_samples,), of the labels' type.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def transform(self, X: Any) -> np.ndarray:
        """Return the codes of `X`, as the labels have shaped them.

        Args:
            X: Array-like of shape (n_samples, n_features).

        Returns:
            float32 array of shape (n_samples, latent_dim).
        """
        check_is_fitted(self)
        x = validate_data(self, X, reset=False, dtype=np.float32)
        return _training.apply(self._network.encoder, x)

    @property
    def classifier_(self) -> keras.Model:
        """The trained Keras model, from samples to probabilities."""
        return self._network.autoencoder

    @property
    def _n_features_out(self) -> int:
        return self._network.encoder.output_shape[1]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_network")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags
