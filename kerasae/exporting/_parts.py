"""The parts of a triple: written, run, and compared with the models themselves."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae._triple import Autoencoder
from kerasae.engine.prediction import predict_float32
from kerasae.exporting._formats import FORMATS
from kerasae.exporting._graph import inference_graph
from kerasae.layers.padding_mask import padding_value

INPUTS = {"autoencoder": "input", "encoder": "input", "decoder": "code"}


def part_path(folder: Path, part: str, format: str) -> Path:
    """Return the path of a part's file, or folder."""
    return folder / f"{part}{FORMATS[format].suffix}"


def write_parts(triple: Autoencoder, format: str, folder: Path) -> None:
    """Write the three models of a triple to a folder."""
    with quiet():
        for part, input_name in INPUTS.items():
            path = part_path(folder, part, format)
            FORMATS[format].write(getattr(triple, part), input_name, path)


def expected(triple: Autoencoder, samples: np.ndarray) -> dict[str, Any]:
    """Return inputs and outputs of each part, by its name.

    A model of half precision is exported in float32, and compared with itself in that.
    """
    precise = Autoencoder(*(_precise(triple, part) for part in triple._fields))
    codes = predict_float32(precise.encoder, samples)
    return {
        "autoencoder": (samples, predict_float32(precise.autoencoder, samples)),
        "encoder": (samples, codes),
        "decoder": (codes, predict_float32(precise.decoder, codes)),
    }


def _precise(triple: Autoencoder, part: str) -> keras.Model:
    model = getattr(triple, part)
    kinds = {layer.compute_dtype for layer in model.layers}
    return model if kinds == {"float32"} else inference_graph(model, INPUTS[part])


def differences(
    written: Path, format: str, inputs: np.ndarray, outputs: np.ndarray
) -> tuple[float, float]:
    """Return the mean and the largest difference between a file and its model.

    Args:
        written: What was written.
        format: Its format.
        inputs: Samples or codes; all at once, and the first alone.
        outputs: What the model makes of them. Where any is larger than 1, differences
            are told as fractions of the largest.
    """
    run = FORMATS[format].run
    with quiet():
        made = [run(written, inputs), run(written, inputs[:1])]
    if [array.shape for array in made] != [outputs.shape, outputs[:1].shape]:
        shapes = ", ".join(str(array.shape) for array in made)
        raise RuntimeError(f"its outputs have the shapes {shapes}")
    off = np.abs(np.concatenate(made) - np.concatenate([outputs, outputs[:1]]))
    unit = max(1.0, float(np.abs(outputs).max()))
    return float(off.mean()) / unit, float(off.max()) / unit


def some_samples(model: keras.Model, count: int = 16) -> np.ndarray:
    """Return random samples in [0, 1), some of them padded if the model skips that."""
    shape = (count, *model.input_shape[1:])
    samples = np.random.default_rng(0).random(shape).astype("float32")
    if (padding := padding_value(model)) is not None:
        samples[::2, shape[1] // 2 + 1 :] = padding
    return samples


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hide what exporters print and warn about: their own deprecations, mostly."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
