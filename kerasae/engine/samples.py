"""Samples for a model, checked before anything is done with them."""

import math
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from kerasae._arrays import (
    Extent,
    as_array,
    check_scale,
    extent,
    fits,
    shape_error,
    to_floats,
    to_numpy,
)
from kerasae._checks import Description, argument_error
from kerasae._types import ArrayLike
from kerasae.data.memory_mapped import is_mapped
from kerasae.layers import Bernoulli
from kerasae.losses import SummedBinaryCrossentropy

_LOOKED_AT = 1000  # rows of a file, which is not read just to be checked
_SLACK = 1e-6  # MinMaxScaler gives 1.0000000000000002
_PROBABILITIES = (
    keras.losses.BinaryCrossentropy,
    keras.losses.BinaryFocalCrossentropy,
    SummedBinaryCrossentropy,
)
_OF_PROBABILITIES = (
    keras.losses.binary_crossentropy,
    keras.losses.binary_focal_crossentropy,
)


class Checked(NamedTuple):
    """Samples or targets that were looked at.

    Attributes:
        values: They themselves, of the type they have: a tensor or a memory-mapped
            array as it is, everything else as an array. `to_floats` scales them.
        extent: The smallest and the largest of them; of a file, of the first rows.
    """

    values: Any
    extent: Extent


def checked_samples(model: keras.Model, x: ArrayLike, argument: str = "x") -> Checked:
    """Return samples that fit a model's input, or raise.

    Args:
        model: Whose input they are for.
        x: Array, tensor, nested list or data frame of shape `(n_samples,
            *input_shape)`: floats, booleans, or 8-bit integers in 0..255. Integers of
            any size for a model that looks them up, as one with an `Embedding` does.
        argument: The name that messages have for `x`.

    Returns:
        The samples, and the smallest and the largest number in them.

    Raises:
        TypeError: If `x` is no array of real numbers, or of integers of more than 8
            bits, or the model has no single input of known shape.
        ValueError: If its shape is another, it is empty, a number is NaN or infinite,
            its 8-bit integers are zeros and ones, or its floats are pixels in 0..255
            for a model that returns numbers in [0, 1].

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> from kerasae.engine.samples import checked_samples
        >>> autoencoder, _, _ = kerasae.build_undercomplete_ae(784)
        >>> checked_samples(autoencoder, np.zeros((5, 784))).values.shape
        (5, 784)
    """
    wanted = single_input(model)
    samples = x if is_mapped(x) or ops.is_tensor(x) else as_array(argument, x)
    shape = tuple(samples.shape)
    if 0 in shape:
        raise ValueError(shape_error(argument, "a non-empty array", shape))
    if not fits(shape, wanted):
        sizes = ", ".join("any" if size is None else str(size) for size in wanted[1:])
        expected = f"of the shape that the model takes, (n, {sizes})"
        fix = _shape_fix(argument, shape, wanted)
        raise ValueError(shape_error(argument, expected, shape, fix))
    looked_at = _values(samples)
    found = extent(argument, looked_at, getattr(x, "columns", None))
    if looked_at.dtype.kind in "ui" and _looks_up(model):
        is_bytes = looked_at.dtype == np.uint8
        return Checked(looked_at.astype("int32") if is_bytes else samples, found)
    check_scale(argument, looked_at.dtype, found)
    is_whole = model.input_shape == model.output_shape
    if _are_pixels(looked_at, found) and is_whole and ends_in_sigmoid(model):
        raise ValueError(_range_error(argument, found))
    return Checked(samples, found)


def float_samples(model: keras.Model, x: ArrayLike, argument: str = "x") -> np.ndarray:
    """Return samples that fit a model's input as float32, or raise.

    Args:
        model: As in `checked_samples`.
        x: As in `checked_samples`.
        argument: As in `checked_samples`.

    Returns:
        Array of float32, shape `(n_samples, *input_shape)`, bytes divided by 255.

    Raises:
        TypeError, ValueError: As `checked_samples` does.

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> from kerasae.engine.samples import float_samples
        >>> autoencoder, _, _ = kerasae.build_undercomplete_ae(4)
        >>> float_samples(autoencoder, np.array([[0, 51, 102, 255]], "uint8")).tolist()
        [[0.0, 0.20000000298023224, 0.4000000059604645, 1.0]]
    """
    samples = checked_samples(model, x, argument).values
    return to_floats(to_numpy(samples), "float32")


