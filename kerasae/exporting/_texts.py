"""What stands beside exported models: how to use them, in words and as a script."""

from collections.abc import Mapping
from typing import Any

import keras

from kerasae._triple import Autoencoder
from kerasae.engine.samples import ends_in_sigmoid
from kerasae.exporting._formats import FORMATS
from kerasae.exporting._parts import INPUTS
from kerasae.layers import GaussianSampling
from kerasae.layers.apply_corruption import corruption_layers
from kerasae.layers.padding_mask import padding_value

_BYTES = "Bytes (`uint8`) are divided by 255 first."


def script(format: str, shape: tuple[int, ...]) -> str:
    """Return the script that runs exported models without Keras.

    Args:
        format: Their format.
        shape: That of one sample.
    """
    sizes = ", ".join(map(str, shape))
    return f'''\
"""Encode and reconstruct samples without Keras: python infer.py [samples.npy]."""

import sys
from pathlib import Path

import numpy as np
{FORMATS[format].imports}


{FORMATS[format].script}

FOLDER = Path(__file__).parent
x = np.load(sys.argv[1]) if sys.argv[1:] else np.random.rand(4, {sizes})
x = np.asarray(x / 255 if x.dtype == np.uint8 else x, "float32")
codes = run("encoder", x)
print("codes", codes.shape, "reconstructions", run("decoder", codes).shape)
'''


def readme(triple: Autoencoder, record: Mapping[str, Any], scaling: str | None) -> str:
    """Return the README of a folder of exported models.

    Args:
        triple: What was exported.
        record: What is written down about it.
        scaling: How its samples were scaled, in words.
    """
    about = FORMATS[record["format"]]
    sections = [
        f"# {triple.autoencoder.name} as {about.title}",
        _parts_table(record["parts"]),
        f"Each takes a float32 array, {about.batch}: `n` stands for their number.",
        *_scaling(triple.autoencoder, scaling),
        *_inference(triple.autoencoder),
        "## Use",
        f"```sh\npip install {' '.join(about.runtime)}\npython infer.py samples.npy\n"
        "```\n\n`infer.py` needs neither Keras nor kerasae. Without a file it takes "
        "random numbers.",
        "## Compared",
        f"Each file was run on {record['samples']} samples, all at once and one alone, "
        f"and differs from the Keras model on {record['backend']} by no more than the "
        "table says; where a model returns numbers above 1, as a fraction of the "
        f"largest. An export that is off by more than {record['tolerance']:g} fails.",
    ]
    if record["written_by"] != record["backend"]:
        sections.append(f"The files were written on {record['written_by']}.")
    if quantized := record.get("quantized"):
        sections += ["## In eight bits", _quantized_table(quantized)]
    versions = "".join(f"- {name} {at}\n" for name, at in record["versions"].items())
    return "\n\n".join([*sections, "## Versions", versions])


def _parts_table(parts: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        "| Model | File | Input | Output | Largest difference |",
        "|---|---|---|---|---|",
    ]
    for part, about in parts.items():
        given, made = (_shape(about[key]) for key in ("input", "output"))
        rows.append(
            f"| {part} | `{about['file']}` | {INPUTS[part]}, {given} | {made} | "
            f"{about['largest_difference']:.1e} |"
        )
    return "\n".join(rows)


def _quantized_table(quantized: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        "| File | Size | In float32 | Mean difference | Largest difference |",
        "|---|---|---|---|---|",
    ]
    for about in quantized.values():
        sizes = (f"{about[key] / 1000:,.1f} kB" for key in ("bytes", "bytes_float32"))
        rows.append(
            f"| `{about['file']}` | {' | '.join(sizes)} | "
            f"{about['mean_difference']:.1e} | {about['largest_difference']:.1e} |"
        )
    return "\n".join(rows)


def _shape(shape: list[int | None]) -> str:
    return f"({', '.join('n' if size is None else str(size) for size in shape)})"


def _scaling(model: keras.Model, scaling: str | None) -> list[str]:
    """Return what has to be done to samples before they go in."""
    if ends_in_sigmoid(model):
        text = f"Samples are in [0, 1], and so are reconstructions. {_BYTES}"
    else:
        text = (
            "Samples have to be scaled as those of the training were; reconstructions "
            f"are on that scale, too. {_BYTES}"
        )
    if scaling:
        text += f" Those of the training: {scaling}."
    if (padding := padding_value(model)) is not None:
        text += f" A step whose channels all equal {padding:g} is padding."
    return ["## Input", text]


def _inference(model: keras.Model) -> list[str]:
    """Return what differs from training."""
    texts = []
    if any(isinstance(layer, GaussianSampling) for layer in model.layers):
        texts.append("A code is the mean of its distribution: nothing is sampled.")
    if corruption_layers(model):
        texts.append("The noise of the training is off.")
    return [" ".join(texts)] if texts else []
