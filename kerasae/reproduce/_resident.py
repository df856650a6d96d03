"""How much memory a block of code takes."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STATUS = Path("/proc/self/statm")
_INTERVAL = 0.005  # seconds


@contextmanager
def resident_growth() -> Iterator[list[float]]:
    """Yield a list, which holds after the block by how many MB memory grew at most.

    It stays empty where the system does not tell (anything but Linux).
    """
    grown: list[float] = []
    if not _STATUS.is_file():
        yield grown
        return
    before, over, peak = _resident(), threading.Event(), [0.0]

    def watch() -> None:
        while not over.is_set():
            peak[0] = max(peak[0], _resident() - before)
            time.sleep(_INTERVAL)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield grown
    finally:
        over.set()
        watcher.join()
    grown.append(max(peak[0], _resident() - before))


def _resident() -> float:
    pages = int(_STATUS.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
