"""The results of a source in its folder, and as tables. Needs no Keras."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kerasae._environment import headline
from kerasae._files import replacing
from kerasae.reproduce._source import Source

FILE = "results.json"
# Differences from what was published that ask for a word.
_TOLERANCE = 0.05
_BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "torch"}


class Row(NamedTuple):
    """One value of one experiment.

    Attributes:
        experiment: The experiment's name.
        value: What was measured.
        published: What the source says of it, if anything.
        ours: What was measured here, by backend.
        remark: A word on it, if there is one.
    """

    experiment: str
    value: str
    published: float | str | None
    ours: dict[str, float]
    remark: str


class Results:
    """The JSON file of one source.

    Args:
        source: The source.
        folder: The folder that holds the file, or will.
        quick: Whether it is of digits and a few epochs.
        seed: The seed of all its experiments.

    Raises:
        ValueError: If the file there is damaged, or of another source, seed or kind.
    """

    def __init__(self, source: Source, folder: Path, *, quick: bool, seed: int) -> None:
        self.path = folder / FILE
        self._head = {
            "source": source.name,
            "title": source.title,
            "quick": quick,
            "seed": seed,
        }
        self._found: list[dict[str, Any]] = []
        if self.path.exists():
            self._found = self._read()

    def _read(self) -> list[dict[str, Any]]:
        try:
            record = json.loads(self.path.read_text(encoding="utf-8"))
            found = list(record["results"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"{str(self.path)!r} is damaged, or not of `kerasae reproduce` "
                f"({error}). Name another --output."
            ) from error
        for key, value in self._head.items():
            if key != "title" and record.get(key) != value:
                raise ValueError(
                    f"{str(self.path)!r} has {key}={record.get(key)!r}, not {value!r}. "
                    "Name another --output."
                )
        return found

    def find(self, experiment: str, backend: str) -> dict[str, Any] | None:
        """Return the result of an experiment on a backend, if there is one."""
        for result in self._found:
            if (result["experiment"], result["backend"]) == (experiment, backend):
                return result
        return None

    def add(self, result: dict[str, Any]) -> None:
        """Write a result, in place of an older one."""
        self._found = [
            old
            for old in self._found
            if (old["experiment"], old["backend"])
            != (result["experiment"], result["backend"])
        ]
        self._found.append(result)
        with replacing(self.path, ("json",)) as temporary:
            record = {**self._head, "results": self._found}
            temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def rows(source: Source, results: Iterable[dict[str, Any]]) -> Iterator[Row]:
    """Yield the values of all experiments, in the source's order.

    Args:
        source: The source, for its order and remarks.
        results: The `results` of its JSON file.
    """
    results = list(results)
    for experiment in source.experiments:
        found = [one for one in results if one["experiment"] == experiment.name]
        ours = {one["backend"]: one["ours"] for one in found}
        published = {} if not found else found[0]["published"]
        for value in dict.fromkeys(name for own in ours.values() for name in own):
            yield Row(
                experiment.name,
                value,
                published.get(value),
                {name: own[value] for name, own in ours.items() if value in own},
                experiment.remarks.get(value, ""),
            )


def shown(value: float | str | None) -> str:
    """Return a value as tables have it: four digits, or words."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.4g}"


def off(published: float | str | None, ours: float) -> float | None:
    """Return by which share ours is above (or below) what was published."""
    if not isinstance(published, float | int) or not published:
        return None
    return ours / published - 1


def difference(published: float | str | None, ours: float) -> str:
    """Return the difference from what was published, in percent."""
    share = off(published, ours)
    return "" if share is None else f"{100 * share:+.1f} %"


def remark(row: Row) -> str:
    """Return the word on a row; one that asks for it and has none says so."""
    wide = any(
        abs(off(row.published, ours) or 0.0) > _TOLERANCE for ours in row.ours.values()
    )
    return row.remark or ("not explained" if wide else "")


def values_tables(source: Source, results: list[dict[str, Any]]) -> str:
    """Return what was published beside ours, a table an experiment, in Markdown."""
    found = list(rows(source, results))
    parts = []
    for experiment in source.experiments:
        own = [row for row in found if row.experiment == experiment.name]
        if own:
            parts += [f"**{experiment.name}**: {experiment.settings}", _values(own)]
    return "\n\n".join(parts)


def _values(found: list[Row]) -> str:
    """Return the table of one experiment."""
    backends = [name for name in _BACKENDS if any(name in row.ours for row in found)]
    table = []
    for row in found:
        cells = []
        for name in backends:
            ours = row.ours.get(name)
            change = "" if ours is None else difference(row.published, ours)
            cells.append(f"{shown(ours)} ({change})" if change else shown(ours))
        # Numbers and their signs stay on one line.
        cells = [cell.replace(" ", "\u00a0") for cell in cells]
        table.append([row.value, shown(row.published), *cells, remark(row)])
    heads = ["", "published", *(_BACKENDS[name] for name in backends), "remark"]
    if not any(line[-1] for line in table):
        heads, table = heads[:-1], [line[:-1] for line in table]
    return _markdown(heads, table, words=(0, len(backends) + 2))


def runs_table(source: Source, results: list[dict[str, Any]]) -> str:
    """Return how each experiment was run, and on what, in Markdown."""
    heads = ["command", "data", "epochs", "seed", "seconds of training"]
    order = [experiment.name for experiment in source.experiments]
    results = sorted(results, key=lambda result: order.index(result["experiment"]))
    table = [
        [
            f"`{result['command']}`",
            result["data"],
            str(result["epochs"]),
            str(result["seed"]),
            f"{result['seconds']:.0f}",
        ]
        for result in results
    ]
    machines = dict.fromkeys(map(headline, results))
    return "\n\n".join([_markdown(heads, table, words=(0, 1)), *machines])


def _markdown(heads: list[str], table: list[list[str]], words: tuple[int, ...]) -> str:
    """Return a table in Markdown, with the columns of words aligned to the left."""
    aligned = [":--" if n in words else "--:" for n in range(len(heads))]
    lines = [" | ".join(line) for line in (heads, aligned, *table)]
    return "\n".join(f"| {line} |" for line in lines)
