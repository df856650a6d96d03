"""What a module shows of itself: its public names, and advice where one is missed."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from kerasae._checks import nearest


def public(
    module: str, names: Iterable[str], *, moved: Mapping[str, str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return a module's `__getattr__` and `__dir__`, which know its public names alone.

    Args:
        module: The module's own name.
        names: Its public names.
        moved: Public names that left it, and the module that each is in now. They
            still answer, and are found when they are asked for: their new room may
            stand above the old one.
    """
    shown, elsewhere = sorted(names), dict(moved or {})

    def show() -> list[str]:
        return list(shown)

    def find(name: str) -> Any:
        if name in elsewhere:
            return getattr(import_module(elsewhere[name]), name)
        raise no_attribute(module, name, show)

    return find, show


def no_attribute(
    module: str, name: str, public_names: Callable[[], list[str]]
) -> AttributeError:
    """Return the error for a name that a module does not have, with the nearest one.

    Args:
        module: The module's name.
        name: The name that was asked for.
        public_names: Returns the module's public names; for a builder only those of
            builders are told.
    """
    text = f"module {module!r} has no attribute {name!r}"
    if name.startswith("_"):  # asked for by Python and its tools
        return AttributeError(text)
    known = public_names()
    builders = [other for other in known if other.startswith("build_")]
    alike = builders if name.startswith("build_") else known
    return AttributeError(f"{text}. {nearest(name, alike or known)}")
