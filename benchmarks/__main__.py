"""Our training beside plain Keras scripts and loops written by hand.

    python -m benchmarks                    # everything: about an hour on two cores
    python -m benchmarks --cases deep vae --backends jax
    python -m benchmarks --quick            # does it run at all?
    python -m benchmarks --show results.json

Needs `pip install -e ".[all,benchmarks]"`. Everyone who trains a case has a process of
its own, and they take turns, epoch by epoch, so that a busy machine slows all alike.
The first epoch, which compiles, has a column of its own. All make the same updates on
the same images, as their losses show. For pretraining an "epoch" is the training of a
whole stack from new weights, with all the compiling that a script would do.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks import command, tables
from benchmarks.cases import CASES, image_source
from benchmarks.contenders import contenders
from benchmarks.runner import Result, compare

# One is the measure of the other: they take turns too.
_TOGETHER = {"denoising", "without noise"}
_QUICK = {"cases": ["undercomplete", "conv"], "rounds": 1, "samples": 300, "repeats": 3}


def main() -> None:
    """Measure and print, or print what was measured."""
    arguments = _arguments()
    if arguments.show:
        print(markdown(json.loads(arguments.show.read_text(encoding="utf-8"))))
        return
    settings = {"rounds": arguments.rounds, "images": image_source()}
    cases: dict[str, list[Result]] = {}
    for group in _groups(arguments.cases):
        print(f"measuring {', '.join(group)} ...", file=sys.stderr, flush=True)
        cases |= _measure(group, arguments)
        # A long run that is stopped leaves what it has.
        report = command.write(arguments.json, settings=settings, cases=cases)
    print(markdown(report))


def _arguments() -> argparse.Namespace:
    parser = command.parser(__doc__, rounds=5, file="benchmarks.json")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--samples", type=int, help="at most so many training images")
    parser.add_argument("--repeats", type=int, default=50, help="of a single image")
    parser.add_argument("--quick", action="store_true", help="two small cases")
    parser.add_argument("--show", type=Path, metavar="JSON", help="only print results")
    if "--quick" in sys.argv[1:]:
        parser.set_defaults(**_QUICK)
    return parser.parse_args()


def _groups(names: Iterable[str]) -> list[list[str]]:
    """Return cases that take turns with each other."""
    together = [name for name in names if name in _TOGETHER]
    alone = [[name] for name in names if name not in _TOGETHER]
    return [*alone, together] if together else alone


def _measure(names: list[str], arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the results of each case."""
    parties = []
    for name in names:
        case = CASES[name]
        options = {
            "case": name,
            "samples": min(case.samples, arguments.samples or case.samples),
            "batch_size": case.batch_size,
            "predictions": min(10_000, arguments.samples or 10_000),
            "repeats": arguments.repeats,
        }
        parties += [(each, options) for each in contenders(arguments.backends)]
    results = compare(parties, rounds=arguments.rounds)
    return {name: [r for r in results if r["case"] == name] for name in names}


def markdown(report: dict[str, Any]) -> str:
    """Return everything that was measured, as tables."""
    settings, cases = report["settings"], report["cases"]
    parts = [
        command.headline(report),
        f"Images: {settings['images']}. Timed epochs after the first: "
        f"{settings['rounds']}. All values are medians.",
        "## How many times as fast kerasae trains",
        tables.speed_table(cases),
    ]
    if cases.keys() >= _TOGETHER:
        parts += ["## What noise costs", tables.noise_table(cases)]
    for name, results in cases.items():
        shape = "-".join(map(str, CASES[name].layers))
        images, batch = results[0]["samples"], results[0]["batch_size"]
        parts += [
            f"## {name} ({shape}), {images:,} images in batches of {batch}",
            tables.case_table(results),
        ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
