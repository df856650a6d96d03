"""Batches of an array or a file, and pairs made of any batches."""

import math

import keras
import numpy as np

from kerasae.data._preprocessing import ToPair
from kerasae.data.memory_mapped import take_rows


class ArrayBatches(keras.utils.PyDataset):
    """Batches of the rows of an array that may be larger than memory.

    Args:
        x: Samples in memory or memory-mapped, shape (n, ...).
        batch_size: Samples per step.
        shuffle: Whether every epoch has a random order of its own.
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
        """Return a copy of a batch's rows, with the data type they are stored in."""
        start = index * self._batch_size
        stop = min(start + self._batch_size, len(self._x))
        if self._order is None:
            rows = np.arange(start, stop)
        else:
            # Order within a batch does not matter, and files read faster front to back.
            rows = np.sort(self._order[start:stop])
        return take_rows(self._x, rows)

    def on_epoch_end(self) -> None:
        """Move on to the next order."""
        self._epoch += 1
        self._order = None  # two orders at once would be large for many samples
        self._order = self._new_order()


class PairedBatches(keras.utils.PyDataset):
    """Pairs (inputs, targets) made of the batches of another `PyDataset`.

    Args:
        batches: Batches of samples, of those and labels, or of those and targets.
        to_pair: Turns a batch into a pair.
    """

    def __init__(self, batches: keras.utils.PyDataset, to_pair: ToPair) -> None:
        super().__init__(
            workers=batches.workers,
            use_multiprocessing=batches.use_multiprocessing,
            max_queue_size=batches.max_queue_size,
        )
        self._batches = batches
        self._to_pair = to_pair
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._batches)

    @property
    def num_batches(self) -> int | None:
        """Number of batches in an epoch, or None if they never end."""
        return self._batches.num_batches

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        """Return a pair, the same one however often an epoch asks for it."""
        return self._to_pair(self._batches[index], self._epoch, index)

    def on_epoch_begin(self) -> None:
        """Tell the batches that an epoch begins."""
        self._batches.on_epoch_begin()

    def on_epoch_end(self) -> None:
        """Move on to the next epoch's noise, and tell the batches."""
        self._epoch += 1
        self._batches.on_epoch_end()
