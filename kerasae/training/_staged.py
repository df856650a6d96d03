"""What training in several stages shares: frozen layers, progress, one history."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from kerasae._checks import Description, argument_error
from kerasae.engine.progress import Progress


def checked_samples(model: keras.Model, x: Any) -> np.ndarray:
    """Return samples as an array, or raise if they do not fit the model's input."""
    shape = model.input_shape[1:]
    expected = f"an array of samples of shape {shape}"
    if isinstance(x, (list, tuple)) or not hasattr(x, "shape"):
        fix = "Lists become one with numpy.asarray(x)."
        received = f"a {type(x).__name__}"
        raise TypeError(argument_error("x", expected, Description(received), fix))
    if tuple(x.shape[1:]) != shape or not x.shape[0]:
        fix = f"Bring it to that shape: x.reshape(-1, {', '.join(map(str, shape))})."
        received = f"an array of shape {tuple(x.shape)}"
        raise ValueError(argument_error("x", expected, Description(received), fix))
    return x if isinstance(x, np.ndarray) else keras.ops.convert_to_numpy(x)


def fresh(thing: Any) -> Any:
    """Return an unused copy of an optimizer or a layer; names stay names."""
    if isinstance(thing, (keras.optimizers.Optimizer, keras.Layer)):
        return type(thing).from_config(thing.get_config())
    return thing


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


def check_finite(history: keras.callbacks.History, where: str) -> None:
    """Raise if training ended with a loss that is not a finite number."""
    losses = history.history.get("loss", [])
    if losses and not np.isfinite(losses[-1]):
        raise ValueError(
            f"Training diverged in {where}: the loss is {losses[-1]}. Check the data "
            "for NaN, scale them to [0, 1], or lower the optimizer's learning rate."
        )
