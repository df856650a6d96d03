"""Figures: what stands in them, what is refused, and what is left on disk."""

import functools
import math
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from kerasae.plotting import plot_architecture, plot_history, plot_reconstructions
from kerasae.plotting._figure import new_figure, replacing, save
from kerasae.plotting._pictures import as_samples, picture_shape, value_range

IMAGES = np.linspace(0, 1, 6 * 64, dtype="float32").reshape(6, 8, 8)
RUN = {"loss": [0.4, 0.2, 0.1], "val_loss": [0.5, 0.3, 0.2], "lr": [1.0, 0.5, 0.2]}


def row_labels(figure):
    return [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]


def legend_texts(figure):
    legend = figure.legends[0] if figure.legends else figure.axes[0].get_legend()
    return [text.get_text() for text in legend.get_texts()]


def assert_nothing_clipped(figure):
    """Every text and axes lies within the figure."""
    figure.canvas.draw()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= width
    assert box.y1 <= height


def assert_whole_picture(path):
    with Image.open(path) as picture:
        picture.load()
        assert min(picture.size) > 10
        assert len(np.unique(np.asarray(picture.convert("L")))) > 1
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


# Reconstructions


def test_rows_and_columns():
    figure = plot_reconstructions(IMAGES, IMAGES, corrupted=IMAGES)
    assert len(figure.axes) == 3 * 6
    assert row_labels(figure) == ["original", "corrupted", "reconstruction"]
    assert len(plot_reconstructions(IMAGES, IMAGES, columns=4).axes) == 2 * 4
    assert not any(len(a.get_xticks()) or len(a.get_yticks()) for a in figure.axes)


def test_pictures_hold_the_samples_on_one_scale():
    figure = plot_reconstructions(IMAGES, IMAGES * 3 - 1, columns=2)
    for axes, sample in zip(
        figure.axes, [*IMAGES[:2], *(IMAGES * 3 - 1)[:2]], strict=True
    ):
        (image,) = axes.images
        np.testing.assert_array_equal(image.get_array(), sample)
        assert image.get_clim() == (0.0, 1.0)
        assert image.get_interpolation() == "nearest"
        assert image.get_cmap().name == "gray"


def test_tiny_images_fill_whole_pixels():
    figure = plot_reconstructions(IMAGES, IMAGES, titles=["a wide title of six"] * 6)
    for axes in figure.axes:
        x0, y0, x1, y1 = axes.get_window_extent().extents
        assert (x1 - x0) / 8 == pytest.approx(round((x1 - x0) / 8))
        assert (x0, y0) == pytest.approx((round(x0), round(y0)))
        assert x1 - x0 == pytest.approx(y1 - y0)


@pytest.mark.parametrize(
    ("shape", "image_shape", "drawn"),
    [
        ((8, 8), None, (8, 8)),
        ((8, 8, 1), None, (8, 8)),
        ((8, 8, 3), None, (8, 8, 3)),
        ((64,), None, (64,)),
        ((64,), (8, 8), (8, 8)),
        ((64,), (8, 8, 1), (8, 8)),
        ((192,), (8, 8, 3), (8, 8, 3)),
        ((24, 1), None, (24,)),
        ((24, 1), (24, 1), (24, 1)),
        ((4, 6), 24, (24,)),
        ((2, 2, 2, 3), (4, 6), (4, 6)),
        ((1,), None, (1,)),
    ],
)
def test_layouts(shape, image_shape, drawn):
    assert picture_shape(shape, image_shape) == drawn
    samples = np.random.default_rng(0).random((3, *shape))
    figure = plot_reconstructions(samples, samples, image_shape=image_shape)
    for axes, sample in zip(figure.axes, [*samples, *samples], strict=True):
        if len(drawn) == 1:
            np.testing.assert_array_equal(axes.lines[0].get_ydata(), sample.ravel())
            low, high = axes.get_ylim()
            assert low < sample.min()
            assert sample.max() < high
        else:
            np.testing.assert_allclose(
                axes.images[0].get_array(), sample.reshape(drawn)
            )
    assert_nothing_clipped(figure)


def test_colour_is_scaled_like_gray():
    bytes_ = np.arange(2 * 48, dtype="uint8").reshape(2, 4, 4, 3)
    figure = plot_reconstructions(bytes_, bytes_.astype("float64") * 10)
    original, *_, reconstruction = (axes.images[0] for axes in figure.axes)
    np.testing.assert_allclose(original.get_array(), bytes_[0] / 255)
    assert reconstruction.get_array().max() == 1.0


def test_value_range():
    assert value_range(np.array([[0.2, 0.9]])) == (0, 1)
    assert value_range(np.array([[3]], dtype="uint8")) == (0, 255)
    assert value_range(np.array([[-2.0, 3.0]])) == (-2, 3)
    low, high = value_range(np.array([[7.0, 7.0]]))
    assert high > low


