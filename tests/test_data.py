"""Data sets, scaling, files, folders of images and corrupted copies."""

import os
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from kerasae.data import corrupt, load_dataset, load_samples, scale

HAS_MNIST = Path(os.environ.get("KERASAE_DATA") or "/nowhere", "mnist.npz").is_file()
needs_mnist = pytest.mark.skipif(
    not HAS_MNIST, reason="KERASAE_DATA names no folder with mnist.npz"
)
PIXELS = "integers in 0..255 were divided by 255"


def samples(n=10, dtype="float32", shape=(3,)):
    """Return samples that all differ, in [0, 1)."""
    count = n * int(np.prod(shape))
    return (np.arange(count).reshape(n, *shape) / count).astype(dtype)


def fake_mnist(n_train=6, n_test=4):
    """Return what a Keras loader returns: 28x28 uint8 images and their labels."""
    x = np.random.default_rng(0).integers(0, 256, (n_train + n_test, 28, 28), "uint8")
    x[0, 0, 0] = 255
    y = np.arange(n_train + n_test, dtype="uint8")
    return (x[:n_train], y[:n_train]), (x[n_train:], y[n_train:])


def write_image(path, color=0, mode="L", size=(5, 4)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, color).save(path)


# scale


@pytest.mark.parametrize(
    ("x", "expected", "note"),
    [
        (np.array([[True, False]]), [[1, 0]], None),
        (np.array([[1, 0]], "uint8"), [[1, 0]], None),
        (np.array([[1, 0]], "int64"), [[1, 0]], None),
        (np.array([[0, 255]], "uint8"), [[0, 1]], PIXELS),
        (np.array([[0, 51]], "int64"), [[0, 0.2]], PIXELS),
        (np.array([[0, 127]], "int8"), [[0, 127 / 255]], PIXELS),
        (np.array([[0.25, 1.0]], "float16"), [[0.25, 1]], None),
        (np.array([[0.25, 1.0]], "float32"), [[0.25, 1]], None),
        (np.array([[0.25, 1.0]], "float64"), [[0.25, 1]], None),
        ([[0, 255]], [[0, 1]], PIXELS),
    ],
)
def test_scale_follows_the_rule(x, expected, note):
    scaled, said = scale(x)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, np.array(expected), rtol=1e-6)
    assert said == note


def test_scale_hands_back_what_is_right_already():
    x = samples()
    assert scale(x)[0] is x


def test_scale_leaves_integers_alone():
    x = np.array([[0, 255]], "uint8")
    scale(x)
    assert x.tolist() == [[0, 255]]


def test_rounding_errors_of_a_scaler_are_clipped():
    scaled, _ = scale(np.array([[-1e-9, 1.0000000000000002, 1.0000005]]))
    assert scaled.min() == 0.0
    assert scaled.max() == 1.0


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.array([[-1, 5]]), ValueError, "from -1 to 5.*float64.*x.min"),
        (np.array([[0, 256]]), ValueError, "from 0 to 256"),
        (np.array([[-0.5, 2.0]]), ValueError, r"-0.5 to 2.*\(x - x.min\(\)\) / "),
        (np.array([[0.0, 255.0]]), ValueError, "0 to 255.*x / 255"),
        (
            np.array([[0, np.nan], [np.nan, 1]]),
            ValueError,
            r"N.* 2 of 2.*x\[0, 1\]",
        ),
        (np.array([[0, 1], [np.inf, 1]]), ValueError, r"inf.* 1 of 2.*x\[1, 0\]"),
        (np.array([[0, 1], [-np.inf, 1]]), ValueError, r"x\[1, 0\]"),
        (np.zeros((0, 4)), ValueError, r"non-empty.*\(0, 4\)"),
        (np.zeros((4, 0)), ValueError, r"non-empty.*\(4, 0\)"),
        (np.zeros(4), ValueError, r"\(n_samples, n_features\).*x\[:, None\]"),
        (np.float32(0.5), ValueError, "n_samples"),
        (np.array([["a", "b"]]), TypeError, "numbers"),
        (np.array([[{}, None]]), TypeError, "numbers"),
        (np.array([[1j, 0]]), TypeError, "numbers"),
        (None, TypeError, "numbers"),
    ],
)
def test_scale_refuses_what_it_cannot_scale(x, error, message):
    with pytest.raises(error, match=message) as caught:
        scale(x)
    assert str(caught.value).startswith("`x` must be")


