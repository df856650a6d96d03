"""Noise in front of a network: made by its name, and found again."""

from collections.abc import Callable
from functools import partial

import keras

from kerasae import _checks
from kerasae._identifiers import by_name
from kerasae._layer_names import CORRUPTION
from kerasae._types import Corruption as CorruptionOrName
from kerasae.layers.clipped_gaussian_noise import ClippedGaussianNoise
from kerasae.layers.corruption import Corruption
from kerasae.layers.masking_noise import MaskingNoise
from kerasae.layers.salt_and_pepper_noise import SaltAndPepperNoise

CORRUPTIONS: dict[str, Callable[..., keras.Layer]] = {
    "gaussian": ClippedGaussianNoise,
    "masking": MaskingNoise,
    "salt_and_pepper": SaltAndPepperNoise,
}
# Keras's own noise. Behind the first weights it regularizes, and corrupts no input.
_KERAS_NOISE = (
    keras.layers.AlphaDropout,
    keras.layers.Dropout,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
    keras.layers.SpatialDropout1D,
    keras.layers.SpatialDropout2D,
    keras.layers.SpatialDropout3D,
)


def corruption_layer(
    corruption: CorruptionOrName,
    seed: int | None,
    *,
    clip: tuple[float, float] | None = (0.0, 1.0),
) -> keras.Layer:
    """Return the layer of noise that `corruption` names, or that it is.

    Args:
        corruption: A name, a pair such as `("masking", 0.3)`, or a layer.
        seed: Makes noise that goes by its name repeatable.
        clip: Range that `"gaussian"` stays in.

    Raises:
        TypeError: If `corruption` is none of these.
        ValueError: If the name is unknown.
    """
    known: dict[str, Callable[..., keras.Layer]]
    known = {**CORRUPTIONS, "gaussian": partial(ClippedGaussianNoise, clip=clip)}
    layer = by_name("corruption", corruption, known, seed=seed, name=CORRUPTION)
    if not isinstance(layer, keras.Layer):
        raise TypeError(
            _checks.argument_error(
                "corruption",
                "a Keras layer, a name or a pair (name, level)",
                corruption,
                f"Names: {', '.join(CORRUPTIONS)}.",
            )
        )
    return layer


def apply_corruption(
    inputs: keras.KerasTensor,
    corruption: CorruptionOrName,
    seed: int | None,
    *,
    clip: tuple[float, float] | None = (0.0, 1.0),
) -> keras.KerasTensor:
    """Return the inputs behind a layer of noise.

    Args:
        inputs: A symbolic tensor.
        corruption: As in `corruption_layer`.
        seed: As in `corruption_layer`.
        clip: As in `corruption_layer`.

    Raises:
        TypeError: As `corruption_layer` does.
        ValueError: As `corruption_layer` does, and if a layer changes the shape.
    """
    outputs = corruption_layer(corruption, seed, clip=clip)(inputs)
    if outputs.shape != inputs.shape:
        raise ValueError(
            _checks.argument_error(
                "corruption",
                "a layer that keeps the shape of its input",
                corruption,
                f"It turns {inputs.shape} into {outputs.shape}.",
            )
        )
    return outputs


def corruption_layers(model: keras.Model) -> list[keras.Layer]:
    """Return the layers that corrupt a Functional model's input, in the model's order.

    They are known by their class: every `kerasae.layers.Corruption`, and Keras's own
    noise where it stands before the first layer with weights. Any other layer counts
    if its name is `corruption`.
    """
    noise = []
    weights_seen = False
    for layer in model.layers:
        if (
            isinstance(layer, Corruption)
            or layer.name == CORRUPTION
            or (isinstance(layer, _KERAS_NOISE) and not weights_seen)
        ):
            noise.append(layer)
        weights_seen = weights_seen or bool(layer.weights)
    return noise
