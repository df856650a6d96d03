"""Every variant in every format, on every backend: how far the files are off.

    python -m benchmarks.exports                    # all: about a quarter of an hour
    python -m benchmarks.exports --formats onnx     # a minute or two

Needs `pip install -e ".[all]"`. Each backend has a process of its own, in which
`kerasae.export` writes the variants as their builders make them, runs each file and
compares it with its model. Exits with 1 if a model could not be exported to ONNX.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import command
from benchmarks.contenders import BACKENDS
from benchmarks.tables import markdown
from kerasae.builders import VARIANTS

FORMATS = ("onnx", "openvino", "litert", "saved_model", "torch")
_MAIN = "import sys; from benchmarks.exports import worker; worker(*sys.argv[1:])"


def measure(backends: list[str], formats: list[str]) -> list[dict[str, Any]]:
    """Return what came of each variant, format and backend."""
    results = []
    for backend in backends:
        environment = {
            **os.environ,
            "KERAS_BACKEND": backend,
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "results.json")
            words = (sys.executable, "-c", _MAIN, str(file), *formats)
            subprocess.run(words, env=environment, check=True)
            results += json.loads(file.read_text(encoding="utf-8"))
    return results


def worker(file: str, *formats: str) -> None:
    """Export all variants on the backend of this process."""
    import keras

    import kerasae

    results = []
    for variant, build in VARIANTS.items():
        triple = build(seed=0)
        for name in formats:
            result = {
                "variant": variant,
                "backend": keras.backend.backend(),
                "format": name,
            }
            with tempfile.TemporaryDirectory() as folder:
                try:
                    record = kerasae.export(triple, folder, name)
                except (ImportError, RuntimeError) as error:
                    result["error"] = str(error)
                else:
                    result["written_by"] = record["written_by"]
                    result["differences"] = {
                        part: about["largest_difference"]
                        for part, about in record["parts"].items()
                    }
            print(_line(result), file=sys.stderr, flush=True)
            results.append(result)
    Path(file).write_text(json.dumps(results), encoding="utf-8")


def _line(result: dict[str, Any]) -> str:
    words = [result[key] for key in ("backend", "format", "variant")]
    off = result.get("differences")
    return "  ".join([*words, result["error"] if off is None else _largest(result)])


def _largest(result: dict[str, Any]) -> str:
    if (off := result.get("differences")) is None:
        return "fails"
    by = result["written_by"]
    return f"{max(off.values()):.0e}{'' if by == result['backend'] else ', by ' + by}"


def parts_table(results: list[dict[str, Any]], format: str) -> str:
    """Return the largest difference of each model in a format, on each backend."""
    found = [result for result in results if result["format"] == format]
    rows = [
        [
            result["variant"],
            result["backend"],
            *(f"{off:.1e}" for off in result.get("differences", {}).values()),
        ]
        for result in sorted(found, key=lambda result: result["variant"])
    ]
    parts = ("autoencoder", "encoder", "decoder")
    return markdown(["variant", "backend", *parts], rows)


def table(results: list[dict[str, Any]], format: str) -> str:
    """Return a row for each variant: its largest difference on each backend."""
    found = {
        (result["variant"], result["backend"]): _largest(result)
        for result in results
        if result["format"] == format
    }
    backends = [name for name in BACKENDS if name in {key[1] for key in found}]
    rows = [
        [f"`{variant}`", *(found.get((variant, backend), "") for backend in backends)]
        for variant in dict.fromkeys(key[0] for key in found)
    ]
    return markdown(["variant", *backends], rows)


def counts(results: list[dict[str, Any]], format: str) -> tuple[int, int]:
    """Return how many models were exported to a format, and how many there were."""
    found = [result for result in results if result["format"] == format]
    return sum(len(result.get("differences", ())) for result in found), 3 * len(found)


def main() -> int:
    """Measure and print."""
    path = Path("build") / "exports.json"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backends", nargs="+", choices=BACKENDS, default=BACKENDS)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--json", type=Path, default=path, help=f"default: {path}")
    chosen = parser.parse_args()
    results = measure(list(chosen.backends), list(chosen.formats))
    texts = []
    for name in chosen.formats:
        done, all_ = counts(results, name)
        texts.append(f"## {name}: {done} of {all_} models equal to 1e-4")
        texts.append((parts_table if name == "onnx" else table)(results, name))
    command.publish(chosen.json, *texts, results=results)
    if "onnx" not in chosen.formats:
        return 0
    done, all_ = counts(results, "onnx")
    return int(done < all_)


if __name__ == "__main__":
    raise SystemExit(main())