# digits, MNIST, Fashion-MNIST


def test_digits_are_split_by_label():
    digits = load_dataset("digits")
    assert digits.x_train.shape == (1257, 8, 8, 1)
    assert digits.x_test.shape == (540, 8, 8, 1)
    assert digits.x_train.dtype == digits.x_test.dtype == np.float32
    assert (digits.x_train.min(), digits.x_train.max()) == (0.0, 1.0)
    shares = np.bincount(digits.y_train) / np.bincount(
        np.concatenate([digits.y_train, digits.y_test])
    )
    np.testing.assert_allclose(shares, 0.7, atol=0.01)
    assert digits.name == "digits"
    assert digits.notes == (
        "values in 0..16 were divided by 16",
        "split: 1257 training and 540 test samples, stratified, seed 0",
    )


def test_digits_split_is_scikit_learns_own():
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    expected = train_test_split(x / 16, y, test_size=0.3, stratify=y, random_state=3)
    digits = load_dataset("digits", seed=3)
    np.testing.assert_allclose(digits.x_train.reshape(1257, 64), expected[0])
    np.testing.assert_array_equal(digits.y_test, expected[3])


def test_digits_take_another_share_and_seed():
    assert len(load_dataset("digits", test_fraction=0.1).x_test) == 180
    first, second = load_dataset("digits", seed=0), load_dataset("digits", seed=1)
    assert not np.array_equal(first.y_train, second.y_train)


def test_digits_too_small_a_share_for_ten_labels():
    with pytest.raises(ValueError, match=r"`test_fraction` must be.*0\.001"):
        load_dataset("digits", test_fraction=0.001)


def test_all_digits_keep_their_order():
    from sklearn.datasets import load_digits

    x, y, notes = load_samples("digits")
    images, labels = load_digits(return_X_y=True)
    np.testing.assert_allclose(x.reshape(1797, 64) * 16, images)
    np.testing.assert_array_equal(y, labels)
    assert notes == ("values in 0..16 were divided by 16",)


@pytest.mark.parametrize("split", ["train", "test"])
def test_load_samples_gives_the_part_of_load_dataset(split):
    x, y, notes = load_samples("digits", split=split)
    digits = load_dataset("digits")
    np.testing.assert_array_equal(x, getattr(digits, f"x_{split}"))
    np.testing.assert_array_equal(y, getattr(digits, f"y_{split}"))
    assert notes == digits.notes


def test_load_samples_unknown_split_names_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'train'"):
        load_samples("digits", split="trian")


@pytest.mark.mnist
@needs_mnist
def test_mnist_comes_from_the_folder():
    mnist = load_dataset("mnist")
    assert mnist.x_train.shape == (60000, 28, 28, 1)
    assert mnist.x_test.shape == (10000, 28, 28, 1)
    assert mnist.x_train.dtype == np.float32
    assert mnist.y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert mnist.x_train.mean() == pytest.approx(0.1307, abs=1e-4)
    assert mnist.x_train.std() == pytest.approx(0.3081, abs=1e-4)
    assert mnist.notes == (
        PIXELS,
        "split: 60000 training and 10000 test samples, as they come",
    )


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
@pytest.mark.parametrize("folder", [None, "", "empty", "missing"])
def test_without_a_file_keras_is_asked(monkeypatch, tmp_path, name, folder):
    if folder:
        (tmp_path / "empty").mkdir()
        folder = str(tmp_path / folder)
    if folder is None:
        monkeypatch.delenv("KERASAE_DATA", raising=False)
    else:
        monkeypatch.setenv("KERASAE_DATA", folder)
    loaded = fake_mnist()
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", lambda: loaded)
    data = load_dataset(name)
    assert data.name == name
    assert data.x_train.shape == (6, 28, 28, 1)
    np.testing.assert_allclose(data.x_test[..., 0] * 255, loaded[1][0], rtol=1e-6)
    assert data.y_test.tolist() == [6, 7, 8, 9]
    x, y, _ = load_samples(name)
    assert x.shape == (10, 28, 28, 1)
    assert y.tolist() == list(range(10))


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_the_folder_comes_before_keras(monkeypatch, tmp_path, name):
    (x_train, y_train), (x_test, y_test) = fake_mnist(8, 2)
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test}
    np.savez(tmp_path / f"{name}.npz", **arrays, y_test=y_test)
    monkeypatch.setenv("KERASAE_DATA", str(tmp_path))
    data = load_dataset(name)
    assert data.name == name
    assert data.x_train.shape == (8, 28, 28, 1)
    assert data.y_test.tolist() == [8, 9]


