"""Data sets, scaling and corrupted copies in NumPy: all that downloads is here."""

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kerasae._checks import complaint, fraction, nearest, non_negative, one_of

NAMES = ("digits", "mnist", "fashion_mnist")
IMAGE_SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
DEFAULT_LEVELS = {"gaussian": 0.5, "masking": 0.3, "salt_and_pepper": 0.3}
Source = str | os.PathLike[str] | np.ndarray


class Dataset(NamedTuple):
    """Training and test samples, scaled to [0, 1].

    Attributes:
        x_train, x_test: float32 arrays of shape (n, *sample), values in [0, 1].
        y_train, y_test: labels of shape (n, ...), or None.
        name: the data set's, file's or folder's name; "array" for an array.
        notes: what was done to the data, a line each, for people to read.
    """

    x_train: np.ndarray
    x_test: np.ndarray
    y_train: np.ndarray | None
    y_test: np.ndarray | None
    name: str
    notes: tuple[str, ...]


class _Raw(NamedTuple):
    """What was found, as (x, y): one part, or a training and a test part."""

    name: str
    parts: tuple[tuple[np.ndarray, np.ndarray | None], ...]
    notes: tuple[str, ...] = ()
    stratify: bool = False


def load_dataset(
    source: Source, *, test_fraction: float | None = None, seed: int = 0
) -> Dataset:
    """Load a data set, scale it to [0, 1] and split it for training.

    What comes split (MNIST, say) stays so; the rest is shuffled and split, digits
    by label. For all samples in their own order use `load_samples`.

    Args:
        source: "digits" (1,797 images of 8x8, no download); "mnist" or
            "fashion_mnist" (28x28, from `<name>.npz` in the folder that the
            environment variable `KERASAE_DATA` names, else from Keras); a .npy or
            .npz file (`x_train` and `x_test`, or `x`, or a single array; labels
            in `y_train`, `y_test`, `y`); a folder of images of one size (the
            subfolder is the label); or an array of shape (n_samples, ...).
        test_fraction: the test part's share, in (0, 1); None means 0.3 for digits,
            else 0.2. Not for what comes split.
        seed: whole number, 0 or larger.

    Returns:
        A `Dataset`. Images have the shape (n, height, width, channels).

    Raises:
        OSError: nothing is found under `source`, or the download failed.
        TypeError, ValueError: the data, a file or an argument is unfit.

    Example:
        >>> from kerasae.data import load_dataset
        >>> digits = load_dataset("digits")
        >>> digits.x_train.shape, digits.notes[1]
        ((1257, 8, 8, 1), 'split: 1257 training and 540 test samples, stratified, seed 0')
    """  # noqa: E501
    raw, scaled, notes = _load(source)
    if len(scaled) == 2:
        if test_fraction is not None:
            raise _wrong("test_fraction", f"None: {raw.name} is split", test_fraction)
        (x_train, x_test), how = scaled, "as they come"
        (_, y_train), (_, y_test) = raw.parts
    else:
        x, y = scaled[0], raw.parts[0][1]
        train, test, how = _random_split(raw, test_fraction, seed)
        x_train, x_test = x[train], x[test]
        y_train, y_test = (None, None) if y is None else (y[train], y[test])
    note = f"split: {len(x_train)} training and {len(x_test)} test samples, {how}"
    return Dataset(x_train, x_test, y_train, y_test, raw.name, (*notes, note))


def load_samples(
    source: Source, *, split: str = "all"
) -> tuple[np.ndarray, np.ndarray | None, tuple[str, ...]]:
    """Load samples scaled to [0, 1], by default all of them, in their own order.

    Args:
        source: as for `load_dataset`.
        split: "all" for every sample in the order of the source, training before
            test samples; "train" or "test" for that part of `load_dataset(source)`.

    Returns:
        `(x, y, notes)`: float32 array of shape (n, *sample), values in [0, 1];
        labels of shape (n, ...) or None; what was done to the data, a line each.

    Raises:
        OSError, TypeError, ValueError: as for `load_dataset`.

    Example:
        >>> from kerasae.data import load_samples
        >>> x, y, notes = load_samples("digits")
        >>> x.shape, y[:5].tolist(), notes
        ((1797, 8, 8, 1), [0, 1, 2, 3, 4], ('values in 0..16 were divided by 16',))
    """
    if one_of("split", split, ("all", "train", "test")) != "all":
        data = load_dataset(source)
        return getattr(data, f"x_{split}"), getattr(data, f"y_{split}"), data.notes
    raw, scaled, notes = _load(source)
    x = scaled[0] if len(scaled) == 1 else np.concatenate(scaled)
    labels = [y for _, y in raw.parts if y is not None]
    return x, np.concatenate(labels) if len(labels) == len(scaled) else None, notes


