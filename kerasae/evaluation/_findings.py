"""Findings: what is wrong, by which numbers it shows, and what to change."""

import json
import os
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kerasae._files import save_text

SEVERITIES = ("error", "warning", "hint")
_WIDTH = 78
_INDENT = "  "


class Finding(NamedTuple):
    """One thing that is wrong, or may be.

    Attributes:
        name: What it is called in the documentation, such as `"dead-units"`.
        severity: `"error"`, the model is of no use like this; `"warning"`, it would be
            better otherwise; or `"hint"`, something to know.
        evidence: The numbers by which it shows.
        advice: What to change.
    """

    name: str
    severity: str
    evidence: str
    advice: str

    def __str__(self) -> str:
        """Return the finding as a paragraph, 78 characters wide at most."""
        head = f"{self.severity}: {self.name}"
        body = (
            textwrap.fill(
                text,
                _WIDTH,
                initial_indent=_INDENT,
                subsequent_indent=_INDENT,
                break_on_hyphens=False,
            )
            for text in (self.evidence, self.advice)
        )
        return "\n".join([head, *body])


class Findings(tuple[Finding, ...]):
    """Findings, the gravest first; printed, a list of paragraphs.

    Example:
        >>> from kerasae.evaluation import Findings
        >>> Findings()
        Nothing found.
    """

    __slots__ = ()

    def __new__(cls, found: Iterable[Finding] = ()) -> "Findings":
        """Sort by severity, and within one keep the order."""
        ranks = {severity: rank for rank, severity in enumerate(SEVERITIES)}
        return super().__new__(cls, sorted(found, key=lambda one: ranks[one.severity]))

    @property
    def names(self) -> list[str]:
        """The names of what was found, the gravest first."""
        return [finding.name for finding in self]

    def __str__(self) -> str:
        """Return all findings, or that there are none."""
        return "\n\n".join(map(str, self)) or "Nothing found."

    def __repr__(self) -> str:
        """Return all findings: notebooks and consoles show them."""
        return str(self)

    def to_json(self) -> str:
        """Return the findings as JSON: a list of objects."""
        return json.dumps([finding._asdict() for finding in self], indent=1)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write `to_json` to a file, atomically, and return its path.

        Args:
            path: Name of the file, ending in `.json`.

        Raises:
            ValueError: If it does not end so.
            OSError: If it cannot be written.
        """
        return save_text(path, self.to_json() + "\n", ("json",))
