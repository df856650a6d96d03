"""From models and layers to their kernels, and from those to pictures."""

import math
from typing import Any

import numpy as np

from kerasae._arrays import as_numbers, shape_error
from kerasae._checks import Description, argument_error, nearest
from kerasae.plotting.rendering.pictures import checked_image_shape, picture_shape


def model_of(value: Any) -> Any:
    """Return a model itself, the autoencoder of a triple, or None for others."""
    model = getattr(value, "autoencoder", value)
    return model if hasattr(model, "get_layer") else None


def kernel_of(
    argument: str, value: Any, layer: str | None
) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """Return a kernel, and the shapes of its model's images, if there are any.

    Args:
        argument: The name that messages have for `value`.
        value: A triple, a model, a layer or a kernel.
        layer: The name of a model's layer; None means the first with a kernel.
    """
    image_shapes = []
    model = model_of(value)
    if model is not None:
        value = _layer(argument, model, layer)
        for side in ("input_shape", "output_shape"):
            shape = getattr(model, side, None)
            if isinstance(shape, tuple) and _is_image(shape[1:]):
                image_shapes.append(shape[1:])
    if hasattr(value, "weights"):
        if getattr(value, "kernel", None) is None:
            name = f"{type(value).__name__} {value.name!r}"
            if not value.built:
                fix = "Build it first: call it once, or use it in a model."
                raise ValueError(
                    argument_error(argument, "built", Description(name), fix)
                )
            expected = "a layer with a kernel, such as Dense, Conv2D or TiedDense"
            raise ValueError(argument_error(argument, expected, Description(name)))
        value = value.kernel
    elif not hasattr(value, "shape") and not isinstance(value, (list, tuple)):
        expected = "an Autoencoder, a Keras model, a layer or a kernel"
        raise TypeError(argument_error(argument, expected, value))
    kernel = as_numbers(argument, value)
    if kernel.ndim > 4:
        expected = (
            "a kernel (inputs, units), (size, channels, filters) or (height, width, "
            "channels, filters)"
        )
        raise ValueError(shape_error(argument, expected, kernel.shape))
    return kernel, image_shapes


def _layer(argument: str, model: Any, name: str | None) -> Any:
    """Return the layer of that name, or the first that has a kernel."""
    with_kernel = [
        layer for layer in model.layers if getattr(layer, "kernel", None) is not None
    ]
    if name is None:
        if not with_kernel:
            expected = "a model in which a layer has a kernel"
            raise ValueError(
                argument_error(argument, expected, Description(repr(model.name)))
            )
        return with_kernel[0]
    if name not in [layer.name for layer in model.layers]:
        known = [layer.name for layer in with_kernel]
        expected = f"the name of a layer of {model.name!r}"
        fix = nearest(str(name), known)
        raise ValueError(argument_error("layer", expected, name, fix))
    return model.get_layer(name)


def _is_image(shape: tuple[int | None, ...]) -> bool:
    channels = shape[2] if len(shape) == 3 else 1
    return len(shape) in (2, 3) and None not in shape and channels in (1, 3)


def kernel_tiles(
    argument: str,
    kernel: np.ndarray,
    image_shape: int | tuple[int, ...] | None,
    image_shapes: list[tuple[int, ...]],
    count: int,
) -> tuple[np.ndarray, int]:
    """Return tiles, `(n, size)`, `(n, h, w)` or `(n, h, w, 3)`, and their columns."""
    if kernel.ndim == 2:
        tiles = _dense_tiles(argument, kernel, image_shape, image_shapes)[:count]
    else:
        tiles = np.moveaxis(kernel, -1, 0)[:count]
        channels = tiles.shape[-1]
        if tiles.ndim == 3:  # a convolution over time, which runs from left to right
            tiles = tiles[..., 0] if channels == 1 else np.moveaxis(tiles, -1, 1)
        elif channels == 1:
            tiles = tiles[..., 0]
        elif channels != 3:
            tiles = np.moveaxis(tiles, -1, 1)
            return tiles.reshape(-1, *tiles.shape[2:]), channels
    return tiles, math.ceil(math.sqrt(len(tiles)))


def _dense_tiles(
    argument: str,
    kernel: np.ndarray,
    image_shape: int | tuple[int, ...] | None,
    image_shapes: list[tuple[int, ...]],
) -> np.ndarray:
    inputs, units = kernel.shape
    wanted = image_shapes if image_shape is None else [checked_image_shape(image_shape)]
    for shape in wanted:
        for filters in (kernel.T, kernel):
            if math.prod(shape) == filters.shape[1]:
                drawn_as = picture_shape(filters.shape[1:], shape)
                return filters.reshape(-1, *drawn_as)
    if image_shape is not None:
        expected = (
            f"as large as one filter, {inputs} numbers, or as one output, {units}"
        )
        fix = f"The kernel of {argument} has the shape {kernel.shape}."
        raise ValueError(argument_error("image_shape", expected, image_shape, fix))
    return kernel.T
