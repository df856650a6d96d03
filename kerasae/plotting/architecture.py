"""A diagram of every layer and its shapes, drawn by Graphviz."""

import html
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from kerasae._checks import complaint
from kerasae._files import checked_path, replacing

SUFFIXES = ("png", "svg", "pdf")
DPI = 120
# Vector formats have no resolution, and Graphviz 2 crops SVG at any but its own.
NATIVE_DPI = 72


def plot_architecture(model: Any, path: str | os.PathLike[str]) -> Path:
    """Draw the layers of a model, from input to output, with names and shapes.

    Graphviz draws: its program `dot` must be installed, which `pip` does not do.

    Args:
        model: A built Keras model, or an `Autoencoder`, of which the whole
            autoencoder is drawn.
        path: The file to write, ending in ".png", ".svg" or ".pdf".

    Returns:
        The path of the file.

    Raises:
        TypeError: If `model` is no Keras model and has none.
        ValueError: If the model is not built, or the suffix is unknown.
        ImportError: If Graphviz is not installed.
        RuntimeError: If Graphviz fails.
        OSError: If `path` cannot be written.

    Example:
        >>> import keras, tempfile
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     plot_architecture(model, f"{folder}/model.svg").name
        'model.svg'
    """
    import keras

    target = checked_path(path, SUFFIXES)
    whole = getattr(model, "autoencoder", model)
    if not isinstance(whole, keras.Model):
        expected = "a Keras model or an Autoencoder"
        raise TypeError(complaint("model", expected, model))
    if not whole.built:
        fix = "Build it first: call it once, or give it a keras.Input."
        raise ValueError(complaint("model", "built", model, fix))
    program = shutil.which("dot")
    if program is None:
        raise ImportError(
            "`plot_architecture` needs Graphviz's program `dot`, which is not on the "
            "PATH. Install it with `apt-get install graphviz`, "
            "`brew install graphviz` or `conda install graphviz`."
        )
    suffix = target.suffix[1:].lower()
    # Not `keras.utils.plot_model`: in a notebook it prints what is missing instead
    # of raising, and fails to show SVG after it wrote it.
    graph = keras.utils.model_to_dot(
        whole,
        show_shapes=True,
        show_layer_names=True,
        show_layer_activations=True,
        dpi=DPI if suffix == "png" else NATIVE_DPI,
    )
    with replacing(target) as temporary:
        # Not `graph.write`, which prints the whole picture when Graphviz fails.
        done = subprocess.run(
            [program, f"-T{suffix}", "-o", str(temporary)],
            input=_legible(graph.to_string()).encode(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip()
            raise RuntimeError(f"Graphviz could not draw {whole.name!r}: {reason}")
    return target


def _legible(graph: str) -> str:
    """Return the graph with labels that Graphviz can read and draw well.

    Labels are HTML, in which Keras writes a `lambda` or a `functools.partial` as it
    is, with its "<", ">" and memory address. The heading of an input spans two
    columns, of which it has one: its only cell must span them too.
    """

    def escaped(match: re.Match[str]) -> str:
        name = re.sub(r" at 0x[0-9a-fA-F]+", "", match[2])
        return match[1] + html.escape(name, quote=False) + match[3]

    lone = '<tr><td bgcolor="white"><font point-size="14">Output shape'
    graph = graph.replace(lone, lone.replace("<td", '<td colspan="2"'))
    return re.sub(r"(Activation: <b>)(.*?)(</b></font></td>)", escaped, graph)
