"""Peak memory of training from a small and from a large file.

    python -m benchmarks.memory
    python -m benchmarks.memory --gigabytes 0.04 1 --backends jax

An epoch over a memory-mapped file of 8-bit images, in a process of its own for each
size. Two peaks are measured. One is that of the process's own memory. The other, as
the system counts, includes pages of the file that happen to lie in memory, which the
system takes back when it needs them.
"""

import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import command
from benchmarks.contenders import Contender
from benchmarks.runner import Result, new_process
from benchmarks.tables import markdown
from benchmarks.worker import peak_memory

_WAYS = ("fit", "pairs")
_BATCH = 4096


def make_file(folder: Path, gigabytes: float) -> Path:
    """Write a gray image and many black ones, which take no room on most disks."""
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


def measure(backends: list[str], sizes: list[float]) -> list[Result]:
    """Return the results of each way with each file."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for gigabytes in sizes:
            path = make_file(Path(folder), gigabytes)
            for backend in backends:
                for way in _WAYS:
                    print(f"{way}, {backend}, {gigabytes:g} GB ...", file=sys.stderr)
                    with new_process(backend) as process:
                        found = process.submit(train, path, way).result()
                    head = {"way": way, "backend": backend, "gigabytes": gigabytes}
                    results.append({**head, **found})
    return results


def table(results: list[Result]) -> str:
    """Return a row for each result."""
    rows = [
        [
            Contender.of(result).label,
            f"{result['gigabytes']:g}",
            f"{result['own_mb']:.0f}",
            f"{result['all_mb']:.0f}",
            f"{result['seconds']:.1f}",
        ]
        for result in sorted(results, key=Contender.of)
    ]
    return markdown(["way", "file, GB", "own MB", "with pages, MB", "seconds"], rows)


def main() -> None:
    """Measure and print."""
    parser = command.parser(__doc__, rounds=1, file="benchmarks-memory.json")
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[0.04, 4.0])
    arguments = parser.parse_args()
    results = measure(arguments.backends, arguments.gigabytes)
    command.publish(
        arguments.json,
        table(results),
        settings={"batch_size": _BATCH},
        results=results,
    )


if __name__ == "__main__":
    main()
