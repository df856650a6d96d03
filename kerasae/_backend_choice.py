"""Which backend Keras is to have, decided before anything imports it.

A choice stands in the environment variable `KERAS_BACKEND` or in Keras's file of
settings. Without one Keras takes TensorFlow, installed or not; here the first backend
that is installed is taken, on the command line as in Python.
"""

# Imported with the package, which is to be light: what takes milliseconds to import is
# imported where it is needed.
import importlib.util
import os
import sys

BACKENDS = ("tensorflow", "jax", "torch")
_VARIABLE = "KERAS_BACKEND"


def installed() -> list[str]:
    """Return the backends that are installed, TensorFlow first."""
    return [name for name in BACKENDS if _is_installed(name)]


def _is_installed(backend: str) -> bool:
    spec = importlib.util.find_spec(backend)
    # A folder of that name, in which the process was started, is found as well.
    return spec is not None and spec.origin is not None


def choose() -> None:
    """Have Keras take a backend that is installed, unless one was chosen.

    Does nothing where Keras is imported already. Where its import failed for want of a
    backend, the next one succeeds.
    """
    if "keras" in sys.modules or os.environ.get(_VARIABLE):
        return
    # TensorFlow, where it is installed, is Keras's own default.
    if not _is_installed("tensorflow") and _configured() is None:
        for name in installed()[:1]:
            os.environ[_VARIABLE] = name


def set_backend(backend: str | None = None) -> None:
    """Set Keras's backend: the one given, else the one chosen, else one installed.

    Raises:
        ValueError: If there is no such backend.
        ImportError: If it is not installed.
    """
    from kerasae._checks import one_of

    if backend is not None:
        one_of("backend", backend, BACKENDS)
    else:
        backend = _chosen() or next(iter(installed()), "tensorflow")
        one_of(_VARIABLE, backend, BACKENDS)
    if not _is_installed(backend):
        raise ImportError(missing(backend))
    os.environ[_VARIABLE] = backend


def missing(backend: str) -> str:
    """Return the error text for a backend that is not installed."""
    text = f"The backend {backend!r} is not installed."
    install = f'pip install "kerasae[{backend}]"'
    others = installed()
    if not others:
        return f"{text} Install it, or another one, with: {install}"
    return (
        f"{text} Install it with: {install}. Or take {' or '.join(others)}, which "
        f"{'is' if len(others) == 1 else 'are'} installed: {_VARIABLE}={others[0]}"
    )


def _chosen() -> str | None:
    """Return the backend in the environment or in Keras's file of settings."""
    return os.environ.get(_VARIABLE) or _configured()


def _configured() -> str | None:
    """Return the backend in Keras's file of settings, unless one of ours is missing."""
    import json
    from pathlib import Path

    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    try:
        backend = json.loads((home / "keras.json").read_text()).get("backend")
    except (OSError, ValueError, AttributeError):
        return None
    # Keras writes the file unasked; only an installed backend was a choice.
    unasked = backend in BACKENDS and not _is_installed(backend)
    return None if unasked else backend
