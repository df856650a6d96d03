"""What training in several stages shares: frozen layers, progress, one history."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras

from kerasae.engine.progress import Progress


def copied(layer: keras.Layer, **changes: Any) -> keras.Layer:
    """Return a new layer of the same configuration but for what changes."""
    return type(layer).from_config({**layer.get_config(), **changes})


@contextmanager
def frozen(layers: Sequence[keras.Layer]) -> Iterator[None]:
    """Freeze layers for a block, then restore whether they are trainable."""
    trainable_before = [layer.trainable for layer in layers]
    try:
        for layer in layers:
            layer.trainable = False
        yield
    finally:
        for layer, trainable in zip(layers, trainable_before, strict=True):
            layer.trainable = trainable


@contextmanager
def progress_callbacks(
    label: str, verbose: int
) -> Iterator[list[keras.callbacks.Callback]]:
    """Yield the callbacks that show a stage's progress; restore the terminal after."""
    progress = Progress(label=label)
    try:
        yield [progress] if verbose else []
    finally:
        progress.close()


def extend_history(
    history: keras.callbacks.History, stage: keras.callbacks.History
) -> None:
    """Add the epochs of one stage to the history of all stages."""
    history.epoch.extend(stage.epoch)
    history.params = stage.params
    for name, values in stage.history.items():
        history.history.setdefault(name, []).extend(values)
