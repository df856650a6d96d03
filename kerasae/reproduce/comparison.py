"""The results of a source, in its folder and as tables. Needs no Keras."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kerasae._environment import headline
from kerasae._files import replacing
from kerasae.reproduce._ranking import SPREAD
from kerasae.reproduce._source import Grid, Source

FILE = "results.json"
# Relative differences from published values above this need a remark.
_TOLERANCE = 0.05
_BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "torch"}


class Row(NamedTuple):
    """One value of one experiment.

    Attributes:
        experiment: The experiment's name.
        value: Name of the value.
        published: The source's value, if it has one.
        ours: The values measured here, by backend.
        remark: A remark on it, or nothing.
    """

    experiment: str
    value: str
    published: float | str | None
    ours: dict[str, float]
    remark: str


class Table(NamedTuple):
    """A grid of a source, filled in.

    Attributes:
        title: What its numbers are.
        lines: Its cells as text, the header first; at least two lines.
    """

    title: str
    lines: list[list[str]]


class Results:
    """The JSON file with the results of one source.

    Args:
        source: The source.
        folder: The folder that holds the file, or will.
        quick: Whether the results come from digits and a few epochs.
        seed: The seed of all experiments.

    Raises:
        ValueError: If the file there is damaged, or belongs to another source, seed
            or `quick`.
    """

    def __init__(self, source: Source, folder: Path, *, quick: bool, seed: int) -> None:
        self.path = folder / FILE
        self._head = {
            "source": source.name,
            "title": source.title,
            "quick": quick,
            "seed": seed,
        }
        self._results = self._read() if self.path.exists() else []

    def _read(self) -> list[dict[str, Any]]:
        try:
            record = json.loads(self.path.read_text(encoding="utf-8"))
            results = list(record["results"])
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
        return results

    def find(self, experiment: str, backend: str) -> dict[str, Any] | None:
        """Return the result of an experiment on a backend, if there is one."""
        for result in self._results:
            if _key(result) == (experiment, backend):
                return result
        return None

    def add(self, result: dict[str, Any]) -> None:
        """Write a result, in place of an older one."""
        others = [other for other in self._results if _key(other) != _key(result)]
        self._results = [*others, result]
        with replacing(self.path, ("json",)) as temporary:
            record = {**self._head, "results": self._results}
            temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _key(result: dict[str, Any]) -> tuple[str, str]:
    return result["experiment"], result["backend"]


def grid_tables(
    source: Source, results: Sequence[dict[str, Any]], *, spread: bool = True
) -> Iterator[Table]:
    """Yield the grids of a source, one for each backend that it was measured on.

    Args:
        source: The source.
        results: The `results` of its JSON file.
        spread: Whether cells show standard deviations, where there are any.
    """
    for grid in source.grids:
        experiments = {experiment for experiment, _ in _cells(grid)}
        measured = [one for one in results if one["experiment"] in experiments]
        backends = dict.fromkeys(one["backend"] for one in measured)
        for backend in backends:
            own = {r["experiment"]: r for r in measured if r["backend"] == backend}
            title = grid.title[0].upper() + grid.title[1:]
            title += f" ({_BACKENDS[backend]})" if len(backends) > 1 else ""
            yield Table(title, _grid_lines(grid, own, spread))


def _grid_lines(
    grid: Grid, results: dict[str, dict[str, Any]], spread: bool
) -> list[list[str]]:
    lines, numbers = [], []
    for row in grid.rows:
        found, cells = [], [row]
        for column in grid.columns:
            experiment, name = grid.cell(row, column)
            result = results.get(experiment, {"published": {}, "ours": {}})
            value = result["ours"].get(name)
            cell = _grid_number(value)
            if spread and name + SPREAD in result["ours"]:
                cell += f" \u00b1 {result['ours'][name + SPREAD]:.1f}"
            if value is None:
                value = result["published"].get(name)
                cell = value_text(value)
            found.append(value)
            cells.append(cell)
        if any(value is not None for value in found):
            numbers.append(found)
            lines.append(cells)
    if grid.mean and len(lines) > 1:
        columns = zip(*numbers, strict=True)
        means = [
            None if None in column else sum(column) / len(column) for column in columns
        ]
        lines.append(["mean", *map(_grid_number, means)])
    header = ["", *grid.columns]
    # A method that was not there leaves its column out.
    kept = [0, *(n for n in range(1, len(header)) if any(line[n] for line in lines))]
    return [[line[n] for n in kept] for line in (header, *lines)]


def _grid_number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _cells(grid: Grid) -> Iterator[tuple[str, str]]:
    for row in grid.rows:
        for column in grid.columns:
            yield grid.cell(row, column)


def _in_grids(source: Source) -> set[tuple[str, str]]:
    """Return experiment and name of all values that grids show."""
    return {
        (experiment, name + ending)
        for grid in source.grids
        for experiment, name in _cells(grid)
        for ending in ("", SPREAD)
    }


def rows(source: Source, results: Iterable[dict[str, Any]]) -> Iterator[Row]:
    """Yield the values that are in no grid, in the order of the experiments.

    Args:
        source: The source, for its order and remarks.
        results: The `results` of its JSON file.
    """
    results, in_grids = list(results), _in_grids(source)
    for experiment in source.experiments:
        own = [result for result in results if _key(result)[0] == experiment.name]
        published = own[0]["published"] if own else {}
        for value in dict.fromkeys(name for result in own for name in result["ours"]):
            if (experiment.name, value) in in_grids:
                continue
            yield Row(
                experiment.name,
                value,
                published.get(value),
                {
                    result["backend"]: result["ours"][value]
                    for result in own
                    if value in result["ours"]
                },
                experiment.remarks.get(value, ""),
            )


def value_text(value: float | str | None) -> str:
    """Return a value as tables show it: four significant digits, or words."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.4g}"