# Keras calls `numpy.array` on tensors of torch and TensorFlow, which know no `copy`.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_tensors_and_half_precision():
    from keras import ops

    for dtype in ("float32", "float16", "bfloat16"):
        samples = as_samples("originals", ops.ones((2, 3), dtype=dtype))
        assert isinstance(samples, np.ndarray)
        np.testing.assert_array_equal(samples, np.ones((2, 3)))
    assert as_samples("originals", [[True, False]]).tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize("shape", [(8, 8), (3, 60), (60, 3), (300, 200), (5,)])
def test_nothing_is_clipped(shape):
    samples = np.zeros((2, *shape))
    titles = ["t", "a title far wider than its picture, with $ and _"]
    figure = plot_reconstructions(samples, samples, corrupted=samples, titles=titles)
    assert_nothing_clipped(figure)
    assert [axes.get_title() for axes in figure.axes[:2]] == titles


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reconstructions": IMAGES[:3]}, r"`reconstructions`.*\(6, 8, 8\).*\(3, 8"),
        ({"corrupted": IMAGES[..., None]}, r"`corrupted` must be of the shape"),
        ({"originals": IMAGES[:0]}, r"`originals` must be a non-empty array"),
        ({"originals": IMAGES[0, 0]}, r"originals\[None\]"),
        ({"reconstructions": IMAGES * np.nan}, r"NaN.* 6 of 6.*diverged"),
        ({"originals": np.where(IMAGES > 0.9, np.inf, IMAGES)}, r"originals\[5\]"),
        ({"originals": [[1.0], [1.0, 2.0]]}, r"all samples of one shape"),
        ({"image_shape": (28, 28)}, r"`image_shape`.*64 numbers.*\(8, 8\)"),
        ({"image_shape": (4, 4, 4)}, r"`image_shape` must be \(height, width\)"),
        ({"image_shape": "8x8"}, r"`image_shape` must be"),
        ({"columns": 0}, r"`columns` must be a positive integer"),
        ({"titles": ["one"]}, r"one title a sample, 6 in all.*1 titles"),
        ({"path": "picture.pgn"}, r"`path`.*Did you mean 'png'"),
        ({"path": "picture"}, r"`path`.*Add one"),
    ],
)
def test_bad_values(change, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=message):
        plot_reconstructions(
            **({"originals": IMAGES, "reconstructions": IMAGES} | change)
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"originals": None}, "`originals` must be an array of numbers"),
        ({"originals": [["a"]]}, "real numbers.*originals.dtype"),
        ({"reconstructions": IMAGES * 1j}, "real numbers"),
        ({"titles": "abcdef"}, "`titles` must be a sequence"),
        ({"path": b"a.png"}, "`path` must be a file name"),
        ({"columns": "ten"}, "`columns`"),
    ],
)
def test_bad_types(change, message):
    with pytest.raises(TypeError, match=message):
        plot_reconstructions(
            **({"originals": IMAGES, "reconstructions": IMAGES} | change)
        )


@pytest.mark.parametrize("shape", [(1, 28, 28), (4, 4, 2), (2, 2, 2, 2)])
def test_undrawable_shapes_name_the_fix(shape):
    samples = np.zeros((2, *shape))
    with pytest.raises(ValueError, match="image_shape="):
        plot_reconstructions(samples, samples)


# History


