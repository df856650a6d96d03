"""The kernels of layers as pictures of what their units respond to."""

import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kerasae._checks import argument_error, one_of, positive_integer
from kerasae.plotting._figure import (
    fit_to_content,
    new_figure,
    pixel_box,
    save,
    text_width,
    to_pixels,
)
from kerasae.plotting.grids._kernels import kernel_of, kernel_tiles, model_of
from kerasae.plotting.rendering.lines import line_axes
from kerasae.plotting.rendering.pixels import zoom_to
from kerasae.plotting.rendering.tiles import (
    DIVERGING,
    GAP,
    GRAYS,
    SCALES,
    add_color_bar,
    color_limits,
    colors_of,
    image_axes,
    signed,
    tile_image,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TILE = 60  # pixels, about the longer side of a filter
LARGEST = (1000, 1200)  # pixels, about the width and height of all filters of a layer
BETWEEN = 0.25  # inches, from one layer to the next
TITLE_SIZE = 11.0
COLORINGS = {"gray": GRAYS, "diverging": DIVERGING}


class _Panel(NamedTuple):
    title: str
    tiles: np.ndarray
    columns: int


def plot_filters(
    filters: Any,
    *,
    layer: str | None = None,
    image_shape: int | tuple[int, ...] | None = None,
    count: int = 100,
    columns: int | None = None,
    scale: str = "tile",
    colors: str | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw the filters of a layer as tiles, or those of several layers side by side.

    A filter of a dense layer is what one unit multiplies its inputs by or, where only
    the layer's outputs have the shape of a picture, as in the last layer of a
    decoder, what one input adds to the picture. The filters of a convolution over 1
    or 3 channels are drawn as one tile each; over more channels each filter is a row
    with one tile per channel. Filters that are vectors are drawn as lines.

    Args:
        filters: An `Autoencoder` or a Keras model; a layer, such as `Dense`,
            `Conv2D`, `Conv2DTranspose` or `TiedDense`; a kernel, that is an array
            of shape (inputs, units), (size, channels, filters) or (height, width,
            channels, filters); or a mapping {title: any of these}.
        layer: The name of a model's layer to draw. Default: the first layer that has
            a kernel.
        image_shape: The shape to draw the filters of a dense layer in, (height,
            width) or (height, width, 3). The default is the shape of the model's
            images if a model is given; otherwise filters are lines.
        count: How many filters of each layer to draw at most, from the first on; a
            positive integer.
        columns: Tiles in a row. The default makes a square, and gives each channel
            of a convolution over many channels a column.
        scale: `"tile"`: each tile uses the full range of colors, which shows the
            pattern in weak filters, but also makes noise in useless ones look
            strong. `"common"`: one scale for all, shown by a color bar, so that
            filters and layers can be compared.
        colors: `"diverging"`: from blue through white, which is zero, to red, so that
            what excites a unit differs from what inhibits it; `"gray"`: from the
            smallest weight, black, to the largest, white. The default is
            `"diverging"` for weights on both sides of zero. Filters that are color
            images show zero as a medium gray instead.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        A Matplotlib figure with one axes per layer, which shows all its tiles as one
        image, and one for the color bar of a common scale.

    Raises:
        ValueError: If there is no such layer, it has no kernel, a shape does not
            fit, a weight is NaN or infinite, or the suffix of `path` is unknown.
        TypeError: If `filters` is none of the above.
        OSError: If `path` cannot be written.

    Example:
        >>> import kerasae
        >>> clean = kerasae.build_tied_ae((28, 28, 1))
        >>> noisy = kerasae.build_tied_ae((28, 28, 1), corruption=("masking", 0.3))
        >>> figure = plot_filters({"clean": clean, "30 % masked": noisy})
        >>> [axes.get_title() for axes in figure.axes]
        ['clean', '30 % masked']
    """
    count = positive_integer("count", count)
    one_of("scale", scale, SCALES)
    if colors is not None:
        one_of("colors", colors, COLORINGS)
    panels = _panels(filters, layer, image_shape, count, columns)
    drawn = [panel.tiles for panel in panels]
    if colors is None:
        diverging = any(signed(tiles) for tiles in drawn)
    else:
        diverging = colors == "diverging"
    limits = None
    if scale == "common":
        limits = color_limits(np.concatenate([t.ravel() for t in drawn]), diverging)
    figure = new_figure(1, 1)
    left, last_gray = 0, None
    for panel in panels:
        axes = _draw(figure, left, panel, limits, diverging)
        axes.set_title(
            panel.title, x=0, ha="left", fontsize=TITLE_SIZE, pad=4, parse_math=False
        )
        width = max(
            pixel_box(axes)[2], to_pixels(text_width(figure, panel.title, TITLE_SIZE))
        )
        left += width + to_pixels(BETWEEN)
        if panel.tiles.ndim == 3:
            last_gray = axes
    if limits is not None and last_gray is not None:
        add_color_bar(figure, last_gray, limits, colors=colors_of(diverging))
    fit_to_content(figure)
    return save(figure, path)


def _draw(
    figure: "Figure",
    left: int,
    panel: _Panel,
    limits: tuple[float, float] | None,
    diverging: bool,
) -> "Axes":
    """Draw the filters of one layer in axes whose top is at zero."""
    if panel.tiles.ndim == 2:
        return line_axes(figure, left, panel.tiles, limits, panel.columns)
    rows = math.ceil(len(panel.tiles) / panel.columns)
    tile_height, tile_width = panel.tiles.shape[1:3]
    zoom = min(
        zoom_to(max(tile_height, tile_width), TILE),
        (LARGEST[0] // panel.columns - GAP) // tile_width,
        (LARGEST[1] // rows - GAP) // tile_height,
    )
    image = tile_image(
        panel.tiles,
        limits,
        columns=panel.columns,
        zoom=max(zoom, 1),
        diverging=diverging,
    )
    return image_axes(figure, left, image, LARGEST)


def _panels(
    filters: Any,
    layer: str | None,
    image_shape: int | tuple[int, ...] | None,
    count: int,
    columns: int | None,
) -> list[_Panel]:
    """Return what to draw of each layer."""
    if isinstance(filters, Mapping):
        named = {f"filters[{title!r}]": filters[title] for title in filters}
        titles = [str(title) for title in filters]
    else:
        named, titles = {"filters": filters}, [""]
    if not named:
        fix = "For example filters={'tied': triple}."
        raise ValueError(argument_error("filters", "non-empty", filters, fix))
    if layer is not None and not any(model_of(value) for value in named.values()):
        fix = "Leave it out, as no model is given."
        raise ValueError(argument_error("layer", "None", layer, fix))
    panels = []
    for title, (where, value) in zip(titles, named.items(), strict=True):
        kernel, image_shapes = kernel_of(where, value, layer)
        tiles, across = kernel_tiles(where, kernel, image_shape, image_shapes, count)
        if columns is not None:
            across = min(positive_integer("columns", columns), len(tiles))
        panels.append(_Panel(title, tiles, across))
    return panels
