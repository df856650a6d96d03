"""What training in several stages has in common."""

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
    """Keep the weights of layers as they are meanwhile."""
    before = [layer.trainable for layer in layers]
    try:
        for layer in layers:
            layer.trainable = False
        yield
    finally:
        for layer, trainable in zip(layers, before, strict=True):
            layer.trainable = trainable


@contextmanager
def shown(label: str, verbose: int) -> Iterator[list[keras.callbacks.Callback]]:
    """Give the callbacks that show a stage, and leave the terminal as it was."""
    progress = Progress(label=label)
    try:
        yield [progress] if verbose else []
    finally:
        progress.close()


def append(whole: keras.callbacks.History, stage: keras.callbacks.History) -> None:
    """Add a stage's epochs to the history of all."""
    whole.epoch.extend(stage.epoch)
    whole.params = stage.params
    for name, values in stage.history.items():
        whole.history.setdefault(name, []).extend(values)
