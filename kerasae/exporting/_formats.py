"""The formats that are exported to, one module each, and what they need."""

import importlib.util
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np


class Format(NamedTuple):
    """A format of files, which one of the modules beside this one writes and runs.

    Attributes:
        title: Its name.
        suffix: What the names of its files end in; "" where each is a folder.
        writers: Backends that can write it, each with the packages that takes.
        runtime: The packages that run it, by the names that pip knows.
        batch: How many samples a file takes at once, in words.
        imports: The import that the script beside the files needs.
        script: The function `run(part, x)` of that script.
        write: Writes a model, under an input's name, to a path.
        run: Returns the output of a written file for samples.
    """

    title: str
    suffix: str
    writers: Mapping[str, tuple[str, ...]]
    runtime: tuple[str, ...]
    batch: str
    imports: str
    script: str
    write: Callable[[keras.Model, str, Path], None]
    run: Callable[[Path, np.ndarray], Any]


class _Formats(Mapping[str, Format]):
    """Finds a format's module when it is asked for."""

    _names = ("onnx", "openvino", "litert", "saved_model", "torch")

    def __getitem__(self, name: str) -> Format:
        if name not in self._names:
            raise KeyError(name)
        return import_module(f"kerasae.exporting._{name}").FORMAT

    def __iter__(self) -> Any:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


FORMATS: Mapping[str, Format] = _Formats()

# The extra that installs a package.
_EXTRAS = {
    "onnx": "export",
    "onnxruntime": "export",
    "tf2onnx": "export",
    "jax2onnx": "export-jax",
    "openvino": "export-openvino",
    "ai_edge_litert": "export-litert",
}


def missing(packages: tuple[str, ...]) -> list[str]:
    """Return those packages that are not installed."""
    return [name for name in packages if importlib.util.find_spec(name) is None]


def install_line(packages: list[str]) -> str:
    """Return the command that installs missing packages."""
    extras = sorted({_EXTRAS.get(name, name) for name in packages})
    return f'pip install "kerasae[{",".join(extras)}]"'
