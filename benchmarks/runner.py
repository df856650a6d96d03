"""Runs each contender in its own process and has them take turns.

Imports no backend.
"""

import contextlib
import multiprocessing
import os
import time
import traceback
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from benchmarks import worker
from benchmarks.contenders import Contender

# Arguments of `worker.Tasks` by name.
Options = Mapping[str, Any]
Result = dict[str, Any]

# Threads of the previous contender keep spinning for a moment.
_PAUSE = 0.1


def environment(backend: str) -> dict[str, str]:
    """Return the environment variables of a process that uses a backend."""
    return {
        "KERAS_BACKEND": backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # All processes share one GPU, where there is one.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }


def new_process(backend: str) -> ProcessPoolExecutor:
    """Return a process, not yet started, that runs functions on a backend.

    It inherits no module: the backend is chosen when Keras is first imported.
    """
    return ProcessPoolExecutor(
        max_workers=1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_prepare,
        initargs=(environment(backend),),
    )


def _prepare(variables: dict[str, str]) -> None:
    os.environ.update(variables)
    os.dup2(2, 1)  # what libraries print must not end up among the tables


class _Worker:
    """A process in which one contender trains, and all its answers."""

    def __init__(self, contender: Contender, options: Options) -> None:
        self.result: Result = {**contender._asdict(), **options}
        self._process = new_process(contender.backend)
        # All of them build their models at the same time.
        self._built = self._process.submit(worker.build, contender, options)

    def do(self, task: str) -> None:
        """Do a task and add each value of the answer to the list of its name."""
        if "failed" in self.result:
            return
        try:
            self._built.result()
            answer = self._process.submit(worker.do, task).result()
        except Exception:  # out of memory, say: the others go on
            traceback.print_exc()
            self.result["failed"] = True
            return
        for name, value in answer.items():
            self.result.setdefault(name, []).append(value)

    def close(self) -> None:
        """End the process."""
        self._process.shutdown()


def compare(
    parties: Iterable[tuple[Contender, Options]], *, rounds: int, predict: bool = True
) -> list[Result]:
    """Have all parties train, and predict, in turns.

    Args:
        parties: Contenders, each with the options of its worker.
        rounds: Epochs after the first one, which compiles.
        predict: Whether predictions and single images are timed as well.

    Returns:
        The answers of each, a list under each name; the first epoch and the first
        prediction come first.
    """
    tasks = ["epoch"] * (1 + rounds)
    if predict:
        tasks += ["predict"] * (1 + rounds) + ["one_image"]
    with contextlib.ExitStack() as stack:
        workers = [_Worker(*party) for party in parties]
        for each in workers:
            stack.callback(each.close)
        for task in (*tasks, "report"):
            for each in workers:
                each.do(task)
                time.sleep(_PAUSE)
    return [each.result for each in workers]
