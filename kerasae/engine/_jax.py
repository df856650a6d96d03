"""Training and predicting on JAX."""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
import numpy as np

from kerasae.engine._steps import Epoch, Logs, Run, batch_of
from kerasae.engine._xla import suits_xla
from kerasae.engine.devices import has_accelerator
from kerasae.engine.keras_internals import jax_state

COMPILES_EVERY_SIZE = True


def execution_settings(model: keras.Model) -> dict[str, bool | int | str]:
    """Return Keras's own choice, XLA, which nothing was measured to beat."""
    return {"jit_compile": "auto", "steps_per_execution": 1}


def can_loop(model: keras.Model) -> bool:
    """Tell whether the model's steps are to be compiled."""
    return bool(model.jit_compile)


def epoch_loop(model: keras.Model, *, training: bool) -> Epoch:
    """Return the loop over the steps, compiled once a shape."""
    import jax

    jax_state(model, training=training)  # raises where Keras has no such state
    # Inside of a loop XLA runs the convolutions of a CPU on a single core, three times
    # slower than outside.
    loops_are_fast = has_accelerator() or suits_xla(model)
    model = weakref.proxy(model)  # or what is kept for it would keep it alive

    def step(state: Any, data: Any) -> Any:
        return (model.train_step if training else model.test_step)(state, data)[1]

    def metrics_of(state: Any) -> Logs:
        values = zip(model.metrics_variables, state[-1], strict=True)
        with keras.StatelessScope(state_mapping=values):
            return model.get_metrics_result()

    @partial(jax.jit, donate_argnums=0)
    def loop(state: Any, x: Any, y: Any, count: Any) -> tuple[Logs, Any]:
        def body(i: Any, state: Any) -> Any:
            return step(state, batch_of(x, y, i))

        state = jax.lax.fori_loop(0, count, body, state)
        return metrics_of(state), state

    @partial(jax.jit, donate_argnums=0)
    def one(state: Any, x: Any, y: Any, i: Any) -> tuple[Logs, Any]:
        state = step(state, batch_of(x, y, i))
        return metrics_of(state), state

    def one_by_one(state: Any, x: Any, y: Any, count: int) -> tuple[Logs, Any]:
        logs: Logs = {}
        x, y = jax.device_put((x, y))  # once for all steps
        for i in range(count):
            logs, state = one(state, x, y, i)
        return logs, state

    run = loop if loops_are_fast else one_by_one

    @contextmanager
    def epoch() -> Iterator[Run]:
        variables = jax_state(model, training=training)
        state = tuple([variable.value for variable in group] for group in variables)
        logs: Logs = {}

        def run_and_keep(x: Any, y: Any, count: int) -> Logs:
            nonlocal state, logs
            # The calls return at once; no more than two blocks wait in memory.
            jax.block_until_ready(logs)
            logs, state = run(state, x, y, count)
            return logs

        try:
            yield run_and_keep
        finally:
            for group, values in zip(variables, state, strict=True):
                for variable, value in zip(group, values, strict=True):
                    variable.assign(value)

    return epoch


def inference(model: keras.Model) -> Callable[[np.ndarray], Any]:
    """Return the call of the model, compiled once a number of samples."""
    import jax

    model = weakref.proxy(model)

    @jax.jit
    def run(trainable: Any, others: Any, x: Any) -> Any:
        return model.stateless_call(trainable, others, x, training=False)[0]

    def call(x: np.ndarray) -> Any:
        trainable = [variable.value for variable in model.trainable_variables]
        others = [variable.value for variable in model.non_trainable_variables]
        return run(trainable, others, x)

    return call
