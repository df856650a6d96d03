"""The output of a model, compiled once whatever the number of samples."""

import math
import weakref
from collections.abc import Callable, MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np
from keras import ops

from kerasae._arrays import as_array, fits, shape_error
from kerasae._checks import positive_integer
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.engine._whole import whole
from kerasae.engine.backend import backend
from kerasae.engine.snapshot import Snapshot

_MOST = 1024  # samples at once
_LARGEST_OUTPUT = 2**26  # bytes
# Not kept by the models themselves: what Keras exports would hold them. Weak: a model
# that is gone takes its call along.
_CALLS: MutableMapping[keras.Model, "_Kept"] = WeakKeyDictionary()


class _Kept:
    """A compiled call of a model, and what that was like when it was traced."""

    def __init__(self, model: keras.Model) -> None:
        self._model = weakref.proxy(model)
        self._call = backend().inference(model, self._on_trace)
        self._on_trace()

    def _on_trace(self) -> None:
        self._is_new = True

    def __call__(self, x: np.ndarray) -> Any:
        """Return the model's output."""
        outputs = self._call(x)
        if self._is_new:  # only now: layers may change themselves when they are traced
            self._snapshot = Snapshot(self._model)
            self._is_new = False
        return outputs

    def serves(self, model: keras.Model) -> bool:
        """Tell whether the model is made as it was."""
        return not self._is_new and self._snapshot.fits(model)


def predict(
    model: ModelOrTriple, x: ArrayLike, *, batch_size: int | None = None
) -> Any:
    """Return a model's output for samples.

    Does what `model.predict(x)` does, with less overhead: Keras compiles anew for every
    size of a last batch, and on TensorFlow sets up a pipeline of data even for one
    image. The model need not be compiled. A subclassed model that was not called yet is
    left to Keras.

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
    if _input_shape(model) is None:
        return model.predict(x, batch_size=batch_size, verbose=0)
    x = _checked(model, x)
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


def predict_float32(
    model: ModelOrTriple, x: ArrayLike, *, batch_size: int | None = None
) -> Any:
    """Return a model's output for samples as float32.

    Like `predict`, for those who compute with the output: models of mixed precision
    return bfloat16, which NumPy does not compute with.

    Args:
        model: As in `predict`.
        x: As in `predict`.
        batch_size: As in `predict`.

    Returns:
        Array of float32, shape `(n_samples, *output_shape)`; several, as the model
        has them, where it has several outputs.

    Raises:
        TypeError, ValueError: If the samples do not fit the model.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> import kerasae
        >>> from kerasae.engine.prediction import predict_float32
        >>> keras.config.set_dtype_policy("mixed_bfloat16")
        >>> triple = kerasae.build_undercomplete_ae(784)
        >>> keras.config.set_dtype_policy("float32")
        >>> predict_float32(triple.encoder, np.zeros((2, 784))).dtype
        dtype('float32')
    """
    return keras.tree.map_structure(
        lambda y: y.astype("float32", copy=False),
        predict(model, x, batch_size=batch_size),
    )


def _joined(parts: tuple[np.ndarray, ...], count: int) -> np.ndarray:
    return (parts[0] if len(parts) == 1 else np.concatenate(parts))[:count]


def _input_shape(model: keras.Model) -> tuple[int | None, ...] | None:
    """Return the shape that a model takes, None where only calling it would tell."""
    try:
        return tuple(model.input_shape)
    except (AttributeError, TypeError):  # a subclassed model that was not called yet
        return None


def _checked(model: keras.Model, x: ArrayLike) -> np.ndarray:
    x = as_array("x", x)
    wanted = model.input_shape
    if not fits(x.shape, wanted) or not len(x):
        sizes = ", ".join("any" if size is None else str(size) for size in wanted[1:])
        expected = f"of the shape that the model takes, (n, {sizes})"
        fix = "For a single sample write x[None]." if fits(x.shape, wanted[1:]) else ""
        raise ValueError(shape_error("x", expected, x.shape, fix))
    return x


def affordable(model: keras.Model, most: int = _MOST) -> int:
    """Return how many samples at once keep the output of every layer small."""
    sizes = (
        math.prod(size or 1 for size in tensor.shape[1:])
        for layer in model.layers
        for tensor in keras.tree.flatten(layer.output)
    )
    return max(1, min(most, _LARGEST_OUTPUT // (4 * max(sizes))))


def _padded(batch: np.ndarray, size: int) -> np.ndarray:
    """Return a batch of one of a few sizes: powers of two up to the full size."""
    if not backend().COMPILES_EVERY_SIZE:
        return batch
    rows = min(size, 2 ** (len(batch) - 1).bit_length())
    return np.resize(batch, (rows, *batch.shape[1:])) if rows > len(batch) else batch


def _floats(batch: np.ndarray) -> np.ndarray:
    floatx = keras.config.floatx()
    if batch.dtype == np.uint8:
        return np.divide(batch, 255, dtype=floatx)
    return batch.astype(floatx, copy=False)


def _call(model: keras.Model) -> Callable[[np.ndarray], Any]:
    """Return the model's call at inference, compiled once and kept."""
    if not backend().TRACES:
        return backend().inference(model, lambda: None)
    kept = _CALLS.get(model)
    if kept is None or not kept.serves(model):
        kept = _CALLS[model] = _Kept(model)
    return kept
