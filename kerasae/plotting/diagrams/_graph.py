"""What a diagram shows: the calls of a model's layers, and their order."""

from typing import Any, NamedTuple

import keras

from kerasae._layer_names import CODE
from kerasae._triple import split
from kerasae.engine.keras_internals import producer

# Parts of an autoencoder, with the colors of their headings: Okabe and Ito's blue
# and vermilion, a darker green, violet, and gray for models that have no parts.
PARTS = {
    "encoder": "#0072B2",
    "code": "#D55E00",
    "decoder": "#007355",
    "both": "#6A51A3",
    "": "#333333",
}


class Node(NamedTuple):
    """One call of a layer.

    Attributes:
        name: Name of the layer.
        kind: Its class, with the activation if it has one.
        shape: Shape of its output, without the batch axis.
        part: A key of `PARTS`.
    """

    name: str
    kind: str
    shape: str
    part: str


class Graph(NamedTuple):
    """The calls of a model's layers, inputs first, and which feeds which."""

    nodes: list[Node]
    edges: list[tuple[int, int]]


def graph_of(model: keras.Model) -> Graph:
    """Return the calls of a model's layers in the order of the data flow."""
    if not hasattr(model, "operations"):  # not a Functional model
        layers = model.layers if isinstance(model, keras.Sequential) else [model]
        nodes = [_node(layer, _outputs(layer), "") for layer in layers]
        return Graph(nodes, [(n, n + 1) for n in range(len(nodes) - 1)])

    parts = parts_of(model)
    numbers: dict[int, int] = {}
    drawn: list[Node] = []
    edges: list[tuple[int, int]] = []
    calls: dict[str, int] = {}

    def draw(tensor: Any) -> int:
        """Return the number of the call that a tensor comes from."""
        operation, call = producer(tensor)
        if id(call) not in numbers:
            sources = [draw(source) for source in call.input_tensors]
            part = parts.get(operation.name, "")
            if part == "both":  # its first call encodes, its second decodes
                part = "decoder" if calls.get(operation.name) else "encoder"
            calls[operation.name] = calls.get(operation.name, 0) + 1
            numbers[id(call)] = number = len(drawn)
            drawn.append(_node(operation, call.outputs, part))
            edges.extend((source, number) for source in dict.fromkeys(sources))
        return numbers[id(call)]

    for tensor in (*model.inputs, *model.outputs):
        draw(tensor)
    return Graph(drawn, edges)


def parts_of(model: keras.Model) -> dict[str, str]:
    """Return which part of an autoencoder each layer belongs to, by its name.

    Empty for a model without a layer named `code` between the two.
    """
    try:
        triple = split(model)
    except (TypeError, ValueError):
        return {}
    encoder, decoder = (
        {layer.name for layer in half.layers}
        for half in (triple.encoder, triple.decoder)
    )
    parts = dict.fromkeys(decoder, "decoder") | dict.fromkeys(encoder, "encoder")
    parts |= dict.fromkeys(encoder & decoder, "both")
    return parts | {CODE: "code"}


def _node(layer: Any, outputs: Any, part: str) -> Node:
    kind = type(layer).__name__
    activation = getattr(layer, "activation", None)
    if activation is not None and activation is not keras.activations.linear:
        name = getattr(activation, "__name__", type(activation).__name__)
        kind = f"{kind}, {name}"
    return Node(layer.name, kind, _shape(outputs), part)


def _outputs(layer: keras.Layer) -> Any:
    """Return a layer's symbolic outputs, or nothing if it has none."""
    try:
        return layer.output
    except (AttributeError, ValueError):
        return ()


def _shape(tensors: Any) -> str:
    """Return "28 x 28 x 1" for tensors, without the batch axis."""
    return ", ".join(
        " \N{MULTIPLICATION SIGN} ".join(
            "any" if size is None else str(size) for size in tensor.shape[1:]
        )
        for tensor in keras.tree.flatten(tensors)
        if len(tensor.shape) > 1  # not one number per sample
    )
