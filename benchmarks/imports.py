"""How long `import kerasae` takes, over `import keras`.

    python -m benchmarks.imports

Every import happens in a process of its own, in turns.
"""

import os
import statistics
import subprocess
import sys

from benchmarks import command
from benchmarks.runner import environment
from benchmarks.tables import markdown

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
        env={**os.environ, **environment(backend)},
    )
    return float(done.stdout.split()[-1])


def main() -> None:
    """Measure and print."""
    parser = command.parser(__doc__, rounds=11, file="benchmarks-imports.json")
    arguments = parser.parse_args()
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
    command.publish(
        arguments.json,
        markdown(["import", "milliseconds", "over keras"], rows),
        settings={"rounds": arguments.rounds},
        imports=imports,
    )


if __name__ == "__main__":
    main()
