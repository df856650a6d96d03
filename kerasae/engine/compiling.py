"""Compile settings that suit the backend."""

from typing import Any

import keras

from kerasae import _checks
from kerasae._types import Loss, ModelOrTriple, Optimizer
from kerasae.engine._whole import whole
from kerasae.engine.backend import execution_settings
from kerasae.engine.optimizers import new_optimizer
from kerasae.engine.samples import ends_in_sigmoid
from kerasae.layers.padding_mask import padding_value
from kerasae.losses import MaskedMeanSquaredError
from kerasae.models import VariationalAutoencoder


def compile(  # noqa: A001 - the word that Keras's users know
    model: ModelOrTriple,
    optimizer: Optimizer = "adam",
    loss: Loss = None,
    *,
    learning_rate: float | None = None,
    **kwargs: Any,
) -> None:
    """Compile an autoencoder with the settings that are fast on this backend.

    Same as `model.compile(...)` except for what you leave out: the loss follows from
    the output's activation, and `jit_compile` and `steps_per_execution` are those
    measured as fastest for the backend and the kinds of layers. Plain
    `autoencoder.compile(...)` works as well, slower on TensorFlow.

    Args:
        model: A triple, or its autoencoder.
        optimizer: As in `keras.Model.compile`. Default: `"adam"`.
        loss: As in `keras.Model.compile`. None means binary cross-entropy for a
            sigmoid output, else the mean squared error; for sequences with padding
            that of the other steps, `kerasae.losses.MaskedMeanSquaredError`.
            Variational autoencoders have a loss of their own.
        learning_rate: The optimizer's learning rate, positive; an optimizer that is
            an instance is copied for it. None leaves the optimizer as it is.
        **kwargs: Anything else that `keras.Model.compile` takes; it takes precedence
            over the settings chosen here.

    Raises:
        TypeError: If `learning_rate` is no number, or the optimizer has a schedule of
            learning rates.
        ValueError: If it is not positive, or there is no such optimizer.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_undercomplete_ae(784)
        >>> kerasae.compile(triple, learning_rate=0.01)
        >>> rate = triple.autoencoder.optimizer.learning_rate
        >>> triple.autoencoder.loss, round(float(rate), 4)
        ('binary_crossentropy', 0.01)
    """
    autoencoder = whole(model)
    settings = execution_settings(autoencoder)
    if kwargs.get("run_eagerly"):
        settings["jit_compile"] = False
    if learning_rate is not None:
        rate = _checks.positive("learning_rate", learning_rate)
        optimizer = new_optimizer(optimizer, rate)
    autoencoder.compile(
        optimizer=optimizer,
        loss=default_loss(autoencoder) if loss is None else loss,
        **{**settings, **kwargs},
    )


def default_loss(model: keras.Model) -> str | keras.losses.Loss | None:
    """Return the loss that suits the padding, or else the last activation."""
    if isinstance(model, VariationalAutoencoder):
        return None
    padding = padding_value(model)
    if padding is not None:
        return MaskedMeanSquaredError(padding)
    return "binary_crossentropy" if ends_in_sigmoid(model) else "mean_squared_error"
