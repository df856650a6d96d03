"""Pictures, histograms and maps of codes."""

import numpy as np
import pytest
from figures import (
    assert_readable,
    assert_whole_picture,
    legend_texts,
    row_labels,
    texts,
)

from kerasae.plotting import plot_code_activations, plot_code_map, plot_codes
from kerasae.plotting.charts.code_map import CLASS_COLORS
from kerasae.plotting.rendering.tiles import GAP

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.random((6, 8, 8), dtype="float32")
MAPS = RANDOM.random((6, 4, 4, 8), dtype="float32")
VECTORS = RANDOM.normal(size=(6, 32))
CLUSTERS = RANDOM.normal(size=(300, 5)) + 8 * np.repeat(np.eye(5), 60, axis=0)
CLASSES = np.repeat(np.arange(5), 60)


def own_axes():
    from matplotlib.figure import Figure

    return Figure(layout="constrained").subplots(1, 2)


# Codes


def test_feature_maps_are_tiles_below_their_originals():
    figure = plot_codes(MAPS, originals=IMAGES, columns=4, titles=range(6))
    assert len(figure.axes) == 4 + 4 + 1  # the last is the colour bar
    assert row_labels(figure) == ["original", "code,\n8 channels"]
    assert [axes.get_title() for axes in figure.axes[:4]] == ["0", "1", "2", "3"]
    np.testing.assert_array_equal(figure.axes[1].images[0].get_array(), IMAGES[1])
    low, high = figure.axes[-1].get_ylim()
    assert (low, high) == pytest.approx((MAPS[:4].min(), MAPS[:4].max()))
    assert_readable(figure)


@pytest.mark.parametrize("scale", ["common", "tile"])
def test_every_value_has_its_place_and_shade(scale):
    figure = plot_codes(MAPS, channels_across=2, scale=scale)
    image = figure.axes[0].images[0].get_array()
    zoom = (image.shape[1] - 3 * GAP) // 8
    assert image.shape == (4 * (4 * zoom + GAP) + GAP, 2 * (4 * zoom + GAP) + GAP, 3)
    tile = MAPS[0, :, :, 5]  # third row, second column
    values = MAPS if scale == "common" else tile
    top, left = GAP + 2 * (4 * zoom + GAP), GAP + 4 * zoom + GAP
    shown = image[top : top + 4 * zoom : zoom, left : left + 4 * zoom : zoom]
    expected = (tile - values.min()) / (values.max() - values.min())
    np.testing.assert_allclose(shown[..., 0], expected, atol=1 / 255)
    assert len(figure.axes) == 6 + (scale == "common")
    # One pixel of the code is a square of equal pixels of the picture.
    assert (image[top : top + zoom, left : left + zoom] == image[top, left]).all()
    assert figure.axes[0].images[0].get_interpolation() == "nearest"
    box = figure.axes[0].get_window_extent()
    assert box.size == pytest.approx(image.shape[1::-1])