def test_a_failed_download_names_the_folder_as_the_way_out(monkeypatch):
    def fail():
        raise Exception("URL fetch failure on https://example.org")

    monkeypatch.delenv("KERASAE_DATA", raising=False)
    monkeypatch.setattr(keras.datasets.mnist, "load_data", fail)
    message = r"KERASAE_DATA.*mnist\.npz.*x_train, y_train.*URL fetch failure"
    with pytest.raises(OSError, match=message):
        load_dataset("mnist")


@pytest.mark.parametrize(
    "arrays",
    [
        {"x": np.zeros((5, 28, 28), "uint8")},
        {"x_train": np.zeros((5, 784)), "x_test": np.zeros((5, 784))},
        {"x_train": np.zeros((5, 28, 28, 3)), "x_test": np.zeros((5, 28, 28, 3))},
    ],
)
def test_a_wrong_mnist_file_is_named(monkeypatch, tmp_path, arrays):
    np.savez(tmp_path / "mnist.npz", **arrays)
    monkeypatch.setenv("KERASAE_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"mnist\.npz.*x_train.*28x28"):
        load_dataset("mnist")


def test_a_published_split_takes_no_fraction(monkeypatch):
    monkeypatch.delenv("KERASAE_DATA", raising=False)
    monkeypatch.setattr(keras.datasets.mnist, "load_data", fake_mnist)
    with pytest.raises(ValueError, match=r"`test_fraction` must be None: mnist"):
        load_dataset("mnist", test_fraction=0.2)


# arrays


def test_an_array_is_shuffled_and_split():
    x = samples(10)
    data = load_dataset(x)
    assert data.x_train.shape == (8, 3)
    assert data.x_test.shape == (2, 3)
    assert (data.y_train, data.y_test, data.name) == (None, None, "array")
    both = np.concatenate([data.x_train, data.x_test])
    assert not np.array_equal(both, x)
    np.testing.assert_array_equal(np.sort(both, axis=0), x)
    note = "split: 8 training and 2 test samples, shuffled, test fraction 0.2, seed 0"
    assert data.notes == (note,)


def test_the_seed_decides_the_split():
    x = samples(50)
    again = load_dataset(x, seed=np.int64(4)).x_train
    np.testing.assert_array_equal(load_dataset(x, seed=4).x_train, again)
    assert not np.array_equal(load_dataset(x, seed=5).x_train, again)


@pytest.mark.parametrize(("n", "share", "n_test"), [(2, None, 1), (10, 0.5, 5)])
def test_small_data_still_split(n, share, n_test):
    assert len(load_dataset(samples(n), test_fraction=share).x_test) == n_test


def test_all_samples_of_an_array_keep_their_order():
    x = samples(10)
    found, y, notes = load_samples(x)
    np.testing.assert_array_equal(found, x)
    assert y is None
    assert notes == ()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"test_fraction": 0}, ValueError, "`test_fraction` must be.*load_samples"),
        ({"test_fraction": 1.0}, ValueError, "`test_fraction` must be"),
        ({"test_fraction": -0.1}, ValueError, "`test_fraction` must be"),
        ({"test_fraction": 0.99}, ValueError, "`test_fraction` must be"),
        ({"test_fraction": "half"}, TypeError, "`test_fraction` must be"),
        ({"seed": -1}, ValueError, "`seed` must be a whole number"),
        ({"seed": 2**32}, ValueError, "`seed` must be a whole number"),
        ({"seed": 0.5}, ValueError, "`seed` must be a whole number"),
        ({"seed": True}, ValueError, "`seed` must be a whole number"),
        ({"seed": None}, ValueError, "`seed` must be a whole number"),
    ],
)
def test_bad_arguments_of_the_split_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        load_dataset(samples(10), **arguments)


def test_one_sample_cannot_be_split_but_loaded():
    message = r"`array` must be two samples or more.* 1 sample\..*load_samples"
    with pytest.raises(ValueError, match=message):
        load_dataset(samples(1))
    assert load_samples(samples(1))[0].shape == (1, 3)


