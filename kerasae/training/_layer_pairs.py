"""An autoencoder of dense layers, taken apart into mirrored pairs."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import keras

from kerasae._layer_names import CODE


class LayerPair(NamedTuple):
    """A dense layer of the encoder and the one of the decoder that mirrors it.

    Both are models over the autoencoder's own layers, with the activations,
    normalizations and dropout that follow them.

    Attributes:
        encoder: Model from the code of the pair outside (or the input) to its own.
        decoder: Model back.
        name: Names of the two dense layers.
    """

    encoder: keras.Model
    decoder: keras.Model
    name: str


def layer_chain(autoencoder: keras.Model) -> list[keras.Layer]:
    """Return the layers from input to output, one behind the other.

    Raises:
        ValueError: If layers lie side by side, or one is used twice.
    """
    layers = autoencoder.layers
    for before, layer in pairwise(layers):
        if layer.input is not before.output:
            raise ValueError(
                "`model` must be a chain of layers, each used once. Received: "
                f"{autoencoder.name!r}, in which {layer.name!r} does not follow "
                f"{before.name!r}. build_stacked_ae and build_deep_ae make chains."
            )
    if layers[-1].output is not autoencoder.outputs[0]:
        raise ValueError(
            "`model` must be a chain of layers, each used once. Received: "
            f"{autoencoder.name!r}, which uses a layer twice. build_stacked_ae and "
            "build_deep_ae make chains."
        )
    return list(layers)


def layer_pairs(autoencoder: keras.Model) -> list[LayerPair]:
    """Return the pairs of dense layers, outermost first.

    Raises:
        ValueError: If the decoder does not mirror the encoder, layer by layer.
    """
    # Recurrent layers first: masks of their sequences may lie beside the chain.
    recurrent = [x for x in autoencoder.layers if isinstance(x, keras.layers.RNN)]
    layers = recurrent or layer_chain(autoencoder)
    for layer in layers:
        has_kernel = hasattr(getattr(layer, "cell", layer), "kernel")
        if has_kernel and not isinstance(layer, keras.layers.Dense):
            raise ValueError(
                "`model` must be made of dense layers. Received: "
                f"{autoencoder.name!r}, in which {layer.name!r} is a "
                f"{type(layer).__name__}. build_stacked_ae and build_deep_ae make "
                "dense models."
            )
    code = [layer.name for layer in layers].index(CODE)
    encoder = list(_blocks(layers[: code + 1]))
    decoder = list(_blocks(layers[code + 1 :]))[::-1]
    if not encoder or len(encoder) != len(decoder):
        raise ValueError(
            "`model` must have as many dense layers behind the code as up to it. "
            f"Received: {autoencoder.name!r}, with {len(encoder)} up to the code and "
            f"{len(decoder)} behind it. build_stacked_ae and build_deep_ae make such "
            "models."
        )
    found = []
    start = autoencoder.inputs[0]
    for down, up in zip(encoder, decoder, strict=True):
        inner = keras.Model(start, down[-1].output)
        # Dropout at the very end belongs to the layer that follows.
        while isinstance(up[-1], keras.layers.Dropout):
            up = up[:-1]
        outer = keras.Model(up[0].input, up[-1].output)
        name = f"{_dense(down).name}, {_dense(up).name}"
        if outer.output_shape != (None, *start.shape[1:]):
            raise ValueError(
                "`model` must have a decoder that mirrors its encoder. Received: "
                f"{autoencoder.name!r}, in which {name} lead from samples of shape "
                f"{start.shape[1:]} to {outer.output_shape[1:]}."
            )
        found.append(LayerPair(inner, outer, name))
        start = down[-1].output
    return found


def _blocks(layers: list[keras.Layer]) -> Iterator[list[keras.Layer]]:
    """Yield each dense layer with what follows it, the first with what precedes it."""
    starts = [n for n, x in enumerate(layers) if isinstance(x, keras.layers.Dense)]
    for start, end in pairwise([0, *starts[1:], len(layers)] if starts else []):
        yield [
            x for x in layers[start:end] if not isinstance(x, keras.layers.InputLayer)
        ]


def _dense(block: list[keras.Layer]) -> keras.Layer:
    return next(x for x in block if isinstance(x, keras.layers.Dense))