def test_values_around_zero_are_blue_and_red():
    figure = plot_codes([[-1.0, 0.0, 0.5]], code_shape=(1, 3))
    image = figure.axes[0].images[0].get_array()
    places = np.linspace(0, image.shape[1], 7)[1::2].astype(int)
    negative, zero, positive = image[image.shape[0] // 2, places]
    assert negative[2] > negative[0]
    assert zero.min() > 0.95
    assert positive[0] > positive[2]
    assert figure.axes[-1].get_ylim() == (-1.0, 1.0)
    assert_readable(figure)


def test_vectors_are_bars():
    figure = plot_codes(VECTORS, originals=IMAGES)
    low, high = f"{VECTORS.min():.3g}", f"{VECTORS.max():.3g}"
    label = f"code,\n{low} to {high}".replace("-", "\N{MINUS SIGN}")
    assert row_labels(figure) == ["original", label]
    bars = figure.axes[6].patches[0].get_data()
    np.testing.assert_array_equal(bars.values, VECTORS[0])
    assert bars.baseline == 0
    for axes in figure.axes[6:]:
        assert axes.get_ylim()[0] <= VECTORS.min()
        assert axes.get_ylim()[1] >= VECTORS.max()
    assert_readable(figure)
    alone = plot_codes(VECTORS, scale="tile")
    assert alone.axes[0].get_ylim() != alone.axes[1].get_ylim()


@pytest.mark.parametrize(
    ("shape", "code_shape", "label"),
    [
        ((32,), (4, 8), "code"),
        ((32,), (4, 4, 2), "code,\n2 channels"),
        ((4, 8), None, "code"),
        ((1, 1, 10), None, "code,\n0 to 1"),
        ((4, 4, 2), 32, "code,\n0 to 1"),
        ((1,), None, "code,\n0 to 1"),
        ((4, 4, 1), None, "code"),
        ((2, 3, 64), None, "code,\n64 channels"),
        ((40, 40, 12), None, "code,\n12 channels"),
        ((2, 2, 2, 4), (4, 4, 2), "code,\n2 channels"),
    ],
)
def test_codes_of_any_shape(shape, code_shape, label):
    codes = np.linspace(0, 1, 3 * int(np.prod(shape))).reshape(3, *shape)
    figure = plot_codes(codes, code_shape=code_shape, originals=IMAGES[:3])
    assert row_labels(figure)[1] == label
    assert_readable(figure)


def test_equal_codes_have_a_scale():
    for codes in (np.zeros((2, 3)), np.ones((2, 3, 3)), np.full((2, 3), -1.0)):
        assert_readable(plot_codes(codes))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"codes": MAPS[:0]}, "`codes` must be a non-empty array"),
        ({"codes": MAPS * np.nan}, "`codes` must be finite"),
        ({"codes": np.zeros((2, 2, 2, 2, 2))}, r"`codes` must be.*code_shape=\(16,\)"),
        ({"originals": IMAGES[:2]}, "`originals` must be as many as the codes, 6"),
        ({"originals": np.zeros((6, 2, 2, 2))}, "`originals` must be.*image_shape="),
        ({"code_shape": (4, 4)}, "`code_shape` must be as large.*128 numbers"),
        ({"code_shape": (2, 2, 2, 16)}, r"`code_shape` must be \(size,\)"),
        ({"code_shape": "4x4"}, r"`code_shape` must be \(size,\)"),
        ({"image_shape": (9, 9)}, "`image_shape` must be as large"),
        ({"channels_across": 0}, "`channels_across` must be a positive integer"),
        ({"columns": 0}, "`columns`"),
        ({"scale": "tiles"}, "`scale` must be one of.*Did you mean 'tile'"),
        ({"titles": "a"}, "`titles`"),
        ({"path": "codes.pgn"}, "`path`.*Did you mean 'png'"),
    ],
)
def test_bad_codes(change, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, TypeError), match=message):
        plot_codes(**({"codes": MAPS, "originals": IMAGES} | change))
    assert not list(tmp_path.iterdir())


# Activations


def test_activations_with_and_without_a_penalty():
    plain = np.abs(VECTORS) * 8
    sparse = np.where(plain > 8, plain, 0)
    figure = plot_code_activations({"no penalty": plain, "$L_1": sparse}, bins=20)
    histogram, units = figure.axes
    assert legend_texts(figure) == [
        "no penalty",
        f"$L_1, {100 * (sparse == 0).mean():.0f} % zero",
    ]
    marks = {text.get_text(): text.get_position()[0] for text in histogram.texts}
    assert marks == {
        f"mean {values.mean():.3g}": values.mean() for values in (plain, sparse)
    }
    for patch, values in zip(histogram.patches, (plain, sparse), strict=True):
        data = patch.get_data()
        assert data.values.sum() == pytest.approx(100)
        assert (data.edges[0], data.edges[-1]) == (sparse.min(), plain.max())
        share = 100 * (values < data.edges[1]).mean()
        assert data.values[0] == pytest.approx(share)
    assert histogram.get_yscale() == "log"
    for line, values in zip(units.lines, (plain, sparse), strict=True):
        heights = line.get_ydata()
        assert heights.mean() == pytest.approx(values.mean())
        assert (np.diff(heights) <= 0).all()
        assert line.get_xdata()[0] == 1
    assert_readable(figure)


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize(
    "codes",
    [
        MAPS,
        VECTORS,
        np.zeros((3, 2)),
        np.ones((1, 1)),
        {f"{n}": VECTORS + n / 40 for n in range(9)},
        {"a": VECTORS, "b": MAPS, "": MAPS - 5},
    ],
    ids=["maps", "vectors", "dead", "single", "nine close ones", "sizes"],
)
def test_activations_of_any_codes(codes, log):
    figure = plot_code_activations(codes, log=log)
    assert len(figure.axes) == 2
    assert_readable(figure)