@pytest.mark.parametrize("source", [None, 3, {"x": 1}, object()])
def test_a_source_of_no_known_type_is_refused(source):
    with pytest.raises(TypeError, match="`source` must be an array of numbers"):
        load_dataset(source)


def test_a_data_set_prints_its_shapes_not_its_numbers(digits):
    assert repr(load_dataset(np.zeros((10, 3)))) == (
        "Dataset('array': x_train (8, 3), x_test (2, 3))"
    )
    assert str(load_dataset("digits")) == (
        "Dataset('digits': x_train (1257, 8, 8, 1), x_test (540, 8, 8, 1), "
        "y_train (1257,), y_test (540,))"
    )


# Values outside [0, 1]


@pytest.mark.parametrize(
    ("x", "scale", "factor"),
    [
        (np.array([[-3.0, 4.0], [0.5, 0.0]]), None, 1),
        (np.array([[-3.0, 4.0], [0.5, 0.0]]), False, 1),
        (np.array([[0, 1000], [3, 4]]), None, 1),
        (np.array([[0.0, 1.0], [0.5, 0.0]]), None, 1),
        (np.array([[0, 51], [255, 0]], "uint8"), None, 255),
        (np.array([[0, 51], [255, 0]], "uint8"), False, 1),
    ],
)
def test_values_may_stay_as_they_are(x, scale, factor):
    found, _, notes = load_samples(x, scale=scale)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found * factor, x, rtol=1e-6)
    if factor == 1 and x.max() > 1:
        kept = f"values from {x.min():g} to {x.max():g} were left as they are"
        assert notes == (kept,)
    parts = load_dataset(x, scale=scale)
    joined = np.concatenate([parts.x_train, parts.x_test])
    np.testing.assert_allclose(np.sort(joined * factor, 0), np.sort(x, 0), rtol=1e-6)
    for strict in (load_samples, load_dataset):
        if factor == 1 and x.max() > 1 and x.dtype != np.uint8:
            with pytest.raises(ValueError, match=r"must be values in \[0, 1\]"):
                strict(x)
    with pytest.raises(ValueError, match="NaN or infinity"):
        load_samples(np.array([[np.nan, 1.0]]), scale=scale)


# .npy and .npz files


@pytest.mark.parametrize("kind", [str, Path])
def test_npy_holds_one_array(tmp_path, kind):
    path = tmp_path / "cells.npy"
    np.save(path, np.arange(200, dtype="uint8").reshape(10, 20))
    data = load_dataset(kind(path))
    assert data.x_train.shape == (8, 20)
    assert data.name == "cells.npy"
    assert data.notes[0] == PIXELS
    x, y, _ = load_samples(kind(path))
    np.testing.assert_allclose(x * 255, np.arange(200).reshape(10, 20), atol=1e-4)
    assert y is None


@pytest.mark.parametrize("names", [("x",), ("x", "y"), ("cells",), ("x", "z", "y")])
def test_npz_without_a_split(tmp_path, names):
    x = samples(10)
    arrays = dict.fromkeys(names, x) | {"y": np.arange(10)}
    np.savez(tmp_path / "a.npz", **{name: arrays[name] for name in names})
    found, y, _ = load_samples(tmp_path / "a.npz")
    np.testing.assert_array_equal(found, x)
    data = load_dataset(tmp_path / "a.npz")
    if "y" in names:
        assert y.tolist() == list(range(10))
        np.testing.assert_array_equal(x[data.y_test], data.x_test)
        np.testing.assert_array_equal(x[data.y_train], data.x_train)
    else:
        assert y is data.y_train is data.y_test is None


def test_npz_with_names_in_capitals(tmp_path):
    x, y = samples(10), np.arange(10)
    np.savez(tmp_path / "a.npz", X=x, y=y)
    found, labels, _ = load_samples(tmp_path / "a.npz")
    np.testing.assert_array_equal(found, x)
    assert labels.tolist() == list(range(10))
    np.savez(
        tmp_path / "a.npz", X_train=x[:7], X_test=x[7:], y_train=y[:7], Y_test=y[7:]
    )
    data = load_dataset(tmp_path / "a.npz")
    assert data.x_test.shape == (3, 3)
    assert data.y_test.tolist() == [7, 8, 9]
    # Where both are there, small letters are the ones that were always read.
    np.savez(tmp_path / "a.npz", X=x[:2], x=x)
    assert len(load_samples(tmp_path / "a.npz")[0]) == 10