def test_train_and_validation_share_a_colour():
    figure = plot_history(RUN)
    (axes,) = figure.axes
    training, validation = axes.lines
    assert training.get_color() == validation.get_color()
    assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert legend_texts(figure) == ["training", "validation"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
    assert training.get_xdata().tolist() == [1, 2, 3]
    assert axes.get_xticks().tolist() == [1, 2, 3]
    np.testing.assert_allclose(validation.get_ydata(), RUN["val_loss"])


@pytest.mark.parametrize("count", [1, 2, 5, 12, 57, 100, 1234])
def test_epoch_ticks_are_whole_and_start_at_1(count):
    (axes,) = plot_history({"loss": np.linspace(2, 1, count)}).axes
    ticks = axes.get_xticks()
    assert 1 <= len(ticks) <= 11
    assert ticks.min() >= 1
    assert ticks.max() <= count
    assert ticks.dtype.kind == "i" or (ticks == ticks.round()).all()


def test_several_runs():
    named = SimpleNamespace(history={"loss": [1.0, 0.5]}, epoch=[0, 1])
    figure = plot_history({"small": RUN, "_odd $name": named})
    assert legend_texts(figure) == [
        "small – training",  # noqa: RUF001
        "small – validation",  # noqa: RUF001
        "_odd $name – training",  # noqa: RUF001
    ]
    colors = [line.get_color() for line in figure.axes[0].lines]
    assert colors[0] == colors[1] != colors[2]
    assert_nothing_clipped(figure)


def test_many_runs_differ():
    runs = {f"run number {number}": RUN for number in range(20)}
    figure = plot_history(runs)
    looks = {
        (line.get_color(), line.get_marker(), line.get_linestyle())
        for line in figure.axes[0].lines
    }
    assert len(looks) == 40
    assert_nothing_clipped(figure)


def test_one_epoch_is_a_point():
    (axes,) = plot_history({"loss": [0.5], "val_loss": [0.6]}).axes
    assert [line.get_marker() for line in axes.lines] == ["o", "s"]
    assert axes.get_xticks().tolist() == [1]
    assert np.isfinite([*axes.get_xlim(), *axes.get_ylim()]).all()


def test_gaps_and_logarithm():
    values = [1.0, 0.1, math.nan, 0.01, math.inf]
    figure = plot_history({"loss": values}, log=True)
    (axes,) = figure.axes
    assert axes.get_yscale() == "log"
    assert axes.get_ylabel() == "loss (log scale)"
    assert np.isfinite(axes.get_ylim()).all()
    assert axes.lines[0].get_marker() == "o"  # 0.01 has no neighbour
    assert_nothing_clipped(figure)


@pytest.mark.parametrize(
    ("epochs", "frequency", "expected"),
    [
        (6, 2, [2, 4, 6]),
        (7, 2, [2, 4, 6]),
        (10, 5, [5, 10]),
        (10, 10, [10]),
        (3, 1, [1, 2, 3]),
    ],
)
def test_validation_at_every_kth_epoch(epochs, frequency, expected):
    record = {"loss": [1.0] * epochs, "val_loss": [1.0] * (epochs // frequency)}
    _, validation = plot_history(record).axes[0].lines
    assert validation.get_xdata().tolist() == expected


def test_a_real_history_resumed():
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)])
    model.compile("sgd", "mse")
    data = np.ones((8, 4))
    history = model.fit(
        data, data, validation_data=(data, data), initial_epoch=2, epochs=4, verbose=0
    )
    (axes,) = plot_history(history).axes
    assert axes.lines[0].get_xdata().tolist() == [3, 4]
    assert len(plot_history(history.history).axes[0].lines) == 2
    assert len(plot_history({"a": history, "b": RUN}).axes[0].lines) == 4


@pytest.mark.parametrize(
    ("histories", "options", "message"),
    [
        ({}, {}, "`histories` must be not empty.*Train first"),
        ({"loss": []}, {}, "at least one epoch.*Train for"),
        ({"a": RUN, "b": {}}, {}, r"`histories\['b'\]`"),
        (RUN, {"metric": "los"}, "Did you mean 'loss'.*Known: loss, lr"),
        (RUN, {"metric": "val_loss"}, "Leave out 'val_': metric='loss'"),
        ({"a": RUN, "b": {"mae": [1]}}, {}, r"recorded in `histories\['b'\]`"),
        ({"loss": [math.nan] * 3}, {}, "finite at one epoch.*diverged"),
        ({"loss": [1.0, 0.0]}, {"log": True}, "`log` must be False.*0 as the smallest"),
        (
            {"loss": [1.0] * 7, "val_loss": [1.0] * 5},
            {},
            "each of 7 epochs.*5 numbers",
        ),
        (RUN, {"path": "curve.jpgg"}, "`path`.*Did you mean 'jpg'"),
    ],
)
def test_bad_histories(histories, options, message):
    with pytest.raises(ValueError, match=message):
        plot_history(histories, **options)


@pytest.mark.parametrize(
    ("histories", "options", "message"),
    [
        ([1.0, 0.5], {}, "`histories` must be a History"),
        ({"a": RUN, "loss": [1.0]}, {}, "`histories` must be a History"),
        ({"loss": ["high", "low"]}, {}, "one number an epoch"),
        (RUN, {"metric": 3}, "`metric` must be the name"),
    ],
)
def test_bad_history_types(histories, options, message):
    with pytest.raises(TypeError, match=message):
        plot_history(histories, **options)


# Architecture


@pytest.fixture(scope="module")
def model():
    import keras

    inputs = keras.Input((4,))
    code = keras.layers.Dense(2, activation="relu", name="code")(inputs)
    return keras.Model(inputs, keras.layers.Dense(4)(code), name="autoencoder")


needs_graphviz = pytest.mark.skipif(
    "not __import__('shutil').which('dot')", reason="Graphviz's `dot` is not installed"
)


