"""Training that can be killed at any time and resumed after its last full epoch.

A run that was resumed ends with the weights, bit by bit, of one that was never stopped:
the order of samples follows from seed and epoch, and checkpoints hold the state of all
else.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from kerasae import saving, training
from kerasae._triple import Autoencoder
from kerasae._types import ArrayLike
from kerasae.engine.backend import backend
from kerasae.engine.check_finite import check_finite
from kerasae.engine.progress import Progress
from kerasae.runs._interruption import Interruption
from kerasae.runs.checkpoint import Checkpoint
from kerasae.runs.early_stopping import EarlyStopping
from kerasae.runs.run import HISTORY, Run

_IF_DIVERGED = (
    "Start again with --force and a smaller learning rate, where there is one to "
    "choose (--learning-rate)."
)


class _EpochSeeds(keras.callbacks.Callback):
    """Seeds an epoch by its number, for what is random outside of the model.

    That is the backend's own generator where Keras's layers draw from it, and NumPy's
    and Python's for layers of the user's.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._seed = seed

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        seed = int(np.random.default_rng((self._seed, epoch)).integers(2**32))
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002 - the generator that layers may draw from
        backend().reseed(seed)


def fit_in_folder(
    run: Run,
    triple: Autoencoder,
    x: ArrayLike,
    *,
    settings: dict[str, Any],
    resume: bool,
    label: str = "",
    callbacks: Sequence[keras.callbacks.Callback] = (),
    log: Callable[[str], None] | None = None,
    **fit_options: Any,
) -> Autoencoder:
    """Train as `kerasae.fit` does, with history and checkpoints in a run's folder.

    Args:
        run: The run, new or to be resumed.
        triple: The triple, compiled.
        x: Samples.
        settings: The run's settings. Those named `epochs`, `batch_size`, `seed` and,
            if there is one, `patience` are used here; a resumed run compares all of
            them with its own.
        resume: Whether to continue the run in the folder instead of a new one.
        label: Text in front of every line of progress.
        callbacks: Further callbacks; those with a `close` method are closed at the
            end.
        log: Receives the epoch after which training resumes; None discards it.
        **fit_options: Further arguments of `kerasae.fit`, except `verbose`.

    Returns:
        The trained triple: not `triple` where a checkpoint was resumed, or where
        `patience` brings back the best epoch.

    Raises:
        KeyboardInterrupt: On Ctrl-C, after the current batch.
        FileNotFoundError: If there is no run to resume.
        ValueError: If training diverges, or the run cannot be resumed with these
            settings.
    """
    epochs, done = settings["epochs"], 0
    if resume:
        done, restored = run.resume(settings)
        triple = restored or triple
        if log is not None:
            log(f"resuming after epoch {done} of {epochs}")
    else:
        run.begin(settings)
    watching: list[keras.callbacks.Callback] = [Checkpoint(run)]
    patience = settings.get("patience")
    if patience is None:
        run.remove_best()
    else:
        stopping = EarlyStopping(run, patience)
        watching.append(stopping)
        if done and stopping.restore(run.history()["val_loss"]):
            epochs = done
    losses = keras.callbacks.CSVLogger(run.path(HISTORY), append=True)
    progress = Progress(label=label)
    # Whatever building the model took of Python's random numbers.
    keras.utils.set_random_seed(settings["seed"])
    with Interruption() as interruption:
        try:
            history = training.fit(
                triple.autoencoder,
                x,
                epochs=epochs,
                initial_epoch=done,
                batch_size=settings["batch_size"],
                verbose=0,
                callbacks=[
                    _EpochSeeds(settings["seed"]),
                    losses,
                    *callbacks,
                    *watching,
                    progress,
                    interruption,
                ],
                **fit_options,
            )
        finally:
            # Keras does not close them when training is interrupted.
            losses.on_train_end()
            for callback in (progress, *callbacks):
                if hasattr(callback, "close"):
                    callback.close()
    check_finite(history, fix=_IF_DIVERGED)
    best = run.best()
    return triple if best is None else saving.load(best[1])
