"""Ctrl-C while a model trains."""

import signal
import threading
from types import FrameType
from typing import Any

import keras


class Interruption(keras.callbacks.Callback):
    """Ends `fit` with a KeyboardInterrupt after the batch in which Ctrl-C came.

    Left to Python, the interrupt comes up wherever the program is, and is lost
    where that is code which lets no exception out: training goes on. A second
    Ctrl-C is left to Python, for batches that take too long.

    It is a context manager around `fit`, and one of its callbacks, the last.

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> from kerasae.runs._interruption import Interruption
        >>> triple = kerasae.build_undercomplete_ae(8, latent_dim=2)
        >>> kerasae.compile(triple)
        >>> x = np.zeros((16, 8), dtype="float32")
        >>> with Interruption() as interruption:
        ...     _ = triple.autoencoder.fit(x, x, verbose=0, callbacks=[interruption])
    """

    only_watches = True  # `kerasae.fit` need not call it after every single batch

    def __init__(self) -> None:
        super().__init__()
        self._asked = False

    def __enter__(self) -> "Interruption":
        # Another handler is the user's, none at all that of a background process,
        # and threads cannot set one.
        free = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if free and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: Any) -> None:
        if signal.getsignal(signal.SIGINT) == self._ask:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if kind is None:
            self._interrupt_if_asked()

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def _interrupt_if_asked(self) -> None:
        if self._asked:
            raise KeyboardInterrupt

    def on_train_batch_end(
        self, batch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Interrupt training if Ctrl-C came."""
        self._interrupt_if_asked()

    def on_test_batch_end(
        self, batch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Interrupt validation if Ctrl-C came."""
        self._interrupt_if_asked()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Interrupt what follows the epoch's checkpoint if Ctrl-C came."""
        self._interrupt_if_asked()
