"""Which backend a command runs on, settled before Keras is imported."""

import importlib.util
import json
import os
import sys
from collections.abc import Iterator
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
    with native_messages_hidden():
        import keras  # noqa: F401


@contextmanager
def native_messages_hidden() -> Iterator[None]:
    """Keep what TensorFlow's C++ prints at its start off the terminal.

    It does so below Python, whatever its log level; nothing of it is about us.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _configured_backend() -> str | None:
    """Return the backend that Keras's configuration file names, if it is there."""
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    try:
        backend = json.loads((home / "keras.json").read_text()).get("backend")
    except (OSError, ValueError):
        return None
    # Keras writes the file by itself; only an installed backend was a choice.
    return backend if backend and importlib.util.find_spec(backend) else None
