"""A triple as files for other programs."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae import _backend_choice, _checks, _environment
from kerasae._arrays import to_floats, to_numpy
from kerasae._files import replacing_folder
from kerasae._triple import Autoencoder, split
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.engine.samples import checked_samples
from kerasae.exporting import _parts, _quantized, _texts
from kerasae.exporting._elsewhere import write_elsewhere
from kerasae.exporting._formats import FORMATS, install_line, missing

RECORD = "export.json"
TOLERANCE = 1e-4
_MOST = 256  # samples that files are compared on


def export(
    model: ModelOrTriple,
    folder: str | Path,
    format: str = "onnx",
    *,
    samples: ArrayLike = None,
    scaling: str | None = None,
    quantize: bool = False,
    force: bool = False,
) -> dict[str, Any]:
    """Write encoder, decoder and autoencoder for programs that have no Keras.

    Beside the files stand a `README.md`, which says what goes in and what comes out,
    and `infer.py`, a short script that runs them. Each file is run and compared with
    its model before the folder appears: one that is off by more than 1e-4 is an error.

    What is exported is what `predict` computes, in float32: without noise, and for
    variational models with the mean of the code. Where this backend cannot write the
    format, or fails at it, another one that is installed does.

    Args:
        model: A triple, or an autoencoder with a layer named `code`.
        folder: The folder to write, atomically.
        format: `"onnx"`, `"openvino"`, `"litert"` (one sample at a time),
            `"saved_model"` or `"torch"` (an exported program).
        samples: What the files are compared on: up to 256 samples of shape
            `(n_samples, *input_shape)`. None for 16 random ones in [0, 1).
        scaling: How samples have to be scaled, in words, for the README.
        quantize: Whether to add ONNX models with weights of eight bits, by
            onnxruntime's quantizer. How far they are off is said, not limited.
        force: Whether to replace an earlier export in `folder`.

    Returns:
        The contents of `export.json` in the folder, which tell the format, the file,
        shapes and largest difference of each part, and the versions.

    Raises:
        FileExistsError: If `folder` exists and is not empty.
        ImportError: If packages are missing; it names the command that installs them.
        RuntimeError: If no installed backend writes files that do what the models do.
        TypeError, ValueError: If an argument is not as described.

    Example:
        >>> import tempfile
        >>> import kerasae
        >>> triple = kerasae.build_undercomplete_ae(8, latent_dim=2, seed=0)
        >>> record = kerasae.export(triple, f"{tempfile.mkdtemp()}/onnx")
        >>> record["parts"]["encoder"]["file"], record["parts"]["encoder"]["output"]
        ('encoder.onnx', [None, 2])
    """
    _checks.one_of("format", format, FORMATS)
    force = _checks.boolean("force", force)
    if _checks.boolean("quantize", quantize) and format != "onnx":
        fix = "Leave it out, or take format='onnx'."
        expected = "False where the format is not 'onnx'"
        raise ValueError(_checks.argument_error("quantize", expected, quantize, fix))
    triple = model if isinstance(model, Autoencoder) else split(model)
    x = _samples(triple.autoencoder, samples)
    writers = list(_writers(format))
    with replacing_folder(folder, marker=RECORD, force=force) as temporary:
        pairs = _parts.expected(triple, x)
        written_by, off = _write(triple, format, temporary, writers, pairs)
        record = {
            "format": format,
            "model": triple.autoencoder.name,
            "backend": keras.backend.backend(),
            "written_by": written_by,
            "samples": len(x),
            "tolerance": TOLERANCE,
            "parts": {
                part: {
                    "file": _parts.part_path(temporary, part, format).name,
                    "input": list(getattr(triple, part).input_shape),
                    "output": list(getattr(triple, part).output_shape),
                    "largest_difference": largest,
                }
                for part, largest in off.items()
            },
        }
        if quantize:
            record["quantized"] = _quantize(temporary, pairs)
        packages = ("kerasae", "keras", *FORMATS[format].writers[written_by])
        names = dict.fromkeys((*packages, written_by, "numpy"))
        record["versions"] = _environment.versions(names)
        shape = triple.autoencoder.input_shape[1:]
        texts = {
            "README.md": _texts.readme(triple, record, scaling),
            "infer.py": _texts.script(format, shape),
            RECORD: json.dumps(record, indent=2) + "\n",
        }
        for name, text in texts.items():
            (temporary / name).write_text(text, encoding="utf-8")
    return record


def _samples(model: keras.Model, samples: ArrayLike) -> np.ndarray:
    if samples is None:
        return _parts.some_samples(model)
    values = to_numpy(checked_samples(model, samples, "samples").values)
    return to_floats(values[:_MOST], "float32")


def _writers(format: str) -> Iterator[str]:
    """Return the backends that can write a format here, the one in use first.

    Raises:
        ImportError: If there is none.
    """
    writers, ours = FORMATS[format].writers, keras.backend.backend()
    installed = _backend_choice.installed()
    able = [name for name in writers if name in installed]
    able = [name for name in able if not missing(writers[name])]
    if not able:
        backend = ours if ours in writers else next(iter(writers))
        needed = missing((*writers[backend], backend))
        raise ImportError(
            f"Exporting to {FORMATS[format].title} on {backend} needs "
            f"{' and '.join(needed)}, not installed here. Install it with: "
            f"{install_line(needed)}"
        )
    yield from sorted(able, key=lambda name: name != ours)


def _write(
    triple: Autoencoder,
    format: str,
    folder: Path,
    writers: list[str],
    pairs: dict[str, Any],
) -> tuple[str, dict[str, float]]:
    """Write all parts on the first backend whose files do what the models do.

    Returns:
        The backend, and the largest difference of each part.

    Raises:
        RuntimeError: If there is none.
    """
    failures = []
    for backend in writers:
        attempt = folder / backend
        attempt.mkdir()
        # Exporters raise errors of all kinds, with pages of text.
        try:
            if backend == keras.backend.backend():
                _parts.write_parts(triple, format, attempt)
            else:
                write_elsewhere(triple, format, attempt, backend)
            off = _compare(attempt, format, pairs)
        except Exception as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            failures.append(f"{backend}: {lines[0]}")
            shutil.rmtree(attempt)
        else:
            for path in attempt.iterdir():
                path.rename(folder / path.name)
            attempt.rmdir()
            return backend, off
    raise RuntimeError(
        f"{triple.autoencoder.name!r} could not be exported to "
        f"{FORMATS[format].title}. {'; '.join(failures)}. Another format may do, or "
        "another backend."
    )


def _compare(folder: Path, format: str, pairs: dict[str, Any]) -> dict[str, float]:
    off = {}
    for part, (given, made) in pairs.items():
        path = _parts.part_path(folder, part, format)
        _, off[part] = _parts.differences(path, format, given, made)
        if not off[part] <= TOLERANCE:
            raise RuntimeError(
                f"the {part} is off by {off[part]:.1e}, more than {TOLERANCE:g}"
            )
    return off


def _quantize(folder: Path, pairs: dict[str, Any]) -> dict[str, Any]:
    """Write each part in eight bits, and return how far it is off."""
    results = {}
    for part, (given, made) in pairs.items():
        path = _parts.part_path(folder, part, "onnx")
        written = _quantized.quantize(path)
        mean, largest = _parts.differences(written, "onnx", given, made)
        results[part] = {
            "file": written.name,
            "mean_difference": mean,
            "largest_difference": largest,
            "bytes": written.stat().st_size,
            "bytes_float32": path.stat().st_size,
        }
    return results