def one_or_several(
    model: keras.Model, x: ArrayLike, argument: str = "x"
) -> tuple[np.ndarray, bool]:
    """Return samples as `float_samples` does, and whether a single one was given.

    Args:
        model: As in `checked_samples`.
        x: As in `checked_samples`, or a single sample of shape `input_shape`.
        argument: As in `checked_samples`.

    Raises:
        TypeError, ValueError: As `checked_samples` does.

    Example:
        >>> import kerasae
        >>> from kerasae.engine.samples import one_or_several
        >>> encoder = kerasae.build_undercomplete_ae(2).encoder
        >>> x, single = one_or_several(encoder, [0.5, 1.0])
        >>> x.shape, single
        ((1, 2), True)
    """
    array = as_array(argument, x)
    single = fits(array.shape, single_input(model)[1:])
    return float_samples(model, array[None] if single else x, argument), single


def checked_targets(
    model: keras.Model, y: ArrayLike, x: ArrayLike, argument: str = "y"
) -> Any:
    """Return targets that a model's loss can work with, or raise.

    Args:
        model: A compiled model.
        y: Its targets: an array, a tensor, a list or a data frame. Where the model
            reconstructs its input they are samples, with the rules for samples.
        x: The samples, checked, in the same order.
        argument: The name that messages have for `y`.

    Returns:
        The targets.

    Raises:
        TypeError: If they are no numbers, or integers of more than 8 bits where they
            are samples.
        ValueError: If they are more or fewer than the samples, a number is NaN or
            infinite, or outside [0, 1] where the loss takes them for probabilities.
    """
    targets = y if is_mapped(y) or ops.is_tensor(y) else as_array(argument, y)
    if len(targets) != len(x):
        expected = f"as long as the samples, {len(x)}"
        received = Description(f"{len(targets)} targets")
        raise ValueError(argument_error(argument, expected, received))
    looked_at = _values(targets)
    found = extent(argument, looked_at, getattr(y, "columns", None))
    if tuple(targets.shape) == tuple(x.shape):
        check_scale(argument, looked_at.dtype, found)
        if looked_at.dtype == np.uint8:
            found = Extent(found.low / 255, found.high / 255)
    check_probabilities(model.loss, argument, found)
    return targets


def check_probabilities(loss: Any, argument: str, found: Extent) -> None:
    """Raise if a loss takes its targets for probabilities, which they are not.

    Args:
        loss: The loss, or its name.
        argument: The name of the targets.
        found: The smallest and the largest of them.

    Raises:
        ValueError: If it is a cross-entropy, and a target is outside [0, 1].
    """
    if _takes_probabilities(loss) and not _in_unit_interval(found):
        raise ValueError(_range_error(argument, found))


def _takes_probabilities(loss: Any) -> bool:
    """Tell whether a loss, or the one that its name stands for, is a cross-entropy."""
    if isinstance(loss, str):
        try:
            loss = keras.losses.get(loss)
        except ValueError:  # Keras tells so when it compiles
            return False
    return isinstance(loss, _PROBABILITIES) or loss in _OF_PROBABILITIES


def ends_in_sigmoid(model: keras.Model) -> bool:
    """Tell whether a model returns numbers in [0, 1], by its last activation.

    Example:
        >>> import kerasae
        >>> from kerasae.engine.samples import ends_in_sigmoid
        >>> ends_in_sigmoid(kerasae.build_undercomplete_ae((8, 8, 1)).autoencoder)
        True
    """
    for layer in reversed(model.layers):  # a Reshape or a Cropping may come last
        if isinstance(layer, Bernoulli):
            return True
        if hasattr(layer, "activation"):
            return bool(layer.activation is keras.activations.sigmoid)
    return False


