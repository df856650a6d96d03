"""Many steps in one compiled call, on each backend.

Keras's `fit` goes back to Python after every step, which is where small models spend
most of their time on TensorFlow and JAX. Here a block of batches goes in, and the loop
over them runs where the steps run. The steps are the model's own `train_step` and
`test_step`: losses, metrics, optimizers and penalties are Keras's.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import keras
from keras import ops

from kerasae.engine.backend import loops_are_fast

# Takes samples and targets of some steps, shape (steps, batch, ...), no targets where
# they are the samples, and how many of the steps to run; returns the metrics so far.
Run = Callable[[Any, Any, int], dict[str, Any]]


class Loop:
    """The loop over the training or the test steps of a compiled model."""

    def __init__(self, model: keras.Model, *, training: bool) -> None:
        makers = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
        step = model.train_step if training else model.test_step
        self.epoch: Callable[[], AbstractContextManager[Run]] = makers[
            keras.backend.backend()
        ](model, step, training)
        self._made_for = _compiled(model)

    def serves(self, model: keras.Model) -> bool:
        """Tell whether the model is still compiled as it was."""
        now = _compiled(model)
        return len(now) == len(self._made_for) and all(
            one is other for one, other in zip(now, self._made_for, strict=True)
        )


def build(model: keras.Model, x: Any, y: Any) -> None:
    """Make the variables of a compiled model, its optimizer and its metrics.

    Args:
        model: A compiled model.
        x: A sample, shape `(1, ...)`.
        y: Its target.
    """
    model.optimizer.build(model.trainable_variables)
    # What `fit` does; there is no public word for it.
    model._symbolic_build(data_batch=(x, y))


def loop(model: keras.Model, *, training: bool) -> Loop:
    """Return the loop of a compiled model, the same one until it is compiled anew."""
    name = "_kerasae_train_loop" if training else "_kerasae_test_loop"
    found = getattr(model, name, None)
    if found is None or not found.serves(model):
        found = Loop(model, training=training)
        setattr(model, name, found)
    return found


def _compiled(model: keras.Model) -> list[Any]:
    """Return what is new after `compile`, or where layers were frozen."""
    return [*model.metrics[:1], *model.trainable_variables]


def _batch(x: Any, y: Any, step: Any) -> tuple[Any, Any]:
    """Return the samples and targets of a step, floats only now."""
    samples = x[step]
    samples = ops.cast(samples, keras.config.floatx())
    if keras.backend.standardize_dtype(x.dtype) == "uint8":
        samples = samples / 255
    return samples, samples if y is None else y[step]


def _tensorflow(model: keras.Model, step: Any, training: bool) -> Any:
    import tensorflow as tf

    # Keras's code is no AutoGraph code.
    step = tf.autograph.experimental.do_not_convert(step)

    @tf.function(jit_compile=model.jit_compile)
    def run(x: Any, y: Any, count: Any) -> dict[str, Any]:
        for i in tf.range(count):
            step(_batch(x, y, i))
        return model.get_metrics_result()

    # TensorFlow takes the loops of several models for one that is traced anew.
    run._omit_frequent_tracing_warning = True

    @contextmanager
    def epoch() -> Iterator[Run]:
        def run_on_tensors(x: Any, y: Any, count: int) -> dict[str, Any]:
            y = None if y is None else tf.convert_to_tensor(y)
            return run(tf.convert_to_tensor(x), y, tf.constant(count))

        yield run_on_tensors

    return epoch


def _jax(model: keras.Model, step: Any, training: bool) -> Any:
    import jax

    def metrics_of(state: Any) -> dict[str, Any]:
        values = zip(model.metrics_variables, state[-1], strict=True)
        with keras.StatelessScope(state_mapping=values):
            return model.get_metrics_result()

    @partial(jax.jit, donate_argnums=0)
    def loop(state: Any, x: Any, y: Any, count: Any) -> Any:
        def body(i: Any, state: Any) -> Any:
            return step(state, _batch(x, y, i))[1]

        state = jax.lax.fori_loop(0, count, body, state)
        return metrics_of(state), state

    @partial(jax.jit, donate_argnums=0)
    def one(state: Any, x: Any, y: Any, i: Any) -> Any:
        state = step(state, _batch(x, y, i))[1]
        return metrics_of(state), state

    def one_by_one(state: Any, x: Any, y: Any, count: int) -> Any:
        logs: dict[str, Any] = {}
        x, y = jax.device_put((x, y))  # once for all steps
        for i in range(count):
            logs, state = one(state, x, y, i)
        return logs, state

    run = loop if loops_are_fast(model) else one_by_one

    @contextmanager
    def epoch() -> Iterator[Run]:
        optimizer = [model.optimizer.variables] if training else []
        variables = (
            model.trainable_variables,
            model.non_trainable_variables,
            *optimizer,
            model.metrics_variables,
        )
        state = tuple([variable.value for variable in group] for group in variables)
        logs: dict[str, Any] = {}

        def run_and_keep(x: Any, y: Any, count: int) -> dict[str, Any]:
            nonlocal state, logs
            # The calls return at once; no more blocks wait in memory than two.
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


def _torch(model: keras.Model, step: Any, training: bool) -> Any:
    import torch

    if model.jit_compile:
        step = torch.compile(step)

    def run(x: Any, y: Any, count: int) -> dict[str, Any]:
        x, y = (
            None if part is None else ops.convert_to_tensor(part) for part in (x, y)
        )
        for i in range(count):
            step(_batch(x, y, i))
        return model.get_metrics_result()

    @contextmanager
    def epoch() -> Iterator[Run]:
        # Keras's layers go by the argument `training`, a user's own may go by this.
        model.train(training)
        try:
            with torch.set_grad_enabled(training):
                yield run
        finally:
            model.eval()

    return epoch