def scale(x: Any) -> tuple[np.ndarray, str | None]:
    """Return `x` as float32 in [0, 1], and a note on what was changed.

    Booleans and integers 0 and 1 keep their value, other integers in 0..255 are
    divided by 255, floats must lie in [0, 1] already.

    Args:
        x: array of shape (n_samples, n_features) or (n_samples, ...).

    Returns:
        `(scaled, note)`: float32 array of the shape of `x`, which is `x` itself
        where nothing had to change; a line for people to read, or None.

    Raises:
        TypeError, ValueError: `x` is empty or outside these ranges or ranks.

    Example:
        >>> from kerasae.data import scale
        >>> scale([[0, 51, 255]])
        (array([[0. , 0.2, 1. ]], dtype=float32), 'integers in 0..255 were divided by 255')
    """  # noqa: E501
    (scaled,), note = _scale("x", [np.asarray(x)])
    return scaled, note


def corrupt(
    x: Any,
    kind: str = "gaussian",
    level: float | None = None,
    *,
    seed: int = 0,
    clip: tuple[float, float] = (0.0, 1.0),
) -> np.ndarray:
    """Return a fixed noisy copy of `x`, the same on every backend.

    Args:
        x: float array of shape (n, ...), such as `scale` returns.
        kind: "gaussian" adds normal noise and clips to `clip`; "masking" sets
            entries to 0, the others stay as they are (Vincent et al. 2010);
            "salt_and_pepper" sets entries to either end of `clip` by equal chance.
        level: for "gaussian" the standard deviation (None: 0.5), else the chance
            of an entry to be overwritten, in [0, 1) (None: 0.3).
        seed: whole number, 0 or larger.
        clip: the smallest and the largest value.

    Returns:
        A new float32 array of the shape of `x`.

    Raises:
        TypeError, ValueError: `x` holds no finite floats, or an argument is unfit.

    Example:
        >>> from kerasae.data import corrupt, load_samples
        >>> corrupt(load_samples("digits")[0], "masking", 0.3).shape
        (1797, 8, 8, 1)
    """
    one_of("kind", kind, DEFAULT_LEVELS)
    check_level = non_negative if kind == "gaussian" else fraction
    level = check_level("level", DEFAULT_LEVELS[kind] if level is None else level)
    x, (low, high) = np.asarray(x), clip
    if not low < high:
        raise _wrong("clip", "(smallest, largest)", clip, "Example: clip=(0.0, 1.0).")
    if x.dtype.kind != "f":
        raise TypeError(complaint("x", "floats, such as scale(x)[0]", x.dtype))
    _value_range("x", x, axes=1)
    random = np.random.default_rng(_checked_seed(seed))
    if kind == "gaussian":
        noisy = random.standard_normal(x.shape, dtype=np.float32)
        noisy *= level
        noisy += x
        return np.clip(noisy, low, high, out=noisy)
    noisy = x.astype(np.float32)
    draw = random.random(x.shape, dtype=np.float32)
    noisy[draw < level] = 0.0 if kind == "masking" else high
    if kind == "salt_and_pepper":
        noisy[draw < level / 2] = low
    return noisy


def _wrong(argument: str, expected: str, received: Any, fix: str = "") -> ValueError:
    return ValueError(complaint(argument, expected, received, fix))


def _checked_seed(seed: Any) -> int:
    whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
    if not whole or not 0 <= int(seed) < 2**32:
        raise _wrong("seed", "a whole number from 0 to 2**32 - 1", seed)
    return int(seed)


