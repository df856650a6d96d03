"""Training and predicting on TensorFlow."""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from kerasae.engine._steps import Epoch, Logs, Run, batch_of
from kerasae.engine._xla import suits_xla
from kerasae.engine.keras_internals import silence_retracing, tensorflow_replicas

COMPILES_EVERY_SIZE = False


def execution_settings(model: keras.Model) -> dict[str, bool | int | str]:
    """Return XLA and many steps a call for dense models, else Keras's own choice."""
    if suits_xla(model):
        return {"jit_compile": True, "steps_per_execution": 32}
    return {"jit_compile": "auto", "steps_per_execution": 1}  # XLA on a GPU only


def can_loop(model: keras.Model) -> bool:
    """Tell whether the model trains on a single device."""
    return tensorflow_replicas(model) == 1


def epoch_loop(model: keras.Model, *, training: bool) -> Epoch:
    """Return the loop over the steps, a graph that is traced once a shape."""
    import tensorflow as tf

    model = weakref.proxy(model)  # or what is kept for it would keep it alive

    @tf.autograph.experimental.do_not_convert  # Keras's code is no AutoGraph code
    def step(data: Any) -> None:
        (model.train_step if training else model.test_step)(data)

    @tf.function(jit_compile=model.jit_compile)
    def run(x: Any, y: Any, count: Any) -> Logs:
        for i in tf.range(count):
            step(batch_of(x, y, i))
        return model.get_metrics_result()

    silence_retracing(run)

    @contextmanager
    def epoch() -> Iterator[Run]:
        def run_on_tensors(x: Any, y: Any, count: int) -> Logs:
            y = None if y is None else tf.convert_to_tensor(y)
            return run(tf.convert_to_tensor(x), y, tf.constant(count))

        yield run_on_tensors

    return epoch


def inference(model: keras.Model) -> Callable[[np.ndarray], Any]:
    """Return the call of the model, a graph for any number of samples."""
    import tensorflow as tf

    signature = [tf.TensorSpec(model.input_shape, keras.config.floatx())]
    model = weakref.proxy(model)
    call = tf.function(
        lambda x: model(x, training=False), input_signature=signature, autograph=False
    )
    silence_retracing(call)
    return call
