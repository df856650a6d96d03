"""Convolutional halves: pooling and upsampling, or strided and transposed layers."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import keras
from keras import layers

from kerasae import _checks
from kerasae._initial_weights import InitialWeights
from kerasae._layer_names import CODE, RECONSTRUCTION
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer, Regularizer
from kerasae.builders._blocks import (
    activation_block,
    activity_regularizer,
    check_activations,
    in_float32,
    input_block,
    make_triple,
)


class LayerClasses(NamedTuple):
    """The layers for data of a certain number of axes, not counting the channels."""

    convolution: type[keras.Layer]
    pooling: type[keras.Layer]
    upsampling: Callable[..., keras.Layer]
    cropping: Callable[..., keras.Layer]


# Layers for one axis assume channels last, and have no argument for it.
LAYERS_BY_RANK = {
    1: LayerClasses(
        layers.Conv1D,
        layers.MaxPooling1D,
        layers.UpSampling1D,
        lambda cut, **options: layers.Cropping1D(*cut, **options),
    ),
    2: LayerClasses(
        layers.Conv2D,
        layers.MaxPooling2D,
        partial(
            layers.UpSampling2D, data_format="channels_last", interpolation="nearest"
        ),
        partial(layers.Cropping2D, data_format="channels_last"),
    ),
}


def per_level(
    argument: str, value: int | Sequence[int], levels: int
) -> tuple[int, ...]:
    """Return one positive integer for each level; a single one serves them all."""
    values = _checks.positive_integers(argument, value, example="3")
    if len(values) == 1:
        return values * levels
    if len(values) != levels:
        raise ValueError(
            _checks.argument_error(
                argument, f"one integer or {levels}, one for each of `filters`", value
            )
        )
    return values


def convolution(
    layer_class: type[keras.Layer],
    weights: InitialWeights,
    *args: Any,
    **options: Any,
) -> Callable[..., keras.Layer]:
    """Return a factory of channels-last convolutions, which adds a name and more."""
    return lambda **kwargs: layer_class(
        *args,
        data_format="channels_last",
        kernel_initializer=weights.initializer(),
        **{"padding": "same", **options, **kwargs},
    )


def crop(x: keras.KerasTensor, size: Sequence[int], name: str) -> keras.KerasTensor:
    """Crop a feature map at the end of its axes, down to `size`.

    At the end, because that is where `padding="same"` put the surplus.
    """
    surplus = [have - want for have, want in zip(x.shape[1:-1], size, strict=True)]
    if not any(surplus):
        return x
    cut = tuple((0, extra) for extra in surplus)
    return LAYERS_BY_RANK[len(cut)].cropping(cut, name=name)(x)


def vector_bottleneck(
    x: keras.KerasTensor,
    code: Callable[[keras.KerasTensor], keras.KerasTensor],
    weights: InitialWeights,
    activation: Activation,
) -> keras.KerasTensor:
    """Pass a feature map through a vector code; return a map of the same shape.

    Args:
        x: The encoder's last feature map.
        code: Turns the flattened map into the code.
        weights: Where initial weights come from.
        activation: Activation of the layer that follows the code.
    """
    shape = x.shape[1:]
    x = layers.Flatten(data_format="channels_last", name="flatten")(x)
    x = layers.Dense(
        math.prod(shape),
        activation=activation,
        kernel_initializer=weights.initializer(),
        name="expand",
    )(code(x))
    return layers.Reshape(shape, name="unflatten")(x)


def dense_code(
    latent_dim: int,
    weights: InitialWeights,
    activation: Activation,
    regularizer: keras.regularizers.Regularizer | None = None,
) -> keras.Layer:
    """Return the layer that makes a dense code."""
    return layers.Dense(
        latent_dim,
        activation=activation,
        activity_regularizer=regularizer,
        kernel_initializer=weights.initializer(),
        name=CODE,
    )


def pooled_autoencoder(
    shape: tuple[int, ...],
    *,
    filters: int | Sequence[int],
    kernel_size: int | Sequence[int],
    latent_dim: int | None,
    activation: Activation,
    output_activation: Activation,
    kernel_initializer: Initializer,
    regularizer: Regularizer = None,
    batch_normalization: bool,
    corruption: Corruption,
    seed: int | None,
    name: str,
) -> Autoencoder:
    """Build convolutions and pooling down, convolutions and upsampling up.

    `shape` is that of images, `(height, width, channels)`, or of sequences,
    `(steps, channels)`.
    """
    classes = LAYERS_BY_RANK[len(shape) - 1]
    filters = _checks.positive_integers("filters", filters, example="(16, 8, 8)")
    kernels = per_level("kernel_size", kernel_size, len(filters))
    if latent_dim is not None:
        latent_dim = _checks.positive_integer("latent_dim", latent_dim)
    batch_normalization = _checks.boolean("batch_normalization", batch_normalization)
    check_activations(activation=activation, output_activation=output_activation)
    weights = InitialWeights(kernel_initializer, seed)
    penalty = in_float32(activity_regularizer(regularizer))

    sizes = []
    inputs, x = input_block(shape, corruption, weights)
    levels = list(enumerate(zip(filters, kernels, strict=True), start=1))
    for level, (count, kernel) in levels:
        sizes.append(x.shape[1:-1])
        conv = convolution(classes.convolution, weights, count, kernel)
        layer_name = f"encoder_{level}"
        x = activation_block(
            x, conv, activation, layer_name, batch_normalization=batch_normalization
        )
        bottleneck = latent_dim is None and level == len(filters)
        x = classes.pooling(
            2,
            padding="same",
            data_format="channels_last",
            name=CODE if bottleneck else f"{layer_name}_pool",
            activity_regularizer=penalty if bottleneck else None,
        )(x)
    if latent_dim is not None:
        code = dense_code(latent_dim, weights, activation, penalty)
        x = vector_bottleneck(x, code, weights, activation)

    unpadded = _last_convolution_fits_unpadded(x.shape[1:-1], shape[:-1], kernels)
    for level, (count, kernel) in reversed(levels):
        padding = "valid" if unpadded and level == 1 else "same"
        conv = convolution(classes.convolution, weights, count, kernel, padding=padding)
        layer_name = f"decoder_{level}"
        x = activation_block(
            x, conv, activation, layer_name, batch_normalization=batch_normalization
        )
        x = classes.upsampling(2, name=f"{layer_name}_upsample")(x)
        if not unpadded:
            x = crop(x, sizes[level - 1], f"{layer_name}_crop")
    x = convolution(classes.convolution, weights, shape[-1], kernels[0])(
        activation=output_activation, name=RECONSTRUCTION
    )(x)
    return make_triple(inputs, x, name, weights)


def _last_convolution_fits_unpadded(
    code_size: Sequence[int], input_size: Sequence[int], kernels: Sequence[int]
) -> bool:
    """Tell whether an unpadded convolution restores the input's size exactly.

    The articles bring 4x4 back to 28x28 like that: 4 to 8, 16, unpadded 14, 28.
    Any other size is restored by cropping.
    """
    shrunk = [
        2 * (code * 2 ** (len(kernels) - 1) - (kernels[0] - 1)) for code in code_size
    ]
    return kernels[0] > 1 and shrunk == list(input_size)


def strided_halves(
    x: keras.KerasTensor,
    *,
    filters: tuple[int, ...],
    kernels: tuple[int, ...],
    bottleneck: Callable[[keras.KerasTensor], keras.KerasTensor],
    weights: InitialWeights,
    activation: Activation,
    output_activation: Activation,
    batch_normalization: bool,
    output_name: str = RECONSTRUCTION,
) -> keras.KerasTensor:
    """Apply Conv2D with stride 2 down, a bottleneck, and Conv2DTranspose up.

    Args:
        x: Images, as they are or corrupted.
        filters: Filters of the encoder, outermost first.
        kernels: Sides of its kernels.
        bottleneck: Turns the last feature map into a code, and that into a map.
        weights: Where initial weights come from.
        activation: Activation of the hidden layers.
        output_activation: Activation of the last layer.
        batch_normalization: Whether to normalize hidden layers before their
            activation.
        output_name: Name of the last layer.
    """
    batch_normalization = _checks.boolean("batch_normalization", batch_normalization)
    channels = x.shape[-1]
    levels = []
    for level, (count, kernel) in enumerate(
        zip(filters, kernels, strict=True), start=1
    ):
        size = x.shape[1:3]
        padding = _padding(size, kernel, innermost=level == len(filters))
        levels.append((level, kernel, size, padding))
        conv = convolution(
            layers.Conv2D, weights, count, kernel, strides=2, padding=padding
        )
        x = activation_block(
            x,
            conv,
            activation,
            f"encoder_{level}",
            batch_normalization=batch_normalization,
        )
    x = bottleneck(x)
    for level, kernel, size, padding in reversed(levels):
        outermost = level == 1
        conv = convolution(
            layers.Conv2DTranspose,
            weights,
            channels if outermost else filters[level - 2],
            kernel,
            strides=2,
            padding=padding,
        )
        x = activation_block(
            x,
            conv,
            output_activation if outermost else activation,
            output_name if outermost else f"decoder_{level}",
            batch_normalization=batch_normalization and not outermost,
        )
        x = crop(x, size, f"decoder_{level}_crop")
    return x


def _padding(size: Sequence[int], kernel: int, *, innermost: bool) -> str:
    """Return the padding of a strided convolution.

    The article leaves the innermost convolution unpadded, 7x7 to 3x3. That can be
    undone exactly where stride and kernel cover every pixel; elsewhere padding is
    what loses nothing.
    """
    exact = all(side >= kernel and (side - kernel) % 2 == 0 for side in size)
    return "valid" if innermost and exact and kernel > 1 else "same"
