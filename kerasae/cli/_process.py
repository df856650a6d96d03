"""The process in which a command runs: its backend, its seed, its interruption.

Keras is imported inside the commands: `--help` needs no backend, and `--backend` must
be set before Keras is imported.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kerasae import _backend_choice, _checks


def use_backend(backend: str | None) -> None:
    """Choose the backend, before anything imports Keras."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _backend_choice.set_backend(backend)
    with native_messages_hidden():
        import keras  # noqa: F401


def set_seed(seed: int) -> None:
    """Make the process repeatable, once its backend is chosen."""
    import keras

    with native_messages_hidden():
        # Keras also seeds TensorFlow, and so imports it, wherever it is installed.
        keras.utils.set_random_seed(_checks.required_seed(seed))


@contextmanager
def exit_on_interrupt(resumable: Callable[[], bool]) -> Iterator[None]:
    """End the process on Ctrl-C, with a line of advice instead of a traceback.

    Args:
        resumable: Tells whether `--resume` can continue what was interrupted.
    """
    try:
        yield
    except KeyboardInterrupt:
        advice = "; continue with the same command and --resume" if resumable() else ""
        print(f"interrupted{advice}", file=sys.stderr)
        raise SystemExit(130) from None


@contextmanager
def native_messages_hidden() -> Iterator[None]:
    """Hide what TensorFlow's C++ code prints when it starts.

    It prints below Python, whatever the log level, and nothing of interest here.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    try:
        with Path(os.devnull).open("w") as null:
            os.dup2(null.fileno(), 2)
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
