"""What a contender does in its own process: trains and predicts, and is timed."""

import importlib
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.cases import CASES, floats, images, reconstruction_loss
from benchmarks.contenders import Contender

_WARM_UP = 5


class Tasks:
    """What a contender can be asked to do.

    Args:
        contender: How, and on what, it trains.
        case: Name of the case.
        predictions: Number of images to predict.
        repeats: How often a single image is reconstructed.
        bytes: Whether to train on 8-bit images instead of floats.
        policy: Keras's precision, such as "mixed_bfloat16".
        changes: Attributes of the case that are different.
    """

    def __init__(
        self,
        contender: Contender,
        *,
        case: str,
        predictions: int = 10_000,
        repeats: int = 50,
        bytes: bool = False,
        policy: str | None = None,
        **changes: Any,
    ) -> None:
        changed = CASES[case]._replace(**changes)
        if policy:
            import keras

            keras.mixed_precision.set_global_policy(policy)
        x = images(changed, changed.samples)
        name = contender.backend if contender.way == "loop" else contender.way
        module = importlib.import_module(f"benchmarks._{name}")
        stack = changed.kind == "stack"
        trainer = module.StackTrainer if stack else module.Trainer
        self._trainer = trainer(changed, x if bytes else floats(x))
        self._test = floats(images(changed, predictions, "test"))
        self._backend, self._repeats = contender.backend, repeats

    def epoch(self) -> dict[str, Any]:
        """Train one epoch."""
        seconds, loss = _timed(self._trainer.epoch)
        return {"epoch_seconds": seconds, "loss": loss}

    def predict(self) -> dict[str, Any]:
        """Reconstruct many images."""
        seconds, found = _timed(lambda: self._trainer.predict(self._test))
        loss = reconstruction_loss(found, self._test)
        return {"predict_seconds": seconds, "test_loss": loss}

    def one_image(self) -> dict[str, Any]:
        """Reconstruct one image many times; the first few times do not count."""
        answer = {}
        for name, function in self._trainer.one_image(self._test[:1]).items():
            seconds = [_timed(function)[0] for _ in range(_WARM_UP + self._repeats)]
            answer[f"{name}_one_seconds"] = statistics.median(seconds[_WARM_UP:])
        return answer

    def report(self) -> dict[str, Any]:
        """Return what was used."""
        return {"memory_mb": peak_memory(), "device": _device(self._backend)}


# There is one to a process.
_tasks: Tasks


def build(contender: Contender, options: Mapping[str, Any]) -> None:
    """Build the contender's model, and load its images."""
    global _tasks
    _tasks = Tasks(contender, **options)


def do(task: str) -> dict[str, Any]:
    """Do the task of this name."""
    return getattr(_tasks, task)()


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
