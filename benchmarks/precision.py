"""Whether training in half precision is faster: seconds an epoch beside float32.

    python -m benchmarks.precision

Every policy has a process of its own, and they take turns, epoch by epoch.
"""

import statistics
from typing import Any

from benchmarks import _options
from benchmarks._parent import compare
from benchmarks._table import Result, epochs, markdown, speed
from benchmarks._ways import Way
from kerasae.reproduce import _machine

_POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")
_CASES = {"deep": (60_000, 256), "conv": (6_400, 128)}


def measure(backends: list[str], rounds: int) -> list[Result]:
    """Return the results of every policy on every backend."""
    results = []
    for case, (samples, batch_size) in _CASES.items():
        options = {"case": case, "samples": samples, "batch_size": batch_size}
        parties: list[tuple[Way, dict[str, Any]]] = [
            (Way("kerasae", backend), {**options, "policy": policy})
            for backend in backends
            for policy in _POLICIES
        ]
        results += compare(parties, rounds=rounds, predict=False)
    return results


def table(results: list[Result]) -> str:
    """Return a row for each case and backend."""
    found = {(r["case"], r["backend"], r["policy"]): r for r in results}
    rows = []
    for case, backend in dict.fromkeys(key[:2] for key in found):
        plain, *halves = (found[case, backend, policy] for policy in _POLICIES)
        times = [f"{statistics.median(epochs(plain)):.2f}" if epochs(plain) else "-"]
        for half in halves:
            ratio = speed(half, plain)
            times.append("-" if ratio is None else f"{ratio:.2f}")
        rows.append([f"{case}, {backend}", *times])
    head = ["case", "float32, seconds an epoch"]
    head += [f"{policy}, times as fast" for policy in _POLICIES[1:]]
    return markdown(head, rows)


def main() -> None:
    """Measure and print."""
    arguments = _options.parser(
        __doc__.splitlines()[0], rounds=3, file="build/benchmarks-precision.json"
    ).parse_args()
    results = measure(arguments.backends, arguments.rounds)
    report = _machine.report(settings={"rounds": arguments.rounds}, results=results)
    _options.write(arguments.json, report)
    print(_machine.headline(report), end="\n\n")
    print(table(results))


if __name__ == "__main__":
    main()
