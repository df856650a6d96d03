"""A deep autoencoder that is pretrained layer by layer."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import keras
import numpy as np

from kerasae._types import Activation, Corruption, Loss, Optimizer
from kerasae.estimators._base import store
from kerasae.estimators._base_autoencoder import BaseAutoencoder
from kerasae.estimators._stack import BaseStack


class StackedAutoencoder(BaseStack, BaseAutoencoder):
    """A stack of dense layers, trained pair by pair and then as a whole.

    Each layer of the encoder, together with its mirror image in the decoder, first
    learns to reproduce the output of the layers before it. Then all layers are
    trained together. Use it for deep stacks; with one or two layers per side,
    `AutoencoderTransformer(variant="deep")` is as good and faster.

    Scale the columns of `X` first, with `StandardScaler` or `MinMaxScaler`.
    Computations use float32, and codes are returned as float32.

    `AutoencoderTransformer` describes the parameters from `optimizer` on in full.

    Args:
        hidden_units: Sizes of the encoder's hidden layers, outermost first; the
            decoder mirrors them.
        latent_dim: Size of the code, positive.
        activation: Activation of the hidden layers. That of the code is the
            builder's option `code_activation`.
        output_activation: `"linear"` for columns of any range, `"relu"` for
            nonnegative values, `"sigmoid"` for values in [0, 1].
        dropout: Fraction of the hidden units dropped during training, in [0, 1).
        corruption: Noise on the input of every pair of layers, sampled anew in every
            step of the pretraining: `"masking"`, `"gaussian"` (for values in
            [0, 1]), `"salt_and_pepper"`, a pair such as `("masking", 0.3)`, or a
            layer. None for no noise.
        options: Further keyword arguments of `kerasae.build_stacked_ae`, as a dict.
        pretrain_epochs: Passes over the data for every pair of layers, or a
            sequence with one number per pair, outermost first. 0 for no pretraining.
        optimizer: Name of a Keras optimizer, or an instance.
        learning_rate: The optimizer's learning rate, or None.
        loss: Loss of the whole network, or None.
        epochs: Passes over `X` with all layers.
        batch_size: Samples per step.
        early_stopping: Whether to stop training all layers by a held-out part of `X`.
        validation_fraction: The part held out, in (0, 1).
        n_iter_no_change: Epochs without a lower loss before training stops.
        callbacks: Keras callbacks for the training of the whole network.
        warm_start: Whether `fit` continues with the last model, without pretraining.
        random_state: An integer, a `numpy.random.RandomState` or None.
        verbose: What Keras prints: 0, 1 or 2.
        log_path: A `.csv` file for the losses of every epoch of the whole network.
        export_path: A `.keras` file for the trained model.

    Attributes:
        autoencoder_: The trained triple of Keras models.
        pretrain_history_: One dict per pair of layers, outermost first; empty without
            pretraining.
        history_: Losses of the whole network by name, each a list with one value per
            epoch.
        n_iter_: Epochs of the whole network, including those of earlier calls that
            were resumed.
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
        activation: Activation = "relu",
        output_activation: Activation = "linear",
        dropout: float = 0.0,
        corruption: Corruption = None,
        options: Mapping[str, Any] | None = None,
        pretrain_epochs: int | Sequence[int] = 20,
        optimizer: Optimizer = "adam",
        learning_rate: float | None = None,
        loss: Loss = None,
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
