"""A diagram of boxes and arrows, for machines without Graphviz."""

from typing import TYPE_CHECKING

from kerasae.plotting._figure import MARGIN, new_figure, text_width
from kerasae.plotting.diagrams._graph import PARTS, Graph, Node

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT = 0.5  # inches, of a box
GAP = 0.3
PAD = 0.14
NAME, KIND = 10, 8.5  # points


def draw_boxes(graph: Graph) -> "Figure":
    """Return a figure with one box per call, from top to bottom."""
    from matplotlib.patches import FancyArrowPatch, Rectangle

    rows = _rows(graph)
    probe = new_figure(1, 1)
    width = max(
        max(text_width(probe, node.name, NAME), text_width(probe, _below(node), KIND))
        for node in graph.nodes
    )
    width += 2 * PAD + 0.1  # an SVG may be viewed with a wider font
    columns = max(map(len, rows))
    full_width = columns * width + (columns - 1) * GAP + 2 * MARGIN
    full_height = len(rows) * (HEIGHT + GAP) - GAP + 2 * MARGIN
    figure = new_figure(full_width, full_height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, full_width), ylim=(full_height, 0))
    axes.set_axis_off()

    places = {}
    for level, row in enumerate(rows):
        left = (full_width - len(row) * width - (len(row) - 1) * GAP) / 2
        top = MARGIN + level * (HEIGHT + GAP)
        for column, number in enumerate(row):
            x = left + column * (width + GAP)
            places[number] = (x + width / 2, top)
            node = graph.nodes[number]
            color = PARTS[node.part]
            box = Rectangle(
                (x, top),
                width,
                HEIGHT,
                facecolor=color if node.part == "code" else "white",
                edgecolor=color,
                linewidth=1.6,
            )
            axes.add_patch(box)
            ink = "white" if node.part == "code" else "black"
            for text, height, size, weight in (
                (node.name, 0.32, NAME, "bold"),
                (_below(node), 0.72, KIND, "normal"),
            ):
                axes.text(
                    x + width / 2,
                    top + height * HEIGHT,
                    text,
                    color=ink,
                    fontsize=size,
                    fontweight=weight,
                    ha="center",
                    va="center",
                    parse_math=False,
                )
    for start, end in graph.edges:
        x, top = places[start]
        arrow = FancyArrowPatch(
            (x, top + HEIGHT),
            places[end],
            arrowstyle="-|>",
            mutation_scale=9,
            shrinkA=0,
            shrinkB=0,
            color="0.35",
            linewidth=1.1,
            zorder=0.5,  # an arrow that skips a row passes behind the boxes
        )
        axes.add_patch(arrow)
    return figure


def _below(node: Node) -> str:
    return f"{node.kind}   {node.shape}"


def _rows(graph: Graph) -> list[list[int]]:
    """Return the calls by their distance from the inputs, row by row."""
    level = [0] * len(graph.nodes)
    for start, end in graph.edges:  # those into a call come before those out of it
        level[end] = max(level[end], level[start] + 1)
    fed = {end for _, end in graph.edges}
    for start in set(range(len(level))) - fed:  # inputs, right above where they go
        ends = [level[end] for begin, end in graph.edges if begin == start]
        level[start] = min(ends, default=1) - 1
    rows: list[list[int]] = [[] for _ in range(max(level) + 1)]
    for number, row in enumerate(level):
        rows[row].append(number)
    return rows