def _value_range(where: str, x: np.ndarray, axes: int = 2) -> tuple[Any, Any]:
    """Return the smallest and the largest value of `x`, or raise if it is no data."""
    if x.dtype.kind not in "biuf":
        fix = "Convert it to numbers: x.astype('float32')."
        raise TypeError(complaint(where, "an array of numbers", x.dtype, fix))
    if x.ndim < axes or not x.size:
        expected = "of shape (n_samples, n_features) or (n_samples, ...), not empty"
        fix = "Use x[:, None] for samples of one number, x[None] for one sample."
        raise _wrong(where, expected, f"shape {x.shape}", fix)
    with np.errstate(invalid="ignore"):
        low, high = x.min(), x.max()
    # The extremes carry NaN and infinity: a full mask is made for the error alone.
    if not (np.isfinite(low) and np.isfinite(high)):
        bad = ~np.isfinite(x)
        first = np.argwhere(bad)[0].tolist()
        received = f"{bad.sum()} NaN or infinite values, the first at index {first}"
        fix = "Remove these samples, or fill them in with numpy.nan_to_num(x)."
        raise _wrong(where, "an array of finite numbers", received, fix)
    return low, high


def _scale(where: str, parts: list[np.ndarray]) -> tuple[list[np.ndarray], str | None]:
    """Scale all parts by one rule: a dark test part must not get its own."""
    ranges = [_value_range(where, x) for x in parts]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    real = any(x.dtype.kind == "f" for x in parts)
    slack = 1e-6 if real else 0  # MinMaxScaler gives 1.0000000000000002
    if low >= -slack and high <= 1 + slack:
        scaled = [x.astype(np.float32, copy=False) for x in parts]
        exact = low >= 0 and high <= 1
        return scaled if exact else [np.clip(x, 0.0, 1.0) for x in scaled], None
    if low >= 0 and high <= 255 and not real:
        # One pass from the integers to the result, without a copy in between.
        scaled = [np.divide(x, np.float32(255), dtype=np.float32) for x in parts]
        return scaled, "integers in 0..255 were divided by 255"
    fix = "Pixels in 0..255: x = x / 255. Else x = x.astype('float64'), then "
    fix += "x = (x - x.min()) / (x.max() - x.min())."
    received = f"{'float' if real else 'integer'} values from {low} to {high}"
    raise _wrong(where, "values in [0, 1], or integers in 0..255", received, fix)


def _random_split(raw: _Raw, share: float | None, seed: int) -> tuple[Any, Any, str]:
    """Return the indices of the training and test samples, and how they were drawn."""
    from sklearn.model_selection import train_test_split

    x, y = raw.parts[0]
    default, labels = (0.3, y) if raw.stratify else (0.2, None)
    size = default if share is None else fraction("test_fraction", share)
    seed = _checked_seed(seed)
    try:
        train, test = train_test_split(
            np.arange(len(x)), test_size=size, stratify=labels, random_state=seed
        )
    except ValueError as error:
        expected = f"a share that leaves both parts enough of the {len(x)} sample(s)"
        fix = "Use load_samples(source) for all samples, unsplit."
        raise _wrong("test_fraction", expected, size, fix) from error
    how = "stratified" if raw.stratify else f"shuffled, test fraction {size:g}"
    return train, test, f"{how}, seed {seed}"


def _load(source: Any) -> tuple[_Raw, list[np.ndarray], tuple[str, ...]]:
    """Return what was read, the scaled samples of each part, and the notes so far."""
    raw = _read(source)
    scaled, note = _scale(raw.name, [x for x, _ in raw.parts])
    shapes = [x.shape for x in scaled]
    if shapes[0][1:] != shapes[-1][1:]:
        raise _wrong(raw.name, "training and test samples of one shape", shapes)
    for x, y in raw.parts:
        if y is not None and (y.ndim == 0 or len(y) != len(x)):
            raise _wrong(f"{raw.name} labels", f"{len(x)}, one a sample", y.shape)
    return raw, scaled, raw.notes if note is None else (*raw.notes, note)


def _read(source: Any) -> _Raw:
    if not isinstance(source, (str, os.PathLike)):
        return _Raw("array", ((np.asarray(source), None),))
    if source == "digits":
        from sklearn.datasets import load_digits

        x, y = load_digits(return_X_y=True)
        part = x.reshape(-1, 8, 8, 1) / 16, y
        return _Raw("digits", (part,), ("values in 0..16 were divided by 16",), True)
    if source in NAMES:
        return _read_published(str(source))
    path = Path(source)
    expected = "a data set's name, a .npy or .npz file, a folder of images or an array"
    if not str(source) or not path.exists():
        fix = "No such file or folder. " + nearest(path.stem.lower(), NAMES)
        raise FileNotFoundError(complaint("source", expected, str(source), fix))
    if path.is_dir():
        return _read_folder(path)
    if path.suffix.lower() in (".npy", ".npz"):
        return _read_file(path)
    fix = "Save an array with numpy.save('data.npy', x); put images in a folder."
    raise _wrong("source", expected, str(source), fix)


