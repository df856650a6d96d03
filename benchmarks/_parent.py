"""Starts a worker for each way, and has them take turns. Imports no backend."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from benchmarks._ways import Way

ROOT = Path(__file__).parent.parent

# Options of a worker's command line, by their names; None leaves one out.
Options = Mapping[str, Any]
Result = dict[str, Any]

# Threads of the way before keep spinning for a moment.
_PAUSE = 0.1


def environment(backend: str) -> dict[str, str]:
    """Return the environment of a process that uses a backend."""
    return {
        **os.environ,
        "KERAS_BACKEND": backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # All processes share one GPU, where there is one.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }


class Worker:
    """A process that trains in one way.

    Args:
        way: The way.
        options: What `benchmarks.worker` is told to do.
        messages: File for what libraries print; it matters only where one fails.

    Attributes:
        record: All its answers so far, a list under each name.
        failed: Whether it has died, for want of memory say.
    """

    def __init__(self, way: Way, options: Options, messages: IO[str]) -> None:
        self.record: dict[str, list[Any]] = {}
        self.failed = False
        self.way, self.options = way, options
        self._messages = messages
        module = (sys.executable, "-m", "benchmarks.worker")
        self._process = subprocess.Popen(
            [*module, "--way", way.kind, "--backend", way.backend, *_line(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._messages,
            text=True,
            cwd=ROOT,
            env=environment(way.backend),
        )

    def do(self, task: str) -> None:
        """Have a task done and keep the answer."""
        if self.failed:
            return
        with contextlib.suppress(BrokenPipeError):
            print(task, file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        self.failed = not line
        for name, value in json.loads(line or "{}").items():
            self.record.setdefault(name, []).append(value)

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        if self.failed:
            self._messages.seek(0)
            print(self._messages.read(), file=sys.stderr)

    def result(self) -> Result:
        """Return everything there is to know."""
        kind, backend = self.way
        found = {"way": kind, "backend": backend, **self.options, **self.record}
        return {**found, "failed": True} if self.failed else found


def _line(options: Options) -> list[str]:
    """Return options as a command line."""
    words = []
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(option)
        elif isinstance(value, (list, tuple)):
            words += [option, *map(str, value)]
        elif value not in (None, False):
            words += [option, str(value)]
    return words


@contextlib.contextmanager
def _workers(parties: Iterable[tuple[Way, Options]]) -> Iterator[list[Worker]]:
    with contextlib.ExitStack() as stack:
        workers = []
        for way, options in parties:
            messages = stack.enter_context(tempfile.TemporaryFile("w+"))
            workers.append(Worker(way, options, messages))
            stack.callback(workers[-1].close)
        yield workers


def compare(
    parties: Iterable[tuple[Way, Options]], *, rounds: int, predict: bool = True
) -> list[Result]:
    """Have all parties train, and predict, in turns.

    Args:
        parties: Ways, and what `benchmarks.worker` is told to do in each.
        rounds: Epochs after the first one, which compiles.
        predict: Whether predictions and single images are timed as well.

    Returns:
        The answers of each, a list under each name; the first epoch and the first
        prediction come first.
    """
    turns = ["epoch"] * (1 + rounds)
    if predict:
        turns += ["predict"] * (1 + rounds) + ["one_image"]
    with _workers(parties) as workers:
        for task in (*turns, "report"):
            for worker in workers:
                worker.do(task)
                time.sleep(_PAUSE)
        return [worker.result() for worker in workers]
