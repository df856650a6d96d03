"""Training that can be killed at any time and resumed after its last whole epoch."""

from collections.abc import Sequence
from typing import Any

import keras

from kerasae import training
from kerasae.engine.check_finite import check_finite
from kerasae.engine.progress import Progress
from kerasae.runs._interruption import Interruption
from kerasae.runs.checkpoint import Checkpoint
from kerasae.runs.run import HISTORY, Run

_IF_DIVERGED = (
    "Start again with --force and a smaller learning rate, where there is one to "
    "choose (--learning-rate)."
)


def fit(
    run: Run,
    autoencoder: keras.Model,
    x: Any,
    y: Any = None,
    *,
    initial_epoch: int,
    label: str = "",
    callbacks: Sequence[keras.callbacks.Callback] = (),
    **fit_options: Any,
) -> dict[str, list[float]]:
    """Train as `kerasae.fit` does, with a history and checkpoints in the run's folder.

    Args:
        run: The run that takes them.
        autoencoder: The model, compiled.
        x: Samples.
        y: Targets, where they are not the samples.
        initial_epoch: Number of epochs done before.
        label: Stands in front of every line that is printed.
        callbacks: Further callbacks; those with a `close` are closed at the end.
        **fit_options: What else `kerasae.fit` takes, but for `verbose`.

    Returns:
        The losses of the new epochs.

    Raises:
        KeyboardInterrupt: At Ctrl-C, after the batch.
        ValueError: If training diverges.
    """
    log = keras.callbacks.CSVLogger(run.path(HISTORY), append=True)
    progress = Progress(label=label)
    with Interruption() as interruption:
        try:
            history = training.fit(
                autoencoder,
                x,
                y,
                initial_epoch=initial_epoch,
                verbose=0,
                callbacks=[log, *callbacks, Checkpoint(run), progress, interruption],
                **fit_options,
            )
        finally:
            # Keras leaves them as they are where training is interrupted.
            log.on_train_end()
            for callback in (progress, *callbacks):
                if hasattr(callback, "close"):
                    callback.close()
    check_finite(history, fix=_IF_DIVERGED)
    return history.history
