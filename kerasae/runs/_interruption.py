"""Ctrl-C while a model trains."""

import signal
import threading
from types import FrameType
from typing import Any

import keras


class Interruption(keras.callbacks.Callback):
    """Ends `fit` with a KeyboardInterrupt after the batch in which Ctrl-C was pressed.

    Python raises the interrupt wherever the program is, and it is lost in code that
    lets no exception out: training would continue. A second Ctrl-C is left to Python,
    for batches that take too long.

    It is a context manager around `fit`, and the last of its callbacks.

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
        # Any other handler is the user's or, in the background, the shell's; and only
        # the main thread may set one.
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

    def _interrupt_if_asked(self, *_: Any, logs: Any = None) -> None:
        if self._asked:
            raise KeyboardInterrupt

    # The end of an epoch comes after its checkpoint.
    on_train_batch_end = on_test_batch_end = on_epoch_end = _interrupt_if_asked
