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

TRACES = True
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


def reseed(seed: int) -> None:
    """Do nothing: layers draw from generators of their own."""


def unshare(model: keras.Model) -> None:
    """Copy the arrays that several variables have as their value."""
    seen: set[int] = set()
    optimizer = getattr(model, "optimizer", None)
    for variable in [*model.variables, *(optimizer.variables if optimizer else ())]:
        if id(variable.value) in seen:
            variable.assign(variable.value.copy())
        seen.add(id(variable.value))


def inference(
    model: keras.Model, on_trace: Callable[[], None]
) -> Callable[[np.ndarray], Any]:
    """Return the call of the model, compiled once a number of samples."""
    import jax

    model = weakref.proxy(model)

    @jax.jit
    def run(values: list[Any], x: Any) -> tuple[Any, dict[int, Any]]:
        on_trace()
        variables = model.variables
        mapping = zip(variables, values, strict=True)
        with keras.StatelessScope(state_mapping=mapping) as scope:
            before = [scope.get_current_value(variable) for variable in variables]
            outputs = model(x, training=False)
        after = [scope.get_current_value(variable) for variable in variables]
        pairs = enumerate(zip(before, after, strict=True))
        # Seeds, say, of layers that draw noise at inference too.
        return outputs, {index: new for index, (old, new) in pairs if new is not old}

    def call(x: np.ndarray) -> Any:
        variables = model.variables
        outputs, updates = run([variable.value for variable in variables], x)
        for index, value in updates.items():
            variables[index].assign(value)
        return outputs

    return call
