"""Figures without a screen or global state."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerasae._files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 150

# Okabe and Ito's palette, told apart by colour-blind readers too; its yellow is
# left out, as it vanishes on white paper.
COLORS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
)


def new_figure(width: float, height: float, layout: Any = "none") -> "Figure":
    """Return an empty figure, sizes in inches, that no pyplot state knows of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI, layout=layout)
    FigureCanvasAgg(figure)  # text can be measured, and pixels be read, at once
    return figure


def text_width(figure: "Figure", text: str, size: float) -> float:
    """Return the width in inches that `text` takes at `size` points."""
    artist = figure.text(0, 0, text, fontsize=size, parse_math=False)
    width = artist.get_window_extent().width / figure.dpi
    artist.remove()
    return width


def save(figure: "Figure", path: str | os.PathLike[str]) -> Path:
    """Write `figure` to `path`, in the format that the suffix names."""
    with replacing(path, figure.canvas.get_supported_filetypes()) as temporary:
        # `dpi` and `bbox_inches` are named so that a user's style sheet does not
        # crop the picture or change its size in pixels.
        figure.savefig(
            temporary,
            format=temporary.suffix[1:].lower(),
            dpi=figure.dpi,
            bbox_inches=figure.bbox_inches,
        )
    return Path(path)
