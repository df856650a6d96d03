"""Tables of what was measured, made from the JSON."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.contenders import Contender

Result = dict[str, Any]

# Losses further than this from the median are marked.
_TOLERANCE = 0.05
_NOTHING = "-"
# Backends with a loop written by hand, in the order of the columns.
_LOOPS = ("torch", "jax")
_HEADS = (
    "way",
    "seconds an epoch",
    "least to most",
    "first epoch",
    "times as fast as keras",
    "predicted a second",
    "one image, predict, ms",
    "one image, call, ms",
    "peak MB",
    "loss",
    "test loss",
)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    bars = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, bars, *rows))


def number(value: float | None, digits: int = 2) -> str:
    """Return a cell with a number, or with a dash if there is none."""
    return _NOTHING if value is None else f"{value:.{digits}f}"


def epoch_seconds(result: Result | None) -> float | None:
    """Return the median seconds of an epoch, without the first one."""
    return _median(_epochs(result)) if result else None


def speed(result: Result | None, other: Result | None) -> float | None:
    """Return how many times as fast as the other one a contender trains.

    The median over the rounds: what slows a machine down slows a whole round.
    """
    if result is None or other is None:
        return None
    pairs = zip(_epochs(result), _epochs(other), strict=False)
    return _median([others / seconds for seconds, others in pairs])


def _epochs(result: Result) -> list[float]:
    return result.get("epoch_seconds", [])[1:]


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _by_contender(results: Iterable[Result]) -> dict[Contender, Result]:
    return {Contender.of(result): result for result in results}


def case_table(results: list[Result]) -> str:
    """Return the table of one case, with a note where losses differ."""
    found = _by_contender(results)
    odd = {name: _odd(found, name) for name in ("loss", "test_loss")}
    rows = []
    for contender, result in found.items():
        plain = found.get(Contender("keras", contender.backend))
        against = None if contender.way == "loop" else speed(result, plain)
        losses = (
            number(_last(result, name), 4) + (" (!)" if contender in them else "")
            for name, them in odd.items()
        )
        failed = " (failed)" if result.get("failed") else ""
        rows.append([contender.label + failed, *_costs(result, against), *losses])
    table = markdown(_HEADS, rows)
    if any(odd.values()):
        table += f"\n\n(!) more than {_TOLERANCE:.0%} off the median of all ways"
    return table


def _costs(result: Result, against: float | None) -> list[str]:
    first, *seconds = result.get("epoch_seconds", [None])
    spread = f"{min(seconds):.3f} to {max(seconds):.3f}" if seconds else _NOTHING
    predicted = _median(result.get("predict_seconds", [])[1:])
    rate = f"{result['predictions'] / predicted:,.0f}" if predicted else _NOTHING
    one_image = (
        _last(result, f"{name}_one_seconds", factor=1000)
        for name in ("predict", "call")
    )
    return [
        number(_median(seconds), 3),
        spread,
        number(first),
        number(against),
        rate,
        *map(number, one_image),
        number(_last(result, "memory_mb"), 0),
    ]


def _last(result: Result, name: str, factor: float = 1) -> float | None:
    return factor * result[name][-1] if name in result else None


def _odd(found: dict[Contender, Result], name: str) -> list[Contender]:
    """Return those whose last value is far from the median."""
    values = {each: r[name][-1] for each, r in found.items() if name in r}
    middle = _median(list(values.values())) or 0.0
    limit = _TOLERANCE * abs(middle)
    return [each for each, value in values.items() if not abs(value - middle) <= limit]


def _backends(cases: dict[str, list[Result]]) -> list[str]:
    return list(dict.fromkeys(r["backend"] for rs in cases.values() for r in rs))


def speed_table(cases: dict[str, list[Result]]) -> str:
    """Return how many times as fast as the others kerasae is, a row for each case."""
    backends = _backends(cases)
    head = ["case", *(f"keras, {name}" for name in backends)]
    head += ["best backend", "torch loop", "jax scan"]
    rows = []
    for name, results in cases.items():
        found = _by_contender(results)
        ours = {b: found.get(Contender("kerasae", b)) for b in backends}
        taken = {b: epoch_seconds(result) for b, result in ours.items()}
        best = min(filter(taken.get, taken), key=taken.get, default=_NOTHING)
        plain = (speed(ours[b], found.get(Contender("keras", b))) for b in backends)
        rivals = (found.get(Contender("loop", b)) for b in _LOOPS)
        loops = (speed(ours.get(best), rival) for rival in rivals)
        rows.append([name, *map(number, plain), best, *map(number, loops)])
    return markdown(head, rows)


def seconds_table(cases: dict[str, list[Result]]) -> str:
    """Return the median seconds an epoch, ours first, a row for each case."""
    backends = _backends(cases)
    head = [f"{name}: kerasae (keras)" for name in backends]
    rows = []
    for name, results in cases.items():
        found = _by_contender(results)
        taken = {each: s for each, r in found.items() if (s := epoch_seconds(r))}
        least = min(taken.values(), default=None)
        cells = {
            each: f"**{seconds:.2f}**" if seconds == least else f"{seconds:.2f}"
            for each, seconds in taken.items()
        }
        ours, plain, loops = (
            [cells.get(Contender(way, b), _NOTHING) for b in names]
            for way, names in (
                ("kerasae", backends),
                ("keras", backends),
                ("loop", _LOOPS),
            )
        )
        both = (f"{one} ({other})" for one, other in zip(ours, plain, strict=True))
        rows.append([name, *both, *loops])
    return markdown(["case", *head, "torch loop", "jax scan"], rows)


def noise_table(cases: dict[str, list[Result]]) -> str:
    """Return what noise costs: seconds with it over seconds without."""
    without = _by_contender(cases["without noise"])
    rows = [
        [each.label, number(speed(without[each], result))]
        for each, result in _by_contender(cases["denoising"]).items()
    ]
    return markdown(["way", "times the seconds without noise"], rows)