def relative_difference(published: float | str | None, ours: float) -> float | None:
    """Return the difference of ours from the published value, relative to that."""
    if not isinstance(published, float | int) or not published:
        return None
    return ours / published - 1


def difference(published: float | str | None, ours: float) -> str:
    """Return the difference from the published value, in percent."""
    relative = relative_difference(published, ours)
    return "" if relative is None else f"{100 * relative:+.1f} %"


def remark(row: Row) -> str:
    """Return the remark on a row, or "not explained" where one is missing."""
    wide = any(
        abs(relative_difference(row.published, ours) or 0.0) > _TOLERANCE
        for ours in row.ours.values()
    )
    return row.remark or ("not explained" if wide else "")


def values_tables(source: Source, results: list[dict[str, Any]]) -> str:
    """Return the published values beside ours, as Markdown.

    The grids of the source, then one table an experiment for what is in none.
    """
    parts = []
    for title, (header, *lines) in grid_tables(source, results):
        cells = [[cell.replace(" ", "\u00a0") for cell in line] for line in lines]
        title = title.replace("*", r"\*")
        parts += [f"**{title}**", _markdown(header, cells, text_columns=(0,))]
    for experiment in source.experiments:
        own = [result for result in results if _key(result)[0] == experiment.name]
        values = list(rows(source, own))
        if values:
            heading = f"**{experiment.name}**: {experiment.settings}"
            parts += [heading, _values_table(values)]
    return "\n\n".join(parts)


def _values_table(experiment: list[Row]) -> str:
    """Return the table of one experiment's rows."""
    measured = {name for row in experiment for name in row.ours}
    backends = [name for name in _BACKENDS if name in measured]
    table = []
    for row in experiment:
        cells = []
        for name in backends:
            ours = row.ours.get(name)
            change = "" if ours is None else difference(row.published, ours)
            cell = f"{value_text(ours)} ({change})" if change else value_text(ours)
            # No line break between a number and its sign.
            cells.append(cell.replace(" ", "\u00a0"))
        table.append([row.value, value_text(row.published), *cells, remark(row)])
    header = ["", "published", *(_BACKENDS[name] for name in backends), "remark"]
    if not any(line[-1] for line in table):
        header, table = header[:-1], [line[:-1] for line in table]
    return _markdown(header, table, text_columns=(0, len(backends) + 2))


def runs_table(source: Source, results: list[dict[str, Any]]) -> str:
    """Return how and on what each experiment was run, as a Markdown table."""
    header = ["command", "data", "epochs", "seed", "seconds of training"]
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
    return "\n\n".join([_markdown(header, table, text_columns=(0, 1)), *machines])


def _markdown(
    header: list[str], table: list[list[str]], text_columns: tuple[int, ...]
) -> str:
    """Return a Markdown table whose text columns are aligned to the left."""
    alignment = [":--" if n in text_columns else "--:" for n in range(len(header))]
    lines = [" | ".join(line) for line in (header, alignment, *table)]
    return "\n".join(f"| {line} |" for line in lines)
