"""Peak memory of training from a small and from a large file.

    python -m benchmarks.memory
    python -m benchmarks.memory --gigabytes 0.04 1 --backends jax

An epoch over a memory-mapped file of 8-bit images, in a process of its own for each
size. Two peaks are measured. One is of memory that is the process's own. The other one,
as the system counts, includes pages of the file that happen to lie in memory, which
the system takes back when it needs them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import _options
from benchmarks._parent import ROOT, environment
from benchmarks._table import markdown
from benchmarks.worker import peak_memory
from kerasae.reproduce import _machine

_WAYS = ("fit", "pairs")
_BATCH = 4096


def make_file(folder: Path, gigabytes: float) -> Path:
    """Write a grey image and many black ones, which take no room on most disks."""
    path = folder / f"{gigabytes:g}.npy"
    shape = (int(gigabytes * 1e9) // 784, 784)
    pixels = np.lib.format.open_memmap(path, mode="w+", dtype="uint8", shape=shape)
    pixels[0] = 128
    return path


class OwnMemory(threading.Thread):
    """Watches the memory that is not pages of files; there is no count of its peak."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0

    def run(self) -> None:
        """Look every few milliseconds."""
        while True:
            for line in Path("/proc/self/status").read_text().splitlines():
                if line.startswith("RssAnon"):
                    self.peak_mb = max(self.peak_mb, int(line.split()[1]) / 1024)
            time.sleep(0.01)


def train(path: Path, way: str) -> dict[str, Any]:
    """Train one epoch from a file and return what it took."""
    import kerasae

    own = OwnMemory()
    own.start()
    triple = kerasae.build_undercomplete_ae(784, latent_dim=8)
    kerasae.compile(triple)
    started = time.perf_counter()
    if way == "fit":
        x = np.load(path, mmap_mode="r")
        history = kerasae.fit(triple, x, batch_size=_BATCH, epochs=1, verbose=0)
    else:
        stream = kerasae.data.pairs(path, batch_size=_BATCH)
        history = triple.autoencoder.fit(stream, verbose=0)
    return {
        "seconds": time.perf_counter() - started,
        "own_mb": own.peak_mb,
        "all_mb": peak_memory(),
        "loss": history.history["loss"][-1],
    }


def in_new_process(path: Path, way: str, backend: str) -> dict[str, Any]:
    """Return what `train` returns, of a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", "--train", way, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        env=environment(backend),
    )
    return json.loads(done.stdout.splitlines()[-1])


def measure(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the result of every way with every file."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for gigabytes in arguments.gigabytes:
            path = make_file(Path(folder), gigabytes)
            for backend in arguments.backends:
                for way in _WAYS:
                    print(f"{way}, {backend}, {gigabytes:g} GB ...", file=sys.stderr)
                    head = {"way": way, "backend": backend, "gigabytes": gigabytes}
                    results.append({**head, **in_new_process(path, way, backend)})
    return results


def table(results: list[dict[str, Any]]) -> str:
    """Return a row each result."""
    rows = [
        [
            f"{result['way']}, {result['backend']}",
            f"{result['gigabytes']:g}",
            f"{result['own_mb']:.0f}",
            f"{result['all_mb']:.0f}",
            f"{result['seconds']:.1f}",
        ]
        for result in sorted(results, key=lambda r: (r["way"], r["backend"]))
    ]
    return markdown(["way", "file, GB", "own MB", "with pages, MB", "seconds"], rows)


def main() -> None:
    """Measure and print."""
    parser = _options.parser(
        __doc__.splitlines()[0], rounds=1, file="build/benchmarks-memory.json"
    )
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[0.04, 4.0])
    parser.add_argument("--train", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.train:
        way, path = arguments.train
        print(json.dumps(train(Path(path), way)))
        return
    results = measure(arguments)
    report = _machine.report(settings={"batch_size": _BATCH}, results=results)
    _options.write(arguments.json, report)
    print(_machine.headline(report), end="\n\n")
    print(table(results))


if __name__ == "__main__":
    main()
