"""Training and predicting on TensorFlow."""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from kerasae.engine._steps import Epoch, Logs, Run, batch_of
from kerasae.engine._xla import suits_xla
from kerasae.engine.keras_internals import (
    MissingInternalError,
    all_layers,
    silence_retracing,
    tensorflow_replicas,
)

TRACES = True
COMPILES_EVERY_SIZE = False


def execution_settings(model: keras.Model) -> dict[str, bool | int | str]:
    """Return XLA and many steps a call for dense models, else Keras's own choice.

    Keras's own choice is also right where several devices share a batch: neither XLA
    nor its loop over steps knows how these exchange gradients.
    """
    if suits_xla(model) and _is_on_one_device(model):
        return {"jit_compile": True, "steps_per_execution": 32}
    return {"jit_compile": "auto", "steps_per_execution": 1}  # XLA on a GPU only


def can_loop(model: keras.Model) -> bool:
    """Tell whether the model trains on a single device."""
    return tensorflow_replicas(model) == 1


def _is_on_one_device(model: keras.Model) -> bool:
    try:
        return tensorflow_replicas(model) == 1
    except MissingInternalError:
        return False


def epoch_loop(model: keras.Model, *, training: bool) -> Epoch:
    """Return the loop over the steps, a graph that is traced once a shape."""
    import tensorflow as tf

    noisy = _draws_noise(model)
    model = weakref.proxy(model)  # or what is kept for it would keep it alive

    @tf.autograph.experimental.do_not_convert  # Keras's code is no AutoGraph code
    def step(data: Any) -> None:
        (model.train_step if training else model.test_step)(data)

    def steps(x: Any, y: Any, count: Any) -> Logs:
        for i in tf.range(count):
            step(batch_of(x, y, i))
        return model.get_metrics_result()

    run = tf.function(steps, jit_compile=model.jit_compile)
    # TensorFlow never frees what XLA compiled: 8 MB for each model and size of a batch.
    # One step an epoch is not worth that. XLA draws other noise, though.
    run_rest = run if noisy else tf.function(steps)
    for function in (run, run_rest):
        silence_retracing(function)
    full = 0

    @contextmanager
    def epoch() -> Iterator[Run]:
        def run_on_tensors(x: Any, y: Any, count: int) -> Logs:
            nonlocal full
            full = max(full, x.shape[1])
            function = run if x.shape[1] == full else run_rest
            y = None if y is None else tf.convert_to_tensor(y)
            return function(tf.convert_to_tensor(x), y, tf.constant(count))

        yield run_on_tensors

    return epoch


def _draws_noise(model: keras.Model) -> bool:
    """Tell whether a layer owns a generator of random numbers."""
    return any(
        isinstance(value, keras.random.SeedGenerator)
        for layer in all_layers(model)
        for value in vars(layer).values()
    )


def reseed(seed: int) -> None:
    """Do nothing: layers draw from generators of their own.

    To seed TensorFlow's throws away what was compiled, four times the time of a short
    epoch.
    """


def unshare(model: keras.Model) -> None:
    """Do nothing: every variable has memory of its own."""


def inference(
    model: keras.Model, on_trace: Callable[[], None]
) -> Callable[[np.ndarray], Any]:
    """Return the call of the model, a graph for any number of samples."""
    import tensorflow as tf

    signature = [tf.TensorSpec(model.input_shape, keras.config.floatx())]
    model = weakref.proxy(model)

    @tf.function(input_signature=signature, autograph=False)
    def call(x: Any) -> Any:
        on_trace()
        return model(x, training=False)

    silence_retracing(call)
    return call
