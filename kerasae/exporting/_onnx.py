"""ONNX: one file a model, for onnxruntime and most other programs."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae.exporting._formats import Format
from kerasae.exporting._graph import inference_graph

_COMMON = ("onnx", "onnxruntime")
_SCRIPT = """\
def run(part, x):
    session = onnxruntime.InferenceSession(FOLDER / f"{part}.onnx")
    return session.run(None, {session.get_inputs()[0].name: x})[0]
"""


def write(model: keras.Model, input_name: str, path: Path) -> None:
    """Write a model to a file whose batch may have any size."""
    import onnx

    graph = inference_graph(model, input_name)
    graph.export(path, format="onnx", verbose=False)
    file = onnx.load(path)
    _describe(file.graph, graph.output_shape)
    onnx.checker.check_model(file)
    onnx.save(file, path)


def run(path: Path, x: np.ndarray) -> Any:
    """Return the output of a file for samples."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors alone
    session = onnxruntime.InferenceSession(path, options)
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def _describe(graph: Any, output_shape: tuple[int | None, ...]) -> None:
    """Say of the input's and the output's axes what every exporter says differently.

    And call the output `output`, as none of them does.
    """
    import onnx

    (first,), (last,) = graph.input, graph.output
    first.type.tensor_type.shape.dim[0].dim_param = "batch"
    if "output" not in {name for node in graph.node for name in node.output}:
        graph.node.append(onnx.helper.make_node("Identity", [last.name], ["output"]))
        last.name = "output"
    shape = last.type.tensor_type.shape
    shape.Clear()
    for size in output_shape:
        known = {"dim_param": "batch"} if size is None else {"dim_value": size}
        shape.dim.add(**known)


FORMAT = Format(
    title="ONNX",
    suffix=".onnx",
    writers={
        "tensorflow": (*_COMMON, "tf2onnx"),
        "jax": (*_COMMON, "jax2onnx"),
        "torch": _COMMON,
    },
    runtime=("numpy", "onnxruntime"),
    batch="any number of samples at once",
    imports="import onnxruntime",
    script=_SCRIPT,
    write=write,
    run=run,
)
