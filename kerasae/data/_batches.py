"""Batches of an array or a file, and pairs made of somebody's batches."""

import math
from typing import Any

import keras
import numpy as np

from kerasae.data._preprocessing import ToPair, first
from kerasae.data.mapped import taken


class ArrayBatches(keras.utils.PyDataset):
    """Batches of the rows of an array that may be larger than memory.

    Args:
        x: Samples in memory or mapped, shape (n, ...).
        batch_size: Samples a step.
        shuffle: Whether every epoch takes its own random order.
        seed: Whole number that makes the orders repeatable.
    """

    def __init__(
        self, x: np.ndarray, batch_size: int, *, shuffle: bool, seed: int
    ) -> None:
        super().__init__()
        self._x = x
        self._batch_size = batch_size
        self._shuffle = shuffle
        self._seed = seed
        self._epoch = 0
        self._order = self._new_order()

    def _new_order(self) -> np.ndarray | None:
        if not self._shuffle:
            return None
        return np.random.default_rng((self._seed, self._epoch)).permutation(
            len(self._x)
        )

    def __len__(self) -> int:
        return math.ceil(len(self._x) / self._batch_size)

    def __getitem__(self, index: int) -> np.ndarray:
        """Return a copy of a batch's rows, in the type that they are stored in."""
        start = index * self._batch_size
        stop = min(start + self._batch_size, len(self._x))
        if self._order is None:
            rows = np.arange(start, stop)
        else:
            # A random batch in any order; a file is read quicker from front to back.
            rows = np.sort(self._order[start:stop])
        return taken(self._x, rows)

    def on_epoch_end(self) -> None:
        """Take another order from now on."""
        self._epoch += 1
        self._order = None  # two orders at a time would be large for many samples
        self._order = self._new_order()


class PairedBatches(keras.utils.PyDataset):
    """Pairs (inputs, targets) made of the batches of another `PyDataset`.

    Args:
        batches: Whose samples are wanted; its labels are left out.
        pair: Makes a pair of a batch.
    """

    def __init__(self, batches: Any, pair: ToPair) -> None:
        super().__init__(
            workers=batches.workers,
            use_multiprocessing=batches.use_multiprocessing,
            max_queue_size=batches.max_queue_size,
        )
        self._batches = batches
        self._pair = pair
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._batches)

    @property
    def num_batches(self) -> int | None:
        """How many batches an epoch has, or None where they never end."""
        return self._batches.num_batches

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return a pair; the same one whenever it is asked for in an epoch."""
        return self._pair(first(self._batches[index]), self._epoch, index)

    def on_epoch_begin(self) -> None:
        """Tell the batches that an epoch begins."""
        self._batches.on_epoch_begin()

    def on_epoch_end(self) -> None:
        """Take other noise from now on, and tell the batches."""
        self._epoch += 1
        self._batches.on_epoch_end()
