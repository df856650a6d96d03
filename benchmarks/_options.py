"""What the commands have in common."""

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks import _ways


def parser(description: str, *, rounds: int, file: str) -> argparse.ArgumentParser:
    """Return a parser that knows backends, rounds and where the JSON goes."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument(
        "--backends",
        nargs="+",
        choices=_ways.BACKENDS,
        default=_ways.installed(),
        help="default: all that are installed",
    )
    made.add_argument("--rounds", type=int, default=rounds, help="timed, after a first")
    made.add_argument("--json", type=Path, default=Path(file), help=f"default: {file}")
    return made


def write(path: Path, report: dict[str, Any]) -> None:
    """Write results."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
