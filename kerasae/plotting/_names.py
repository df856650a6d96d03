"""Names written at places in a chart, of which none covers another."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def write_names(axes: "Axes", names: Sequence[str], places: np.ndarray) -> None:
    """Write names at places in the plane, moved apart where they would overlap."""
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
    figure.draw_without_rendering()  # the layout comes first
    boxes = np.array([text.get_window_extent().extents for text in texts])
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2
    moved = _apart(centers, boxes[:, 2:] - boxes[:, :2], np.array(axes.bbox.extents))
    for text, shift in zip(texts, moved - centers, strict=True):
        text.set_position(72 / figure.dpi * shift)


def _apart(centers: np.ndarray, sizes: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Return centers at which boxes of these sizes in pixels do not overlap.

    They stay in the frame (left, bottom, right, top), if they have room there.
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
