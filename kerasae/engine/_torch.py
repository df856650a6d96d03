"""Training and predicting on torch."""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras import ops

from kerasae.engine._steps import Epoch, Logs, Run, batch_of

TRACES = False
COMPILES_EVERY_SIZE = False


def execution_settings(model: keras.Model) -> dict[str, bool | int | str]:
    """Return one step a call without compilation, all that torch admits."""
    return {"jit_compile": False, "steps_per_execution": 1}


def can_loop(model: keras.Model) -> bool:
    """Tell that every model can be trained step by step."""
    return True


def epoch_loop(model: keras.Model, *, training: bool) -> Epoch:
    """Return the loop over the steps, run one by one."""
    import torch

    model = weakref.proxy(model)  # or what is kept for it would keep it alive

    @contextmanager
    def epoch() -> Iterator[Run]:
        step = model.train_step if training else model.test_step
        if model.jit_compile:
            step = torch.compile(step)

        def run(x: Any, y: Any, count: int) -> Logs:
            x, y = (
                None if part is None else ops.convert_to_tensor(part) for part in (x, y)
            )
            for i in range(count):
                step(batch_of(x, y, i))
            return model.get_metrics_result()

        # Keras's layers go by the argument `training`, a user's own may go by this.
        model.train(training)
        try:
            with torch.set_grad_enabled(training):
                yield run
        finally:
            model.eval()

    return epoch


def reseed(seed: int) -> None:
    """Seed torch, from which the noise of a `Dropout` without a seed comes."""
    import torch

    torch.manual_seed(seed)


def unshare(model: keras.Model) -> None:
    """Do nothing: every variable has memory of its own."""


def inference(
    model: keras.Model, on_trace: Callable[[], None]
) -> Callable[[np.ndarray], Any]:
    """Return the call of the model, which is not compiled."""
    import torch

    model = weakref.proxy(model)

    def call(x: np.ndarray) -> Any:
        with torch.no_grad():
            return model(ops.convert_to_tensor(x), training=False)

    return call
