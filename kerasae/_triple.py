"""The triple every builder returns, and how a model is split into one."""

from collections.abc import Callable
from itertools import chain, count
from typing import NamedTuple

import keras

from kerasae import _archive, _checks
from kerasae._layer_names import CODE
from kerasae.engine.keras_internals import rename


class Autoencoder(NamedTuple):
    """An autoencoder with its two halves; the three models share their weights.

    Training any of them changes all of them, and `decoder(encoder(x))` equals
    `autoencoder(x)` at inference. A triple can be copied with `copy.deepcopy` and
    pickled, on one backend for another.

    Attributes:
        autoencoder: Model from `(batch, *input_shape)` to the same shape.
        encoder: Model from `(batch, *input_shape)` to the code.
        decoder: Model from the code to `(batch, *input_shape)`.

    Example:
        >>> import kerasae
        >>> autoencoder, encoder, decoder = kerasae.build_undercomplete_ae(784)
        >>> encoder.output_shape, decoder.output_shape
        ((None, 32), (None, 784))
    """

    autoencoder: keras.Model
    encoder: keras.Model
    decoder: keras.Model

    def __copy__(self) -> "Autoencoder":
        return self  # as tuples do

    def __reduce__(self) -> tuple[Callable[..., "Autoencoder"], tuple[bytes]]:
        # As one file: models that are pickled one by one share no weights.
        return _from_bytes, (_archive.to_bytes(self.autoencoder),)


def split(model: keras.Model) -> Autoencoder:
    """Split an autoencoder at the layer named `code`.

    Works on every model that a builder made, freshly built, trained or loaded,
    and on any Functional model of your own whose bottleneck is a layer named
    `code`. Nothing is copied: the encoder and the decoder are models over the
    same layers.

    Args:
        model: A Functional model with one input, one output and a layer named
            `code` that every path from input to output passes through.

    Returns:
        The triple `(autoencoder, encoder, decoder)`; `autoencoder` is `model`.

    Raises:
        TypeError: If `model` is not a Functional Keras model.
        ValueError: If it has no layer named `code`, several inputs or outputs,
            or a path around the code.

    Example:
        >>> import keras
        >>> import kerasae
        >>> inputs = keras.Input((20,))
        >>> code = keras.layers.Dense(3, name="code")(inputs)
        >>> outputs = keras.layers.Dense(20)(code)
        >>> triple = kerasae.split(keras.Model(inputs, outputs, name="mine"))
        >>> triple.encoder.name, triple.decoder.input_shape
        ('mine_encoder', (None, 3))
    """
    if not isinstance(model, keras.Model) or not hasattr(model, "operations"):
        raise TypeError(
            _checks.argument_error(
                "model",
                "a Functional keras.Model",
                type(model).__name__,
                "Pass the first of the three models that a builder returns. Of a "
                "Sequential model, pass keras.Model(model.inputs, model.outputs).",
            )
        )
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"`model` must have one input and one output. Received: "
            f"{len(model.inputs)} inputs and {len(model.outputs)} outputs."
        )
    names = [layer.name for layer in model.layers]
    if CODE not in names:
        raise ValueError(
            f"`model` has no layer named {CODE!r}, so there is no place to split it. "
            f"Its layers: {', '.join(names)}. Give the bottleneck layer name={CODE!r}."
        )
    code = model.get_layer(CODE).output
    encoder = keras.Model(model.inputs[0], code, name=f"{model.name}_encoder")
    try:
        decoder = keras.Model(code, model.outputs[0], name=f"{model.name}_decoder")
    except ValueError as error:
        raise ValueError(
            f"`model` has a path from input to output around the layer {CODE!r}, so "
            "its decoder would need more than the code. Remove the skip connection."
        ) from error
    # Keras names the new input after a tensor; summaries and diagrams show it.
    names = [layer.name for layer in decoder.layers[1:]]
    free = chain([f"{CODE}_input"], (f"{CODE}_input_{n}" for n in count(1)))
    rename(decoder.layers[0], next(name for name in free if name not in names))
    return Autoencoder(model, encoder, decoder)


def _from_bytes(content: bytes) -> Autoencoder:
    return split(_archive.from_bytes(content))


def as_triple(model: Autoencoder | keras.Model) -> Autoencoder:
    """Return a triple as it is, and split an autoencoder into one.

    Raises:
        TypeError: If `model` is neither.
        ValueError: If it is an encoder, or cannot be split.
    """
    if isinstance(model, Autoencoder):
        return model
    if not isinstance(model, keras.Model):
        expected = "an Autoencoder, or a Keras model with a layer named 'code'"
        raise TypeError(_checks.argument_error("model", expected, model))
    if hasattr(model, "operations") and model.layers[-1].name == CODE:
        expected = "a whole autoencoder"
        fix = "Pass the triple, or its first model."
        received = f"{model.name!r}, an encoder"
        raise ValueError(
            _checks.argument_error(
                "model", expected, _checks.Description(received), fix
            )
        )
    return split(model)
