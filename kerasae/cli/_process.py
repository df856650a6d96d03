"""The process in which a command runs: its backend, its seed, its interruption.

Keras is imported inside the commands: `--help` needs no backend, and `--backend` must
be set before Keras is imported.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kerasae import _checks

BACKENDS = ("tensorflow", "jax", "torch")


def use_backend(backend: str | None) -> None:
    """Choose the backend, before anything imports Keras."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if backend is not None:
        _checks.one_of("backend", backend, BACKENDS)
    else:
        backend = os.environ.get("KERAS_BACKEND") or _configured_backend()
        if backend is not None:
            _checks.one_of("KERAS_BACKEND", backend, BACKENDS)
    if backend is None:
        installed = [name for name in BACKENDS if importlib.util.find_spec(name)]
        backend = installed[0] if installed else "tensorflow"
    if importlib.util.find_spec(backend) is None:
        raise ImportError(
            f"The backend {backend!r} is not installed. Install it with: "
            f'pip install "kerasae[{backend}]"'
        )
    os.environ["KERAS_BACKEND"] = backend
    with _native_messages_hidden():
        import keras  # noqa: F401


def set_seed(seed: int) -> None:
    """Make the process repeatable, once its backend is chosen."""
    import keras

    with _native_messages_hidden():
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
def _native_messages_hidden() -> Iterator[None]:
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


def _configured_backend() -> str | None:
    """Return the backend in Keras's configuration file, if that is installed."""
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    try:
        backend = json.loads((home / "keras.json").read_text()).get("backend")
    except (OSError, ValueError):
        return None
    # Keras writes the file unasked; only an installed backend was a choice.
    return backend if backend and importlib.util.find_spec(backend) else None
