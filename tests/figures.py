"""What the tests of figures ask of every one of them."""

from itertools import combinations

import numpy as np
from PIL import Image


def texts(figure):
    """Return every text that is drawn: titles, labels, ticks, legends and notes."""
    found = [text for text in figure.texts if text.get_text()]
    legends = list(figure.legends)
    for axes in figure.axes:
        found += [axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
        legends.append(axes.get_legend())
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            room = 1e-9 * (high - low)
            found += [
                label
                for place, label in zip(
                    axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True
                )
                if low - room <= place <= high + room
            ]
    for legend in filter(None, legends):
        found += legend.get_texts()
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def assert_readable(figure):
    """Every text and axes lies within the figure, and no text on another."""
    figure.canvas.draw()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= width
    assert box.y1 <= height
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure)]
    for (first, one), (second, other) in combinations(boxes, 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        up = min(one.y1, other.y1) - max(one.y0, other.y0)
        # A pixel of blank margin, which every glyph has, may be shared.
        assert across <= 1 or up <= 1, (first, second)
    for axes in figure.axes:
        assert np.isfinite([*axes.get_xlim(), *axes.get_ylim()]).all()


def assert_whole_picture(path):
    """A picture that can be read, with nothing else beside it."""
    with Image.open(path) as picture:
        picture.load()
        assert min(picture.size) > 10
        assert len(np.unique(np.asarray(picture.convert("L")))) > 1
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def legend_texts(figure):
    """Return the words in the legend of a figure that has one."""
    legend = figure.legends[0] if figure.legends else figure.axes[0].get_legend()
    return [text.get_text() for text in legend.get_texts()]


def row_labels(figure):
    """Return what stands left of each row of pictures."""
    return [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
