"""Whether training in half precision is faster: seconds an epoch beside float32.

    python -m benchmarks.precision

Every policy has a process of its own, and they take turns, epoch by epoch.
"""

from benchmarks import command
from benchmarks.cases import CASES
from benchmarks.contenders import Contender
from benchmarks.runner import Result, compare
from benchmarks.tables import epoch_seconds, markdown, number, speed

_POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")


def measure(backends: list[str], rounds: int) -> list[Result]:
    """Return the results of every policy on every backend."""
    results = []
    for name in ("deep", "conv"):
        case = CASES[name]
        options = {
            "case": name,
            "samples": case.samples,
            "batch_size": case.batch_size,
        }
        parties = [
            (Contender("kerasae", backend), {**options, "policy": policy})
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
        values = [epoch_seconds(plain), *(speed(half, plain) for half in halves)]
        rows.append([f"{case}, {backend}", *map(number, values)])
    head = ["case", "float32, seconds an epoch"]
    head += [f"{policy}, times as fast" for policy in _POLICIES[1:]]
    return markdown(head, rows)


def main() -> None:
    """Measure and print."""
    parser = command.parser(__doc__, rounds=3, file="benchmarks-precision.json")
    arguments = parser.parse_args()
    results = measure(arguments.backends, arguments.rounds)
    command.publish(
        arguments.json,
        table(results),
        settings={"rounds": arguments.rounds},
        results=results,
    )


if __name__ == "__main__":
    main()