def _read_published(name: str) -> _Raw:
    """Read MNIST or Fashion-MNIST from the folder in KERASAE_DATA or from Keras."""
    folder = os.environ.get("KERASAE_DATA")
    path = Path(folder or "", f"{name}.npz")
    arrays = "arrays x_train, y_train, x_test, y_test"
    if folder and path.is_file():
        parts = _read_file(path).parts
    else:
        import keras

        try:
            parts = getattr(keras.datasets, name).load_data()
        except Exception as error:  # a failed download is a bare Exception
            expected = f"a folder with {name}.npz ({arrays}) where Keras cannot load it"
            fix = f"Set this environment variable. Keras said: {error}"
            raise OSError(complaint("KERASAE_DATA", expected, folder, fix)) from error
    shapes = [x.shape for x, _ in parts]
    if [shape[1:] for shape in shapes] not in ([(28, 28)] * 2, [(28, 28, 1)] * 2):
        raise _wrong(str(path), f"{arrays}, of 28x28 images", f"shapes {shapes}")
    return _Raw(name, tuple((x.reshape(len(x), 28, 28, 1), y) for x, y in parts))


def _read_file(path: Path) -> _Raw:
    with path.open("rb") as file:
        try:
            npz = np.load(file, allow_pickle=False)
            if isinstance(npz, np.ndarray):
                return _Raw(path.name, ((npz, None),))
            with npz:
                keys = npz.files
                pairs = _pairs(keys)
                parts = tuple((np.asarray(npz[x]), npz.get(y)) for x, y in pairs)
        except Exception as error:  # damage comes up in a dozen types
            received = "a damaged or cut file, or pickled Python objects"
            fix = (
                "Write it again with numpy.save or numpy.savez, from arrays of numbers."
            )
            raise _wrong(str(path), "a .npy or .npz file", received, fix) from error
    if not parts:
        expected = "a file with x_train and x_test, or x, or a single array"
        raise _wrong(str(path), expected, f"arrays: {', '.join(keys) or 'none'}")
    return _Raw(path.name, parts)


def _pairs(keys: list[str]) -> list[tuple[str, str]]:
    """Return the names of the samples and of their labels, for each part."""
    if "x_train" in keys and "x_test" in keys:
        return [("x_train", "y_train"), ("x_test", "y_test")]
    if "x" in keys:
        return [("x", "y")]
    return [(keys[0], "")] if len(keys) == 1 else []


def _read_folder(folder: Path) -> _Raw:
    found = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    files = sorted(p for p in found if p.suffix.lower() in IMAGE_SUFFIXES)
    files = [p for p in files if not any(part[0] == "." for part in p.parts)]
    if not files:
        raise _wrong("source", f"a folder of {', '.join(IMAGE_SUFFIXES)}", str(folder))
    images = [_read_image(folder / file) for file in files]
    for file, image in zip(files, images, strict=True):
        if image.shape != images[0].shape:
            shapes = f"{files[0]} {images[0].shape} and {file} {image.shape}"
            fix = "Make them alike: image.convert('RGB').resize((width, height))."
            raise _wrong("source", "a folder of images of one size", shapes, fix)
    x, name = np.stack(images), folder.resolve().name
    if any(len(file.parts) == 1 for file in files):
        return _Raw(name, ((x, None),))
    labels, y = np.unique([file.parts[0] for file in files], return_inverse=True)
    note = "labels: " + ", ".join(f"{i} = {label}" for i, label in enumerate(labels))
    return _Raw(name, ((x, y),), (note,))


def _read_image(path: Path) -> np.ndarray:
    """Return an 8-bit image, (height, width, 1) if gray, else (height, width, 3)."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            if image.mode[0] in "IF":  # Pillow would cut the values off at 255
                raise TypeError("more than 8 bits: save numpy.asarray(image) / 65535")
            kind = "L" if image.mode in ("1", "L", "LA", "La") else "RGB"
            # A palette may be transparent, which RGB takes by way of RGBA only.
            step = image.convert("RGBA") if image.mode == "P" else image
            pixels = np.asarray(step.convert(kind))
    except Exception as error:  # Pillow's readers raise many types
        fix = f"Replace or remove it ({error})."
        raise _wrong("source", "a folder of 8-bit images", str(path), fix) from error
    return pixels[..., None] if kind == "L" else pixels
