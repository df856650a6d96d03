"""A run's state after its last whole epoch."""

import keras

from kerasae import saving
from kerasae.runs.run import Run


class Checkpoint(keras.callbacks.Callback):
    """Keeps the model as it was after the last whole epoch.

    Named after its epoch and renamed into place, so that whatever moment a run is
    killed at, the newest checkpoint is whole and says how far it got.

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

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the new checkpoint, then remove the old one."""
        path = self.run.checkpoint(epoch + 1)
        saving.save(self.model, path)
        self.run.remove_checkpoints(keep=path)
