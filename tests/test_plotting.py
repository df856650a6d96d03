"""Figures: what stands in them, what is refused, and what is left on disk."""

import math
import os
import pickle
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from figures import assert_readable, assert_whole_picture, legend_texts, row_labels

from kerasae._arrays import as_samples
from kerasae.plotting import plot_history, plot_reconstructions
from kerasae.plotting._figure import new_figure, replacing, save
from kerasae.plotting.rendering.pictures import picture_shape, value_range

IMAGES = np.linspace(0, 1, 6 * 64, dtype="float32").reshape(6, 8, 8)
RUN = {"loss": [0.4, 0.2, 0.1], "val_loss": [0.5, 0.3, 0.2], "lr": [1.0, 0.5, 0.2]}


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
        ((64,), 64, (64,)),
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
    assert_readable(figure)


def test_colour_is_scaled_like_gray():
    bytes_ = np.arange(2 * 48, dtype="uint8").reshape(2, 4, 4, 3)
    figure = plot_reconstructions(bytes_, bytes_.astype("float64") * 10 / 255)
    original, *_, reconstruction = (axes.images[0] for axes in figure.axes)
    np.testing.assert_allclose(original.get_array(), bytes_[0] / 255)
    assert reconstruction.get_array().max() == 1.0


def test_value_range():
    assert value_range(np.array([[0.2, 0.9]])) == (0, 1)
    assert value_range(np.array([[-2.0, 3.0]])) == (-2, 3)
    assert value_range(np.array([[7.0, 7.0]])) == (7.0, 8.0)


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
    assert_readable(figure)
    assert [axes.get_title() for axes in figure.axes[:2]] == titles


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reconstructions": IMAGES[:3]}, r"`reconstructions`.*\(6, 8, 8\).*\(3, 8"),
        ({"corrupted": IMAGES[..., None]}, r"`corrupted` must be of the shape"),
        ({"originals": IMAGES[:0]}, r"`originals` must be a non-empty array"),
        ({"originals": IMAGES[0, 0]}, r"originals\[None\]"),
        ({"reconstructions": IMAGES * np.nan}, r"NaN.* 6 of 6.*diverged"),
        (
            {"originals": np.where(IMAGES > 0.9, np.inf, IMAGES)},
            r"originals\[5, 3, 1\]",
        ),
        ({"originals": [[1.0], [1.0, 2.0]]}, r"all samples of one shape"),
        ({"image_shape": (28, 28)}, r"`image_shape`.*64 numbers.*\(8, 8\)"),
        ({"image_shape": (4, 4, 4)}, r"`image_shape` must be \(height, width\)"),
        ({"image_shape": "8x8"}, r"`image_shape` must be"),
        ({"columns": 0}, r"`columns` must be a positive integer"),
        ({"titles": ["one"]}, r"one title per sample, 6 in all.*1 titles"),
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
    assert_readable(figure)


def test_many_runs_differ():
    runs = {f"run number {number}": RUN for number in range(20)}
    figure = plot_history(runs)
    looks = {
        (line.get_color(), line.get_marker(), line.get_linestyle())
        for line in figure.axes[0].lines
    }
    assert len(looks) == 40
    assert_readable(figure)


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
    assert_readable(figure)


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


def grown(growth, epochs=40):
    """Return a run that was trained for some epochs while its network grew."""
    record = {"loss": list(np.linspace(2, 1, epochs)), "val_loss": [1.5] * epochs}
    return SimpleNamespace(history=record, epoch=list(range(epochs)), growth=growth)


def marks(figure):
    """Return {position: what is written there}."""
    texts = figure.axes[0].texts
    return {text.get_position()[0]: text.get_text() for text in texts}


GROWTHS = {
    "spread out": range(4, 36, 4),
    "early": range(1, 9),
    "late": range(32, 40),
    "at the ends": (1, 2, 3, 20, 21, 22, 38, 39),
}


@pytest.mark.parametrize("done", GROWTHS.values(), ids=GROWTHS)
@pytest.mark.parametrize("log", [False, True])
def test_growth_is_marked_between_epochs(done, log):
    growth = {epoch: 2 ** (10 - number) for number, epoch in enumerate(done)}
    figure = plot_history(grown(growth), log=log)
    assert marks(figure) == {done + 0.5: str(size) for done, size in growth.items()}
    assert legend_texts(figure)[-1] == "code size after growing"
    assert_readable(figure)


def test_the_axes_keep_their_height_under_many_marks():
    def height(figure):
        figure.canvas.draw()
        box = figure.axes[0].get_window_extent()
        return box.height / figure.dpi

    one, many = (dict.fromkeys(range(1, end), 128) for end in (2, 12))
    assert height(plot_history(grown(many))) > height(plot_history(grown(one))) - 0.1


def test_growth_of_several_runs():
    runs = {"slow": grown({4: 64, 8: 32}), "fast": grown({4: 64, 5: 32})}
    figure = plot_history(runs)
    axes = figure.axes[0]
    assert marks(figure) == {4.5: "64", 5.5: "32", 8.5: "32"}
    slow, _, fast, _ = [line.get_color() for line in axes.lines[:4]]
    shared, later, own = [text.get_color() for text in axes.texts]
    assert (later, own) == (fast, slow)
    assert shared not in (slow, fast)
    assert_readable(figure)


def test_marks_of_ones_own():
    run = grown({4: 64})
    figure = plot_history(run, marks={np.int64(1): "start", 20.5: "rate / 10, $2 a_1"})
    assert marks(figure) == {1: "start", 20.5: "rate / 10, $2 a_1"}
    assert "code size after growing" not in legend_texts(figure)
    assert_readable(figure)
    assert marks(plot_history(run, marks={})) == {}
    assert marks(plot_history(RUN)) == {}
    beyond = plot_history(RUN, marks={0: "before", 7: "after"})
    low, high = beyond.axes[0].get_xlim()
    assert low <= 0
    assert high >= 7
    assert_readable(beyond)


def test_axes_of_ones_own(tmp_path):
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained")
    left, right = figure.subplots(1, 2)
    assert plot_history({"a": RUN, "b": RUN}, axes=left) is figure
    size = tuple(figure.get_size_inches())
    run = grown({4: 64, 5: 32})
    assert plot_history(run, axes=right, path=tmp_path / "both.png") is figure
    assert tuple(figure.get_size_inches()) == size
    assert len(left.lines) == 4
    assert left.get_legend() is not None
    assert not figure.legends
    assert_whole_picture(tmp_path / "both.png")
    inner = Figure(layout="constrained").subfigures(1, 2)[0]
    assert plot_history(run, axes=inner.subplots()) is inner.figure


@pytest.mark.parametrize(
    ("histories", "options", "message"),
    [
        ({}, {}, "`histories` must be non-empty.*Train first"),
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
        (RUN, {"marks": {math.nan: "a"}}, "`marks` must be at finite epochs"),
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
        ({"loss": ["high", "low"]}, {}, "one number per epoch"),
        (RUN, {"metric": 3}, "`metric` must be the name"),
        (RUN, {"marks": [4]}, "`marks` must be a mapping.*For example"),
        (RUN, {"marks": {"4": "a"}}, "`marks` must be a mapping"),
        (grown([4]), {}, r"`histories.growth` must be a mapping"),
        (RUN, {"axes": [None]}, "`axes` must be one Matplotlib Axes.*type list"),
    ],
)
def test_bad_history_types(histories, options, message):
    with pytest.raises(TypeError, match=message):
        plot_history(histories, **options)


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
for name in ("matplotlib", "keras", "pydot", "sklearn"):
    assert name not in sys.modules, name
plotting.plot_reconstructions([[[0, 1], [1, 0]]], [[[0, 1], [1, 1]]],
                              path={str(tmp_path / "a.png")!r})
plotting.plot_history({{"loss": [2, 1]}}, path={str(tmp_path / "b.svg")!r})
plotting.plot_codes([[0, 1], [1, 0]])
plotting.plot_code_activations([[0, 1], [1, 0]])
plotting.plot_code_map([[0, 1], [1, 0]], labels=["a", "b"])
plotting.plot_errors([[0, 1], [1, 0]], [[0, 1], [1, 1]])
plotting.plot_filters([[0, 1], [1, 0]])
for name in ("matplotlib.pyplot", "keras"):
    assert name not in sys.modules, name
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    assert len(list(tmp_path.iterdir())) == 2


def test_notebooks_show_figures(images):
    figure = plot_reconstructions(images(3, 8, 8), images(3, 8, 8))
    assert figure._repr_png_().startswith(b"\x89PNG\r\n")
    copy = pickle.loads(pickle.dumps(figure))
    assert copy._repr_png_() == figure._repr_png_()
