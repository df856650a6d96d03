"""Pictures for which a model is asked, on every backend: filters, ways, planes."""

import keras
import numpy as np
import pytest
from figures import assert_readable, assert_whole_picture
from keras import layers

import kerasae
from kerasae.plotting import plot_code_plane, plot_filters, plot_interpolation
from kerasae.plotting.rendering.tiles import GAP

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.random((6, 8, 8, 1), dtype="float32")
COLORED = RANDOM.random((4, 8, 8, 3), dtype="float32")


@pytest.fixture(scope="module")
def conv():
    return kerasae.build_conv_ae((8, 8, 1), filters=(4, 2), seed=0)


@pytest.fixture(scope="module")
def plane():
    """A triple whose code has two dimensions that tell pictures apart."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((8, 8, 1))
    code = layers.Dense(2, name="code")(layers.Flatten()(inputs))
    x = layers.Dense(64, activation="sigmoid")(code)
    outputs = layers.Reshape((8, 8, 1))(x)
    return kerasae.split(keras.Model(inputs, outputs, name="plane"))


def image(axes):
    return np.asarray(axes.images[0].get_array())


def tiles(axes, columns, height, width):
    """Return the tiles of an image, in order, without their magnification."""
    picture = image(axes)
    zoom = ((picture.shape[1] - GAP) // columns - GAP) // width
    high, wide = height * zoom + GAP, width * zoom + GAP
    assert (picture.shape[0] - GAP) % high == 0
    assert picture.shape[1] == columns * wide + GAP
    return [
        picture[top : top + high - GAP : zoom, left : left + wide - GAP : zoom]
        for top in range(GAP, picture.shape[0] - GAP, high)
        for left in range(GAP, picture.shape[1] - GAP, wide)
    ]


def gray(values, low=None, high=None):
    low = values.min() if low is None else low
    high = values.max() if high is None else high
    return pytest.approx((values - low) / (high - low), abs=1 / 255)


# Filters


def test_filters_of_a_dense_layer():
    kernel = RANDOM.normal(size=(64, 9))
    figure = plot_filters(kernel, image_shape=(8, 8), colors="gray", columns=3)
    (axes,) = figure.axes
    for unit, shown in enumerate(tiles(axes, 3, 8, 8)):
        assert shown[..., 0] == gray(kernel[:, unit].reshape(8, 8))
    assert axes.get_window_extent().size == pytest.approx(image(axes).shape[1::-1])
    assert_readable(figure)
    few = plot_filters(kernel, image_shape=(8, 8), count=4)
    assert len(tiles(few.axes[0], 2, 8, 8)) == 4


def test_filters_of_a_decoder_are_what_a_unit_adds():
    kernel = RANDOM.normal(size=(4, 64))
    figure = plot_filters(kernel, image_shape=(8, 8, 1), colors="gray")
    for unit, shown in enumerate(tiles(figure.axes[0], 2, 8, 8)):
        assert shown[..., 0] == gray(kernel[unit].reshape(8, 8))


def test_filters_of_a_convolution():
    kernel = RANDOM.normal(size=(3, 5, 1, 4))
    figure = plot_filters(kernel, colors="gray")
    for unit, shown in enumerate(tiles(figure.axes[0], 2, 3, 5)):
        assert shown[..., 0] == gray(kernel[:, :, 0, unit])
    kernel = RANDOM.normal(size=(3, 3, 6, 4))
    figure = plot_filters(kernel, colors="gray", count=2)
    found = tiles(figure.axes[0], 6, 3, 3)  # a row a filter, a column a channel
    assert len(found) == 2 * 6
    assert found[6 + 5][..., 0] == gray(kernel[:, :, 5, 1])
    kernel = RANDOM.normal(size=(3, 3, 3, 1))
    (color,) = tiles(plot_filters(kernel).axes[0], 1, 3, 3)
    most = np.abs(kernel).max()
    assert color == gray(kernel[..., 0], -most, most)
    over_time = plot_filters(RANDOM.normal(size=(5, 2, 4)), colors="gray")
    assert len(tiles(over_time.axes[0], 2, 2, 5)) == 4


def test_zero_is_white_between_blue_and_red():
    kernel = np.array([[-1.0, 0.0, 0.1]]).T
    (shown,) = tiles(plot_filters(kernel, image_shape=(1, 3)).axes[0], 1, 1, 3)
    negative, zero, positive = shown[0]
    assert negative[2] > negative[0]
    assert zero.min() > 0.95
    assert positive[0] > positive[2]


def test_a_common_scale_is_the_same_in_all_layers():
    weak, strong = np.array([[0.0], [1.0]]), np.array([[0.0], [4.0]])
    both = {"weak": weak, "strong": strong}
    figure = plot_filters(both, image_shape=(1, 2), scale="common")
    first, second, bar = figure.axes
    assert tiles(first, 1, 1, 2)[0][0, 1, 0] == pytest.approx(0.25, abs=0.01)
    assert tiles(second, 1, 1, 2)[0][0, 1, 0] == 1.0
    assert bar.get_ylim() == (0.0, 4.0)
    assert_readable(figure)
    own = plot_filters(both, image_shape=(1, 2))
    assert len(own.axes) == 2
    assert tiles(own.axes[0], 1, 1, 2)[0][0, 1, 0] == 1.0


def test_filters_of_models_side_by_side(tmp_path):
    models = {
        name: kerasae.build_tied_ae((8, 8, 1), latent_dim=9, seed=seed)
        for seed, name in enumerate(("plain", "a title much wider than its filters"))
    }
    figure = plot_filters(models, path=tmp_path / "filters.png", colors="gray")
    assert [axes.get_title() for axes in figure.axes] == list(models)
    for axes, triple in zip(figure.axes, models.values(), strict=True):
        layer = triple.autoencoder.get_layer("tied_1")
        kernel = keras.ops.convert_to_numpy(layer.kernel)
        assert tiles(axes, 3, 8, 8)[4][..., 0] == gray(kernel[:, 4].reshape(8, 8))
    assert_readable(figure)
    assert_whole_picture(tmp_path / "filters.png")


def test_layers_by_name_and_by_themselves(conv):
    first = plot_filters(conv)
    assert len(tiles(first.axes[0], 2, 3, 3)) == 4
    names = [layer.name for layer in conv.autoencoder.layers if layer.weights]
    second = conv.autoencoder.get_layer(names[1])
    expected = image(plot_filters(second).axes[0])
    for model in (conv, conv.autoencoder, conv.encoder):
        figure = plot_filters(model, layer=names[1])
        np.testing.assert_array_equal(image(figure.axes[0]), expected)
    strided = kerasae.build_strided_conv_ae((8, 8, 1), filters=(4, 8, 8), latent_dim=3)
    for layer in strided.autoencoder.layers:
        if layer.weights:
            assert_readable(plot_filters(layer))


def test_a_model_knows_the_shape_of_its_pictures():
    flat = kerasae.build_deep_ae((8, 8, 3), hidden_units=9, latent_dim=4)
    for model, columns in ((flat, 3), (flat.encoder, 3)):
        shown = tiles(plot_filters(model).axes[0], columns, 8, 8)
        assert len(shown) == 9
    names = [layer.name for layer in flat.decoder.layers if layer.weights]
    figure = plot_filters(flat.decoder, layer=names[-1])
    assert len(tiles(figure.axes[0], 3, 8, 8)) == 9


def test_filters_that_are_vectors_are_lines():
    for kernel in (RANDOM.normal(size=(24, 5)), RANDOM.normal(size=(24, 1, 5))):
        figure = plot_filters(kernel, scale="common")
        (axes,) = figure.axes
        lines = axes.collections[0].get_segments()
        assert len(lines) == 5
        assert all(len(line) == 24 for line in lines)
        assert_readable(figure)
    assert_readable(plot_filters(RANDOM.normal(size=(1, 3))))


def test_filters_of_any_size_fit_a_page():
    for shape in ((224 * 224, 9), (3, 3, 64, 128), (1, 1, 16, 8), (64, 100)):
        side = (224, 224) if shape[0] == 224 * 224 else None
        figure = plot_filters(np.zeros(shape, "float32"), image_shape=side)
        assert figure.get_size_inches().max() < 10


@pytest.mark.parametrize(
    ("filters", "options", "message"),
    [
        ({}, {}, "`filters` must be non-empty"),
        (None, {}, "`filters` must be an Autoencoder, a Keras model, a layer or a ke"),
        (np.zeros((2, 2, 2, 2, 2)), {}, r"`filters` must be a kernel.*\(2, 2, 2, 2"),
        ({"a": np.full((4, 2), np.nan)}, {}, r"`filters\['a'\]` must be finite"),
        (np.zeros((4, 2)), {"layer": "a"}, "`layer` must be None.*no model"),
        (np.zeros((4, 2)), {"image_shape": (3, 3)}, "one filter, 4 numbers, or .* 2"),
        (np.zeros((4, 2)), {"image_shape": "2x2"}, "`image_shape` must be"),
        (np.zeros((4, 2)), {"count": 0}, "`count`"),
        (np.zeros((4, 2)), {"columns": 0}, "`columns`"),
        (np.zeros((4, 2)), {"scale": "each"}, "`scale` must be one of"),
        (np.zeros((4, 2)), {"colors": "grey"}, "`colors`.*Did you mean 'gray'"),
        (np.zeros((4, 2)), {"path": "a.pgn"}, "`path`.*Did you mean 'png'"),
        (layers.Dense(2), {}, "`filters` must be built.*Dense"),
        (layers.ReLU(), {}, "`filters` must be"),
    ],
)
def test_bad_filters(filters, options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        plot_filters(filters, **options)


def test_layers_without_filters(conv):
    name = conv.autoencoder.layers[0].name
    with pytest.raises(ValueError, match="`filters` must be a layer with a kernel"):
        plot_filters(conv, layer=name)
    with pytest.raises(ValueError, match="`layer` must be the name of a layer of 'con"):
        plot_filters(conv, layer="encodr_1")
    inputs = keras.Input((4,))
    with pytest.raises(ValueError, match=r"in which a layer has a kernel.*'empty'"):
        plot_filters(keras.Model(inputs, layers.ReLU()(inputs), name="empty"))


# Interpolation


def shown(figure, columns, row=0):
    return [image(axes) for axes in figure.axes[row * columns :][:columns]]


def test_the_way_is_straight_in_the_code(plane):
    starts, ends = IMAGES[:2], IMAGES[4:]
    figure = plot_interpolation(plane, starts, ends, steps=5)
    assert len(figure.axes) == 2 * 7
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["start", "0", "0.25", "0.5", "0.75", "1", "end"] + [""] * 7
    first, last = (plane.encoder.predict(x, verbose=0) for x in (starts, ends))
    for row in range(2):
        start, *way, end = shown(figure, 7, row)
        np.testing.assert_array_equal(start, starts[row, ..., 0])
        np.testing.assert_array_equal(end, ends[row, ..., 0])
        codes = [first[row] * (1 - t) + last[row] * t for t in (0, 0.25, 0.5, 0.75, 1)]
        expected = plane.decoder.predict(np.array(codes), verbose=0)[..., 0]
        np.testing.assert_allclose(way, expected, atol=1e-5)
    assert_readable(figure)


def test_single_samples_and_single_models(conv, tmp_path):
    path = tmp_path / "way.png"
    one = plot_interpolation(conv, IMAGES[0], IMAGES[1], steps=2, path=path)
    assert_whole_picture(path)
    assert len(one.axes) == 4
    for model, start, end in (
        (conv.autoencoder, IMAGES[:1], IMAGES[1:2]),
        (conv, keras.ops.array(IMAGES[0]), keras.ops.array(IMAGES[1])),
        (conv, IMAGES[:1].tolist(), IMAGES[1:2].tolist()),
    ):
        figure = plot_interpolation(model, start, end, steps=2)
        for got, expected in zip(shown(figure, 4), shown(one, 4), strict=True):
            np.testing.assert_allclose(got, expected, atol=1e-5)
    with pytest.raises(ValueError, match=r"axis: start\[\.\.\., None\]"):
        plot_interpolation(conv, IMAGES[:1, ..., 0], IMAGES[1:2, ..., 0])


def test_bytes_reach_the_model_as_fractions(conv):
    bytes_ = (IMAGES[:2] * 255).astype("uint8")
    figures = [
        plot_interpolation(conv, *pair, steps=2) for pair in (bytes_, bytes_ / 255)
    ]
    for got, expected in zip(*(shown(f, 4) for f in figures), strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-5)


def test_colour_and_vectors():
    colored = kerasae.build_conv_ae((8, 8, 3), filters=4)
    figure = plot_interpolation(colored, COLORED[:2], COLORED[2:])
    assert image(figure.axes[3]).shape == (8, 8, 3)
    assert_readable(figure)
    vectors = kerasae.build_undercomplete_ae(64, latent_dim=3)
    flat = IMAGES.reshape(6, 64)
    lines = plot_interpolation(vectors, flat[0], flat[1])
    assert all(len(axes.lines) == 1 for axes in lines.axes)
    assert_readable(lines)
    drawn = plot_interpolation(vectors, flat[:1], flat[1:2], image_shape=(8, 8))
    assert image(drawn.axes[0]).shape == (8, 8)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"end": IMAGES[:3]}, r"`end` must be of the shape of `start`, \(2, 8, 8, 1"),
        ({"start": COLORED[:2], "end": COLORED[:2]}, r"`start`.*\(n, 8, 8, 1\)"),
        ({"start": IMAGES[:2] * np.nan}, "`start` must be finite"),
        ({"steps": 1}, "`steps` must be an integer of 2 or more"),
        ({"image_shape": (4, 4)}, "`image_shape` must be as large"),
        ({"model": "model.keras"}, "`model` must be an Autoencoder, or a Keras model"),
        ({"path": "way"}, "`path`.*Add one"),
    ],
)
def test_bad_ways(plane, change, message):
    arguments = {"model": plane, "start": IMAGES[:2], "end": IMAGES[4:]} | change
    with pytest.raises((ValueError, TypeError), match=message):
        plot_interpolation(**arguments)


def test_models_that_are_no_autoencoders(plane):
    inputs = keras.Input((8, 8, 1))
    model = keras.Model(inputs, layers.Dense(1)(inputs), name="codeless")
    with pytest.raises(ValueError, match="no layer named 'code'"):
        plot_interpolation(model, IMAGES[0], IMAGES[1])
    with pytest.raises(
        ValueError, match=r"`model` must be a whole autoenc.*an encoder"
    ):
        plot_interpolation(plane.encoder, IMAGES[0], IMAGES[1])
    with pytest.raises(ValueError, match=r"`model` must be a whole autoenc.*a decoder"):
        plot_interpolation(plane.decoder, IMAGES[0], IMAGES[1])


def test_a_model_that_diverged(plane):
    inputs = keras.Input((8, 8, 1))
    code = layers.Dense(2, name="code", kernel_initializer="zeros")(
        layers.Flatten()(inputs)
    )
    outputs = layers.Reshape((8, 8, 1))(layers.Dense(64)(code))
    model = keras.Model(inputs, outputs)
    model.layers[-2].kernel.assign(np.full((2, 64), np.nan))
    with pytest.raises(ValueError, match=r"decoder's pictures` must be finite.*diverg"):
        plot_interpolation(model, IMAGES[0], IMAGES[1])


# The plane of codes


def test_each_picture_stands_where_its_code_lies(plane):
    figure = plot_code_plane(plane, limits=((-2, 2), (10, 30)), steps=5)
    (axes,) = figure.axes
    found = tiles(axes, 5, 8, 8)
    for row, column in ((0, 0), (0, 4), (4, 0), (3, 1)):
        code = [-2 + column, 30 - 5 * row]
        picture = plane.decoder.predict(np.array([code]), verbose=0)[0, ..., 0]
        assert found[5 * row + column][..., 0] == gray(picture, 0, 1)
    numbers = [
        label.get_text().replace("\N{MINUS SIGN}", "-") for label in labels(axes)
    ]
    assert numbers == ["-2", "-1", "0", "1", "2", "10", "15", "20", "25", "30"]
    # The numbers stand below and beside the middles of the pictures they belong to.
    places, heights = axes.get_xticks(), axes.get_yticks()
    pitch = (image(axes).shape[1] - GAP) / 5
    middles = (np.arange(5) + 0.5) * pitch + GAP / 2 - 0.5
    assert places == pytest.approx(middles)
    assert heights == pytest.approx(middles[::-1])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("code[0]", "code[1]")
    assert_readable(figure)


def labels(axes):
    return [*axes.get_xticklabels(), *axes.get_yticklabels()]


def test_the_plane_spans_the_middle_of_the_codes(plane):
    codes = RANDOM.normal(size=(500, 2)) * [1, 10] + [0, 5]
    (axes,) = plot_code_plane(plane, codes, steps=3).axes
    numbers = [float(x.get_text().replace("\N{MINUS SIGN}", "-")) for x in labels(axes)]
    ends = np.quantile(codes, (0.05, 0.95), axis=0)
    assert numbers[::2][:2] == pytest.approx(ends[:, 0], rel=0.01, abs=0.01)
    assert numbers[3::2] == pytest.approx(ends[:, 1], rel=0.01)


def test_other_dimensions_stay_at_the_mean(conv):
    codes = conv.encoder.predict(IMAGES, verbose=0)
    assert codes.shape[1:] == (2, 2, 2)
    figure = plot_code_plane(
        conv, codes, dimensions=(5, 2), limits=((0, 1), (2, 3)), steps=2
    )
    code = codes.mean(axis=0).ravel()
    code[5], code[2] = 1, 2  # lower right
    expected = conv.decoder.predict(code.reshape(1, 2, 2, 2), verbose=0)[0, ..., 0]
    assert tiles(figure.axes[0], 2, 8, 8)[3][..., 0] == gray(expected, 0, 1)
    assert figure.axes[0].get_xlabel() == "code[5]"


def test_the_models_of_a_triple_give_the_same_plane(plane, tmp_path):
    options = {"limits": (-1, 1), "steps": 3}
    expected = image(plot_code_plane(plane, **options).axes[0])
    for model in (plane.autoencoder, plane.decoder):
        figure = plot_code_plane(model, **options, path=tmp_path / "plane.png")
        np.testing.assert_array_equal(image(figure.axes[0]), expected)
    assert_whole_picture(tmp_path / "plane.png")


@pytest.mark.parametrize("shape", [(8, 8, 3), (30,), (3, 60, 1), (60, 3, 1)])
@pytest.mark.parametrize("steps", [2, 14, 15])
def test_planes_of_any_shape(shape, steps):
    triple = kerasae.build_deep_ae(shape, hidden_units=(), latent_dim=2)
    figure = plot_code_plane(triple, limits=(-1000, 0.001), steps=steps)
    if len(shape) == 1:
        assert len(figure.axes[0].collections[0].get_segments()) == steps**2
    assert_readable(figure)


def test_a_plane_of_large_pictures_fits_a_page():
    triple = kerasae.build_deep_ae((96, 96), hidden_units=(), latent_dim=2)
    figure = plot_code_plane(triple, limits=(0, 1))
    assert figure.get_size_inches().max() < 14
    assert_readable(figure)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"codes": None}, r"`codes` must be what the enc.*limits=\(-3, 3\)"),
        ({"codes": RANDOM.random((5, 3))}, r"as the decoder takes them, \(n, 2\)"),
        ({"codes": np.zeros((5, 2))}, r"`codes` must be spread.*0 in code\[0\].*dead"),
        ({"codes": np.full((5, 2), np.nan)}, "`codes` must be finite"),
        ({"dimensions": (0, 2)}, "`dimensions` must be two different.* 0 to 1"),
        ({"dimensions": (1, 1)}, "`dimensions` must be two different"),
        ({"dimensions": (0, -1)}, "`dimensions` must be two different"),
        ({"dimensions": 0}, "`dimensions` must be two different"),
        ({"dimensions": (0.5, 1)}, "`dimensions` must be two different"),
        ({"limits": (3, -3)}, "`limits` must be .*each rising"),
        ({"limits": ((0, 1), (0, np.inf))}, "`limits` must be"),
        ({"limits": "wide"}, "`limits` must be"),
        ({"limits": 3}, "`limits` must be"),
        ({"steps": 1}, "`steps` must be an integer of 2 or more"),
        ({"image_shape": (3, 3)}, "`image_shape` must be as large"),
        ({"path": "plane.pgn"}, "`path`.*Did you mean 'png'"),
        ({"model": None}, "`model` must be an Autoencoder"),
    ],
)
def test_bad_planes(plane, change, message):
    arguments = {"model": plane, "codes": RANDOM.random((9, 2))} | change
    with pytest.raises((ValueError, TypeError), match=message):
        plot_code_plane(**arguments)


def test_codes_without_a_plane(conv):
    with pytest.raises(ValueError, match=r"more than two dim.*numpy.zeros\(\(1, 8\)\)"):
        plot_code_plane(conv, limits=(0, 1))
    assert plot_code_plane(conv, np.zeros((1, 8)), limits=(0, 1), steps=2)
    thin = kerasae.build_undercomplete_ae(16, latent_dim=1)
    with pytest.raises(ValueError, match=r"`dimensions` must be two.*only one"):
        plot_code_plane(thin, limits=(0, 1))
