"""Codes as points on a map, colored by their labels."""

import os
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kerasae._arrays import as_numbers, shape_error, to_numpy
from kerasae._checks import Description, argument_error, one_of, positive_integer
from kerasae._types import ArrayLike
from kerasae.plotting._annotations import write_names
from kerasae.plotting._figure import COLORS, add_legend, figure_and_axes, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

METHODS = ("pca", "tsne", "isomap")
# Three more for ten classes, as distinct to color-blind readers as the others.
CLASS_COLORS = (*COLORS, "#330088", "#663300", "#8800EE")
MARKERS = ("o", "^", "s", "D", "v", "P", "X")  # one per round through the colors
MOST_CLASSES = 20  # more different numbers than this are a quantity
NEIGHBORS = 15
LABEL_SIZE = 11.0


class _Projection(NamedTuple):
    points: np.ndarray
    names: tuple[str, str]
    measured: bool  # whether coordinates mean something


def plot_code_map(
    codes: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    method: str | None = None,
    limit: int = 2000,
    seed: int = 0,
    axes: "Axes | None" = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw codes as points in two dimensions, colored by their labels.

    Besides the legend, the name of each class is written at the median of its points,
    so that nobody needs to tell ten colors apart.

    Args:
        codes: What an encoder returned, an array or tensor of shape (n, ...).
        labels: One per sample: classes, that is strings, or at most 20 different
            whole numbers; or a quantity, which gets a color bar.
        method: How to reduce codes of more than two dimensions to two. `"pca"`,
            principal component analysis, rotates the code and drops all but two
            directions; the axes say how much of the variance they show. `"tsne"`
            keeps neighbors together: clusters show clearly, but their sizes and
            distances mean nothing. `"isomap"` unrolls the graph of the 15 nearest
            neighbors of each code: a map of the distances along the data. Default:
            the code itself if it has two dimensions, else `"pca"`.
        limit: How many codes to draw at most, chosen at random; a positive integer.
            With the default, `"tsne"` and `"isomap"` take seconds.
        seed: Makes that choice and the map repeatable.
        axes: Your own Matplotlib Axes to draw in, which gets no legend. The default
            makes a new figure.
        path: The file to write; its suffix names the format, such as png or svg.

    Returns:
        The Matplotlib figure.

    Raises:
        ValueError: If there are too few codes, they have only one dimension or are
            all the same, the labels do not fit, a value is NaN or infinite, or the
            suffix of `path` is unknown.
        TypeError: If an argument is not an array, or `axes` is not an Axes.
        OSError: If `path` cannot be written.

    Reference:
        van der Maaten and Hinton 2008, "Visualizing Data using t-SNE", Journal of
        Machine Learning Research 9; Tenenbaum, de Silva and Langford 2000, "A Global
        Geometric Framework for Nonlinear Dimensionality Reduction", Science 290.

    Example:
        >>> import numpy as np
        >>> codes = np.random.default_rng(0).normal(size=(60, 8))
        >>> figure = plot_code_map(codes, labels=np.arange(60) % 3)
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['0', '1', '2']
    """
    if method is not None:
        one_of("method", method, METHODS)
    limit = positive_integer("limit", limit)
    values = as_numbers("codes", codes)
    flat = values.reshape(len(values), -1).astype("float64")
    if flat.shape[1] < 2:
        fix = "Draw their histogram with plot_code_activations."
        expected = "codes of two dimensions or more"
        raise ValueError(argument_error("codes", expected, Description("one"), fix))
    kinds = None if labels is None else _labels(labels, len(flat))
    if len(flat) > limit:
        generator = np.random.default_rng(seed)
        chosen = np.sort(generator.choice(len(flat), limit, replace=False))
        flat = flat[chosen]
        kinds = None if kinds is None else kinds[chosen]
    projection = _project(flat, method, seed)
    own = axes is None
    figure, axes = figure_and_axes(axes, 5.6, 4.4)
    if kinds is None:
        _scatter(axes, projection.points, COLORS[0])
    elif kinds.dtype.kind == "f":
        shown = _scatter(axes, projection.points, kinds)
        bar = figure.colorbar(shown, ax=axes, alpha=1)
        bar.ax.tick_params(labelsize=9)
        bar.outline.set(linewidth=0.6, edgecolor="0.75")
    _label_axes(axes, projection)
    if kinds is not None and kinds.dtype.kind != "f":
        _draw_classes(axes, projection.points, kinds, beside=own)
    return save(figure, path)


def _labels(labels: Any, count: int) -> np.ndarray:
    """Return one label per code: floats for a quantity, else strings or integers."""
    if hasattr(labels, "shape") and not isinstance(labels, np.ndarray):
        labels = _as_array(labels)
    found = np.asarray(labels)
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.shape != (count,):
        expected = f"one label per code, {count} in all"
        one_hot = "Turn one-hot labels into classes with argmax(axis=1)."
        fix = one_hot if found.ndim == 2 else ""
        raise ValueError(shape_error("labels", expected, found.shape, fix))
    if found.dtype.kind not in "iuf":
        return found.astype(str)
    if not np.isfinite(found).all():
        raise ValueError(
            argument_error("labels", "finite", Description("NaN or infinity"))
        )
    if (found == np.round(found)).all() and len(np.unique(found)) <= MOST_CLASSES:
        return found.astype(int)
    return found.astype("float64")


def _as_array(labels: Any) -> np.ndarray:
    if hasattr(labels, "to_numpy"):  # a pandas Series
        return labels.to_numpy()
    return to_numpy(labels)


def _project(codes: np.ndarray, method: str | None, seed: int) -> _Projection:
    """Return a point in the plane for each code."""
    if method is None and codes.shape[1] == 2:
        return _Projection(codes, ("code[0]", "code[1]"), True)
    method = method or "pca"
    least = 2 if method == "pca" else 5
    if len(codes) < least:
        expected = f"{least} codes or more for method={method!r}"
        raise ValueError(
            argument_error("codes", expected, Description(f"{len(codes)}"))
        )
    if (codes == codes[0]).all():
        expected = "codes that differ"
        fix = "The code is dead: train again with another seed or learning rate."
        received = f"{len(codes)} times the same"
        raise ValueError(argument_error("codes", expected, Description(received), fix))
    if method == "pca":
        from sklearn.decomposition import PCA

        pca = PCA(2, svd_solver="full")
        points = pca.fit_transform(codes)
        first, second = pca.explained_variance_ratio_
        names = (
            f"component 1, {100 * first:.0f} % of the variance",
            f"component 2, {100 * second:.0f} %",
        )
        return _Projection(points, names, True)
    if method == "tsne":
        from sklearn.manifold import TSNE

        perplexity = min(30.0, (len(codes) - 1) / 3)
        tsne = TSNE(perplexity=perplexity, init="pca", random_state=seed)
        return _Projection(tsne.fit_transform(codes), ("t-SNE", ""), False)
    from sklearn.manifold import Isomap

    isomap = Isomap(n_neighbors=min(NEIGHBORS, len(codes) - 1))
    with warnings.catch_warnings():
        # scikit-learn joins unconnected clusters at their closest points.
        warnings.filterwarnings("ignore", "The number of connected components")
        warnings.filterwarnings("ignore", "Changing the sparsity structure")
        points = isomap.fit_transform(codes)
    return _Projection(points, ("Isomap", ""), False)


def _scatter(axes: "Axes", points: np.ndarray, colors: Any, marker: str = "o") -> Any:
    size = float(np.clip(12000 / len(points), 6, 30))
    return axes.scatter(
        points[:, 0],
        points[:, 1],
        c=colors,
        s=size,
        alpha=0.75,
        linewidths=0,
        marker=marker,
    )


def _label_axes(axes: "Axes", projection: _Projection) -> None:
    axes.set_xlabel(projection.names[0], fontsize=LABEL_SIZE)
    axes.set_ylabel(projection.names[1], fontsize=LABEL_SIZE)
    if projection.measured:
        axes.tick_params(labelsize=10)
    else:
        axes.set(xticks=[], yticks=[])
    axes.spines[:].set(color="0.75", linewidth=0.8)


def _draw_classes(
    axes: "Axes", points: np.ndarray, kinds: np.ndarray, *, beside: bool
) -> None:
    """Draw points and the names of their classes, and perhaps a legend beside."""
    from matplotlib.lines import Line2D

    figure = axes.figure.figure

    classes, numbers = np.unique(kinds, return_inverse=True)
    laps, places = np.divmod(numbers, len(CLASS_COLORS))
    colors = np.array(CLASS_COLORS)[places]
    # All classes with one marker at once, in the order of the samples: drawn class by
    # class, the last would hide the first.
    for lap in range(laps.max() + 1):
        chosen = laps == lap
        marker = MARKERS[lap % len(MARKERS)]
        _scatter(axes, points[chosen], colors[chosen], marker)
    names = [str(kind) for kind in classes]
    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            color=CLASS_COLORS[number % len(CLASS_COLORS)],
            marker=MARKERS[number // len(CLASS_COLORS) % len(MARKERS)],
            markersize=6,
        )
        for number in range(len(names))
    ]
    if beside:
        columns = -(-len(names) // MOST_CLASSES)
        add_legend(
            figure,
            axes,
            handles,
            names,
            beside=True,
            handletextpad=0.1,
            ncols=columns,
        )
    medians = [np.median(points[numbers == n], axis=0) for n in range(len(names))]
    write_names(axes, names, np.array(medians))
