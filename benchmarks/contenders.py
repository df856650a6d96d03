"""Who takes part: ways of training, each on a backend. Imports no backend."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple, Self

BACKENDS = ("tensorflow", "jax", "torch")
INSTALLED = [name for name in BACKENDS if find_spec(name)]
_LOOPS = {"torch": "torch loop", "jax": "jax scan"}


class Contender(NamedTuple):
    """How a model is written and trained, and on what.

    Attributes:
        way: "kerasae", "keras" for a plain script, or "loop" for one written by hand.
        backend: "tensorflow", "jax" or "torch".
    """

    way: str
    backend: str

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Self:
        """Return whose result it is."""
        return cls(result["way"], result["backend"])

    @property
    def label(self) -> str:
        """Its name in tables."""
        if self.way == "loop":
            return _LOOPS[self.backend]
        return f"{self.way}, {self.backend}"


def contenders(backends: Sequence[str]) -> list[Contender]:
    """Return everyone who competes on some backends."""
    found = [Contender(way, name) for way in ("kerasae", "keras") for name in backends]
    return found + [Contender("loop", name) for name in backends if name in _LOOPS]
