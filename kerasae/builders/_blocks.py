"""What the builders share: inputs with noise, dense layers, outputs."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import keras
from keras import layers

from kerasae import _checks, _identifiers
from kerasae._initial_weights import InitialWeights
from kerasae._layer_names import CODE, RECONSTRUCTION
from kerasae._triple import Autoencoder, split
from kerasae._types import Activation, Corruption, Initializer, Regularizer
from kerasae.layers import KSparse
from kerasae.layers.apply_corruption import apply_corruption, corruption_layer
from kerasae.regularizers import InFloat32, KLSparsity


def _weighted(
    kind: type[keras.regularizers.Regularizer], weight: float = 0.01
) -> keras.regularizers.Regularizer:
    """Return a regularizer of Keras's, whose weight is checked."""
    if not _checks.is_number(weight) or not 0 <= weight < math.inf:
        name = kind.__name__.lower()
        raise ValueError(
            _checks.argument_error(
                "activity_regularizer",
                f"{name!r} or a pair ({name!r}, weight), with a weight of 0 or larger",
                (name, weight),
                f"For example: ({name!r}, 1e-4).",
            )
        )
    return kind(weight)


REGULARIZERS: dict[str, Callable[..., keras.regularizers.Regularizer]] = {
    "l1": partial(_weighted, keras.regularizers.L1),
    "l2": partial(_weighted, keras.regularizers.L2),
    "kl_sparsity": KLSparsity,
}


def make_triple(
    inputs: keras.KerasTensor,
    outputs: keras.KerasTensor,
    name: str,
    weights: InitialWeights,
    model_class: type[keras.Model] = keras.Model,
) -> Autoencoder:
    """Return the triple of a complete graph."""
    model = model_class(inputs, outputs, name=name)
    weights.reinitialize(model.layers)
    return split(model)


def input_block(
    shape: tuple[int, ...],
    corruption: Corruption,
    weights: InitialWeights,
    first: keras.Layer | None = None,
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Return the input, and what the encoder sees of it.

    Between the two are `first`, a layer that needs clean input, and the corruption,
    if they are given.
    """
    inputs = keras.Input(shape, name="input")
    x = inputs if first is None else first(inputs)
    if corruption is not None:
        noise = corruption_layer(corruption, weights.seed())
        weights.keep(noise)  # may be a layer of the user's
        x = apply_corruption(x, noise, seed=None)
    return inputs, x


def activity_regularizer(
    identifier: Regularizer,
) -> keras.regularizers.Regularizer | None:
    """Return the activity regularizer for a name, `(name, weight)` or an object."""
    if isinstance(identifier, Sequence):
        return _identifiers.by_name("activity_regularizer", identifier, REGULARIZERS)
    try:
        return keras.regularizers.get(identifier)
    except (TypeError, ValueError) as error:
        raise TypeError(
            _checks.argument_error(
                "activity_regularizer",
                "None, a name, a pair (name, weight) or a Keras regularizer",
                identifier,
                f"Names: {', '.join(REGULARIZERS)}.",
            )
        ) from error


def check_activations(**identifiers: Activation) -> None:
    """Raise if an argument is no activation, by the argument's name.

    Raises:
        TypeError, ValueError: If one is not.
    """
    for argument, identifier in identifiers.items():
        _identifiers.activation(argument, identifier)


def in_float32(
    regularizer: keras.regularizers.Regularizer | None,
) -> keras.regularizers.Regularizer | None:
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


def activation_block(
    x: keras.KerasTensor,
    layer: Callable[..., keras.Layer],
    activation: Activation,
    name: str,
    *,
    batch_normalization: bool = False,
    dropout: float = 0.0,
    seed: int | None = None,
) -> keras.KerasTensor:
    """Apply a layer, batch normalization if asked for, and an activation."""
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
    activation: Activation = "relu",
    code_activation: Activation,
    output_activation: Activation,
    kernel_initializer: Initializer,
    regularizer: Regularizer = None,
    k: int | None = None,
    batch_normalization: bool = False,
    dropout: float = 0.0,
    corruption: Corruption,
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
    batch_normalization = _checks.boolean("batch_normalization", batch_normalization)
    check_activations(activation=activation, output_activation=output_activation)
    weights = InitialWeights(kernel_initializer, seed)

    hidden_layers = partial(
        dense_layers,
        units=hidden,
        weights=weights,
        activation=activation,
        batch_normalization=batch_normalization,
        dropout=dropout,
    )

    inputs, x = input_block(shape, corruption, weights)
    x = hidden_layers(flatten(x), half="encoder")
    x = layers.Dense(
        latent_dim,
        activation=code_activation,
        activity_regularizer=in_float32(activity_regularizer(regularizer)),
        kernel_initializer=weights.initializer(),
        name=CODE if k is None else "activations",
    )(x)
    if k is not None:
        x = KSparse(k, name=CODE)(x)
    x = hidden_layers(x, half="decoder")
    x = layers.Dense(
        math.prod(shape),
        activation=output_activation,
        kernel_initializer=weights.initializer(),
        name=RECONSTRUCTION,
    )(x)
    return make_triple(inputs, restore(x, shape), name, weights)


def dense_layers(
    x: keras.KerasTensor,
    *,
    half: str,
    units: tuple[int, ...],
    weights: InitialWeights,
    activation: Activation,
    batch_normalization: bool = False,
    dropout: float = 0.0,
) -> keras.KerasTensor:
    """Apply the hidden layers of an encoder, or in reverse those of a decoder."""
    levels = list(enumerate(units, start=1))
    for level, size in levels if half == "encoder" else reversed(levels):
        x = activation_block(
            x,
            partial(layers.Dense, size, kernel_initializer=weights.initializer()),
            activation,
            f"{half}_{level}",
            batch_normalization=batch_normalization,
            dropout=dropout,
            seed=weights.seed() if dropout else None,
        )
    return x
