"""The progress of a long run."""

import sys
import time
from typing import Any, TextIO

import keras

from kerasae.engine.progress_bar import new_bar

_TOTALS = ("loss", "val_loss")
_BAR_AND_TIMES = 50  # columns, of which the bar has ten


class Progress(keras.callbacks.Callback):
    """Shows one bar for the whole run, with losses and the time left.

    Keras's own bar starts anew every epoch, so it never says when the run ends.
    Where the output is not a terminal, every epoch prints one plain line.

    Args:
        stream: Where to write; None means standard output.
        label: Stands in front of every line, to tell one `fit` from the next.

    Example:
        >>> import io
        >>> import numpy as np
        >>> import kerasae
        >>> triple = kerasae.build_undercomplete_ae(8, latent_dim=2)
        >>> kerasae.compile(triple)
        >>> lines, x = io.StringIO(), np.zeros((16, 8), dtype="float32")
        >>> _ = triple.autoencoder.fit(
        ...     x, x, epochs=2, verbose=0,
        ...     callbacks=[kerasae.callbacks.Progress(lines)],
        ... )
        >>> len(lines.getvalue().splitlines())
        2
    """

    only_watches = True  # `kerasae.fit` need not call it after every single batch

    def __init__(self, stream: TextIO | None = None, *, label: str = "") -> None:
        super().__init__()
        self._stream = sys.stdout if stream is None else stream
        self._label = f"{label}  " if label else ""
        self._bar: Any = None
        self._task: Any = None
        self._first = self._epoch = 0
        self._started = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Draw the empty bar, on a terminal."""
        self._task = None
        if not self._stream.isatty():
            return
        epoch = self._label + "epoch {task.fields[epoch]}/{task.fields[epochs]}"
        self._bar = new_bar(self._stream, epoch, "{task.fields[losses]}")
        self._bar.start()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note when the epoch began."""
        self._epoch = epoch
        self._started = time.perf_counter()
        if self._bar is not None and self._task is None:
            # Only now is it known where a resumed run goes on.
            self._task = self._bar.add_task(
                "",
                total=self.params["epochs"] - epoch,
                epoch=epoch + 1,
                epochs=self.params["epochs"],
                losses="",
            )
            self._first = epoch
        elif self._bar is not None:
            self._bar.update(self._task, epoch=epoch + 1)

    def on_train_batch_end(
        self, batch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Move the bar."""
        if self._bar is not None and self.params.get("steps"):
            done = self._epoch - self._first + (batch + 1) / self.params["steps"]
            self._bar.update(self._task, completed=done, losses=self._beside_bar(logs))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Show the epoch's losses."""
        if self._bar is not None:
            done = epoch + 1 - self._first
            self._bar.update(self._task, completed=done, losses=self._beside_bar(logs))
            return
        seconds = time.perf_counter() - self._started
        print(
            f"{self._label}epoch {epoch + 1}/{self.params['epochs']}  {_losses(logs)}"
            f"  {seconds:.1f} s",
            file=self._stream,
            flush=True,
        )

    def _beside_bar(self, logs: dict[str, float] | None) -> str:
        """Return as many of the losses as the terminal has room for."""
        logs = logs or {}
        room = self._bar.console.width - len(self._label) - _BAR_AND_TIMES
        totals = {name: logs[name] for name in _TOTALS if name in logs}
        for shown in (logs, totals):
            if len(text := _losses(shown)) <= room:
                return text
        return _losses({name: logs[name] for name in _TOTALS[:1] if name in logs})

    def close(self) -> None:
        """Leave the terminal as it was, also after an interruption."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Finish the bar."""
        self.close()


def _losses(logs: dict[str, float] | None) -> str:
    """Return the losses in a line: `loss` first, then its parts, then validation."""
    names = [name for name in logs or {} if "loss" in name]
    names.sort(key=lambda name: (name.startswith("val_"), name not in _TOTALS))
    return "  ".join(f"{name} {(logs or {})[name]:.4f}" for name in names)
