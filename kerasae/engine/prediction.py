"""The output of a model, compiled once whatever the number of samples."""

import math
import os
import weakref
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np
from keras import ops

from kerasae._arrays import extent, to_floats, to_numpy
from kerasae._checks import positive_integer
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.data.memory_mapped import is_mapped, open_mapped, release_pages
from kerasae.engine._whole import whole
from kerasae.engine.backend import backend
from kerasae.engine.samples import checked_samples, input_shape_of, single_input
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
    image. The model need not be compiled. A model of several inputs, or a subclassed
    one that was not called yet, is left to Keras.

    Args:
        model: An autoencoder, an encoder, a decoder or another model of one input;
            of a triple its autoencoder.
        x: Samples of shape `(n_samples, *input_shape)`, floats, booleans or 8-bit
            integers, which are divided by 255: an array, a tensor, a list or a data
            frame; a memory-mapped array or the path of a .npy file, read batch by
            batch.
        batch_size: Samples at once. None for 1,024, fewer where a layer's output
            would be large.

    Returns:
        Array of shape `(n_samples, *output_shape)`; several, as the model has them,
        where it has several outputs.

    Raises:
        OSError: If there is no such file.
        TypeError, ValueError: If the samples do not fit the model, or are refused as
            in `kerasae.fit`.

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> autoencoder, encoder, decoder = kerasae.build_undercomplete_ae(784)
        >>> codes = kerasae.predict(encoder, np.zeros((100, 784)))
        >>> codes.shape, kerasae.predict(decoder, codes[:7]).shape
        ((100, 32), (7, 784))
    """
    model = whole(model)
    if input_shape_of(model) is None:
        if len(getattr(model, "inputs", None) or ()) > 1 and not isinstance(
            x, (list, tuple, dict)
        ):
            single_input(model)  # raises
        return model.predict(x, batch_size=batch_size, verbose=0)
    if isinstance(x, (str, os.PathLike)):
        x = open_mapped(Path(x), "x")
    x = checked_samples(model, x).values
    x = x if is_mapped(x) else to_numpy(x)
    size = affordable(model)
    if batch_size is not None:
        size = positive_integer("batch_size", batch_size)
    call, parts = _call(model), []
    for start in range(0, len(x), size):
        batch = to_floats(np.asarray(x[start : start + size]), keras.config.floatx())
        if is_mapped(x):
            extent("x", batch)
            release_pages(x)
        made = call(_padded(batch, size))
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


def _call(model: keras.Model) -> Callable[[np.ndarray], Any]:
    """Return the model's call at inference, compiled once and kept."""
    if not backend().TRACES:
        return backend().inference(model, lambda: None)
    kept = _CALLS.get(model)
    if kept is None or not kept.serves(model):
        kept = _CALLS[model] = _Kept(model)
    return kept
