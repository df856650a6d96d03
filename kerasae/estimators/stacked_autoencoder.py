"""A deep autoencoder that is trained layer by layer first."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kerasae._triple import Autoencoder
from kerasae.estimators import _stack
from kerasae.estimators._base import BaseAutoencoder


class StackedAutoencoder(BaseAutoencoder):
    """A stack of dense layers, trained pair by pair and then as a whole.

    Every layer of the encoder first learns, with the layer of the decoder that
    mirrors it, to reproduce what the layers before it made of `X`. Then all of them
    are trained together. Take it for deep stacks; with one or two layers a side,
    `AutoencoderTransformer(variant="deep")` is as good and faster.

    Scale the columns of `X` first, with `StandardScaler` or `MinMaxScaler`. Values
    are computed in float32, and codes come back as float32.

    Args:
        hidden_units: Sizes of the encoder's hidden layers, outermost first; the
            decoder mirrors them.
        latent_dim: Size of the code, positive.
        activation: Activation of the hidden layers. That of the code is the
            builder's option `code_activation`.
        output_activation: `"linear"` for columns of any range, `"relu"` for
            values that are not negative, `"sigmoid"` for values in [0, 1].
        dropout: Fraction of the hidden units dropped in training, in [0, 1).
        corruption: Noise on what every pair of layers is to reproduce, fresh at
            every step of the pretraining: `"masking"`, `"gaussian"` (for values in
            [0, 1]), `"salt_and_pepper"`, a pair such as `("masking", 0.3)`, or a
            layer. None for no noise.
        options: Further keyword arguments of `kerasae.build_stacked_ae`, as a dict.
        pretrain_epochs: Passes over the data for every pair of layers, or a
            sequence with one number a pair, outermost first. 0 for no pretraining.
        optimizer: Name of a Keras optimizer, or an instance, which is copied.
        learning_rate: Its learning rate; None for its own.
        loss: Of the whole, as in `keras.Model.compile`. None means binary
            cross-entropy for a sigmoid output, else the mean squared error.
        epochs: Passes over `X` with all layers; with early stopping, at most so
            many.
        batch_size: Samples a step.
        early_stopping: Whether to set a part of `X` aside and stop training all
            layers when its loss no longer falls. The weights of the best epoch are
            kept.
        validation_fraction: The part set aside, in (0, 1).
        n_iter_no_change: Epochs without a lower loss before training stops.
        warm_start: Whether `fit` goes on from the model of the last `fit`, whose
            architecture then stays, without pretraining.
        random_state: Integer for the same result every time; None, or a
            `numpy.random.RandomState`, for a new one at every `fit`.
        verbose: What Keras prints: 0 nothing, 1 a bar, 2 a line an epoch.
        log_path: A `.csv` file that gets the losses of every epoch of the whole.
        export_path: A `.keras` file that gets the model after every `fit` and
            `partial_fit`, to be read with `kerasae.load`. Folders that do not exist
            are made.

    Attributes:
        autoencoder_: The trained triple of Keras models.
        pretrain_history_: One dict a pair of layers, outermost first; empty without
            pretraining.
        history_: Losses of the whole by name, a list with one value an epoch each.
        n_iter_: Epochs of the whole, over all calls that went on from each other.
        n_features_in_: Number of columns in `fit`.
        feature_names_in_: Their names, if `X` had any.

    Raises:
        ValueError: In `fit`, if a parameter or `X` is not as described.

    Reference:
        Bengio et al. 2007, "Greedy Layer-Wise Training of Deep Networks"; the
        `NNAutoEncoder` of the zChainer library.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> from kerasae.estimators import StackedAutoencoder
        >>> X = load_iris().data
        >>> stack = StackedAutoencoder(
        ...     (8,), latent_dim=2, pretrain_epochs=2, epochs=3, random_state=0
        ... ).fit(X)
        >>> stack.transform(X).shape, len(stack.pretrain_history_), stack.n_iter_
        ((150, 2), 2, 3)
    """

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
        loss: Any = None,
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
        self.loss = loss
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

    def _build(self, n_features: int, seed: int) -> Autoencoder:
        self.pretrain_history_: list[dict[str, list[float]]] = []
        return _stack.build_stack(self, n_features, seed)

    def _pretrain(self, triple: Autoencoder, x: np.ndarray, seed: int) -> None:
        self.pretrain_history_ = _stack.pretrain_stack(self, triple, x, seed)
