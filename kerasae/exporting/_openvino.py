"""OpenVINO: two files a model, an `.xml` and a `.bin`, for Intel's runtime."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae.exporting import _onnx
from kerasae.exporting._formats import Format

_SCRIPT = """\
def run(part, x):
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    model = openvino.Core().compile_model(FOLDER / f"{part}.xml", "CPU", exact)
    return model(x)[0]
"""


def write(model: keras.Model, input_name: str, path: Path) -> None:
    """Write a model by way of ONNX.

    Keras 3.15 converts directly, which fails for LSTMs on TensorFlow and for everything
    on JAX (OpenVINO 2026.4).
    """
    import openvino

    between = path.with_suffix(".onnx")
    try:
        _onnx.write(model, input_name, between)
        converted = openvino.convert_model(between)
        openvino.save_model(converted, path, compress_to_fp16=False)
    finally:
        between.unlink(missing_ok=True)


def run(path: Path, x: np.ndarray) -> Any:
    """Return the output of a file for samples."""
    import openvino

    # Some processors would compute in bfloat16.
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    return openvino.Core().compile_model(path, "CPU", exact)(x)[0]


FORMAT = Format(
    title="OpenVINO",
    suffix=".xml",
    writers={
        backend: (*packages, "openvino")
        for backend, packages in _onnx.FORMAT.writers.items()
    },
    runtime=("numpy", "openvino"),
    batch="any number of samples at once",
    imports="import openvino",
    script=_SCRIPT,
    write=write,
    run=run,
)