def test_activations_in_axes_of_ones_own(tmp_path):
    left, right = own_axes()
    figure = plot_code_activations(VECTORS, axes=left, path=tmp_path / "a.png")
    assert figure is left.figure
    assert len(figure.axes) == 2
    assert left.patches
    assert not right.has_data()
    assert_whole_picture(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("codes", "options", "message"),
    [
        ({}, {}, "`codes` must be non-empty"),
        ({"a": VECTORS * np.inf}, {}, r"`codes\['a'\]` must be finite"),
        (VECTORS[0], {}, r"codes\[None\]"),
        ("codes", {}, "`codes` must be an array"),
        (VECTORS, {"bins": 0}, "`bins`"),
        (VECTORS, {"axes": own_axes()}, "`axes` must be one Matplotlib Axes"),
        (VECTORS, {"path": "a"}, "`path`.*Add one"),
    ],
)
def test_bad_activations(codes, options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        plot_code_activations(codes, **options)


# Maps


def points(figure):
    return np.concatenate(
        [np.asarray(c.get_offsets()) for c in figure.axes[0].collections]
    )


def test_a_code_of_two_dimensions_is_its_own_map():
    figure = plot_code_map(VECTORS[:, :2])
    np.testing.assert_array_equal(points(figure), VECTORS[:, :2])
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("code[0]", "code[1]")
    assert not figure.legends
    assert_readable(figure)


def test_components_explain_the_variance():
    figure = plot_code_map(CLUSTERS * [9, 3, 1, 1, 1])
    spread = points(figure).var(axis=0)
    assert spread[0] > spread[1]
    assert "% of the variance" in figure.axes[0].get_xlabel()
    turned = plot_code_map(VECTORS[:, :2], method="pca")
    assert turned.axes[0].get_xlabel().startswith("component 1")


@pytest.mark.parametrize("method", ["pca", "tsne", "isomap"])
def test_methods_keep_clusters_apart_and_repeat(method):
    figure = plot_code_map(CLUSTERS, labels=CLASSES, method=method, limit=100)
    again = plot_code_map(CLUSTERS, labels=CLASSES, method=method, limit=100)
    place = points(figure)
    assert place.shape == (100, 2)
    np.testing.assert_allclose(place, points(again))
    other = plot_code_map(CLUSTERS, labels=CLASSES, method=method, limit=100, seed=1)
    assert not np.allclose(place, points(other))
    assert legend_texts(figure) == list("01234")
    assert_readable(figure)
    if method != "pca":  # what the axes count means nothing
        assert not len(figure.axes[0].get_xticks())
    colors = figure.axes[0].collections[0].get_facecolors()
    groups = [
        place[(colors == color).all(axis=1)] for color in np.unique(colors, axis=0)
    ]
    assert len(groups) == 5
    if method == "tsne":
        within = np.mean([group.std(axis=0).mean() for group in groups])
        assert within < 0.5 * place.std(axis=0).mean()


def test_names_stand_at_medians_and_never_on_one_another():
    codes = RANDOM.normal(size=(200, 2))  # all classes in one place
    names = np.array([f"class {n % 10}" for n in range(200)])
    figure = plot_code_map(codes, labels=names)
    assert [text.get_text() for text in figure.axes[0].texts] == sorted(set(names))
    assert legend_texts(figure) == sorted(set(names))
    assert_readable(figure)
    frame = figure.axes[0].get_window_extent()
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert frame.x0 < box.x0
        assert box.x1 < frame.x1
    apart = plot_code_map(CLUSTERS, labels=CLASSES)
    place = points(apart)
    for kind, text in enumerate(apart.axes[0].texts):
        np.testing.assert_allclose(text.xy, np.median(place[kind == CLASSES], axis=0))


# Machado, Oliveira and Fernandes 2009, full severity, on linear RGB.
SIGHTS = {
    "all colours": np.eye(3),
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(rgb):
    """Return CIE Lab coordinates of linear RGB: distances as the eye sees them."""
    to_xyz = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    xyz = np.clip(rgb, 0, 1) @ np.transpose(to_xyz) / [0.95047, 1, 1.08883]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


@pytest.mark.parametrize("sight", SIGHTS.values(), ids=SIGHTS)
def test_colour_blind_readers_tell_ten_classes_apart(sight):
    from matplotlib.colors import to_rgb

    rgb = np.array([to_rgb(color) for color in CLASS_COLORS])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = lab(linear @ np.transpose(sight))
    distances = np.linalg.norm(seen[:, None] - seen, axis=2)
    # Matplotlib's own ten colours come as close as 5.
    assert distances[~np.eye(10, dtype=bool)].min() > 16


def test_ten_classes_have_ten_colours_and_more_have_markers():
    codes = RANDOM.normal(size=(200, 2))
    for count, looks in ((10, 1), (20, 2)):
        figure = plot_code_map(codes, labels=np.arange(200) % count)
        clouds = figure.axes[0].collections
        assert len(clouds) == looks
        for cloud in clouds:
            assert len(np.unique(cloud.get_facecolors(), axis=0)) == 10
        assert len(legend_texts(figure)) == count
        assert_readable(figure)


@pytest.mark.parametrize(
    "labels",
    [
        np.linspace(0, 1, 300),
        np.arange(300),
        np.arange(300)[:, None] / 7,
    ],
    ids=["shares", "many whole numbers", "column"],
)
def test_quantities_have_a_colour_bar(labels):
    figure = plot_code_map(CLUSTERS, labels=labels)
    assert len(figure.axes) == 2
    np.testing.assert_allclose(
        figure.axes[0].collections[0].get_array(), np.ravel(labels)
    )
    assert not figure.legends
    assert_readable(figure)


@pytest.mark.parametrize(
    "labels",
    [
        CLASSES.astype("uint8"),
        CLASSES.astype("float32"),
        CLASSES.tolist(),
        CLASSES[:, None],
        [f"{n}" for n in CLASSES],
    ],
)
def test_classes_come_in_many_forms(labels):
    figure = plot_code_map(CLUSTERS, labels=labels)
    assert legend_texts(figure) == list("01234")


def test_classes_that_are_yes_and_no():
    figure = plot_code_map(CLUSTERS, labels=CLASSES > 2)
    assert legend_texts(figure) == ["False", "True"]


def test_a_map_in_axes_of_ones_own(tmp_path):
    left, right = own_axes()
    for axes, labels in ((left, CLASSES), (right, CLASSES / 7)):
        figure = plot_code_map(CLUSTERS, labels=labels, axes=axes)
    assert figure is left.figure
    assert len(left.texts) == 5
    assert left.get_legend() is None
    assert len(figure.axes) == 3
    plot_code_map(CLUSTERS, path=tmp_path / "map.png")
    assert_whole_picture(tmp_path / "map.png")


def test_few_codes():
    for count, method in ((2, "pca"), (5, "tsne"), (5, "isomap"), (1, None)):
        codes = VECTORS[:count] if method else VECTORS[:count, :2]
        figure = plot_code_map(codes, method=method, labels=np.arange(count))
        assert len(texts(figure)) >= 2 * count
        assert_readable(figure)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"codes": CLUSTERS[:, :1]}, "`codes` must be codes of two.*code_activations"),
        ({"codes": CLUSTERS * 0}, "`codes` must be codes that differ.*dead"),
        ({"codes": CLUSTERS[:1], "labels": [1]}, "2 codes or more"),
        ({"codes": CLUSTERS[:4], "method": "tsne", "labels": None}, "5 codes or more"),
        ({"codes": CLUSTERS * np.nan}, "`codes` must be finite"),
        ({"codes": None}, "`codes` must be an array"),
        ({"labels": CLASSES[:4]}, r"`labels` must be one label per code, 300.*\(4,\)"),
        ({"labels": np.eye(5)[CLASSES]}, r"`labels`.*argmax\(axis=1\)"),
        ({"labels": np.full(300, np.nan)}, "`labels` must be finite"),
        ({"method": "umap"}, "`method` must be one of 'pca', 'tsne', 'isomap'"),
        ({"limit": 0}, "`limit`"),
        ({"axes": 1}, "`axes` must be one Matplotlib Axes.*type int"),
        ({"path": "map.jpgg"}, "`path`.*Did you mean 'jpg'"),
    ],
)
def test_bad_maps(change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        plot_code_map(**({"codes": CLUSTERS, "labels": CLASSES} | change))
