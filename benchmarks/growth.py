"""How the time an image grows with the batch size, the depth and the number of images.

    python -m benchmarks.growth
    python -m benchmarks.growth --axes depth --backends jax

All are dense autoencoders of 784 pixels with a code of 32. Ours trains on 8-bit images,
which the others do not take; their floats are made before the clock starts.
"""

import statistics
import sys
from typing import Any

from benchmarks import _options
from benchmarks._parent import Result, compare
from benchmarks._table import epochs, markdown, way_of
from benchmarks._ways import Way, ways
from kerasae.reproduce import _machine

# What a worker is told for each value.
_AXES = {
    "batch size": {n: {"batch_size": n} for n in (32, 128, 512, 2048)},
    "depth": {n: {"layers": [*[128] * (n - 1), 32]} for n in (1, 2, 4, 8)},
    "images": {n: {"samples": n} for n in (10_000, 100_000, 1_000_000)},
}
_USUAL = {"case": "undercomplete", "samples": 60_000, "batch_size": 256}
# Above this many, one process at a time: a million images as floats are 3 GB.
_TOGETHER_UP_TO = 200_000


def measure(found: list[Way], options: dict[str, Any], rounds: int) -> list[Result]:
    """Return the results of all ways, which take turns if memory allows."""
    parties = [(way, {**options, "bytes": way.kind == "kerasae"}) for way in found]
    if options["samples"] <= _TOGETHER_UP_TO:
        return compare(parties, rounds=rounds, predict=False)
    return [
        result
        for party in parties
        for result in compare([party], rounds=rounds, predict=False)
    ]


def table(axis: str, by_value: dict[str, list[Result]]) -> str:
    """Return microseconds an image, a row each way."""
    columns = [_microseconds(results) for results in by_value.values()]
    rows = []
    for way in columns[0]:
        rows.append([way.label, *(column[way] for column in columns)])
    return markdown([axis, *by_value], rows)


def _microseconds(results: list[Result]) -> dict[Way, str]:
    found = {}
    for result in results:
        seconds = epochs(result)
        each = statistics.median(seconds) / result["samples"] if seconds else None
        found[way_of(result)] = "-" if each is None else f"{1e6 * each:.2f}"
    return found


def main() -> None:
    """Measure and print."""
    parser = _options.parser(
        __doc__.splitlines()[0], rounds=3, file="build/benchmarks-growth.json"
    )
    parser.add_argument("--axes", nargs="+", choices=_AXES, default=list(_AXES))
    parser.add_argument("--samples", type=int, help="fewer images, for a quick look")
    arguments = parser.parse_args()
    axes: dict[str, dict[str, list[Result]]] = {}
    for axis in arguments.axes:
        axes[axis] = {}
        for value, change in _AXES[axis].items():
            options = {**_USUAL, **change}
            options["samples"] = min(
                options["samples"], arguments.samples or sys.maxsize
            )
            print(f"measuring {axis} {value:,} ...", file=sys.stderr, flush=True)
            found = ways(arguments.backends)
            axes[axis][f"{value:,}"] = measure(found, options, arguments.rounds)
    report = _machine.report(settings={"rounds": arguments.rounds}, axes=axes)
    _options.write(arguments.json, report)
    print(_machine.headline(report), "Microseconds an image, medians.", sep="\n\n")
    for axis, by_value in axes.items():
        print(f"\n{table(axis, by_value)}")


if __name__ == "__main__":
    main()
