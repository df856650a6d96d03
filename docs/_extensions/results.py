"""Puts tables of measured results into the pages, from the JSON files beside them.

A line `{{ speed }}` in a page, indented or not, becomes the table of that name below,
or says that nobody has measured it.
"""

import json
import re
import sys
import textwrap
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent
sys.path.insert(0, str(DOCS.parent))

from benchmarks import exports, growth, memory, precision, tables  # noqa: E402
from kerasae import _environment, reproduce  # noqa: E402
from kerasae.reproduce import comparison  # noqa: E402


def on_page_markdown(markdown: str, **kwargs: Any) -> str:
    """Fill the tables in."""
    line = re.compile(r"^( *)\{\{ ([\w -]+) \}\}$", re.MULTILINE)
    return line.sub(
        lambda found: textwrap.indent(_table_of(found[2]), found[1]), markdown
    )


def _table_of(name: str) -> str:
    make = TABLES[name]
    try:
        return make()
    except (FileNotFoundError, KeyError):
        return "Not measured yet."


def _read(name: str) -> dict[str, Any]:
    path = DOCS / "results" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _growth(axis: str) -> str:
    return growth.table(axis, _read("benchmarks-growth")["axes"][axis])


def _exports(format: str) -> str:
    return exports.table(_read("exports")["results"], format)


def _reproduction(name: str) -> dict[str, Callable[[], str]]:
    """Return the tables of one source that `kerasae reproduce` has run."""
    source = reproduce.SOURCES[name]

    def results() -> list[dict[str, Any]]:
        return _read(name)["results"]

    return {
        f"values of {name}": lambda: comparison.values_tables(source, results()),
        f"runs of {name}": lambda: comparison.runs_table(source, results()),
    }


TABLES = {
    "machine": lambda: _environment.headline(_read("benchmarks")),
    "speed": lambda: tables.speed_table(_read("benchmarks")["cases"]),
    "seconds": lambda: tables.seconds_table(_read("benchmarks")["cases"]),
    "memory": lambda: memory.table(_read("benchmarks-memory")["results"]),
    "precision": lambda: precision.table(_read("benchmarks-precision")["results"]),
    "batch size": lambda: _growth("batch size"),
    "depth": lambda: _growth("depth"),
    "images": lambda: _growth("images"),
    "noise": lambda: tables.noise_table(_read("benchmarks")["cases"]),
    "exports machine": lambda: _environment.headline(_read("exports")),
}
for _name in exports.FORMATS:
    TABLES[f"exports to {_name}"] = partial(_exports, _name)
for _name in reproduce.SOURCES:
    TABLES |= _reproduction(_name)
