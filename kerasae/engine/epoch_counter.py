"""Epochs counted over several calls of `fit`."""


class EpochCounter:
    """Counts epochs over several calls of `fit`, for callbacks that serve them all.

    A call that is given `initial_epoch` counts on by itself; one that is not begins
    at 0 again, and is counted on from the epochs that are done.

    Attributes:
        epoch: Number of the current epoch, from 0.
        done: Epochs that have ended.

    Example:
        >>> from kerasae.engine.epoch_counter import EpochCounter
        >>> counter = EpochCounter()
        >>> for epoch in (0, 1, 0, 1):  # two calls of `fit`, two epochs each
        ...     counter.begin(epoch)
        ...     counter.end()
        >>> counter.epoch, counter.done
        (3, 4)
    """

    def __init__(self) -> None:
        self.epoch = self.done = 0

    def begin(self, epoch: int) -> None:
        """Begin the epoch that `fit` calls by this number."""
        self.epoch = max(epoch, self.done)

    def end(self) -> None:
        """End the current epoch."""
        self.done = self.epoch + 1