def _in_unit_interval(found: Extent) -> bool:
    """Tell whether numbers are in [0, 1], but for rounding.

    Args:
        found: The smallest and the largest of them.
    """
    return found.low >= -_SLACK and found.high <= 1 + _SLACK


def input_shape_of(model: keras.Model) -> tuple[int | None, ...] | None:
    """Return the shape that a model takes, batch axis included, or None.

    None where a model has several inputs, or was not called yet, so that only calling
    it would tell.

    Example:
        >>> import kerasae
        >>> from kerasae.engine.samples import input_shape_of
        >>> input_shape_of(kerasae.build_undercomplete_ae(784).autoencoder)
        (None, 784)
    """
    try:
        shape = model.input_shape
    except (AttributeError, ValueError):  # a subclassed model that was not called yet
        return None
    is_single = isinstance(shape, tuple) and not any(
        isinstance(size, (tuple, list, dict)) for size in shape
    )
    return shape if is_single else None


def single_input(model: keras.Model) -> tuple[int | None, ...]:
    """Return the shape that a model takes, batch axis included, or raise.

    Raises:
        TypeError: If the model does not say what it takes.
        ValueError: If it takes several inputs.
    """
    shape = input_shape_of(model)
    if shape is not None:
        return shape
    inputs = getattr(model, "inputs", None) or ()
    if len(inputs) > 1:
        shapes = ", ".join(str(tensor.shape) for tensor in inputs)
        received = Description(f"{len(inputs)} inputs, {shapes}")
        fix = "Train and predict with its own `fit` and `predict`, or join the inputs "
        fix += "into one array and take them apart inside of the model."
        raise ValueError(
            argument_error("model", "a model with one input", received, fix)
        )
    expected = "a model that says what it takes, as Functional ones do"
    received = Description(f"a {type(model).__name__} without an input shape")
    fix = "Train it with its own `fit`, or say what it takes: inputs = keras.Input("
    fix += "shape); keras.Model(inputs, model(inputs))."
    raise TypeError(argument_error("model", expected, received, fix))


def _values(samples: Any) -> np.ndarray:
    """Return the numbers to look at: all, or of a file the first."""
    if is_mapped(samples):
        return np.asarray(samples[:_LOOKED_AT])
    return to_numpy(samples)


def _shape_fix(
    argument: str, shape: tuple[int, ...], wanted: tuple[int | None, ...]
) -> str:
    """Return what turns an array into one that fits, where that can be seen."""
    if fits(shape, wanted[1:]):
        return f"For a single sample write {argument}[None]."
    if fits((*shape, 1), wanted):
        return f"Add the channel axis: {argument}[..., None]."
    if len(shape) > 2 and fits((shape[0], *shape[2:], shape[1]), wanted):
        return f"Move the channels to the end: numpy.moveaxis({argument}, 1, -1)."
    sizes = [size for size in wanted[1:] if size is not None]
    if len(sizes) == len(wanted) - 1 and math.prod(shape[1:]) == math.prod(sizes):
        axes = ", ".join(map(str, sizes))
        return f"Bring it to that shape: {argument}.reshape(-1, {axes})."
    return ""


def _looks_up(model: keras.Model) -> bool:
    """Tell whether a model takes integers as they are, such as words by number."""
    if "int" in str(model.inputs[0].dtype):
        return True
    return any(isinstance(layer, keras.layers.Embedding) for layer in model.layers)


def _are_pixels(values: np.ndarray, found: Extent) -> bool:
    """Tell whether floats look like those of an 8-bit image."""
    if values.dtype.kind != "f" or not (found.low >= 0 and 1 < found.high <= 255):
        return False
    some = values[:16]
    return bool((some == np.round(some)).all())


def _range_error(argument: str, found: Extent) -> str:
    expected = "in [0, 1], where the output is a probability"
    received = Description(f"values from {found.low:g} to {found.high:g}")
    fix = f"Pixels in 0..255: {argument} / 255. Other data: scale them, with "
    fix += "sklearn.preprocessing.MinMaxScaler or kerasae.data.scale, or build the "
    fix += "model with output_activation='linear'."
    return argument_error(argument, expected, received, fix)
