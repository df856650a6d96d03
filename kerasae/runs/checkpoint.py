"""The state of a run after its last full epoch."""

import time

import keras

from kerasae import _archive
from kerasae.runs.run import Run


class Checkpoint(keras.callbacks.Callback):
    """Saves the model after every epoch, and the seconds of training so far.

    The file holds the state of the optimizer and of the layers' random generators, so
    that training goes on from it as if it had never stopped. It is named after its
    epoch and written atomically: whenever a run is killed, the newest checkpoint is
    complete and tells how far the run got. The seconds go into the run's record, if it
    has one.

    Args:
        run: The run whose folder holds the file.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> import kerasae
        >>> from kerasae.runs import Checkpoint, Run
        >>> run = Run(tempfile.mkdtemp())
        >>> triple = kerasae.build_undercomplete_ae(8, latent_dim=2)
        >>> kerasae.compile(triple)
        >>> x = np.zeros((16, 8), dtype="float32")
        >>> _ = triple.autoencoder.fit(
        ...     x, x, epochs=2, verbose=0, callbacks=[Checkpoint(run)]
        ... )
        >>> [path.name for path in run.checkpoints()]
        ['checkpoint-000002.keras']
    """

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run
        self._seconds_before = self._start = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Note the time, and how long the run has trained before."""
        before = self.run.read()["seconds"] if self.run.exists else 0.0
        self._seconds_before, self._start = before, time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the new checkpoint and the time, then remove the old checkpoint."""
        path = self.run.checkpoint(epoch + 1)
        _archive.write(self.model, path, generators=True)
        if self.run.exists:
            seconds = self._seconds_before + time.perf_counter() - self._start
            self.run.write({**self.run.read(), "seconds": round(seconds, 2)})
        self.run.remove_checkpoints(keep=path)
