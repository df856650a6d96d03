"""LiteRT, once TensorFlow Lite: one file a model, for phones and small devices."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae.exporting._formats import Format
from kerasae.exporting._graph import inference_graph

_SCRIPT = """\
def run(part, x):
    model = Interpreter(str(FOLDER / f"{part}.tflite")).get_signature_runner()
    (given,), (made,) = model.get_input_details(), model.get_output_details()
    return np.concatenate([model(**{given: sample[None]})[made] for sample in x])
"""


def write(model: keras.Model, input_name: str, path: Path) -> None:
    """Write a model to a file that takes one sample at a time.

    For a batch of any size, and for loops over the steps of a sequence, the converter
    falls back on operations of TensorFlow that LiteRT alone cannot run (TensorFlow
    2.21): so the batch is fixed, and recurrent layers are unrolled.
    """
    graph = inference_graph(model, input_name, batch_size=1, unroll=True)
    signature = keras.InputSpec("float32", (1, *graph.input_shape[1:]), name=input_name)
    graph.export(path, format="litert", verbose=False, input_signature=[signature])


def run(path: Path, x: np.ndarray) -> Any:
    """Return the output of a file for samples."""
    from ai_edge_litert.interpreter import Interpreter

    model = Interpreter(str(path)).get_signature_runner()
    (given,), (made,) = model.get_input_details(), model.get_output_details()
    return np.concatenate([model(**{given: sample[None]})[made] for sample in x])


FORMAT = Format(
    title="LiteRT",
    suffix=".tflite",
    writers={"tensorflow": ("ai_edge_litert",)},
    runtime=("numpy", "ai-edge-litert"),
    batch="one sample at a time",
    imports="from ai_edge_litert.interpreter import Interpreter",
    script=_SCRIPT,
    write=write,
    run=run,
)
