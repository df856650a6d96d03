"""Who takes part: a way of training on a backend. Imports no backend."""

import importlib.util
from collections.abc import Iterable
from typing import NamedTuple

BACKENDS = ("tensorflow", "jax", "torch")
_LOOPS = {"torch": "torch loop", "jax": "jax scan"}


class Way(NamedTuple):
    """How a model is written and trained, and on what.

    Attributes:
        kind: "kerasae", "keras" for a plain script, or "loop" for one by hand.
        backend: "tensorflow", "jax" or "torch".
    """

    kind: str
    backend: str

    @property
    def label(self) -> str:
        """What tables call it."""
        if self.kind == "loop":
            return _LOOPS[self.backend]
        return f"{self.kind}, {self.backend}"


def installed() -> list[str]:
    """Return the backends that are there."""
    return [name for name in BACKENDS if importlib.util.find_spec(name)]


def ways(backends: Iterable[str]) -> list[Way]:
    """Return all ways on some backends."""
    backends = list(backends)
    found = [Way(kind, name) for kind in ("kerasae", "keras") for name in backends]
    return found + [Way("loop", name) for name in backends if name in _LOOPS]