@pytest.mark.parametrize("labels", [(), ("y_train",), ("y_train", "y_test")])
def test_npz_with_its_own_split(tmp_path, labels):
    x = samples(10)
    y = {"y_train": np.arange(7), "y_test": np.arange(7, 10)}
    chosen = {name: y[name] for name in labels}
    np.savez(tmp_path / "a.npz", x_train=x[:7], x_test=x[7:], **chosen)
    data = load_dataset(tmp_path / "a.npz")
    np.testing.assert_array_equal(data.x_train, x[:7])
    np.testing.assert_array_equal(data.x_test, x[7:])
    assert (data.y_train is None) == ("y_train" not in labels)
    assert (data.y_test is None) == ("y_test" not in labels)
    assert data.notes == ("split: 7 training and 3 test samples, as they come",)
    found, found_y, _ = load_samples(tmp_path / "a.npz")
    np.testing.assert_array_equal(found, x)
    assert (found_y is None) == (len(labels) < 2)
    with pytest.raises(ValueError, match="`test_fraction` must be None"):
        load_dataset(tmp_path / "a.npz", test_fraction=0.5)


def test_a_dark_test_part_is_scaled_like_the_training_part(tmp_path):
    train, test = np.full((4, 3), 255, "uint8"), np.ones((2, 3), "uint8")
    np.savez(tmp_path / "a.npz", x_train=train, x_test=test)
    assert load_dataset(tmp_path / "a.npz").x_test.max() == pytest.approx(1 / 255)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "x_train and x_test, or x, or a single array.*none"),
        ({"a": samples(), "b": samples()}, "arrays: a, b"),
        ({"x_train": samples(), "y_train": samples()}, "arrays: x_train, y_train"),
        ({"x": samples(), "y": np.arange(9)}, r"`a\.npz labels` must be 10.*\(9,\)"),
        ({"x": samples(), "y": np.array(1)}, "labels` must be 10"),
        (
            {"x_train": samples(), "x_test": samples(shape=(4,))},
            r"of one shape.*\(10, 3\).*\(10, 4\)",
        ),
        ({"x_train": samples(), "x_test": samples(0)}, "non-empty"),
        ({"x": np.zeros((10, 3)) - 1}, r"`a\.npz` must be values in \[0, 1\]"),
        ({"x": np.array(0.5)}, "n_samples"),
    ],
)
def test_npz_that_cannot_be_used(tmp_path, arrays, message):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        load_dataset(tmp_path / "a.npz")


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("content", ["empty", "text", "cut"])
def test_a_damaged_file_is_named(tmp_path, suffix, content):
    path = tmp_path / f"broken{suffix}"
    np.save(path, samples(100)) if suffix == ".npy" else np.savez(path, x=samples(100))
    data = {"empty": b"", "text": b"1,2,3\n", "cut": path.read_bytes()[:200]}[content]
    path.write_bytes(data)
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))}.*damaged.*numpy"):
        load_dataset(path)


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_pickled_objects_are_never_loaded(tmp_path, suffix):
    path = tmp_path / f"objects{suffix}"
    objects = np.array([{"a": 1}, None], dtype=object)
    np.save(path, objects) if suffix == ".npy" else np.savez(path, x=objects)
    with pytest.raises(ValueError, match="pickled Python objects"):
        load_dataset(path)


def test_text_in_an_array_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.array([["a", "b"]]))
    with pytest.raises(TypeError, match=r"`a\.npy` must be an array of real numbers"):
        load_dataset(tmp_path / "a.npy")


# names and paths


@pytest.mark.parametrize(
    ("source", "guess"),
    [
        ("mnits", "mnist"),
        ("MNIST", "mnist"),
        ("digit", "digits"),
        ("fashion-mnist", "fashion_mnist"),
        ("mnist.npz", "mnist"),
    ],
)
def test_a_misspelled_name_gets_a_suggestion(monkeypatch, tmp_path, source, guess):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=f"Did you mean '{guess}'"):
        load_dataset(source)


@pytest.mark.parametrize("source", ["", "no/such/file.npy", Path("nowhere")])
def test_a_missing_path_is_named(monkeypatch, tmp_path, source):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"`source` must be.*No such file"):
        load_dataset(source)


