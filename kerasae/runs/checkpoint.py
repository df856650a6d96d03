"""A run's state after its last whole epoch."""

import time

import keras

from kerasae import saving
from kerasae.runs.run import Run


class Checkpoint(keras.callbacks.Callback):
    """Keeps the model as it was after the last whole epoch, and the time it took.

    Named after its epoch and renamed into place, so that whatever moment a run is
    killed at, the newest checkpoint is whole and says how far it got. The seconds
    of training are kept in the run's record, if it has one.

    Args:
        run: The run whose folder takes the file.

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
        self._seconds = self._began = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Note the time, and how long the run has trained before."""
        self._seconds = self.run.read()["seconds"] if self.run.exists else 0.0
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the new checkpoint and the time, then remove the old checkpoint."""
        path = self.run.checkpoint(epoch + 1)
        saving.save(self.model, path)
        if self.run.exists:
            seconds = self._seconds + time.perf_counter() - self._began
            self.run.write({**self.run.read(), "seconds": round(seconds, 2)})
        self.run.remove_checkpoints(keep=path)
