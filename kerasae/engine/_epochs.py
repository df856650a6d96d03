"""Training epoch by epoch; what is around the blocks of steps goes as in Keras."""

import random
from typing import Any

import keras
import numpy as np

from kerasae.engine._batching import BatchSource
from kerasae.engine._epoch_loop import loop, serving
from kerasae.engine._hooks import has_batch_hooks
from kerasae.engine._steps import Logs
from kerasae.engine.backend import backend
from kerasae.engine.keras_internals import build_variables


def prepare(
    model: keras.Model, data: BatchSource, validation: BatchSource | None
) -> None:
    """Create all variables and the loops, before a callback is told of anything.

    Raises:
        MissingInternalError: If Keras lacks what the loops need.
    """
    model.optimizer.build(model.trainable_variables)
    build_variables(model, *data.first())
    loop(model, training=True)
    if validation is not None:
        loop(model, training=False)


def train(
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
    """Train a model that is prepared, block by block."""
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
    seed = random.getrandbits(64)
    order = np.arange(len(data.x))
    model.stop_training = False
    backend().unshare(model)
    logs: Logs = {}
    hooks.on_train_begin()
    for epoch in range(initial_epoch, epochs):
        hooks.on_epoch_begin(epoch)
        if shuffle:
            # By its number, not by the epochs before: training that is resumed at it
            # takes the samples as training that was never stopped.
            order = np.random.default_rng((seed, epoch)).permutation(len(data.x))
        logs = _run_epoch(model, data, order, hooks, training=True)
        if validation is not None:
            hooks.on_test_begin()
            in_order = np.arange(len(validation.x))
            judged = _run_epoch(model, validation, in_order, hooks, training=False)
            hooks.on_test_end(judged)
            logs = {**logs, **{f"val_{name}": value for name, value in judged.items()}}
        hooks.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    if epochs > initial_epoch:
        model.optimizer.finalize_variable_values(model.trainable_weights)
        backend().unshare(model)
    hooks.on_train_end(logs)
    return model.history


def _run_epoch(
    model: keras.Model,
    data: BatchSource,
    order: np.ndarray,
    hooks: keras.callbacks.CallbackList,
    *,
    training: bool,
) -> dict[str, Any]:
    """Go once through the data, and return the metrics."""
    watched = any(has_batch_hooks(callback) for callback in hooks.callbacks)
    begin, end = (
        getattr(hooks, f"on_{'train' if training else 'test'}_batch_{moment}")
        for moment in ("begin", "end")
    )
    model.reset_metrics()
    steps = loop(model, training=training)
    loops = serving(model)
    with steps.epoch() as run:
        for block in data.blocks(order):
            if watched:
                begin(block.first)
            logs = run(block.x, block.y, block.steps)
            if watched:
                end(block.first + block.steps - 1, logs)
            if training and model.stop_training:
                break
    for kept in loops:
        kept.note(model)
    return dict(logs)
