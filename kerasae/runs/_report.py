"""A page about a run, in one file: to be mailed, and opened without a network."""

import base64
import html
import io
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from kerasae._checks import counted
from kerasae._files import checked_path, save_text
from kerasae._triple import Autoencoder
from kerasae.engine.prediction import predict_float32
from kerasae.evaluation import Evaluation, Findings, diagnose, words
from kerasae.layers.padding_mask import padding_value
from kerasae.metrics import sample_errors
from kerasae.plotting.rendering.pictures import picture_shape, shared_range
from kerasae.plotting.rendering.pixels import arranged, thumbnails
from kerasae.runs._judge import evaluate
from kerasae.runs._load import load_with_labels
from kerasae.runs.run import ARCHITECTURE, CURVES, Run

_MOST = 800  # samples on the map
_SIDE = 32  # pixels of a sample's longer side
_EXAMPLES = 10
_STEPS = 15  # pictures across and down the plane
_VALUES = np.linspace(-2.5, 2.5, 11)  # of a slider, in standard deviations
_DIRECTIONS = 6
_MOST_CLASSES = 12
_PICTURES = (
    (CURVES, "Training", "wide", "Learning curves"),
    (ARCHITECTURE, "Architecture", "tall", "The layers of the model"),
)
# Okabe and Ito's first, then others that can be told from them.
_COLORS = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
    "#8C564B", "#7F7F7F", "#BCBD22", "#9467BD", "#17BECF", "#E377C2",
)  # fmt: skip


def report(
    folder: str | Path,
    *,
    path: str | Path | None = None,
    data: str | None = None,
    log: Callable[[str], None] = print,
) -> Path:
    """Write one HTML file about a finished run, which needs nothing beside it.

    Findings, all numbers of `evaluate`, the best and the worst samples, learning
    curves, architecture and settings; and three things to move: a map of the codes of
    test samples, a plane of decoded codes, and sliders along the leading directions
    of the code. All pictures are in the file, which works from an attachment.

    Args:
        folder: The run's folder.
        path: The file, ending in `.html`. None means `report.html` in the folder.
        data: Other data, as in `kerasae.data.load_samples`. None means the run's own
            test data.
        log: Receives how the data were scaled, a line at a time.

    Returns:
        The path that was written.

    Raises:
        FileNotFoundError: If the folder holds no finished run, or there is no such
            data.
        ValueError: If a file is damaged, the data do not fit the model, or `path`
            does not end in `.html`.
        OSError: If `path` cannot be written.

    Example:
        >>> import contextlib, io, tempfile
        >>> from kerasae.runs import report, train
        >>> folder = tempfile.mkdtemp()
        >>> with contextlib.redirect_stdout(io.StringIO()):
        ...     record = train(folder, "deep", epochs=1)
        ...     path = report(folder)
        >>> path.name
        'report.html'
    """
    run = Run(folder)
    target = checked_path(run.path("report.html") if path is None else path, ("html",))
    record = run.read_finished()
    split = "test" if data is None else "all"
    triple, x, labels, name = load_with_labels(folder, data=data, split=split, log=log)
    found = evaluate(folder, data=data, log=lambda note: None)
    values = _page(run, record, triple, x, labels, name, found)
    template = resources.files("kerasae.runs").joinpath("report.html")
    text = Template(template.read_text(encoding="utf-8")).substitute(values)
    return save_text(target, text)


