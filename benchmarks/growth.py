"""How the time per image grows with batch size, depth and number of images.

    python -m benchmarks.growth
    python -m benchmarks.growth --axes depth --backends jax

All are dense autoencoders of 784 pixels with a code of 32. Ours train on 8-bit images,
which the others do not take; their floats are made before the clock starts.
"""

import sys
from typing import Any

from benchmarks import command
from benchmarks.contenders import Contender, contenders
from benchmarks.runner import Result, compare
from benchmarks.tables import epoch_seconds, markdown, number

# Options of a worker for each value.
_AXES = {
    "batch size": {n: {"batch_size": n} for n in (32, 128, 512, 2048)},
    "depth": {n: {"layers": (*[128] * (n - 1), 32)} for n in (1, 2, 4, 8)},
    "images": {n: {"samples": n} for n in (10_000, 100_000, 1_000_000)},
}
_USUAL = {"case": "undercomplete", "samples": 60_000, "batch_size": 256}
# Above this many, one process at a time: a million images as floats are 3 GB.
_TOGETHER_UP_TO = 200_000


def measure(backends: list[str], options: dict[str, Any], rounds: int) -> list[Result]:
    """Return the results of everyone, who take turns if memory allows."""
    parties = [
        (each, {**options, "bytes": each.way == "kerasae"})
        for each in contenders(backends)
    ]
    together = options["samples"] <= _TOGETHER_UP_TO
    groups = [parties] if together else [[party] for party in parties]
    compared = (compare(group, rounds=rounds, predict=False) for group in groups)
    return [result for results in compared for result in results]


def table(axis: str, by_value: dict[str, list[Result]]) -> str:
    """Return microseconds per image, a row for each contender."""
    rows: dict[str, list[str]] = {}
    for results in by_value.values():
        for result in results:
            seconds = epoch_seconds(result)
            each = None if seconds is None else 1e6 * seconds / result["samples"]
            rows.setdefault(Contender.of(result).label, []).append(number(each))
    return markdown([axis, *by_value], [[label, *row] for label, row in rows.items()])


def main() -> None:
    """Measure and print."""
    parser = command.parser(__doc__, rounds=3, file="benchmarks-growth.json")
    parser.add_argument("--axes", nargs="+", choices=_AXES, default=list(_AXES))
    parser.add_argument("--samples", type=int, help="fewer images, for a quick look")
    arguments = parser.parse_args()
    axes: dict[str, dict[str, list[Result]]] = {}
    for axis in arguments.axes:
        axes[axis] = {}
        for value, change in _AXES[axis].items():
            print(f"measuring {axis} {value:,} ...", file=sys.stderr, flush=True)
            options = {**_USUAL, **change}
            if arguments.samples:
                options["samples"] = min(options["samples"], arguments.samples)
            axes[axis][f"{value:,}"] = measure(
                arguments.backends, options, arguments.rounds
            )
    command.publish(
        arguments.json,
        "Microseconds an image, medians.",
        *(table(axis, by_value) for axis, by_value in axes.items()),
        settings={"rounds": arguments.rounds},
        axes=axes,
    )


if __name__ == "__main__":
    main()
