"""A diagram that notebooks show."""

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any


class Diagram(os.PathLike[str]):
    """What `kerasae.plot_architecture` returns: a picture in notebooks, else a path.

    It passes for its file wherever a path is taken, `open(diagram)` say. Version 0.1
    returned that path: what a path has, such as `read_text`, a diagram has too.

    Args:
        draw: Returns the diagram as SVG.
        path: The file that it was written to, or None.

    Attributes:
        path: The file, or None.

    Example:
        >>> from kerasae.plotting.diagrams.diagram import Diagram
        >>> diagram = Diagram(lambda: "<svg></svg>")
        >>> diagram.svg, diagram.path is None
        ('<svg></svg>', True)
    """

    def __init__(self, draw: Callable[[], str], path: Path | None = None) -> None:
        self._draw = draw
        self.path = path

    @cached_property
    def svg(self) -> str:
        """The diagram as SVG."""
        return self._draw()

    def _repr_svg_(self) -> str:
        """Return the picture: IPython asks for it."""
        return self.svg

    def __repr__(self) -> str:
        return f"<diagram in {str(self.path)!r}>" if self.path else "<diagram>"

    def __str__(self) -> str:
        return str(self.path) if self.path else repr(self)

    def __fspath__(self) -> str:
        if self.path is None:
            raise TypeError("This diagram is in no file: give `path` when you draw it.")
        return str(self.path)

    def __eq__(self, other: object) -> bool:
        return self is other or (self.path is not None and self.path == other)

    def __hash__(self) -> int:
        return hash(self.path)

    def __getattr__(self, name: str) -> Any:
        # Not for the names that IPython tries, nor while it is being unpickled.
        path = vars(self).get("path")
        if path is None or name.startswith("_"):
            kind = type(self).__name__
            raise AttributeError(f"{kind!r} object has no attribute {name!r}")
        return getattr(path, name)