def _page(
    run: Run,
    record: dict[str, Any],
    triple: Autoencoder,
    x: np.ndarray,
    labels: np.ndarray | None,
    name: str,
    found: Evaluation,
) -> dict[str, str]:
    """Return what the template's names stand for."""
    findings = diagnose(triple, x, run.history(), most=1000)
    chosen = _chosen(len(x))
    space = _Space(triple, x[chosen])
    sheets = space.sheets()
    settings = record["settings"]
    facts = [
        f"{settings['variant']} on {name}",
        counted(record["epochs"], "epoch"),
        f"{record['seconds']:.0f} s on {record['backend']}",
        f"{record['parameters']:,} parameters",
        f"a code of {counted(record['code_size'], 'number')}",
    ]
    order = np.argsort(space.errors, kind="stable")
    classes, names = _classes(labels, chosen)
    content = {
        "sheets": sheets,
        "points": space.points(),
        "errors": [float(f"{error:.6g}") for error in space.errors],
        "best": order[:_EXAMPLES].tolist(),
        "worst": order[::-1][:_EXAMPLES].tolist(),
        "classes": classes,
        "names": names,
        "colors": _COLORS[: len(names)],
        "steps": _STEPS,
        "axes": space.axes(),
        "directions": space.directions(),
    }
    return {
        "title": html.escape(f"Run {run.folder.resolve().name}"),
        "subtitle": html.escape(", ".join(facts)),
        "findings": _findings(findings),
        "numbers": _numbers(found),
        "map_text": html.escape(space.map_text),
        "directions_text": html.escape(space.directions_text),
        "plane": sheets["plane"]["source"],
        "pictures": _pictures(run),
        "settings": html.escape(json.dumps(settings, indent=1)),
        # A "<" could end the script that it stands in.
        "data": json.dumps(content).replace("<", "\\u003c"),
    }


def _chosen(count: int) -> np.ndarray:
    if count <= _MOST:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, _MOST, replace=False))


class _Space:
    """The codes of samples in their leading directions, and what is decoded there."""

    def __init__(self, triple: Autoencoder, x: np.ndarray) -> None:
        self._decoder, self._x = triple.decoder, x
        codes = predict_float32(triple.encoder, x)
        self._made = predict_float32(triple.decoder, codes)
        self._code_shape = codes.shape[1:]
        flat = codes.reshape(len(codes), -1).astype("float64")
        padding = padding_value(triple.autoencoder)
        self.errors = sample_errors(x, self._made, mask_value=padding)
        self._center = flat.mean(axis=0)
        self._is_plain = flat.shape[1] <= 2
        if self._is_plain:
            size = flat.shape[1]
            self._directions = np.eye(size)
            self.map_text = "The code itself."
            self.directions_text = "Each number of the code from low to high."
        else:
            _, _, rows = np.linalg.svd(flat - self._center, full_matrices=False)
            self._directions = rows
            self.map_text = "The codes of test samples in their two leading directions "
            self.map_text += "(principal components)."
            self.directions_text = "The decoder along the leading directions of the "
            self.directions_text += "code, in standard deviations from its center."
        self._at = (flat - self._center) @ self._directions.T
        self._spread = np.maximum(self._at.std(axis=0), 1e-12)
        self._limits = self._spans()

    def _spans(self) -> np.ndarray:
        """Return the lowest and the highest place on both axes of the map."""
        two = self._two(self._at)
        low, high = np.quantile(two, 0.005, axis=0), np.quantile(two, 0.995, axis=0)
        room = np.maximum(0.05 * (high - low), 1e-6)
        return np.stack([low - room, high + room])

    def _two(self, at: np.ndarray) -> np.ndarray:
        return at[:, :2] if at.shape[1] > 1 else np.column_stack([at, 0 * at])

    def points(self) -> list[list[float]]:
        """Return places on the map, from the upper left, in [0, 1]."""
        low, high = self._limits
        places = np.clip((self._two(self._at) - low) / (high - low), 0.01, 0.99)
        places[:, 1] = 1 - places[:, 1]
        return [[round(float(a), 4), round(float(b), 4)] for a, b in places]

    def _grid(self) -> np.ndarray:
        low, high = self._limits
        return (np.arange(_STEPS)[:, None] + 0.5) / _STEPS * (high - low) + low

    def axes(self) -> list[list[str]]:
        """Return what stands at the columns and the rows of the plane."""
        grid = self._grid()
        shift = self._center[:2] if self._is_plain else np.zeros(2)
        shift = np.resize(shift, 2) if len(shift) else shift
        return [
            [f"{value:.3g}" for value in grid[:, 0] + shift[0]],
            [f"{value:.3g}" for value in grid[::-1, 1] + shift[1]],
        ]

    def directions(self) -> list[dict[str, Any]]:
        """Return the sliders: a name and the words of their positions."""
        word = "code" if self._is_plain else "direction"
        return [
            {
                "name": f"{word} {number}",
                "values": [f"{value:+.1f} sd" for value in _VALUES],
            }
            for number in range(min(_DIRECTIONS, len(self._directions)))
        ]

    def sheets(self) -> dict[str, dict[str, Any]]:
        """Return sheets of small pictures, with what the page must know of them."""
        grid = self._grid()
        plane = np.zeros((_STEPS * _STEPS, len(self._directions)))
        plane[:, 0] = np.tile(grid[:, 0], _STEPS)
        if plane.shape[1] > 1:
            plane[:, 1] = np.repeat(grid[::-1, 1], _STEPS)
        count = min(_DIRECTIONS, len(self._directions))
        along = np.zeros((count * len(_VALUES), len(self._directions)))
        for number in range(count):
            rows = slice(number * len(_VALUES), (number + 1) * len(_VALUES))
            along[rows, number] = _VALUES * self._spread[number]
        parts = {
            "originals": self._x,
            "reconstructions": self._made,
            "plane": self._decoded(plane),
            "directions": self._decoded(along),
        }
        columns = {"plane": _STEPS, "directions": len(_VALUES)}
        shape = _shape(self._x.shape[1:])
        limits = shared_range(shape, self._x, *parts.values())
        made = {}
        for key, samples in parts.items():
            tiles = thumbnails(samples, shape, limits, _SIDE)
            across = columns.get(key, 32)
            made[key] = {
                "source": _png(arranged(tiles, across, fill=255)),
                "width": tiles.shape[2],
                "height": tiles.shape[1],
                "columns": across,
            }
        return made

    def _decoded(self, at: np.ndarray) -> np.ndarray:
        codes = self._center + at @ self._directions
        return predict_float32(
            self._decoder, codes.reshape(-1, *self._code_shape).astype("float32")
        )


