"""A model as its exporters get it: what it computes at inference, and nothing else."""

import math
import random
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from kerasae._types import Tensor


def inference_graph(
    model: keras.Model,
    input_name: str,
    *,
    batch_size: int | None = None,
    unroll: bool = False,
) -> keras.Model:
    """Return a copy of a model for inference, in float32 and without penalties.

    Exporters take a model's penalties along, and some stumble over them: that of
    TensorFlow, for one, over the regularizer of a sparse code (tf2onnx 1.17).

    Args:
        model: A Functional model of one input and one output.
        input_name: The name of the copy's input.
        batch_size: The only one that the copy takes; None for any.
        unroll: Whether recurrent layers are written out step by step, for formats
            that have no loops.

    Returns:
        A plain Functional model of the same name, called once: Keras exports no other.
        Where a layer cannot be copied, having no `get_config` say, it is built from the
        layers of `model` itself.
    """
    plain = keras.Model(model.inputs[0], model.outputs[0], name=model.name)
    shape = plain.input_shape[1:]
    state = random.getstate()  # copied layers without a seed draw one
    try:
        inputs = keras.Input(batch_shape=(batch_size, *shape), name=input_name)
        copy = _copying(unroll=unroll)
        graph = keras.models.clone_model(plain, inputs, clone_function=copy)
        for layer in graph.layers:
            if layer.weights:
                layer.set_weights(plain.get_layer(layer.name).get_weights())
    except (NotImplementedError, TypeError, ValueError):
        graph = plain
    finally:
        random.setstate(state)
    graph(np.zeros((batch_size or 1, *shape), "float32"))
    return graph


def _copying(*, unroll: bool) -> Callable[[keras.Layer], keras.Layer]:
    """Return a function that copies a layer, without its weights."""
    pools = (keras.layers.MaxPooling1D, keras.layers.MaxPooling2D)
    recurrent = (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN)

    def copied(layer: keras.Layer) -> keras.Layer:
        config = layer.get_config()
        if "dtype" in config:
            config["dtype"] = "float32"
        if keras.backend.backend() == "jax" and type(layer) in pools:
            return _SlicedPooling(config, name=layer.name)
        if unroll and isinstance(layer, recurrent):
            config["unroll"] = True
        copy: keras.Layer = layer.__class__.from_config(config)
        if getattr(copy, "activity_regularizer", None) is not None:
            copy.activity_regularizer = None
        if getattr(copy, "activation", None) is keras.activations.gelu:
            copy.activation = _gelu
        return copy

    return copied


def _gelu(x: Tensor) -> Tensor:
    """Return what `keras.activations.gelu` does, by the error function.

    That of TensorFlow 2.21 takes the complement, which tf2onnx 1.17 does not know.
    """
    return 0.5 * x * (1.0 + ops.erf(x / math.sqrt(2.0)))


class _SlicedPooling(keras.layers.Layer):
    """Takes the largest value of each window, by slices instead of pooling.

    jax2onnx 0.17 writes the pooling of images as one over four axes, which onnxruntime
    1.32 refuses. Not needed once it writes one over two, as other exporters do.

    Args:
        config: The configuration of the layer that it stands for.
        **kwargs: As for every Keras layer.
    """

    def __init__(self, config: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)
        self.windows = list(zip(config["pool_size"], config["strides"], strict=True))
        self.pads = config["padding"] == "same"
        self.first_axis = 1 if config["data_format"] == "channels_last" else 2

    def call(self, inputs: Tensor) -> Tensor:
        """Return the pooled inputs."""
        x = inputs
        for axis, (size, stride) in enumerate(self.windows, start=self.first_axis):
            x = self._pooled(x, axis, size, stride)
        return x

    def _pooled(self, x: Tensor, axis: int, size: int, stride: int) -> Tensor:
        """Return the largest values of windows along one axis."""
        length = x.shape[axis]
        count = -(-length // stride) if self.pads else (length - size) // stride + 1
        missing = max(0, (count - 1) * stride + size - length) if self.pads else 0
        if missing:
            padding = [(0, 0)] * len(x.shape)
            padding[axis] = (missing // 2, missing - missing // 2)
            # No sample has a smaller value, and none of them is infinite.
            lowest = float(np.finfo("float32").min)
            x = ops.pad(x, padding, constant_values=lowest)
        before = (slice(None),) * axis
        largest = None
        for start in range(size):
            part = x[(*before, slice(start, start + (count - 1) * stride + 1, stride))]
            largest = part if largest is None else ops.maximum(largest, part)
        return largest
