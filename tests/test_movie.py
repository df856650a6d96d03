"""Movies: a frame an epoch, of one size, in a file that is whole or not there."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from PIL import Image

import kerasae
from kerasae.builders import VARIANTS
from kerasae.callbacks import MovieFrames
from kerasae.plotting import write_movie
from kerasae.plotting.movies.frame_renderer import FrameRenderer
from kerasae.training import grow


def small(shape=(8, 8, 1), latent_dim=4):
    triple = kerasae.build_undercomplete_ae(shape, latent_dim=latent_dim, seed=0)
    triple.autoencoder.compile("adam", "mse")
    return triple.autoencoder


def fit(model, x, *callbacks, **options):
    options = {"epochs": 2, "batch_size": 32} | options
    return model.fit(x, x, verbose=0, callbacks=callbacks, **options)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def numbered(*epochs):
    return [f"frame-{epoch:06d}.png" for epoch in epochs]


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def shown(path):
    """Return the pixels of every frame of a GIF, and how long each is shown."""
    with Image.open(path) as movie:
        frames = []
        for number in range(movie.n_frames):
            movie.seek(number)
            frames.append((np.asarray(movie.convert("RGB")), movie.info["duration"]))
        return [frame for frame, _ in frames], [duration for _, duration in frames]


def gray(*values):
    return [np.full((6, 10), value, "uint8") for value in values]


# Frames


def test_a_frame_an_epoch(digits, tmp_path):
    model = small()
    history = fit(model, digits, MovieFrames(digits, tmp_path), epochs=5)
    assert names(tmp_path) == numbered(*range(1, 6))
    assert len({pixels(path).shape for path in tmp_path.iterdir()}) == 1
    path = write_movie(tmp_path, tmp_path / "movie.gif")
    assert len(shown(path)[0]) == len(history.epoch)


def test_a_frame_shows_originals_over_reconstructions(digits, tmp_path):
    model = small()
    fit(model, digits, MovieFrames(digits[:3], tmp_path), epochs=1)
    frame = pixels(tmp_path / "frame-000001.png")
    made = model.predict(digits[:3], verbose=0)
    assert (frame == frame[..., :1]).all()
    for sample in (*digits[:3], *made):
        tile = (sample[..., 0] * 255).round().repeat(17, 0).repeat(17, 1)
        windows = np.lib.stride_tricks.sliding_window_view(frame[..., 0], tile.shape)
        # By its corner pixels first: the whole tile at every place takes long.
        corners = windows[:, :, 8::17, 8::17]
        near = np.abs(corners - tile[8::17, 8::17]).max(axis=(2, 3)) <= 2
        assert near.any()


def test_epoch_and_loss_stand_in_the_corner(digits, tmp_path, monkeypatch):
    captions = []
    draw = FrameRenderer.draw

    def noted(self, reconstructions, caption):
        captions.append(caption)
        return draw(self, reconstructions, caption)

    monkeypatch.setattr(FrameRenderer, "draw", noted)
    losses = fit(small(), digits, MovieFrames(digits[:1], tmp_path)).history["loss"]
    assert captions == [
        f"epoch {number}   loss {loss:#.4g}" for number, loss in enumerate(losses, 1)
    ]
    before, after = (pixels(path) for path in sorted(tmp_path.iterdir()))
    rows = np.flatnonzero((before != after).any(axis=(1, 2)))
    assert rows[0] < 40  # the caption, above the pictures
    assert before.shape[1] > 300  # wide enough for it, though there is one sample
    assert (before[:, -5:] == 255).all()


def test_frames_after_batches(digits, tmp_path):
    frames = MovieFrames(digits[:2], tmp_path, freq=3)
    fit(small(), digits, frames)  # of 8 batches
    assert names(tmp_path) == [
        f"frame-{epoch:06d}-{batch:06d}.png" for epoch in (1, 2) for batch in (3, 6)
    ]


@pytest.mark.every_backend
def test_many_steps_at_once(digits, tmp_path):
    if keras.backend.backend() == "torch":
        pytest.skip("torch takes one step at a time")
    model = small()
    model.compile("adam", "mse", steps_per_execution=4)
    fit(model, digits, MovieFrames(digits[:2], tmp_path, freq=3), epochs=1)
    assert names(tmp_path) == ["frame-000001-000004.png", "frame-000001-000008.png"]


def test_frames_go_on_with_other_models(digits, tmp_path):
    frames = MovieFrames(digits[:4], tmp_path)
    start = kerasae.build_undercomplete_ae((8, 8, 1), latent_dim=16)
    options = {"pairs": 2, "every": 2, "epochs": 5, "verbose": 0}
    grow(start, digits[:32], callbacks=[frames], **options)
    assert names(tmp_path) == numbered(*range(1, 6))
    # And where `fit` counts from 0 again.
    fit(small(), digits[:32], frames)
    assert names(tmp_path) == numbered(*range(1, 8))
    assert len({pixels(path).shape for path in tmp_path.iterdir()}) == 1


def test_a_run_is_resumed_behind_its_frames(digits, tmp_path):
    model = small()
    fit(model, digits[:32], MovieFrames(digits[:4], tmp_path), epochs=3)
    before = [pixels(path) for path in sorted(tmp_path.iterdir())]
    frames = MovieFrames(digits[:4], tmp_path)
    fit(model, digits[:32], frames, epochs=5, initial_epoch=3)
    assert names(tmp_path) == numbered(*range(1, 6))
    for path, frame in zip(sorted(tmp_path.iterdir()), before, strict=False):
        np.testing.assert_array_equal(pixels(path), frame)
    assert len({pixels(path).shape for path in tmp_path.iterdir()}) == 1


def test_frames_in_the_way(digits, tmp_path):
    (tmp_path / "frame-of-mine.png").write_bytes(b"")
    model = small()
    fit(model, digits[:32], MovieFrames(digits[:4], tmp_path), epochs=3)
    weights = model.get_weights()
    for first in (0, 2):
        frames = MovieFrames(digits[:4], tmp_path)
        with pytest.raises(FileExistsError, match="overwrite=True") as error:
            fit(model, digits[:32], frames, epochs=4, initial_epoch=first)
        assert f"{3 - first} frame" in str(error.value)
    for now, then in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)
    frames = MovieFrames(digits[:4], tmp_path, overwrite=True)
    fit(model, digits[:32], frames, epochs=4, initial_epoch=2)
    assert names(tmp_path) == [*numbered(1, 2, 3, 4), "frame-of-mine.png"]
    frames = MovieFrames(digits[:4], tmp_path, overwrite=True)
    fit(model, digits[:32], frames, epochs=1)
    assert names(tmp_path) == [*numbered(1), "frame-of-mine.png"]


@pytest.mark.every_backend
@pytest.mark.parametrize("variant", ["undercomplete", "denoising"])
def test_training_is_as_without(variant, digits, tmp_path):
    model = VARIANTS[variant]((8, 8, 1), seed=1).autoencoder
    model.compile(keras.optimizers.SGD(1.0), "mse")
    before = [keras.ops.convert_to_numpy(value) for value in model.variables]

    def trained(*callbacks):
        for variable, value in zip(model.variables, before, strict=True):
            variable.assign(value)
        keras.utils.set_random_seed(1)
        fit(model, digits[:96], *callbacks)
        return model.get_weights()

    trained()  # the very first `fit` draws random numbers of its own
    frames = MovieFrames(digits[:2], tmp_path, freq=2)
    for ours, plain in zip(trained(frames), trained(), strict=True):
        np.testing.assert_array_equal(ours, plain)
    assert len(names(tmp_path)) == 2


@pytest.mark.parametrize(
    ("shape", "image_shape", "mode"),
    [
        ((9, 7), None, "L"),
        ((9, 7, 1), None, "L"),
        ((9, 7, 3), None, "RGB"),
        ((63,), (9, 7), "L"),
        ((63,), None, "RGB"),  # a blue line
        ((20, 1), None, "RGB"),
        ((1,), None, "RGB"),
    ],
)
def test_kinds_of_samples(shape, image_shape, mode, images, tmp_path):
    x = images(32, *shape)
    frames = MovieFrames(x[:3], tmp_path / "frames", image_shape=image_shape)
    fit(small(shape, 1), x, frames)
    for path in frames.folder.iterdir():
        with Image.open(path) as image:
            assert image.mode == mode
    path = write_movie(frames.folder, tmp_path / "movie.gif")
    assert len(shown(path)[0]) == 2


def test_columns(digits, tmp_path):
    widths = []
    for columns in (5, 10):
        folder = tmp_path / str(columns)
        frames = MovieFrames(digits, folder, columns=columns)
        fit(small(), digits[:32], frames, epochs=1)
        widths.append(pixels(folder / "frame-000001.png").shape[1])
    assert widths[0] < widths[1]


def test_mixed_precision(digits, tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    fit(small(), digits[:32], MovieFrames(digits[:4], tmp_path), epochs=1)
    assert names(tmp_path) == numbered(1)


@pytest.mark.parametrize("shape", [(8, 8, 1), (4, 4, 3), (9,)])
def test_a_diverged_run_is_drawn_to_its_end(shape, images, tmp_path):
    model = small(shape)
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    x = images(32, *shape)
    fit(model, x, MovieFrames(x[:4], tmp_path))
    assert names(tmp_path) == numbered(1, 2)


def test_memory_does_not_grow(digits, tmp_path, object_growth):
    frames = MovieFrames(digits[:4], tmp_path)
    fit(small(), digits[:32], frames, object_growth, epochs=14)
    # A picture in a Matplotlib figure is hundreds of objects.
    assert object_growth.per_epoch < 10


def test_no_figure_of_pyplot_is_open(digits, tmp_path):
    fit(small(), digits[:32], MovieFrames(digits[:2], tmp_path), epochs=1)
    from matplotlib import pyplot

    assert not pyplot.get_fignums()


# Movies


def test_gif_keeps_every_shade_of_gray(tmp_path, images):
    frames = [(frame * 255).astype("uint8") for frame in images(4, 20, 30)]
    frames[2] = frames[1]  # also a frame in which nothing changes
    path = write_movie(frames, tmp_path / "movie.gif")
    found, durations = shown(path)
    assert durations == [250] * 4
    for ours, frame in zip(found, frames, strict=True):
        np.testing.assert_array_equal(ours[..., 0], frame)
        np.testing.assert_array_equal(ours[..., 1], frame)


def test_gif_keeps_few_colours_and_comes_near_many(tmp_path):
    flat = np.zeros((4, 60, 40, 3), "uint8")
    for number, color in enumerate([(0, 114, 178), (255, 0, 9), (7, 9, 0), (1, 2, 3)]):
        flat[number, number * 9 :, 10:30] = color
    found, _ = shown(write_movie(flat, tmp_path / "flat.gif"))
    np.testing.assert_array_equal(found, flat)
    ramp = np.linspace(0, 255, 90).astype("uint8")
    many = np.stack([*np.meshgrid(ramp, ramp), np.full((90, 90), 128, "uint8")], -1)
    found, _ = shown(write_movie([many, many[::-1]], tmp_path / "many.gif"))
    assert np.abs(found[1].astype(int) - many[::-1]).mean() < 12


@pytest.mark.parametrize("fps", [0.5, 3, 4, 30, 50])
def test_gif_keeps_its_pace(fps, tmp_path):
    frames = gray(*range(60))
    _, durations = shown(write_movie(frames, tmp_path / "movie.gif", fps=fps))
    assert sum(durations) == pytest.approx(60 / fps * 1000, abs=10)
    assert max(durations) - min(durations) <= 10


def test_gif_runs_for_ever(tmp_path):
    with Image.open(write_movie(gray(1, 2), tmp_path / "movie.gif")) as movie:
        assert movie.info["loop"] == 0


def test_mp4(tmp_path, images):
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    frames = [(frame * 255).astype("uint8") for frame in images(6, 33, 47)]
    path = write_movie(frames, tmp_path / "movie.mp4", fps=3)
    assert names(tmp_path) == ["movie.mp4"]
    count, seconds = imageio_ffmpeg.count_frames_and_secs(str(path))
    assert (count, seconds) == (6, 2.0)
    # With imageio's reader, which forks, JAX would warn.
    command = (imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", path)
    raw = ("-f", "rawvideo", "-pix_fmt", "gray", "-")
    found = subprocess.run((*command, *raw), check=True, capture_output=True).stdout
    # Sizes are made even: the codec's wish.
    found = np.frombuffer(found, "uint8").reshape(6, 34, 48)[:, :33, :47]
    assert np.abs(found.astype(int) - frames).mean() < 12


def test_ffmpeg_says_why_it_failed(tmp_path, monkeypatch):
    pytest.importorskip("imageio_ffmpeg")
    monkeypatch.setattr("kerasae.plotting.movies.movie._QUALITY", "best")
    with pytest.raises(OSError, match=r"ffmpeg could not write the movie: .*best"):
        write_movie(gray(1, 2), tmp_path / "movie.mp4")
    assert not names(tmp_path)


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(ImportError, match=r'pip install "kerasae\[movies\]"'):
        write_movie(gray(1), tmp_path / "movie.mp4")
    write_movie(gray(1), tmp_path / "movie.gif")
    assert names(tmp_path) == ["movie.gif"]


def test_kinds_of_frames(tmp_path):
    first, second = gray(10, 200)
    Image.fromarray(first).save(tmp_path / "a.png")
    frames = (
        frame
        for frame in (tmp_path / "a.png", Image.fromarray(second), f"{tmp_path}/a.png")
    )
    found, _ = shown(write_movie(frames, tmp_path / "new" / "movie.GIF"))
    assert [frame[0, 0, 0] for frame in found] == [10, 200, 10]


def test_frames_of_a_folder_go_by_name(tmp_path):
    for name, frame in zip("bca", gray(2, 3, 1), strict=True):
        Image.fromarray(frame).save(tmp_path / f"{name}.png")
    Image.fromarray(np.zeros((3, 3), "uint8")).save(tmp_path / ".half.png")
    (tmp_path / "notes.txt").write_text("no picture")
    found, _ = shown(write_movie(str(tmp_path), tmp_path / "movie.gif"))
    assert [frame[0, 0, 0] for frame in found] == [1, 2, 3]


def test_a_movie_is_whole_or_as_it_was(tmp_path):
    path = tmp_path / "movie.gif"
    path.write_text("before")

    def frames():
        yield from gray(1, 2)
        raise RuntimeError("out of frames")

    for suffix in (".gif", ".mp4"):
        if suffix == ".mp4":
            pytest.importorskip("imageio_ffmpeg")
        with pytest.raises(RuntimeError, match="out of frames"):
            write_movie(frames(), path.with_suffix(suffix))
        assert path.read_text() == "before"
        assert names(tmp_path) == ["movie.gif"]


def test_frames_are_read_one_at_a_time(tmp_path):
    alive = []

    class Frame(np.ndarray):
        def __del__(self):
            alive.remove(id(self))

    def frames():
        for value in range(20):
            frame = np.full((50, 50), value, "uint8").view(Frame)
            alive.append(id(frame))
            assert len(alive) <= 3
            yield frame

    write_movie(frames(), tmp_path / "movie.gif")


# Mistakes


@pytest.mark.parametrize(
    ("frames", "name", "fps", "error", "words"),
    [
        ([], "a.gif", 4, ValueError, "at least one picture"),
        (5, "a.gif", 4, TypeError, "`frames` must be a folder, or several"),
        ("nowhere", "a.gif", 4, ValueError, "`frames` must be a folder"),
        ([3], "a.gif", 4, TypeError, r"`frames\[0\]` must be a picture file"),
        ([np.zeros((2, 2))], "a.gif", 4, TypeError, r"\* 255.*astype"),
        ([np.zeros((2, 2, 4), "uint8")], "a.gif", 4, TypeError, r"\(2, 2, 4\)"),
        ([np.zeros((0, 2), "uint8")], "a.gif", 4, TypeError, r"\(0, 2\)"),
        ([*gray(1), np.zeros((6, 9), "uint8")], "a.gif", 4, ValueError, "9x6 for fr"),
        (gray(1), "a.avi", 4, ValueError, "Known: gif, mp4"),
        (gray(1), "a", 4, ValueError, r"Add one: 'a\.gif'"),
        (gray(1), "a.gif", 0, ValueError, "`fps` must be a finite number above 0"),
        (gray(1), "a.gif", "4", TypeError, "`fps`"),
        (gray(1), "a.gif", 60, ValueError, "50 at most.*MP4"),
        (["none.png"], "a.gif", 4, FileNotFoundError, r"none\.png"),
    ],
)
def test_mistakes_leave_nothing_behind(frames, name, fps, error, words, tmp_path):
    with pytest.raises(error, match=words):
        write_movie(frames, tmp_path / name, fps=fps)
    assert not names(tmp_path)


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(ValueError, match=f"no PNG file in '{tmp_path}'"):
        write_movie(tmp_path, tmp_path / "movie.gif")


X = np.zeros((4, 8, 8, 1), "float32")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"samples": X + np.nan}, ValueError, "`samples` must be finite"),
        ({"samples": np.zeros((2, 4, 4, 8))}, ValueError, "`samples`.*image_shape="),
        ({"samples": X, "image_shape": (3, 3)}, ValueError, "`image_shape`"),
        ({"samples": X, "freq": "batch"}, ValueError, "'epoch' or a positive number"),
        ({"samples": X, "freq": 0}, ValueError, "`freq`"),
        ({"samples": X, "columns": 0}, ValueError, "`columns`"),
    ],
)
def test_mistakes_are_told_before_training(options, error, words):
    with pytest.raises(error, match=words):
        MovieFrames(**options)


def test_samples_that_do_not_fit_stop_the_training(digits, tmp_path):
    frames = MovieFrames(digits[..., 0], tmp_path)
    with pytest.raises(ValueError, match=r"`samples` must be .*input.*'n', 8, 8, 1"):
        fit(small(), digits, frames)
    inputs = keras.Input((8, 8, 1))
    encoder = keras.Model(inputs, keras.layers.Flatten()(inputs))
    encoder.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"`samples` must be .*output.*'n', 64"):
        encoder.fit(
            digits, digits.reshape(-1, 64), callbacks=[MovieFrames(digits, tmp_path)]
        )
    assert not names(tmp_path)
