"""SavedModel: one folder a model, for TensorFlow Serving and TensorFlow itself."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae.exporting._formats import Format
from kerasae.exporting._graph import inference_graph

_SCRIPT = """\
def run(part, x):
    model = tf.saved_model.load(FOLDER / part)
    return model.serve(x).numpy()
"""


def write(model: keras.Model, input_name: str, path: Path) -> None:
    """Write a model to a folder."""
    graph = inference_graph(model, input_name)
    graph.export(path, format="tf_saved_model", verbose=False)


def run(path: Path, x: np.ndarray) -> Any:
    """Return the output of a folder for samples."""
    import tensorflow as tf

    model = tf.saved_model.load(str(path))  # kept: its variables live as long as it
    return model.serve(x).numpy()


FORMAT = Format(
    title="SavedModel",
    suffix="",
    writers={"tensorflow": ("tensorflow",), "jax": ("tensorflow",)},
    runtime=("numpy", "tensorflow"),
    batch="any number of samples at once",
    imports="import tensorflow as tf",
    script=_SCRIPT,
    write=write,
    run=run,
)
