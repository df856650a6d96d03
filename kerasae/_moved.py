"""Names that moved to another room, and still answer at their old address."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def moved(module: str, names: dict[str, str]) -> Callable[[str], Any]:
    """Return a module's `__getattr__` that finds names where they are now.

    Resolved when they are asked for, not imported: their new room may stand above
    the old one.

    Args:
        module: The module's own name.
        names: The public names that left it, and the module that each is in now.
    """

    def find(name: str) -> Any:
        if name in names:
            return getattr(import_module(names[name]), name)
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return find