@needs_graphviz
def test_architecture_of_a_model_and_of_a_triple(model, tmp_path):
    path = plot_architecture(model, tmp_path / "new" / "model.png")
    assert path == tmp_path / "new" / "model.png"
    assert_whole_picture(path)
    triple = SimpleNamespace(autoencoder=model)
    text = plot_architecture(triple, str(tmp_path / "triple.SVG")).read_text()
    assert "code" in text
    assert "relu" in text
    assert "(None, 2)" in text
    # Else browsers crop the drawing, which Graphviz 2 scales but not its frame.
    assert "scale(1 1)" in text
    assert plot_architecture(model, tmp_path / "a.pdf").read_bytes()[:4] == b"%PDF"


@needs_graphviz
def test_architecture_with_nameless_activations(tmp_path):
    import keras

    inputs = keras.Input((4,))
    first = keras.layers.Dense(2, activation=lambda x: x)(inputs)
    clip = functools.partial(keras.ops.clip, x_min=0, x_max=1)
    outputs = keras.layers.Dense(2, activation=clip)(first)
    path = plot_architecture(keras.Model(inputs, outputs), tmp_path / "model.svg")
    assert "&lt;lambda&gt;" in path.read_text()
    assert "0x" not in path.read_text()


def test_architecture_that_graphviz_cannot_draw(model, tmp_path, monkeypatch):
    program = tmp_path / "bin" / "dot"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho half > "$3"\necho no fonts >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(RuntimeError, match="draw 'autoencoder': no fonts"):
        plot_architecture(model, tmp_path / "model.png")
    assert [entry.name for entry in tmp_path.iterdir()] == ["bin"]


def test_architecture_without_graphviz(model, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ImportError, match="apt-get install graphviz") as caught:
        plot_architecture(model, tmp_path / "new" / "model.png")
    assert "brew install graphviz" in str(caught.value)
    assert "conda install graphviz" in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_architecture_refuses(model, tmp_path):
    import keras

    with pytest.raises(TypeError, match="`model` must be a Keras model"):
        plot_architecture([1], tmp_path / "a.png")
    with pytest.raises(ValueError, match="`model` must be built"):
        plot_architecture(keras.Sequential([keras.layers.Dense(1)]), tmp_path / "a.png")
    with pytest.raises(ValueError, match="Known: pdf, png, svg"):
        plot_architecture(model, tmp_path / "a.jpg")
    assert not list(tmp_path.iterdir())


# Files


@pytest.mark.parametrize("suffix", ["png", "PNG", "jpg"])
def test_written_pictures_are_whole(suffix, tmp_path):
    path = tmp_path / "new" / f"picture.{suffix}"
    plot_reconstructions(IMAGES, IMAGES, path=path)
    assert_whole_picture(path)
    plot_history(RUN, path=str(path))  # replaces
    assert_whole_picture(path)


def test_written_files_get_the_usual_permissions(tmp_path):
    (tmp_path / "plain").touch()
    plot_history(RUN, path=tmp_path / "curve.svg")
    assert (tmp_path / "curve.svg").stat().st_mode == (
        tmp_path / "plain"
    ).stat().st_mode


def test_unwritable_paths(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="`path` must be a file that can be written"):
        plot_history(RUN, path=tmp_path / "file" / "curve.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(IsADirectoryError, match="`path` must be a file"):
        plot_history(RUN, path=tmp_path / "folder.png")
    assert {entry.name for entry in tmp_path.iterdir()} == {"file", "folder.png"}


@pytest.mark.skipif(os.name == "nt" or not os.getuid(), reason="root may write all")
def test_unwritable_folder(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="`path` must be a file"):
        plot_history(RUN, path=tmp_path / "curve.png")


def test_a_failure_keeps_the_old_file_and_leaves_no_other(tmp_path, monkeypatch):
    path = tmp_path / "curve.png"
    path.write_text("old")
    figure = new_figure(1, 1)

    def half_written(target, **options):
        Path(target).write_text("half")
        raise MemoryError

    monkeypatch.setattr(figure, "savefig", half_written)
    with pytest.raises(MemoryError):
        save(figure, path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["curve.png"]
    assert path.read_text() == "old"


def test_temporary_name_keeps_folder_and_suffix(tmp_path):
    with replacing(tmp_path / "a.gif") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".gif"
        temporary.write_text("new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.gif"]
    assert (tmp_path / "a.gif").read_text() == "new"


def test_light_to_import_and_no_pyplot(tmp_path):
    """In a process of its own, as Keras itself imports pyplot where it can."""
    code = f"""
import sys
import kerasae.plotting as plotting
for name in ("matplotlib", "keras", "pydot"):
    assert name not in sys.modules, name
plotting.plot_reconstructions([[[0, 1], [1, 0]]], [[[0, 1], [1, 1]]],
                              path={str(tmp_path / "a.png")!r})
plotting.plot_history({{"loss": [2, 1]}}, path={str(tmp_path / "b.svg")!r})
for name in ("matplotlib.pyplot", "keras"):
    assert name not in sys.modules, name
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    assert len(list(tmp_path.iterdir())) == 2
