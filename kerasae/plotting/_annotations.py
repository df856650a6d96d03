"""Words in a chart that never overlap: above dotted lines, or at points."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kerasae.plotting._figure import GRAY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

TEXT_SIZE = 9.0
STEP = 12.0  # points from one level of words to the next
PAD = 3.0  # points


class Mark(NamedTuple):
    """A position on the x axis, what is written there, and its color."""

    x: float
    text: str
    color: str = GRAY


def add_marks(axes: "Axes", marks: Sequence[Mark], *, grow: bool = False) -> None:
    """Draw dotted lines over the whole height of the axes, with words above them.

    A word stands to the right of its line, as a flag does on its pole. Where words
    would collide, the one further left is raised, so that no line crosses a word
    either. Call it last, when nothing else changes the size of the axes.

    Args:
        axes: Where to draw.
        marks: Positions and words.
        grow: Whether the figure may grow taller to make room.
    """
    if not marks:
        return
    marks = sorted(marks)
    root = axes.figure.figure
    above, beside = _points_above(axes), _points_above(axes, PAD)
    texts, poles = [], []
    for mark in marks:
        axes.axvline(mark.x, color=mark.color, linestyle=":", linewidth=1.0, zorder=1.5)
        (pole,) = axes.plot(
            [mark.x, mark.x],
            [0, 0],
            transform=above,
            color=mark.color,
            linestyle=":",
            linewidth=1.0,
            clip_on=False,
            scalex=False,
            scaley=False,
        )
        poles.append(pole)
        texts.append(
            axes.text(
                mark.x,
                0,
                mark.text,
                transform=beside,
                color=mark.color,
                fontsize=TEXT_SIZE,
                ha="left",
                va="bottom",
                parse_math=False,
            )
        )
    # The words change the layout a little, which moves the words.
    for _ in range(2):
        root.draw_without_rendering()
        point = root.dpi / 72
        starts = [axes.transData.transform((mark.x, 0))[0] for mark in marks]
        ends = [
            start + text.get_window_extent().width + 3 * PAD * point
            for start, text in zip(starts, texts, strict=True)
        ]
        levels = _levels(starts, ends)
        for text, pole, mark, level in zip(texts, poles, marks, levels, strict=True):
            text.set_position((mark.x, level * STEP))
            pole.set_ydata([0, (level + 0.9) * STEP])
    if grow:
        width, height = root.get_size_inches()
        root.set_size_inches(width, height + max(levels) * STEP / 72)


def _points_above(axes: "Axes", right: float = 0.0) -> "Transform":
    """Return coordinates with data as x, and points above the axes as y.

    Whatever is drawn in them is moved `right` points to the right.
    """
    from matplotlib import transforms

    inches = axes.figure.figure.dpi_scale_trans
    points = transforms.Affine2D().scale(1 / 72) + inches
    top: Any = axes.transAxes
    vertical = points + transforms.ScaledTranslation(0, 1, top)
    across = axes.transData + transforms.ScaledTranslation(right / 72, 0, inches)
    return transforms.blended_transform_factory(across, vertical)


def _levels(starts: Sequence[float], ends: Sequence[float]) -> list[int]:
    """Return how many levels to raise each word, sorted by where they start."""
    levels = [0] * len(starts)
    for left in reversed(range(len(starts))):
        for right in range(left + 1, len(starts)):
            if ends[left] > starts[right]:
                levels[left] = max(levels[left], levels[right] + 1)
    return levels


def write_names(axes: "Axes", names: Sequence[str], places: np.ndarray) -> None:
    """Write names at points of the data, moved apart where they would overlap."""
    from matplotlib.patheffects import withStroke

    texts = [
        axes.annotate(
            name,
            place,
            xytext=(0, 0),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=12,
            fontweight="bold",
            path_effects=[withStroke(linewidth=3, foreground="white")],
            parse_math=False,
        )
        for name, place in zip(names, places, strict=True)
    ]
    figure = axes.figure.figure
    figure.draw_without_rendering()  # for the final layout
    boxes = np.array([text.get_window_extent().extents for text in texts])
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2
    moved = _apart(centers, boxes[:, 2:] - boxes[:, :2], np.array(axes.bbox.extents))
    for text, shift in zip(texts, moved - centers, strict=True):
        text.set_position(72 / figure.dpi * shift)


def _apart(centers: np.ndarray, sizes: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Return centers at which boxes of these sizes in pixels do not overlap.

    They stay within the frame (left, bottom, right, top) if there is room.
    """
    centers = centers.copy()
    lowest, highest = frame[:2] + sizes / 2 + 2, frame[2:] - sizes / 2 - 2
    for _ in range(500):
        overlapping = False
        for first in range(len(centers)):
            for second in range(first):
                way = centers[first] - centers[second]
                overlap = (sizes[first] + sizes[second]) / 2 + 2 - np.abs(way)
                if (overlap <= 0).any():
                    continue
                overlapping = True
                axis = int(overlap.argmin())
                push = overlap[axis] / 2 + 0.5
                push = push if way[axis] >= 0 else -push
                centers[first, axis] += push
                centers[second, axis] -= push
        if not overlapping:
            break
        centers = np.clip(centers, lowest, np.maximum(lowest, highest))
    return centers
