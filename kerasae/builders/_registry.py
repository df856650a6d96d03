"""The variants, found among the modules of this folder without importing any.

A module without a leading underscore is a variant if it defines the builder that its
name calls for: `build_<module>` where the name ends in "ae", as `conv_vae` does, and
`build_<module>_ae` elsewhere, as for `conv`. All else is read from its source, so that
the command line can list the variants before Keras is imported:

- which samples it takes, from the default of `input_shape`: three sizes are an image,
  two a sequence, and an int means that any shape will do;
- its summary, the first line of the builder's docstring;
- its row in tables, the module's docstring: what it is, and what to use it for.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from kerasae._triple import Autoencoder

T = TypeVar("T")

_AXES: dict[int, tuple[str, ...]] = {
    3: ("height", "width", "channels"),
    2: ("steps", "channels"),
}


class Builder(Protocol):
    """A function that builds a variant; its other arguments are its own."""

    def __call__(self, *args: Any, **options: Any) -> "Autoencoder":
        """Return the triple."""


class About(NamedTuple):
    """What the source of a variant says about it.

    Attributes:
        builder: Name of its builder.
        axes: The axes of a sample; none if any shape will do.
        summary: First line of the builder's docstring.
        what: What it is, in a line.
        use: What to use it for, in a line.
        arguments: How many it takes by keyword.
    """

    builder: str
    axes: tuple[str, ...]
    summary: str
    what: str
    use: str
    arguments: int


class _Lazy(Mapping[str, T]):
    """A mapping that finds its names and its values when they are asked for."""

    def __init__(
        self, names: Callable[[], Iterable[str]], value: Callable[[str], T]
    ) -> None:
        self._names = names
        self._value = value

    def __getitem__(self, name: str) -> T:
        if name not in self:
            raise KeyError(name)
        return self._value(name)

    def __contains__(self, name: object) -> bool:
        return name in tuple(self)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


def builder_name(module: str) -> str:
    """Return the name of the builder in a variant's module."""
    return f"build_{module}" if module.endswith("ae") else f"build_{module}_ae"


@cache
def sources() -> dict[str, str]:
    """Return the source of every variant's module, by the name of the variant."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("[!_]*.py")):
        source = path.read_text(encoding="utf-8")
        if re.search(rf"^def {builder_name(path.stem)}\(", source, re.MULTILINE):
            found[path.stem] = source
    return found


@cache
def describe(variant: str) -> About:
    """Return what the source of a variant says about it."""
    module = ast.parse(sources()[variant])
    name = builder_name(variant)
    builder = next(
        node
        for node in module.body
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    shape = ast.literal_eval(builder.args.defaults[0])
    what, _, use = (ast.get_docstring(module) or "").partition("\n\n")
    return About(
        builder=name,
        axes=() if isinstance(shape, int) else _AXES[len(shape)],
        summary=(ast.get_docstring(builder) or "").partition("\n")[0],
        what=" ".join(what.split()),
        use=" ".join(use.split()),
        arguments=len(builder.args.kwonlyargs),
    )


@cache
def _names() -> tuple[str, ...]:
    """Return the variants for any shape, for images, for sequences, simple ones first.

    The fewer arguments, the simpler.
    """
    groups = ((), *_AXES.values())

    def place(variant: str) -> tuple[int, int]:
        about = describe(variant)
        return groups.index(about.axes), about.arguments

    return tuple(sorted(sources(), key=place))


def _builder(variant: str) -> Builder:
    return getattr(import_module(f"kerasae.builders.{variant}"), builder_name(variant))


# Looking a name up imports its builder; the names alone import nothing.
VARIANTS: Mapping[str, Builder] = _Lazy(_names, _builder)
# The axes of a sample, for variants that do not take any shape.
SAMPLE_AXES: Mapping[str, tuple[str, ...]] = _Lazy(
    lambda: [name for name in _names() if describe(name).axes],
    lambda name: describe(name).axes,
)
SUMMARIES: Mapping[str, str] = _Lazy(_names, lambda name: describe(name).summary)
