"""Tables of what was measured, made from the JSON."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks._ways import Way

Result = dict[str, Any]

# Losses further than this from the middle are marked.
_TOLERANCE = 0.05
_NOTHING = "-"
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


def way_of(result: Result) -> Way:
    """Return whose result it is."""
    return Way(result["way"], result["backend"])


def epochs(result: Result) -> list[float]:
    """Return the seconds of each epoch but the first."""
    return result.get("epoch_seconds", [])[1:]


def speed(result: Result | None, other: Result | None) -> float | None:
    """Return how many times as fast as the other one a way trains.

    The median over the rounds: what slows a machine down slows a whole round.
    """
    if result is None or other is None:
        return None
    pairs = zip(epochs(result), epochs(other), strict=False)
    ratios = [others / seconds for seconds, others in pairs]
    return statistics.median(ratios) if ratios else None


def case_table(results: list[Result]) -> str:
    """Return the table of one case, with a note where losses differ."""
    by_way = {way_of(result): result for result in results}
    odd = {name: _odd(results, name) for name in ("loss", "test_loss")}
    rows = []
    for way, result in by_way.items():
        plain = None if way.kind == "loop" else by_way.get(Way("keras", way.backend))
        rows.append(_row(way, result, speed(result, plain), odd))
    table = markdown(_HEADS, rows)
    if any(odd.values()):
        table += f"\n\n(!) more than {_TOLERANCE:.0%} off the median of all ways"
    return table


def _row(
    way: Way, result: Result, against: float | None, odd: dict[str, list[Way]]
) -> list[str]:
    seconds = epochs(result)
    spread = f"{min(seconds):.3f} to {max(seconds):.3f}" if seconds else _NOTHING
    predicted = result.get("predict_seconds", [])[1:]
    count = result.get("predictions", 0)
    rate = f"{count / statistics.median(predicted):,.0f}" if predicted else _NOTHING
    return [
        way.label + (" (failed)" if result.get("failed") else ""),
        _number(statistics.median(seconds) if seconds else None),
        spread,
        _number(next(iter(result.get("epoch_seconds", [])), None), 2),
        _number(against, 2),
        rate,
        *(
            _number(_last(result, f"{name}_one_seconds"), 2, 1000)
            for name in ("predict", "call")
        ),
        _number(_last(result, "memory_mb"), 0),
        *(
            _number(_last(result, name), 4) + (" (!)" if way in odd[name] else "")
            for name in ("loss", "test_loss")
        ),
    ]


def _last(result: Result, name: str) -> float | None:
    return result[name][-1] if name in result else None


def _number(value: float | None, digits: int = 3, factor: float = 1) -> str:
    return _NOTHING if value is None else f"{value * factor:.{digits}f}"


def _odd(results: list[Result], name: str) -> list[Way]:
    """Return the ways whose last value is far from the middle."""
    values = {way_of(r): r[name][-1] for r in results if name in r}
    if not values:
        return []
    middle = statistics.median(values.values())
    limit = _TOLERANCE * abs(middle)
    return [way for way, value in values.items() if not abs(value - middle) <= limit]


def speed_table(cases: dict[str, list[Result]]) -> str:
    """Return how many times as fast as the others kerasae is, a row each case."""
    backends = dict.fromkeys(r["backend"] for rs in cases.values() for r in rs)
    head = ["case", *(f"keras, {name}" for name in backends)]
    head += ["best backend", "torch loop", "jax scan"]
    rows = []
    for name, results in cases.items():
        by_way = {way_of(result): result for result in results}
        ours = {b: by_way.get(Way("kerasae", b)) for b in backends}
        trained = [b for b, result in ours.items() if result and epochs(result)]
        best = min(
            trained, key=lambda b: statistics.median(epochs(ours[b])), default=_NOTHING
        )
        plain = (speed(ours[b], by_way.get(Way("keras", b))) for b in backends)
        loops = (
            speed(ours.get(best), by_way.get(Way("loop", b))) for b in ("torch", "jax")
        )
        rows.append([name, *map(_times, plain), best, *map(_times, loops)])
    return markdown(head, rows)


def seconds_table(cases: dict[str, list[Result]]) -> str:
    """Return the median seconds an epoch, ours first, a row each case."""
    backends = dict.fromkeys(r["backend"] for rs in cases.values() for r in rs)
    head = [f"{name}: kerasae (keras)" for name in backends]
    rows = []
    for name, results in cases.items():
        taken = {way_of(r): statistics.median(epochs(r)) for r in results if epochs(r)}
        least = min(taken.values(), default=None)
        cells = {
            way: f"**{seconds:.2f}**" if seconds == least else f"{seconds:.2f}"
            for way, seconds in taken.items()
        }
        ours, plain, loops = (
            [cells.get(Way(kind, name), _NOTHING) for name in names]
            for kind, names in (
                ("kerasae", backends),
                ("keras", backends),
                ("loop", ("torch", "jax")),
            )
        )
        both = (f"{one} ({other})" for one, other in zip(ours, plain, strict=True))
        rows.append([name, *both, *loops])
    return markdown(["case", *head, "torch loop", "jax scan"], rows)


def noise_table(cases: dict[str, list[Result]]) -> str:
    """Return what noise costs: seconds with it over seconds without."""
    without = {way_of(result): result for result in cases["without noise"]}
    rows = []
    for result in cases["denoising"]:
        way = way_of(result)
        rows.append([way.label, _times(speed(without[way], result))])
    return markdown(["way", "times the seconds without noise"], rows)


def _times(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.2f}"
