"""Training on samples that are their own targets, many steps in one compiled call."""

import math
import random
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from kerasae import _checks
from kerasae._types import ModelOrTriple
from kerasae.engine._batching import BatchSource
from kerasae.engine._epoch_loop import build, loop
from kerasae.engine._whole import whole
from kerasae.engine.compiling import compile as compile_fast
from kerasae.models import CheckedModel

_BATCH_HOOKS = [
    f"on_{kind}batch_{moment}"
    for kind in ("", "train_", "test_")
    for moment in ("begin", "end")
]


def fit(
    model: ModelOrTriple,
    x: Any,
    y: Any = None,
    *,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: int | str = "auto",
    callbacks: Sequence[keras.callbacks.Callback] | None = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool = True,
    initial_epoch: int = 0,
    **fit_options: Any,
) -> keras.callbacks.History:
    """Train an autoencoder on samples that are their own targets.

    Does what `autoencoder.fit(x, x, ...)` does, faster: many steps run in one
    compiled call, and no copy of the samples is made. Losses, metrics, optimizers,
    callbacks, validation and history are Keras's. A callback that acts on single
    batches, or an option that is not listed below, is left to Keras's own `fit`.

    Args:
        model: A triple, or its autoencoder; compiled by `kerasae.compile` if it is
            not compiled yet. A classifier or another model with targets works as
            well.
        x: Samples of shape `(n_samples, *input_shape)`, floats or 8-bit integers,
            which are divided by 255 in the step that needs them: an array; a
            memory-mapped array or the path of a .npy file, read block by block, so
            that it may be larger than memory; or a stream of batches as
            `kerasae.data.pairs` takes it.
        y: Targets, where they are not the samples.
        batch_size: Samples a step, 32 if None; a stream has its own.
        epochs: Number of the last epoch.
        verbose: 0 for silence, 1 for a bar an epoch, 2 for a line an epoch.
        callbacks: As in `keras.Model.fit`.
        validation_split: Fraction of the samples, taken off their end, to validate
            on, in [0, 1).
        validation_data: Samples or a stream to validate on after every epoch; where
            `y` is given a pair `(x, y)`.
        shuffle: Whether every epoch takes the samples in a new order, the same one
            on every backend after `keras.utils.set_random_seed`.
        initial_epoch: Number of epochs done before.
        **fit_options: What else `keras.Model.fit` takes.

    Returns:
        The history of losses and metrics, as from `keras.Model.fit`.

    Raises:
        TypeError, ValueError: If the samples do not fit the model or an argument is
            unfit.

    Example:
        >>> import kerasae
        >>> digits = kerasae.data.load_dataset("digits")
        >>> triple = kerasae.build_undercomplete_ae((8, 8, 1), latent_dim=8)
        >>> history = kerasae.fit(
        ...     triple, digits.x_train, epochs=2, batch_size=64, verbose=0,
        ...     validation_data=digits.x_test,
        ... )
        >>> sorted(history.history), history.epoch
        (['loss', 'val_loss'], [0, 1])
    """
    autoencoder = whole(model)
    if not autoencoder.compiled:
        compile_fast(autoencoder)
    if batch_size is not None:
        batch_size = _checks.positive_integer("batch_size", batch_size)
    data, validation = BatchSource(autoencoder, x, y, batch_size, "x"), None
    is_pair = isinstance(validation_data, tuple) and len(validation_data) == 2
    if data.y is not None and validation_data is not None and not is_pair:
        # A stream with targets of its own, or weights: as Keras takes it.
        fit_options["validation_data"] = validation_data
    elif validation_data is not None:
        x, y = validation_data if is_pair else (validation_data, None)
        validation = BatchSource(autoencoder, x, y, batch_size, "validation_data")
    elif _checks.fraction("validation_split", validation_split):
        data, validation = _split(data, validation_split)

    callbacks = list(callbacks or ())
    parts = [data] if validation is None else [data, validation]
    streams = any(part.is_stream for part in parts)
    by_step = any(_acts_on_batches(callback) for callback in callbacks)
    options: dict[str, Any] = {
        "epochs": epochs,
        "verbose": verbose,
        "callbacks": callbacks,
        "initial_epoch": initial_epoch,
    }
    if fit_options or streams or by_step or not _can_loop(autoencoder):
        if validation is not None:
            x, y, _ = validation.for_keras(shuffle=False)
            fit_options["validation_data"] = x if y is None else (x, y)
        x, y, batch_size = data.for_keras(shuffle=shuffle)
        # Streams have an order of their own.
        shuffle = shuffle and y is not None
        return autoencoder.fit(
            x, y, batch_size, shuffle=shuffle, **options, **fit_options
        )
    if isinstance(autoencoder, CheckedModel):
        for part in parts:
            autoencoder.check(*part.to_check())
    return _train(autoencoder, data, validation, shuffle=shuffle, **options)


