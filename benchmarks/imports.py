"""How long `import kerasae` takes, over `import keras`.

    python -m benchmarks.imports

Every import happens in a process of its own, in turns.
"""

import statistics
import subprocess
import sys

from benchmarks import _options
from benchmarks._parent import ROOT, environment
from benchmarks._table import markdown
from kerasae.reproduce import _machine

# Ours loads the rest when it is used, so what a script uses counts as well.
_STATEMENTS = {
    "keras": "import keras",
    "keras and kerasae": "import keras, kerasae",
    "kerasae alone": "import kerasae",
    "keras, and kerasae in use": (
        "import keras, kerasae;"
        "kerasae.build_undercomplete_ae; kerasae.compile; kerasae.fit"
    ),
}
_TIMED = """
import time
started = time.perf_counter()
{}
print(time.perf_counter() - started)
"""


def seconds(statement: str, backend: str) -> float:
    """Return how long a statement takes in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", _TIMED.format(statement)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        env=environment(backend),
    )
    return float(done.stdout.split()[-1])


def main() -> None:
    """Measure and print."""
    arguments = _options.parser(
        __doc__.splitlines()[0], rounds=11, file="build/benchmarks-imports.json"
    ).parse_args()
    imports, rows = {}, []
    for backend in arguments.backends:
        taken: dict[str, list[float]] = {name: [] for name in _STATEMENTS}
        for _ in range(1 + arguments.rounds):  # the first one reads from the disk
            for name, statement in _STATEMENTS.items():
                taken[name].append(seconds(statement, backend))
        imports[backend] = taken
        for name, times in taken.items():
            over = [a - b for a, b in zip(times, taken["keras"], strict=True)]
            medians = (statistics.median(values[1:]) for values in (times, over))
            cells = (f"{1000 * value:.0f}" for value in medians)
            rows.append([f"{name}, {backend}", *cells])
    report = _machine.report(settings={"rounds": arguments.rounds}, imports=imports)
    _options.write(arguments.json, report)
    print(_machine.headline(report), end="\n\n")
    print(markdown(["import", "milliseconds", "over keras"], rows))


if __name__ == "__main__":
    main()