def test_an_unknown_suffix_says_what_is_read(tmp_path):
    (tmp_path / "a.csv").write_text("1,2")
    with pytest.raises(ValueError, match=r"a\.csv.*numpy\.save"):
        load_dataset(tmp_path / "a.csv")


# folders of images


@pytest.mark.parametrize(
    "suffix", ["png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "webp", "PNG"]
)
def test_a_folder_of_images(tmp_path, suffix):
    for index in range(3):
        write_image(tmp_path / f"{index}.{suffix}", index * 100)
    x, y, notes = load_samples(tmp_path)
    channels = 3 if suffix in ("gif", "webp") else 1  # these two store colour
    assert x.shape == (3, 4, 5, channels)
    np.testing.assert_allclose(x[:, 0, 0, 0], [0, 100 / 255, 200 / 255], atol=0.02)
    assert y is None
    assert notes == (PIXELS,)


def test_a_folder_of_images_is_split(tmp_path):
    for index in range(5):
        write_image(tmp_path / f"{index}.png", index * 60)
    data = load_dataset(str(tmp_path))
    assert data.x_train.shape == (4, 4, 5, 1)
    assert data.name == tmp_path.name


def test_subfolders_are_labels(tmp_path):
    for index, name in enumerate(["dogs/a.png", "cats/b.png", "dogs/deep/c.png"]):
        write_image(tmp_path / name, 50 + index)
    (tmp_path / "dogs" / "notes.txt").write_text("no image")
    x, y, notes = load_samples(tmp_path)
    np.testing.assert_allclose(x[:, 0, 0, 0] * 255, [51, 50, 52], atol=1e-3)
    assert y.tolist() == [0, 1, 1]
    assert notes == ("labels: 0 = cats, 1 = dogs", PIXELS)


def test_images_beside_subfolders_have_no_labels(tmp_path):
    write_image(tmp_path / "a.png", 9)
    write_image(tmp_path / "cats" / "b.png", 9)
    assert load_samples(tmp_path)[1] is None


def test_hidden_files_are_left_out(tmp_path):
    write_image(tmp_path / "a.png", 9)
    (tmp_path / "._a.png").write_bytes(b"no image")
    write_image(tmp_path / ".cache" / "b.png", 9)
    assert len(load_samples(tmp_path)[0]) == 1


@pytest.mark.parametrize(
    ("mode", "color", "pixel"),
    [
        ("L", 51, [51]),
        ("1", 1, [255]),
        ("LA", (51, 7), [51]),
        ("RGB", (51, 102, 0), [51, 102, 0]),
        ("RGBA", (51, 102, 0, 7), [51, 102, 0]),
        ("P", 0, [0, 0, 0]),
        ("CMYK", (255, 0, 0, 0), [0, 255, 255]),
    ],
)
def test_gray_stays_gray_and_colour_becomes_rgb(tmp_path, mode, color, pixel):
    suffix = "tif" if mode == "CMYK" else "png"
    write_image(tmp_path / f"a.{suffix}", color, mode)
    write_image(tmp_path / f"b.{suffix}", color, mode)
    x, _, _ = load_samples(tmp_path)
    assert x.shape == (2, 4, 5, len(pixel))
    np.testing.assert_allclose(x[1, 2, 3] * 255, pixel, atol=1e-3)


def test_a_transparent_palette_makes_no_warning(tmp_path):
    image = Image.new("P", (5, 4))
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.save(tmp_path / "a.png", transparency=bytes([0, 128]))
    x, _, _ = load_samples(tmp_path)
    np.testing.assert_array_equal(x[0, 0, 0], [1, 0, 0])


@pytest.mark.parametrize("other", [{"size": (6, 4)}, {"mode": "RGB"}])
def test_images_that_differ_are_named(tmp_path, other):
    write_image(tmp_path / "a.png")
    write_image(tmp_path / "b.png")
    write_image(tmp_path / "c.png", **other)
    with pytest.raises(ValueError, match=r"of one size.*a\.png.*c\.png.*resize"):
        load_dataset(tmp_path)


@pytest.mark.parametrize("content", ["empty", "text", "cut"])
def test_a_broken_image_is_named(tmp_path, content):
    write_image(tmp_path / "a.png", 9)
    noise = np.random.default_rng(0).integers(0, 256, (40, 50), "uint8")
    path = tmp_path / "b.png"
    Image.fromarray(noise).save(path)
    data = {"empty": b"", "text": b"no image", "cut": path.read_bytes()[:500]}[content]
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"b\.png.*Replace or remove it"):
        load_dataset(tmp_path)