def _split(data: BatchSource, share: float) -> tuple[BatchSource, BatchSource]:
    """Take a share of the samples off the end."""
    expected = "a share that leaves samples on both sides, and 0 for streams"
    if data.is_stream or not (at := math.floor(len(data.x) * (1 - share))) > 0:
        fix = "Give `validation_data` instead."
        raise ValueError(
            _checks.argument_error("validation_split", expected, share, fix)
        )
    return data[:at], data[at:]


def _can_loop(model: keras.Model) -> bool:
    """Tell whether the steps of a model can be compiled into a loop."""
    if model.run_eagerly or keras.distribution.distribution() is not None:
        return False
    if keras.backend.backend() == "tensorflow":
        return model.distribute_strategy.num_replicas_in_sync == 1
    return model.jit_compile or keras.backend.backend() == "torch"


def _has_batch_hooks(callback: keras.callbacks.Callback) -> bool:
    return any(
        hook in vars(callback)
        or getattr(type(callback), hook) is not getattr(keras.callbacks.Callback, hook)
        for hook in _BATCH_HOOKS
    )


def _acts_on_batches(callback: keras.callbacks.Callback) -> bool:
    """Tell whether a callback has to be called after every single batch."""
    if isinstance(callback, keras.callbacks.ModelCheckpoint):
        return callback.save_freq != "epoch"
    watches = isinstance(callback, keras.callbacks.ProgbarLogger)
    watches = watches or getattr(callback, "only_watches", False)
    return not watches and _has_batch_hooks(callback)


def _train(
    model: keras.Model,
    data: BatchSource,
    validation: BatchSource | None,
    *,
    shuffle: bool,
    epochs: int,
    verbose: int | str,
    callbacks: list[keras.callbacks.Callback],
    initial_epoch: int,
) -> keras.callbacks.History:
    """Train block by block; what is around the blocks goes as in Keras's `fit`."""
    build(model, *data.first())
    epochs = min(epochs, keras.config.max_epochs() or epochs)
    hooks = keras.callbacks.CallbackList(
        callbacks,
        add_history=True,
        add_progbar=verbose != 0,
        verbose=1 if verbose == "auto" else verbose,
        epochs=epochs,
        steps=data.steps,
        model=model,
    )
    random_order = np.random.default_rng(random.getrandbits(64))
    order = np.arange(len(data.x))
    model.stop_training = False
    logs: dict[str, Any] = {}
    hooks.on_train_begin()
    for epoch in range(initial_epoch, epochs):
        hooks.on_epoch_begin(epoch)
        if shuffle:
            order = random_order.permutation(len(data.x))
        logs = _pass(model, data, order, hooks, training=True)
        if validation is not None:
            hooks.on_test_begin()
            ahead = np.arange(len(validation.x))
            judged = _pass(model, validation, ahead, hooks, training=False)
            hooks.on_test_end(judged)
            logs = {**logs, **{f"val_{name}": value for name, value in judged.items()}}
        hooks.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    if epochs > initial_epoch:
        model.optimizer.finalize_variable_values(model.trainable_weights)
    hooks.on_train_end(logs)
    return model.history


def _pass(
    model: keras.Model,
    data: BatchSource,
    order: np.ndarray,
    hooks: keras.callbacks.CallbackList,
    *,
    training: bool,
) -> dict[str, Any]:
    """Go once through the data, and return the metrics."""
    watched = any(_has_batch_hooks(callback) for callback in hooks.callbacks)
    begin, end = (
        getattr(hooks, f"on_{'train' if training else 'test'}_batch_{moment}")
        for moment in ("begin", "end")
    )
    model.reset_metrics()
    with loop(model, training=training).epoch() as run:
        for block in data.blocks(order):
            if watched:
                begin(block.first)
            logs = run(block.x, block.y, block.steps)
            if watched:
                end(block.first + block.steps - 1, logs)
            if training and model.stop_training:
                break
    return dict(logs)
