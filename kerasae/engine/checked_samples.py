"""Samples to train or to judge a model on, checked before anything is done."""

from typing import Any

import keras
import numpy as np
from keras import ops

from kerasae._arrays import fits
from kerasae._checks import Description, argument_error


def checked_samples(
    model: keras.Model, x: Any, argument: str = "x", *, or_stream: bool = False
) -> Any:
    """Return samples that fit a model's input, or raise.

    Args:
        model: Whose input they are for.
        x: Array or tensor of shape `(n_samples, *input_shape)`: floats, booleans, or
            8-bit integers in 0..255.
        argument: The name that messages have for `x`.
        or_stream: Whether what is no array passes too, unseen; lists do not.

    Returns:
        `x` as it is, tables of pandas as an array.

    Raises:
        TypeError: If `x` is no array, or holds integers of more than 8 bits.
        ValueError: If its shape is another, it is empty, or its 8-bit integers are
            zeros and ones, which would be divided by 255.

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> from kerasae.engine.checked_samples import checked_samples
        >>> autoencoder, _, _ = kerasae.build_undercomplete_ae(784)
        >>> checked_samples(autoencoder, np.zeros((5, 784))).shape
        (5, 784)
    """
    shape = model.input_shape[1:]
    expected = f"an array of samples of shape {shape}"
    if not hasattr(x, "__array__"):
        if or_stream and not isinstance(x, (list, tuple)):
            return x
        expected += ", or a stream" if or_stream else ""
        fix = "A list becomes one array with numpy.asarray(x)."
        received = f"a {type(x).__name__}"
        raise TypeError(argument_error(argument, expected, Description(received), fix))
    if not hasattr(x, "dtype"):  # a table of pandas
        x = np.asarray(x)
    if not fits(tuple(x.shape[1:]), shape) or not len(x):
        received = f"an array of shape {tuple(x.shape)}"
        fix = f"Bring it to that shape: x.reshape(-1, {', '.join(map(str, shape))})."
        raise ValueError(argument_error(argument, expected, Description(received), fix))
    kind = keras.backend.standardize_dtype(x.dtype)
    expected = "floats, booleans or 8-bit integers in 0..255"
    if "int" in kind and kind != "uint8":
        fix = "kerasae.data.scale(x) gives floats in [0, 1]."
        received = f"{kind} values"
        raise TypeError(argument_error(argument, expected, Description(received), fix))
    if kind == "uint8" and ops.max(x[:1000]) == 1:
        fix = "Binary images: x.astype(bool)."
        received = "8-bit integers 0 and 1, which would be divided by 255"
        raise ValueError(argument_error(argument, expected, Description(received), fix))
    return x
