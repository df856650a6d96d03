"""Training that stops when the validation loss no longer falls."""

import math

import keras

from kerasae.runs.run import Run


class EarlyStopping(keras.callbacks.Callback):
    """Stops a run after epochs without a lower validation loss, and keeps the best one.

    Unlike Keras's callback of that name it remembers nothing that the run's folder does
    not hold, so that a run that was killed stops where it would have stopped. It stands
    behind the run's `Checkpoint`, whose file of the best epoch it keeps.

    Args:
        run: The run, whose folder holds history and checkpoints.
        patience: Number of epochs without a lower loss, positive.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> import kerasae
        >>> from kerasae.runs import Checkpoint, Run
        >>> from kerasae.runs.early_stopping import EarlyStopping
        >>> run = Run(tempfile.mkdtemp())
        >>> triple = kerasae.build_undercomplete_ae(8, latent_dim=2)
        >>> kerasae.compile(triple, learning_rate=1e-30)  # learns nothing
        >>> x = np.zeros((16, 8), dtype="float32")
        >>> history = kerasae.fit(
        ...     triple, x, epochs=9, verbose=0, validation_data=x,
        ...     callbacks=[Checkpoint(run), EarlyStopping(run, patience=2)],
        ... )
        >>> history.epoch, run.best()[0]
        ([0, 1, 2], 1)
    """

    def __init__(self, run: Run, patience: int) -> None:
        super().__init__()
        self._run = run
        self._patience = patience
        self._best_epoch, self._lowest = 0, math.inf

    def restore(self, losses: list[float]) -> bool:
        """Continue after the epochs of an earlier leg.

        Args:
            losses: The validation losses of these epochs, one or more.

        Returns:
            Whether training has to stop there already.
        """
        done, best = len(losses), self._run.best()
        # Without a file the best of them is lost, and the last has to do: the first leg
        # had no patience. Or it was killed just after the checkpoint of a better epoch.
        if best is None or losses[-1] < losses[best[0] - 1]:
            self._run.keep_as_best(done)
            self._best_epoch = done
        else:
            self._best_epoch = best[0]
        self._lowest = losses[self._best_epoch - 1]
        return done - self._best_epoch >= self._patience

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep the epoch if it is the best, or stop if the last best is long ago."""
        done, loss = epoch + 1, float((logs or {})["val_loss"])
        if loss < self._lowest or not self._best_epoch:
            self._run.keep_as_best(done)
            self._best_epoch, self._lowest = done, loss
        elif done - self._best_epoch >= self._patience:
            self.model.stop_training = True
