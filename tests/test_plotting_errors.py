"""The best and the worst reconstructions, and all errors above them."""

import numpy as np
import pytest
from figures import assert_readable, assert_whole_picture, row_labels

from kerasae.plotting import plot_errors

IMAGES = np.random.default_rng(0).random((30, 8, 8))
# The error of sample n grows with (7 n) modulo 30, a permutation.
RANKS = 7 * np.arange(30) % 30
WORSE = IMAGES + 0.01 * RANKS[:, None, None]


def titles(figure, row, columns):
    return [axes.get_title() for axes in figure.axes[row * columns :][:columns]]


def test_best_and_worst_with_their_errors():
    figure = plot_errors(IMAGES, WORSE, columns=4)
    assert len(figure.axes) == 4 * 4 + 1
    assert row_labels(figure)[:4] == [
        "lowest error",
        "reconstruction",
        "highest error",
        "reconstruction",
    ]
    order = np.argsort(RANKS)
    for row, indices in ((0, order[:4]), (2, order[::-1][:4])):
        expected = [f"[{n}]\n{(0.01 * RANKS[n]) ** 2:.3g}" for n in indices]
        assert titles(figure, row, 4) == expected
        for column, index in enumerate(indices):
            shown = [figure.axes[4 * r + column].images[0] for r in (row, row + 1)]
            np.testing.assert_array_equal(shown[0].get_array(), IMAGES[index])
            np.testing.assert_array_equal(shown[1].get_array(), WORSE[index])
    assert_readable(figure)


def test_the_histogram_counts_every_sample():
    figure = plot_errors(IMAGES, WORSE, bins=10)
    axes = figure.axes[-1]
    data = axes.patches[0].get_data()
    assert data.values.sum() == 30
    assert len(data.values) == 10
    assert (data.edges[0], data.edges[-1]) == pytest.approx((0, 0.29**2))
    mean = ((0.01 * RANKS) ** 2).mean()
    (mark,) = axes.texts
    assert mark.get_text() == f"mean {mean:.3g}"
    assert mark.get_position()[0] == pytest.approx(mean)


@pytest.mark.parametrize(
    ("shape", "image_shape"),
    [
        ((8, 8, 1), None),
        ((8, 8, 3), None),
        ((64,), None),
        ((64,), (8, 8)),
        ((3, 60), None),
        ((60, 3), None),
        ((200, 300), None),
        ((1,), None),
    ],
)
@pytest.mark.parametrize("count", [1, 3, 20])
def test_samples_of_any_shape_and_number(shape, image_shape, count):
    samples = np.random.default_rng(0).random((count, *shape))
    figure = plot_errors(samples, samples / 2, image_shape=image_shape)
    assert len(figure.axes) == 4 * min(count, 8) + 1
    assert_readable(figure)


@pytest.mark.parametrize("error", [0.0, 1e-6, 1e5])
def test_errors_of_any_size(error):
    figure = plot_errors(np.zeros((9, 4)), np.linspace(0, error, 36).reshape(9, 4))
    assert_readable(figure)


def test_bytes_do_not_wrap_around():
    dark, bright = np.zeros((2, 4, 4), "uint8"), np.full((2, 4, 4), 200, "uint8")
    figure = plot_errors(dark, bright)
    assert titles(figure, 0, 2) == ["[0]\n0.615", "[1]\n0.615"]  # (200 / 255) ** 2


def test_written(tmp_path):
    plot_errors(IMAGES, WORSE, path=tmp_path / "errors.png")
    assert_whole_picture(tmp_path / "errors.png")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reconstructions": WORSE[:3]}, r"`reconstructions`.*\(30, 8, 8\).*\(3, 8"),
        ({"reconstructions": WORSE * np.nan}, "NaN.* 30 of 30.*diverged"),
        ({"originals": IMAGES[:0]}, "`originals` must be a non-empty array"),
        ({"originals": "images"}, "`originals` must be an array"),
        ({"image_shape": (9, 9)}, "`image_shape` must be as large"),
        ({"columns": 0}, "`columns`"),
        ({"bins": 1.5}, "`bins`"),
        ({"path": "errors.pgn"}, "`path`.*Did you mean 'png'"),
    ],
)
def test_bad_values(change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        plot_errors(**({"originals": IMAGES, "reconstructions": WORSE} | change))


def test_undrawable_shapes_name_the_fix():
    with pytest.raises(ValueError, match="image_shape="):
        plot_errors(np.zeros((2, 4, 4, 2)), np.zeros((2, 4, 4, 2)))
