"""Originals above reconstructions, drawn repeatedly on one figure."""

from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae.plotting._figure import fit_to_content
from kerasae.plotting.rendering.image_grid import (
    TITLE_SIZE,
    cell_size,
    draw_pictures,
    picture_grid,
)
from kerasae.plotting.rendering.pictures import finite, value_range

if TYPE_CHECKING:
    from PIL.Image import Image


class FrameRenderer:
    """Draws frames of one size that look like `plot_reconstructions`.

    All frames use the originals' range of values: what lies beyond is drawn black or
    white, and NaN like the lowest value.

    Args:
        originals: Samples in the shape that `picture_shape` returned.
        widest: The widest caption to come, which there must be room for.
    """

    def __init__(self, originals: np.ndarray, widest: str) -> None:
        self._limits = value_range(originals)
        self._figure, axes = picture_grid(
            ("original", "reconstruction"),
            len(originals),
            cell_size(originals.shape[1:]),
        )
        draw_pictures(axes[0], originals, self._limits)
        self._axes = axes[1]
        self._caption = axes[0, 0].annotate(
            widest,
            xy=(0, 1),
            xycoords="axes fraction",
            xytext=(0, 4),
            textcoords="offset points",
            fontsize=TITLE_SIZE,
            parse_math=False,
        )
        fit_to_content(self._figure)

    def draw(self, reconstructions: np.ndarray, caption: str) -> "Image":
        """Return the next frame."""
        from PIL import Image

        for axes in self._axes:
            for artist in (*axes.images, *axes.lines):
                artist.remove()
        shown = finite(reconstructions, self._limits)
        draw_pictures(self._axes, shown, self._limits)
        self._caption.set_text(caption)
        canvas: Any = self._figure.canvas
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[..., :3]
        gray = bool((pixels == pixels[..., :1]).all())
        return Image.fromarray(np.ascontiguousarray(pixels[..., 0] if gray else pixels))
