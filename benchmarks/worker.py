"""One way of training, in a process of its own that does what it is told.

    echo epoch | KERAS_BACKEND=jax python -m benchmarks.worker --way loop --backend jax

Each line of standard input is a task, `epoch`, `predict`, `one_image` or `report`;
each is answered by a line of JSON. What libraries print goes to standard error.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks._cases import CASES, Case, floats, images, reconstruction_loss

_WARM_UP = 5


def make(way: str, backend: str, case: Case, x: np.ndarray) -> Any:
    """Return the way, with its model built."""
    stack = case.kind == "stack"
    if way == "kerasae":
        from benchmarks import _kerasae

        return (_kerasae.KerasaeStack if stack else _kerasae.Kerasae)(case, x)
    if way == "keras":
        from benchmarks import _keras

        return (_keras.KerasStack if stack else _keras.Keras)(case, x)
    if backend == "torch":
        from benchmarks import _torch

        return (_torch.LoopStack if stack else _torch.Loop)(case, x)
    from benchmarks import _jax

    return (_jax.ScanStack if stack else _jax.Scan)(case, x)


class Tasks:
    """What a worker can be told to do.

    Args:
        way: The way, with its model built.
        backend: What it runs on.
        x: Images to predict.
        repeats: How often a single image is reconstructed.
    """

    def __init__(self, way: Any, backend: str, x: np.ndarray, repeats: int) -> None:
        self._way, self._backend, self._x = way, backend, x
        self._repeats = repeats

    def epoch(self) -> dict[str, Any]:
        """Train one epoch."""
        seconds, loss = _timed(self._way.epoch)
        return {"epoch_seconds": seconds, "loss": loss}

    def predict(self) -> dict[str, Any]:
        """Reconstruct many images."""
        seconds, pictures = _timed(lambda: self._way.predict(self._x))
        loss = reconstruction_loss(pictures, self._x)
        return {"predict_seconds": seconds, "test_loss": loss}

    def one_image(self) -> dict[str, Any]:
        """Reconstruct one image many times; the first few times do not count."""
        answer = {}
        for name, function in self._way.one_image(self._x[:1]).items():
            seconds = [_timed(function)[0] for _ in range(_WARM_UP + self._repeats)]
            answer[f"{name}_one_seconds"] = statistics.median(seconds[_WARM_UP:])
        return answer

    def report(self) -> dict[str, Any]:
        """Tell what was used."""
        return {"memory_mb": peak_memory(), "device": _device(self._backend)}


def peak_memory() -> float:
    """Return the most memory that this process has held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _timed(function: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = function()
    return time.perf_counter() - started, result


def _device(backend: str) -> str:
    if backend == "torch":
        import torch

        return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    if backend == "jax":
        import jax

        return jax.devices()[0].device_kind
    import tensorflow

    found = tensorflow.config.list_physical_devices("GPU")
    return found[0].name if found else "cpu"


def main() -> None:
    """Do what is asked for until nothing more is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--way", choices=["kerasae", "keras", "loop"], required=True)
    parser.add_argument("--backend", choices=["tensorflow", "jax", "torch"])
    parser.add_argument("--case", choices=list(CASES), default="undercomplete")
    parser.add_argument("--samples", type=int, help="training images")
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--layers", type=int, nargs="+", help="of the encoder")
    parser.add_argument("--predictions", type=int, default=10_000, help="images")
    parser.add_argument("--repeats", type=int, default=50, help="of a single image")
    parser.add_argument("--bytes", action="store_true", help="train on 8-bit images")
    parser.add_argument("--policy", help="of precision, such as mixed_bfloat16")
    arguments = parser.parse_args()
    # Only answers may reach the parent.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    given = {
        name: value
        for name, value in vars(arguments).items()
        if name in Case._fields and value is not None
    }
    case = CASES[arguments.case]._replace(**given)
    if arguments.policy:
        import keras

        keras.mixed_precision.set_global_policy(arguments.policy)
    x = images(case, case.samples)
    way = make(
        arguments.way, arguments.backend, case, x if arguments.bytes else floats(x)
    )
    del x
    test = floats(images(case, arguments.predictions, "test"))
    tasks = Tasks(way, arguments.backend, test, arguments.repeats)
    for line in sys.stdin:
        print(json.dumps(getattr(tasks, line.strip())()), file=answers, flush=True)


if __name__ == "__main__":
    main()
