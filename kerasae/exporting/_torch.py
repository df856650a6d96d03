"""PyTorch's exported programs: one `.pt2` file a model."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae.exporting._formats import Format
from kerasae.exporting._graph import inference_graph

_SCRIPT = """\
def run(part, x):
    model = torch.export.load(FOLDER / f"{part}.pt2").module()
    return model(torch.from_numpy(x)).detach().numpy()
"""


def write(model: keras.Model, input_name: str, path: Path) -> None:
    """Write a model to a file whose batch may have any size."""
    import torch

    batch = {0: torch.export.Dim("batch")}
    graph = inference_graph(model, input_name)
    graph.export(path, format="torch", verbose=False, dynamic_shapes=batch)


def run(path: Path, x: np.ndarray) -> Any:
    """Return the output of a file for samples."""
    import torch

    model = torch.export.load(path).module()
    return model(torch.from_numpy(x)).detach().cpu().numpy()


FORMAT = Format(
    title="PyTorch",
    suffix=".pt2",
    writers={"torch": ("torch",)},
    runtime=("numpy", "torch"),
    batch="any number of samples at once",
    imports="import torch",
    script=_SCRIPT,
    write=write,
    run=run,
)
