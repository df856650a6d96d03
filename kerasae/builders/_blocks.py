"""What the builders share: entrances, dense and convolutional halves, exits."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import layers

from kerasae import _checks
from kerasae._names import by_name
from kerasae._triple import CODE, Autoencoder, split
from kerasae.builders._weights import Weights
from kerasae.layers import KSparse
from kerasae.layers._corrupted import corrupted
from kerasae.regularizers import InFloat32, KLSparsity

OUTPUT = "reconstruction"
REGULARIZERS: dict[str, Callable[..., keras.regularizers.Regularizer]] = {
    "l1": keras.regularizers.L1,
    "l2": keras.regularizers.L2,
    "kl_sparsity": KLSparsity,
}


def finish(
    inputs: keras.KerasTensor, outputs: keras.KerasTensor, name: str, weights: Weights
) -> Autoencoder:
    """Return the triple of a complete graph."""
    model = keras.Model(inputs, outputs, name=name)
    weights.draw(model.layers)
    return split(model)


def enter(
    shape: tuple[int, ...], corruption: Any, weights: Weights
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Return the input and, if asked for, its corrupted version (else the input)."""
    inputs = keras.Input(shape, name="input")
    if corruption is None:
        return inputs, inputs
    return inputs, corrupted(inputs, corruption, weights.seed())


def penalty(identifier: Any) -> Any:
    """Return the activity regularizer for a name, `(name, weight)` or an object."""
    if isinstance(identifier, Sequence):
        return by_name("activity_regularizer", identifier, REGULARIZERS)
    return keras.regularizers.get(identifier)


def summable(regularizer: Any) -> Any:
    """Return a regularizer whose penalty can be added to the loss in any precision."""
    mixed = keras.config.dtype_policy().compute_dtype != keras.config.floatx()
    return InFloat32(regularizer) if mixed and regularizer is not None else regularizer


def flatten(x: keras.KerasTensor) -> keras.KerasTensor:
    """Return samples as vectors; vectors stay as they are."""
    return (
        x
        if len(x.shape) == 2
        else layers.Flatten(data_format="channels_last", name="flatten")(x)
    )


def restore(x: keras.KerasTensor, shape: tuple[int, ...]) -> keras.KerasTensor:
    """Return vectors as samples of `shape`; vectors stay as they are."""
    return x if len(shape) == 1 else layers.Reshape(shape, name="restore")(x)


def activated(
    x: keras.KerasTensor,
    layer: Callable[..., keras.Layer],
    activation: Any,
    name: str,
    *,
    batch_normalization: bool = False,
    dropout: float = 0.0,
    seed: int | None = None,
) -> keras.KerasTensor:
    """Apply a layer with its activation, normalized in between if asked for."""
    if batch_normalization:
        x = layer(use_bias=False, name=name)(x)
        x = layers.BatchNormalization(name=f"{name}_normalization")(x)
        x = layers.Activation(activation, name=f"{name}_activation")(x)
    else:
        x = layer(activation=activation, name=name)(x)
    if dropout:
        x = layers.Dropout(dropout, seed=seed, name=f"{name}_dropout")(x)
    return x


def dense_autoencoder(
    input_shape: int | Sequence[int],
    *,
    hidden_units: int | Sequence[int] = (),
    latent_dim: int,
    activation: Any = "relu",
    code_activation: Any,
    output_activation: Any,
    kernel_initializer: Any,
    activity_regularizer: Any = None,
    k: int | None = None,
    batch_normalization: bool = False,
    dropout: float = 0.0,
    corruption: Any,
    seed: int | None,
    name: str,
) -> Autoencoder:
    """Build a symmetric stack of dense layers around the code."""
    shape = _checks.input_shape(input_shape)
    hidden = _checks.positive_integers(
        "hidden_units", hidden_units, example="(128, 64)", empty=True
    )
    latent_dim = _checks.positive_integer("latent_dim", latent_dim)
    dropout = _checks.fraction("dropout", dropout)
    weights = Weights(kernel_initializer, seed)

    def dense(units: int) -> Callable[..., keras.Layer]:
        return lambda **kwargs: layers.Dense(
            units, kernel_initializer=weights.initializer(), **kwargs
        )

    def hidden_layer(x: keras.KerasTensor, units: int, name: str) -> keras.KerasTensor:
        return activated(
            x,
            dense(units),
            activation,
            name,
            batch_normalization=batch_normalization,
            dropout=dropout,
            seed=weights.seed() if dropout else None,
        )

    inputs, x = enter(shape, corruption, weights)
    x = flatten(x)
    for level, units in enumerate(hidden, start=1):
        x = hidden_layer(x, units, f"encoder_{level}")
    x = dense(latent_dim)(
        activation=code_activation,
        activity_regularizer=summable(penalty(activity_regularizer)),
        name=CODE if k is None else "activations",
    )(x)
    if k is not None:
        x = KSparse(k, name=CODE)(x)
    for level, units in reversed(list(enumerate(hidden, start=1))):
        x = hidden_layer(x, units, f"decoder_{level}")
    x = dense(math.prod(shape))(activation=output_activation, name=OUTPUT)(x)
    return finish(inputs, restore(x, shape), name, weights)


