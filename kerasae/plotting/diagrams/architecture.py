"""A diagram of every layer and its shapes."""

import html
import os
import re
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kerasae._checks import argument_error
from kerasae._files import checked_path, replacing
from kerasae._types import ModelOrTriple
from kerasae.plotting.diagrams.diagram import Diagram

if TYPE_CHECKING:
    import keras

PICTURES = ("png", "svg", "pdf")
TEXTS = ("dot", "mmd")
DPI = 120
# Vector formats have no resolution, and Graphviz 2 crops SVG at any but its own.
NATIVE_DPI = 72


def plot_architecture(
    model: ModelOrTriple, path: str | os.PathLike[str] | None = None
) -> Diagram:
    """Draw the layers of a model, from input to output, with names and shapes.

    The encoder is blue, the code vermilion, the decoder green; layers that belong to
    both are violet. If Graphviz's program `dot` is on the PATH, it draws the graph of
    `keras.utils.plot_model`; without it, the picture is a plainer one.

    Args:
        model: A built Keras model, or an `Autoencoder`, of which the whole
            autoencoder is drawn.
        path: The file to write. A picture: ".png", ".svg" or ".pdf". Or a text to
            draw from: ".dot" for Graphviz, ".mmd" for Mermaid, which many
            documentation sites and Markdown viewers render. None writes nothing.

    Returns:
        The diagram, which notebooks show. It passes for its file wherever a path is
        taken; `svg` is the picture itself, as text.

    Raises:
        TypeError: If `model` is neither a Keras model nor an `Autoencoder`.
        ValueError: If the model is not built, or the suffix is unknown.
        RuntimeError: If Graphviz fails.
        OSError: If `path` cannot be written.

    Example:
        >>> import tempfile
        >>> import kerasae
        >>> from kerasae.plotting import plot_architecture
        >>> triple = kerasae.build_undercomplete_ae(784)
        >>> diagram = plot_architecture(triple, tempfile.mkdtemp() + "/model.mmd")
        >>> print(diagram.read_text().splitlines()[1].strip())
        n0["<b>input</b><br>InputLayer<br>784"]:::encoder
    """
    import keras

    target = None if path is None else checked_path(path, (*PICTURES, *TEXTS))
    whole = getattr(model, "autoencoder", model)
    if not isinstance(whole, keras.Model):
        expected = "a Keras model or an Autoencoder"
        raise TypeError(argument_error("model", expected, model))
    if not whole.built:
        fix = "Build it first: call it once, or give it a keras.Input."
        raise ValueError(argument_error("model", "built", model, fix))
    if target is not None:
        with replacing(target) as temporary:
            _write(whole, temporary)
    return Diagram(partial(_svg, whole), target)


def _write(model: "keras.Model", path: Path) -> None:
    """Write a picture, or a text, as the suffix says."""
    suffix = path.suffix[1:].lower()
    program = shutil.which("dot")
    if suffix == "mmd":
        path.write_text(_mermaid(model), encoding="utf-8")
    elif suffix == "dot":
        path.write_text(_dot(model, NATIVE_DPI), encoding="utf-8")
    elif program is None:
        _draw_without_graphviz(model, path)
    else:
        _draw(program, model, path)


def _svg(model: "keras.Model") -> str:
    """Return the picture as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.svg")
        _write(model, path)
        return path.read_text(encoding="utf-8")


def _dot(model: "keras.Model", dpi: int) -> str:
    """Return Keras's graph in Graphviz's language, colored by part."""
    import keras

    from kerasae.plotting.diagrams._graph import PARTS, parts_of

    # Not `keras.utils.plot_model`: in a notebook it prints what is missing instead
    # of raising, and fails to show an SVG that it wrote.
    graph = keras.utils.model_to_dot(
        model,
        show_shapes=True,
        show_layer_names=True,
        show_layer_activations=True,
        dpi=dpi,
    )
    parts = parts_of(model)
    names = {str(id(layer)): layer.name for layer in model.layers}
    for node in graph.get_nodes():
        color = PARTS[parts.get(names.get(node.get_name().strip('"'), ""), "")]
        label = node.get("label")
        if label is not None:
            node.set("label", label.replace('bgcolor="black"', f'bgcolor="{color}"'))
    return _legible(graph.to_string())


def _draw(program: str, model: "keras.Model", path: Path) -> None:
    """Draw with Graphviz."""
    suffix = path.suffix[1:].lower()
    # Not pydot's `write`, which prints the whole picture when Graphviz fails.
    done = subprocess.run(
        [program, f"-T{suffix}", "-o", str(path)],
        input=_dot(model, DPI if suffix == "png" else NATIVE_DPI).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise RuntimeError(f"Graphviz could not draw {model.name!r}: {reason}")


def _draw_without_graphviz(model: "keras.Model", path: Path) -> None:
    """Draw with Matplotlib."""
    from matplotlib import rc_context

    from kerasae.plotting.diagrams._boxes import draw_boxes
    from kerasae.plotting.diagrams._graph import graph_of

    figure = draw_boxes(graph_of(model))
    # Text in an SVG stays text, which can be searched and read aloud.
    with rc_context({"svg.fonttype": "none"}):
        figure.savefig(path, format=path.suffix[1:].lower(), bbox_inches=None)


def _mermaid(model: "keras.Model") -> str:
    """Return the layers' calls as a Mermaid flowchart."""
    from kerasae.plotting.diagrams._graph import PARTS, graph_of

    graph = graph_of(model)
    lines = ["flowchart TB"]
    for number, node in enumerate(graph.nodes):
        name, kind = html.escape(node.name), html.escape(node.kind)
        part = f":::{node.part}" if node.part else ""
        label = f"<b>{name}</b><br>{kind}<br>{node.shape}"
        lines.append(f'  n{number}["{label}"]{part}')
    lines += [f"  n{start} --> n{end}" for start, end in graph.edges]
    for part in dict.fromkeys(node.part for node in graph.nodes if node.part):
        style = f"fill:#fff,stroke:{PARTS[part]},stroke-width:2px,color:#000"
        if part == "code":
            style = f"fill:{PARTS[part]},stroke:{PARTS[part]},color:#fff"
        lines.append(f"  classDef {part} {style}")
    return "\n".join(lines) + "\n"


def _legible(graph: str) -> str:
    """Return the graph with labels that Graphviz can parse and lay out.

    Labels are HTML, in which Keras does not escape the "<" and ">" of a `lambda` or a
    `functools.partial`, nor drop its memory address. An input's heading spans two
    columns, so the only cell below must span them too.
    """

    def escaped(match: re.Match[str]) -> str:
        name = re.sub(r" at 0x[0-9a-fA-F]+", "", match[2])
        return match[1] + html.escape(name, quote=False) + match[3]

    lone = '<tr><td bgcolor="white"><font point-size="14">Output shape'
    graph = graph.replace(lone, lone.replace("<td", '<td colspan="2"'))
    return re.sub(r"(Activation: <b>)(.*?)(</b></font></td>)", escaped, graph)
