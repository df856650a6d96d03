"""An autoencoder of dense layers, split into mirrored pairs of layers."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import keras

from kerasae._layer_names import CODE


class LayerPair(NamedTuple):
    """A dense layer of the encoder and its mirror image in the decoder.

    Both are models over the autoencoder's own layers, including the activations,
    normalizations and dropout that follow.

    Attributes:
        encoder: Model from the code of the pair outside, or the input, to this
            pair's code.
        decoder: Model from this pair's code back to its input.
        name: Names of the two dense layers.
    """

    encoder: keras.Model
    decoder: keras.Model
    name: str


def layer_chain(autoencoder: keras.Model) -> list[keras.Layer]:
    """Return the layers in order from input to output.

    Raises:
        ValueError: If layers run in parallel, or a layer is used twice.
    """
    layers = autoencoder.layers
    for before, layer in pairwise(layers):
        if layer.input is not before.output:
            raise ValueError(
                "`model` must be a chain of layers, each used once. Received: "
                f"{autoencoder.name!r}, in which {layer.name!r} does not follow "
                f"{before.name!r}. build_stacked_ae and build_deep_ae build chains."
            )
    if layers[-1].output is not autoencoder.outputs[0]:
        raise ValueError(
            "`model` must be a chain of layers, each used once. Received: "
            f"{autoencoder.name!r}, which uses a layer twice. build_stacked_ae and "
            "build_deep_ae build chains."
        )
    return list(layers)


def layer_pairs(autoencoder: keras.Model) -> list[LayerPair]:
    """Return the pairs of dense layers, outermost first.

    Raises:
        ValueError: If the decoder does not mirror the encoder, layer by layer.
    """
    # Recurrent layers first: the masks of their sequences may run beside the chain.
    recurrent = [x for x in autoencoder.layers if isinstance(x, keras.layers.RNN)]
    layers = recurrent or layer_chain(autoencoder)
    for layer in layers:
        has_kernel = hasattr(getattr(layer, "cell", layer), "kernel")
        if has_kernel and not isinstance(layer, keras.layers.Dense):
            raise ValueError(
                "`model` must consist of dense layers. Received: "
                f"{autoencoder.name!r}, in which {layer.name!r} is a "
                f"{type(layer).__name__}. build_stacked_ae and build_deep_ae build "
                "such models."
            )
    code = [layer.name for layer in layers].index(CODE)
    encoder = list(_dense_blocks(layers[: code + 1]))
    decoder = list(_dense_blocks(layers[code + 1 :]))[::-1]
    if not encoder or len(encoder) != len(decoder):
        raise ValueError(
            "`model` must have as many dense layers after the code as up to it. "
            f"Received: {autoencoder.name!r}, with {len(encoder)} up to the code and "
            f"{len(decoder)} after it. build_stacked_ae and build_deep_ae build such "
            "models."
        )
    pairs = []
    pair_input = autoencoder.inputs[0]
    for encoder_block, decoder_block in zip(encoder, decoder, strict=True):
        pair_encoder = keras.Model(pair_input, encoder_block[-1].output)
        # Dropout at the very end belongs to the layer that follows.
        while isinstance(decoder_block[-1], keras.layers.Dropout):
            decoder_block = decoder_block[:-1]
        pair_decoder = keras.Model(decoder_block[0].input, decoder_block[-1].output)
        name = f"{_dense(encoder_block).name}, {_dense(decoder_block).name}"
        if pair_decoder.output_shape != (None, *pair_input.shape[1:]):
            raise ValueError(
                "`model` must have a decoder that mirrors its encoder. Received: "
                f"{autoencoder.name!r}, in which {name} lead from samples of shape "
                f"{pair_input.shape[1:]} to {pair_decoder.output_shape[1:]}."
            )
        pairs.append(LayerPair(pair_encoder, pair_decoder, name))
        pair_input = encoder_block[-1].output
    return pairs


def _dense_blocks(layers: list[keras.Layer]) -> Iterator[list[keras.Layer]]:
    """Yield each dense layer with its followers, the first with its predecessors."""
    starts = [n for n, x in enumerate(layers) if isinstance(x, keras.layers.Dense)]
    for start, end in pairwise([0, *starts[1:], len(layers)] if starts else []):
        yield [
            x for x in layers[start:end] if not isinstance(x, keras.layers.InputLayer)
        ]


def _dense(block: list[keras.Layer]) -> keras.Layer:
    return next(x for x in block if isinstance(x, keras.layers.Dense))