def per_level(
    argument: str, value: int | Sequence[int], levels: int
) -> tuple[int, ...]:
    """Return one positive integer a level; a single one serves them all."""
    values = _checks.positive_integers(argument, value, example="3")
    if len(values) == 1:
        return values * levels
    if len(values) != levels:
        raise ValueError(
            _checks.complaint(
                argument, f"one integer or {levels}, one for each of `filters`", value
            )
        )
    return values


def convolution(
    kind: type[keras.Layer], weights: Weights, *args: Any, **options: Any
) -> Callable[..., keras.Layer]:
    """Return what makes a channels-last convolution of `kind`, ready but for names."""
    return lambda **kwargs: kind(
        *args,
        data_format="channels_last",
        kernel_initializer=weights.initializer(),
        **{"padding": "same", **options, **kwargs},
    )


def crop(x: keras.KerasTensor, size: Sequence[int], name: str) -> keras.KerasTensor:
    """Cut rows and columns off the end of a feature map down to `size`.

    Off the end, because that is where `padding="same"` put them.
    """
    surplus = [have - want for have, want in zip(x.shape[1:3], size, strict=True)]
    if not any(surplus):
        return x
    cut = tuple((0, extra) for extra in surplus)
    return layers.Cropping2D(cut, data_format="channels_last", name=name)(x)


def dense_code(
    x: keras.KerasTensor,
    latent_dim: int,
    weights: Weights,
    code_activation: Any,
    activation: Any,
    activity_regularizer: Any = None,
) -> keras.KerasTensor:
    """Squeeze a feature map through a dense code and return a map of equal shape."""
    shape = x.shape[1:]
    x = layers.Flatten(data_format="channels_last", name="flatten")(x)
    x = layers.Dense(
        latent_dim,
        activation=code_activation,
        activity_regularizer=activity_regularizer,
        kernel_initializer=weights.initializer(),
        name=CODE,
    )(x)
    x = layers.Dense(
        math.prod(shape),
        activation=activation,
        kernel_initializer=weights.initializer(),
        name="expand",
    )(x)
    return layers.Reshape(shape, name="unflatten")(x)


def pooled_autoencoder(
    input_shape: Sequence[int],
    *,
    filters: int | Sequence[int],
    kernel_size: int | Sequence[int],
    latent_dim: int | None,
    activation: Any,
    output_activation: Any,
    kernel_initializer: Any,
    activity_regularizer: Any = None,
    batch_normalization: bool,
    corruption: Any,
    seed: int | None,
    name: str,
) -> Autoencoder:
    """Build convolutions with MaxPooling2D down and UpSampling2D up."""
    shape = _checks.image_shape(input_shape, "build_deep_ae")
    filters = _checks.positive_integers("filters", filters, example="(16, 8, 8)")
    kernels = per_level("kernel_size", kernel_size, len(filters))
    if latent_dim is not None:
        latent_dim = _checks.positive_integer("latent_dim", latent_dim)
    weights = Weights(kernel_initializer, seed)
    regularizer = summable(penalty(activity_regularizer))

    sizes = []
    inputs, x = enter(shape, corruption, weights)
    levels = list(enumerate(zip(filters, kernels, strict=True), start=1))
    for level, (count, kernel) in levels:
        sizes.append(x.shape[1:3])
        conv = convolution(layers.Conv2D, weights, count, kernel)
        name_here = f"encoder_{level}"
        x = activated(
            x, conv, activation, name_here, batch_normalization=batch_normalization
        )
        bottleneck = latent_dim is None and level == len(filters)
        x = layers.MaxPooling2D(
            2,
            padding="same",
            data_format="channels_last",
            name=CODE if bottleneck else f"{name_here}_pool",
            activity_regularizer=regularizer if bottleneck else None,
        )(x)
    if latent_dim is not None:
        x = dense_code(x, latent_dim, weights, activation, activation, regularizer)

    unpadded = _last_convolution_fits_unpadded(x.shape[1:3], shape[:2], kernels)
    for level, (count, kernel) in reversed(levels):
        padding = "valid" if unpadded and level == 1 else "same"
        conv = convolution(layers.Conv2D, weights, count, kernel, padding=padding)
        name_here = f"decoder_{level}"
        x = activated(
            x, conv, activation, name_here, batch_normalization=batch_normalization
        )
        x = layers.UpSampling2D(
            2,
            data_format="channels_last",
            interpolation="nearest",
            name=f"{name_here}_upsample",
        )(x)
        if not unpadded:
            x = crop(x, sizes[level - 1], f"{name_here}_crop")
    x = convolution(layers.Conv2D, weights, shape[2], kernels[0])(
        activation=output_activation, name=OUTPUT
    )(x)
    return finish(inputs, x, name, weights)


def _last_convolution_fits_unpadded(
    code_size: Sequence[int], image_size: Sequence[int], kernels: Sequence[int]
) -> bool:
    """Tell whether an unpadded convolution restores the image's size exactly.

    The articles bring 4x4 back to 28x28 like that: 4 to 8, 16, unpadded 14, 28.
    Any other size is restored by cropping.
    """
    shrunk = [
        2 * (code * 2 ** (len(kernels) - 1) - (kernels[0] - 1)) for code in code_size
    ]
    return kernels[0] > 1 and shrunk == list(image_size)
