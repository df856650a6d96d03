"""What a model makes of samples, compiled once whatever their number."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from kerasae._arrays import as_array, fits, shape_error
from kerasae._checks import positive_integer
from kerasae._types import ModelOrTriple
from kerasae.engine._whole import whole

_MOST = 1024  # samples at once
_LARGEST_OUTPUT = 2**26  # bytes


def predict(model: ModelOrTriple, x: Any, *, batch_size: int | None = None) -> Any:
    """Return what a model makes of samples.

    Does what `model.predict(x)` does, with less ado: Keras compiles anew for every
    size of a last batch, and on TensorFlow sets up a pipeline of data even for one
    image. The model need not be compiled.

    Args:
        model: An autoencoder, an encoder, a decoder or another model of one input;
            of a triple its autoencoder.
        x: Array of shape `(n_samples, *input_shape)`: floats, or 8-bit integers,
            which are divided by 255; in memory or memory-mapped.
        batch_size: Samples at once. None for 1,024, fewer where a layer's output
            would be large.

    Returns:
        Array of shape `(n_samples, *output_shape)`; several, as the model has them,
        where it has several outputs.

    Raises:
        TypeError, ValueError: If the samples do not fit the model.

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> autoencoder, encoder, decoder = kerasae.build_undercomplete_ae(784)
        >>> codes = kerasae.predict(encoder, np.zeros((100, 784)))
        >>> codes.shape, kerasae.predict(decoder, codes[:7]).shape
        ((100, 32), (7, 784))
    """
    model = whole(model)
    x = as_array("x", x)
    wanted = model.input_shape
    if not fits(x.shape, wanted) or not len(x):
        sizes = ", ".join("any" if size is None else str(size) for size in wanted[1:])
        expected = f"of the shape that the model takes, (n, {sizes})"
        fix = "For a single sample write x[None]." if fits(x.shape, wanted[1:]) else ""
        raise ValueError(shape_error("x", expected, x.shape, fix))
    size = affordable(model)
    if batch_size is not None:
        size = positive_integer("batch_size", batch_size)
    call, parts = _call(model), []
    for start in range(0, len(x), size):
        batch = x[start : start + size]
        made = call(_floats(_padded(batch, size)))
        parts.append(keras.tree.map_structure(ops.convert_to_numpy, made))
    # Padding is behind the last of the samples.
    return keras.tree.map_structure(lambda *ys: _joined(ys, len(x)), *parts)


def _joined(parts: tuple[np.ndarray, ...], count: int) -> np.ndarray:
    return (parts[0] if len(parts) == 1 else np.concatenate(parts))[:count]


def affordable(model: keras.Model, most: int = _MOST) -> int:
    """Return how many samples at once keep the output of every layer small."""
    sizes = (
        math.prod(size or 1 for size in tensor.shape[1:])
        for layer in model.layers
        for tensor in keras.tree.flatten(layer.output)
    )
    return max(1, min(most, _LARGEST_OUTPUT // (4 * max(sizes))))


def _padded(batch: np.ndarray, size: int) -> np.ndarray:
    """Return a batch of one of few sizes: powers of two up to the whole."""
    if keras.backend.backend() != "jax":
        return batch  # the others take any number
    rows = min(size, 2 ** (len(batch) - 1).bit_length())
    return np.resize(batch, (rows, *batch.shape[1:])) if rows > len(batch) else batch


def _floats(batch: np.ndarray) -> np.ndarray:
    floatx = keras.config.floatx()
    if batch.dtype == np.uint8:
        return np.divide(batch, 255, dtype=floatx)
    return batch.astype(floatx, copy=False)


def _call(model: keras.Model) -> Callable[[np.ndarray], Any]:
    """Return the model's call at inference, compiled once and kept."""
    found = getattr(model, "_kerasae_call", None)
    if found is None:
        makers = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
        found = model._kerasae_call = makers[keras.backend.backend()](model)
    return found


def _tensorflow(model: keras.Model) -> Callable[[np.ndarray], Any]:
    import tensorflow as tf

    signature = [tf.TensorSpec(model.input_shape, keras.config.floatx())]
    call = tf.function(
        lambda x: model(x, training=False), input_signature=signature, autograph=False
    )
    # TensorFlow takes the functions of several models for one that is traced anew.
    call._omit_frequent_tracing_warning = True
    return call


def _jax(model: keras.Model) -> Callable[[np.ndarray], Any]:
    import jax

    @jax.jit
    def run(trainable: Any, others: Any, x: Any) -> Any:
        return model.stateless_call(trainable, others, x, training=False)[0]

    def call(x: np.ndarray) -> Any:
        trainable = [variable.value for variable in model.trainable_variables]
        others = [variable.value for variable in model.non_trainable_variables]
        return run(trainable, others, x)

    return call


def _torch(model: keras.Model) -> Callable[[np.ndarray], Any]:
    import torch

    def call(x: np.ndarray) -> Any:
        with torch.no_grad():
            return model(ops.convert_to_tensor(x), training=False)

    return call
