"""Samples as scikit-learn, Keras, files, folders and arrays provide them."""

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kerasae._arrays import as_array
from kerasae._checks import Description, argument_error, nearest

DATASET_NAMES = ("digits", "mnist", "fashion_mnist")
IMAGE_SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


class Raw(NamedTuple):
    """Samples and labels as they were read: one part, or training and test parts.

    Attributes:
        name: The data set's, file's or folder's name.
        parts: `(x, y)` of each part; `y` may be None.
        notes: What was done to the data.
        stratify: Whether to split the data by label.
    """

    name: str
    parts: tuple[tuple[np.ndarray, np.ndarray | None], ...]
    notes: tuple[str, ...] = ()
    stratify: bool = False


def read(source: Any) -> Raw:
    """Return the samples of a data set, a file, a folder or an array.

    Raises:
        OSError: If there is no such thing.
        ValueError: If it cannot be read.
    """
    if not isinstance(source, (str, os.PathLike)):
        return Raw("array", ((as_array("source", source), None),))
    if source == "digits":
        from sklearn.datasets import load_digits

        x, y = load_digits(return_X_y=True)
        part = x.reshape(-1, 8, 8, 1) / 16, y
        return Raw("digits", (part,), ("values in 0..16 were divided by 16",), True)
    if source in DATASET_NAMES:
        return _read_published(str(source))
    path = Path(source)
    expected = "a data set's name, a .npy or .npz file, a folder of images or an array"
    if not str(source) or not path.exists():
        fix = "No such file or folder. " + nearest(path.stem.lower(), DATASET_NAMES)
        raise FileNotFoundError(argument_error("source", expected, str(source), fix))
    if path.is_dir():
        return _read_folder(path)
    if path.suffix.lower() in (".npy", ".npz"):
        return _read_file(path)
    fix = "Save an array with numpy.save('data.npy', x); put images in a folder."
    raise ValueError(argument_error("source", expected, str(source), fix))


def _read_published(name: str) -> Raw:
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
            fix = "Put the file there" if folder else "Set this environment variable"
            fix += f", or see the error from Keras: {error}"
            raise OSError(
                argument_error("KERASAE_DATA", expected, folder, fix)
            ) from error
    shapes = [x.shape for x, _ in parts]
    if [shape[1:] for shape in shapes] not in ([(28, 28)] * 2, [(28, 28, 1)] * 2):
        raise ValueError(
            argument_error(
                str(path), f"{arrays}, of 28x28 images", Description(f"shapes {shapes}")
            )
        )
    return Raw(name, tuple((x.reshape(len(x), 28, 28, 1), y) for x, y in parts))


def _read_file(path: Path) -> Raw:
    with path.open("rb") as file:
        try:
            npz = np.load(file, allow_pickle=False)
            if isinstance(npz, np.ndarray):
                return Raw(path.name, ((npz, None),))
            with npz:
                keys = npz.files
                names = _array_names(keys)
                parts = tuple((np.asarray(npz[x]), npz.get(y)) for x, y in names)
        except Exception as error:  # damage raises errors of a dozen types
            received = "a damaged or truncated file, or pickled Python objects"
            fix = "Write it again with numpy.save or numpy.savez, from numeric arrays."
            message = argument_error(
                str(path), "a .npy or .npz file", Description(received), fix
            )
            raise ValueError(message) from error
    if not parts:
        expected = "a file with x_train and x_test, or x, or a single array"
        raise ValueError(
            argument_error(
                str(path), expected, Description(f"arrays: {', '.join(keys) or 'none'}")
            )
        )
    return Raw(path.name, parts)


def _array_names(keys: list[str]) -> list[tuple[str, str]]:
    """Return the names of the samples and of their labels, for each part.

    Names count in small letters and, as scikit-learn's users write them, in capitals.
    """
    named = {key.lower(): key for key in keys if key.lower() not in keys}
    named |= {key: key for key in keys}
    for parts in (("_train", "_test"), ("",)):
        if all(f"x{part}" in named for part in parts):
            return [(named[f"x{part}"], named.get(f"y{part}", "")) for part in parts]
    return [(keys[0], "")] if len(keys) == 1 else []


def _read_folder(folder: Path) -> Raw:
    found = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    files = sorted(p for p in found if p.suffix.lower() in IMAGE_SUFFIXES)
    files = [p for p in files if not any(part[0] == "." for part in p.parts)]
    if not files:
        raise ValueError(
            argument_error(
                "source", f"a folder of {', '.join(IMAGE_SUFFIXES)}", str(folder)
            )
        )
    images = [_read_image(folder / file) for file in files]
    for file, image in zip(files, images, strict=True):
        if image.shape != images[0].shape:
            expected = "a folder of images of one size"
            received = f"{files[0]} {images[0].shape} and {file} {image.shape}"
            fix = "Make them alike: image.convert('RGB').resize((width, height))."
            raise ValueError(
                argument_error("source", expected, Description(received), fix)
            )
    x, name = np.stack(images), folder.resolve().name
    if any(len(file.parts) == 1 for file in files):
        return Raw(name, ((x, None),))
    labels, y = np.unique([file.parts[0] for file in files], return_inverse=True)
    note = "labels: " + ", ".join(f"{i} = {label}" for i, label in enumerate(labels))
    return Raw(name, ((x, y),), (note,))


def _read_image(path: Path) -> np.ndarray:
    """Return an 8-bit image, (height, width, 1) if gray, else (height, width, 3)."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            if image.mode[0] in "IF":  # Pillow would clip the values at 255
                raise TypeError("more than 8 bits: save numpy.asarray(image) / 65535")
            kind = "L" if image.mode in ("1", "L", "LA", "La") else "RGB"
            # A palette may have transparency, which converts to RGB only through RGBA.
            step = image.convert("RGBA") if image.mode == "P" else image
            pixels = np.asarray(step.convert(kind))
    except Exception as error:  # Pillow's readers raise errors of many types
        fix = f"Replace or remove it ({error})."
        raise ValueError(
            argument_error("source", "a folder of 8-bit images", str(path), fix)
        ) from error
    return pixels[..., None] if kind == "L" else pixels