def test_sixteen_bits_are_refused_not_cut_off(tmp_path):
    Image.fromarray(np.full((4, 5), 40_000, "uint16")).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"a\.png.*8 bits.*65535"):
        load_dataset(tmp_path)


def test_a_folder_without_images_says_so(tmp_path):
    (tmp_path / "a.txt").write_text("no image")
    with pytest.raises(ValueError, match=r"a folder of \.bmp, .*\.png"):
        load_dataset(tmp_path)


# corrupt


def middle_gray(shape=(200, 500)):
    return np.full(shape, 0.5, "float32")


@pytest.mark.parametrize("kind", ["gaussian", "masking", "salt_and_pepper"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_corrupt_returns_a_repeatable_copy(kind, dtype):
    x = middle_gray((20, 8, 8, 1)).astype(dtype)
    noisy = corrupt(x, kind, seed=1)
    assert noisy.shape == x.shape
    assert noisy.dtype == np.float32
    assert (x == 0.5).all()
    assert not np.array_equal(noisy, x)
    np.testing.assert_array_equal(corrupt(x, kind, seed=1), noisy)
    assert not np.array_equal(corrupt(x, kind, seed=2), noisy)


def test_gaussian_noise_has_its_level_and_is_clipped():
    noise = corrupt(middle_gray(), level=0.1, clip=(-9, 9)) - 0.5
    assert noise.std() == pytest.approx(0.1, rel=0.02)
    assert noise.mean() == pytest.approx(0, abs=0.002)
    noisy = corrupt(middle_gray())  # 0.5: a third of the entries leaves [0, 1]
    assert (noisy.min(), noisy.max()) == (0.0, 1.0)
    assert ((noisy == 0) | (noisy == 1)).mean() == pytest.approx(0.317, abs=0.01)


def test_masking_zeroes_a_share_and_keeps_the_rest():
    noisy = corrupt(middle_gray(), "masking")
    assert set(np.unique(noisy)) == {0.0, 0.5}
    assert (noisy == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert (corrupt(middle_gray(), "masking", 0.8) == 0).mean() > 0.79


def test_salt_and_pepper_sets_both_ends_alike():
    noisy = corrupt(middle_gray(), "salt_and_pepper", clip=(-1, 2))
    assert set(np.unique(noisy)) == {-1.0, 0.5, 2.0}
    assert (noisy == -1).mean() == pytest.approx(0.15, abs=0.01)
    assert (noisy == 2).mean() == pytest.approx(0.15, abs=0.01)


@pytest.mark.parametrize("kind", ["gaussian", "masking", "salt_and_pepper"])
def test_level_zero_changes_nothing(kind):
    np.testing.assert_array_equal(corrupt(middle_gray(), kind, 0), middle_gray())


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"kind": "gausian"}, ValueError, "`kind` must be.*Did you mean 'gaussian'"),
        ({"kind": None}, ValueError, "`kind` must be"),
        ({"level": -0.1}, ValueError, "`level` must be"),
        ({"level": float("nan")}, ValueError, "`level` must be"),
        ({"level": "big"}, TypeError, "`level` must be"),
        ({"kind": "masking", "level": 1.0}, ValueError, "`level` must be"),
        ({"kind": "salt_and_pepper", "level": -0.1}, ValueError, "`level` must be"),
        ({"seed": -1}, ValueError, "`seed` must be"),
        ({"clip": (1.0, 0.0)}, ValueError, "`clip` must be"),
        ({"x": np.array([[0, 255]])}, TypeError, r"`x` must be .*scale\(x\)"),
        (
            {"x": np.array([[0.0, np.nan]])},
            ValueError,
            "`x` must be finite.* 1 of 2",
        ),
        ({"x": np.zeros((0, 4))}, ValueError, "`x` must be .*non-empty"),
    ],
)
def test_corrupt_names_what_is_wrong(arguments, error, message):
    with pytest.raises(error, match=message):
        corrupt(**{"x": middle_gray((2, 3)), **arguments})
