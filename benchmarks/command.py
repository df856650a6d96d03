"""What the commands have in common."""

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.contenders import BACKENDS, INSTALLED
from kerasae import _environment

headline = _environment.headline


def parser(doc: str, *, rounds: int, file: str) -> argparse.ArgumentParser:
    """Return a parser that knows backends, rounds and where the JSON goes.

    Args:
        doc: The command's docstring, of which the first line describes it.
        rounds: By default.
        file: Name of the JSON file in `build/`, by default.
    """
    made = argparse.ArgumentParser(description=doc.splitlines()[0])
    made.add_argument(
        "--backends",
        nargs="+",
        choices=BACKENDS,
        default=INSTALLED,
        help="default: all that are installed",
    )
    made.add_argument(
        "--rounds", type=int, default=rounds, help="timed rounds, after a first one"
    )
    path = Path("build") / file
    made.add_argument("--json", type=Path, default=path, help=f"default: {path}")
    return made


def write(path: Path, **contents: Any) -> dict[str, Any]:
    """Write results with the date and the machine, and return what was written."""
    report = _environment.report(**contents)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def publish(path: Path, *text: str, **contents: Any) -> None:
    """Write results, and print text below a line about the machine."""
    print(headline(write(path, **contents)), *text, sep="\n\n")
