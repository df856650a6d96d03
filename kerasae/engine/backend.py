"""What every backend does in its own way: one module each, of the same functions."""

from collections.abc import Callable
from typing import Any, Protocol

import keras
import numpy as np

from kerasae.engine._steps import Epoch


class Backend(Protocol):
    """The functions that a backend's module has."""

    # Whether a call keeps what layers were like when it was traced.
    TRACES: bool
    # Whether every number of samples that a model is called with is compiled anew.
    COMPILES_EVERY_SIZE: bool

    def execution_settings(self, model: keras.Model) -> dict[str, bool | int | str]:
        """Return the fast `jit_compile` and `steps_per_execution`."""

    def can_loop(self, model: keras.Model) -> bool:
        """Tell whether `epoch_loop` can train a model that is compiled like this."""

    def epoch_loop(self, model: keras.Model, *, training: bool) -> Epoch:
        """Return the loop over a model's training or test steps.

        The steps are the model's own `train_step` and `test_step`: losses, metrics,
        optimizers and penalties are Keras's. What is returned does not keep the
        model alive.

        Raises:
            MissingInternalError: If Keras lacks what the loop needs.
        """

    def reseed(self, seed: int) -> None:
        """Seed the backend's own generator, where Keras's layers draw from it."""

    def unshare(self, model: keras.Model) -> None:
        """Give variables that share memory some of their own.

        On JAX, steps take over the memory of what they are given. With `use_ema`,
        weights and their averages share it after training, and Keras's second `fit`
        fails.
        """

    def inference(
        self, model: keras.Model, on_trace: Callable[[], None]
    ) -> Callable[[np.ndarray], Any]:
        """Return a model's call at inference, which does not keep the model alive.

        It calls `on_trace` whenever it is traced.
        """


def backend() -> Backend:
    """Return the functions of the backend that Keras runs on."""
    # Imported only here: a backend's module may need the backend's package.
    match keras.backend.backend():
        case "tensorflow":
            from kerasae.engine import _tensorflow

            return _tensorflow
        case "jax":
            from kerasae.engine import _jax

            return _jax
        case "torch":
            from kerasae.engine import _torch

            return _torch
        case _:
            from kerasae.engine import _other

            return _other


def execution_settings(model: keras.Model) -> dict[str, bool | int | str]:
    """Return the fast `jit_compile` and `steps_per_execution` for this backend.

    TensorFlow runs dense models fastest under XLA with many steps a call, and
    convolutions without XLA on a CPU; JAX is at its best with Keras's own settings;
    torch admits one step a call and no XLA.
    """
    return backend().execution_settings(model)