def _shape(sample: tuple[int, ...]) -> tuple[int, ...]:
    """Return how samples are drawn; as one line where there is no picture of them."""
    try:
        return picture_shape(sample)
    except ValueError:
        return (int(np.prod(sample)),)


def _classes(
    labels: np.ndarray | None, chosen: np.ndarray
) -> tuple[list[int], list[str]]:
    """Return the number of each sample's class, and the names of the classes."""
    if labels is None or labels.ndim != 1:
        return [0] * len(chosen), [""]
    names, numbers = np.unique(labels[chosen], return_inverse=True)
    if len(names) > _MOST_CLASSES:
        return [0] * len(chosen), [""]
    return numbers.tolist(), [str(name) for name in names]


def _findings(found: Findings) -> str:
    if not found:
        return "<p>Nothing that commonly goes wrong was found.</p>"
    return "\n".join(
        f'<div class="finding {one.severity}"><p><b>{one.severity}: {one.name}</b></p>'
        f"<p>{html.escape(one.evidence)}</p><p>{html.escape(one.advice)}</p></div>"
        for one in found
    )


def _numbers(found: Evaluation) -> str:
    sections = []
    for section, rows in found.values.items():
        lines = "\n".join(
            f'<tr><td>{html.escape(name)}</td><td class="number">'
            f"{html.escape(words(value))}</td></tr>"
            for name, value in rows.items()
        )
        sections.append(f"<div><h3>{section}</h3><table>{lines}</table></div>")
    return f'<div class="columns">{"".join(sections)}</div>'


def _pictures(run: Run) -> str:
    """Return those pictures of the run that are there."""
    return "\n".join(
        f'<h2>{heading}</h2><figure class="{kind}"><img src="'
        f'{_source(run.path(name).read_bytes())}" alt="{text}"></figure>'
        for name, heading, kind, text in _PICTURES
        if run.path(name).is_file()
    )


def _png(sheet: np.ndarray) -> str:
    from PIL import Image

    image = Image.fromarray(sheet)
    if (sheet == sheet[..., :1]).all():
        image = image.convert("L")
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return _source(file.getvalue())


def _source(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()
