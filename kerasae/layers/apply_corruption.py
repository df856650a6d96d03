"""Noise in front of a network, by its name."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras

from kerasae import _checks
from kerasae._identifiers import by_name
from kerasae.layers.clipped_gaussian_noise import ClippedGaussianNoise
from kerasae.layers.masking_noise import MaskingNoise
from kerasae.layers.salt_and_pepper_noise import SaltAndPepperNoise

CORRUPTIONS: dict[str, Callable[..., keras.Layer]] = {
    "gaussian": ClippedGaussianNoise,
    "masking": MaskingNoise,
    "salt_and_pepper": SaltAndPepperNoise,
}


def apply_corruption(
    inputs: keras.KerasTensor,
    corruption: Any,
    seed: int | None,
    *,
    clip: tuple[float, float] | None = (0.0, 1.0),
) -> keras.KerasTensor:
    """Return the inputs behind a layer of noise.

    Args:
        inputs: A symbolic tensor.
        corruption: A name, a pair such as `("masking", 0.3)`, or a layer.
        seed: Makes noise that goes by its name repeatable.
        clip: Range that `"gaussian"` stays in.

    Raises:
        TypeError: If `corruption` is none of these.
        ValueError: If the name is unknown, or a layer changes the shape.
    """
    known: dict[str, Callable[..., keras.Layer]]
    known = {**CORRUPTIONS, "gaussian": partial(ClippedGaussianNoise, clip=clip)}
    layer = by_name("corruption", corruption, known, seed=seed, name="corruption")
    if not isinstance(layer, keras.Layer):
        raise TypeError(
            _checks.argument_error(
                "corruption",
                "a Keras layer, a name or a pair (name, level)",
                corruption,
                f"Names: {', '.join(CORRUPTIONS)}.",
            )
        )
    outputs = layer(inputs)
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
