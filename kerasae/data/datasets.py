"""Data sets, scaled and split."""

import os
from typing import Any, NamedTuple

import numpy as np

from kerasae._checks import Description, argument_error, fraction, one_of, required_seed
from kerasae.data._reading import Raw, read
from kerasae.data.scaling import scaled_alike

Source = str | os.PathLike[str] | np.ndarray
"""Where samples come from: the name of a data set, a file or folder, an array."""


class Dataset(NamedTuple):
    """Training and test samples, scaled to [0, 1] unless they were left as they are.

    Attributes:
        x_train: Training samples, float32 of shape (n, *sample).
        x_test: Test samples, likewise.
        y_train: Labels of the training samples, shape (n, ...), or None.
        y_test: Labels of the test samples, or None.
        name: The data set's, file's or folder's name; "array" for an array.
        notes: What was done to the data, one line of text each.

    Example:
        >>> import numpy as np
        >>> from kerasae.data import load_dataset
        >>> table = load_dataset(np.random.default_rng(0).random((10, 4)))
        >>> table
        Dataset('array': x_train (8, 4), x_test (2, 4))
    """

    x_train: np.ndarray
    x_test: np.ndarray
    y_train: np.ndarray | None
    y_test: np.ndarray | None
    name: str
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        """Return the shapes of the arrays, instead of all their numbers."""
        parts = ("x_train", "x_test", "y_train", "y_test")
        arrays = ((part, getattr(self, part)) for part in parts)
        shapes = (f"{part} {x.shape}" for part, x in arrays if x is not None)
        return f"Dataset({self.name!r}: {', '.join(shapes)})"


def load_dataset(
    source: Source,
    *,
    test_fraction: float | None = None,
    seed: int = 0,
    scale: bool | None = True,
) -> Dataset:
    """Load a data set, scale it to [0, 1] and split it for training.

    Data that come split (MNIST, say) stay so; others are shuffled and split, the
    digits stratified by label. For all samples in their own order use
    `load_samples`.

    Args:
        source: "digits" (1,797 images of 8x8, no download); "mnist" or
            "fashion_mnist" (28x28, from `<name>.npz` in the folder that the
            environment variable `KERASAE_DATA` names, else from Keras); a .npy or
            .npz file (`x_train` and `x_test`, or `x`, or a single array; labels
            in `y_train`, `y_test`, `y`; capital letters as well); a folder of images of one size (the
            subfolder is the label); or an array of shape (n_samples, ...).
        test_fraction: The test part's share, in (0, 1); None means 0.3 for digits,
            else 0.2. Not for data that come split.
        seed: Whole number, 0 or larger.
        scale: Whether to bring values to [0, 1]: 8-bit integers are divided by 255,
            and other values outside [0, 1] are refused. None leaves those as they
            are, as tables need that are standardized; False leaves all.

    Returns:
        A `Dataset`. Images have the shape (n, height, width, channels).

    Raises:
        OSError: If nothing is found under `source`, or the download failed.
        TypeError, ValueError: If the data, a file or an argument is invalid.

    Example:
        >>> from kerasae.data import load_dataset
        >>> digits = load_dataset("digits")
        >>> digits.x_train.shape, digits.notes[1]
        ((1257, 8, 8, 1), 'split: 1257 training and 540 test samples, stratified, seed 0')
    """  # noqa: E501
    raw, scaled, notes = _load(source, scale)
    if len(scaled) == 2:
        if test_fraction is not None:
            raise ValueError(
                argument_error(
                    "test_fraction", f"None: {raw.name} is split", test_fraction
                )
            )
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
    source: Source, *, split: str = "all", scale: bool | None = True
) -> tuple[np.ndarray, np.ndarray | None, tuple[str, ...]]:
    """Load samples, by default all of them, in their own order, scaled to [0, 1].

    Args:
        source: As for `load_dataset`.
        split: "all" for every sample in the order of the source, training before
            test samples; "train" or "test" for that part of `load_dataset(source)`.
        scale: As for `load_dataset`.

    Returns:
        `(x, y, notes)`: float32 array of shape (n, *sample); labels of shape
        (n, ...) or None; what was done to the data, a line each.

    Raises:
        OSError, TypeError, ValueError: As for `load_dataset`.

    Example:
        >>> from kerasae.data import load_samples
        >>> x, y, notes = load_samples("digits")
        >>> x.shape, y[:5].tolist(), notes
        ((1797, 8, 8, 1), [0, 1, 2, 3, 4], ('values in 0..16 were divided by 16',))
    """
    if one_of("split", split, ("all", "train", "test")) != "all":
        data = load_dataset(source, scale=scale)
        return getattr(data, f"x_{split}"), getattr(data, f"y_{split}"), data.notes
    raw, scaled, notes = _load(source, scale)
    x = scaled[0] if len(scaled) == 1 else np.concatenate(scaled)
    labels = [y for _, y in raw.parts if y is not None]
    return x, np.concatenate(labels) if len(labels) == len(scaled) else None, notes


def _random_split(raw: Raw, share: float | None, seed: int) -> tuple[Any, Any, str]:
    """Return the indices of training and test samples, and how they were chosen."""
    from sklearn.model_selection import train_test_split

    x, y = raw.parts[0]
    default, labels = (0.3, y) if raw.stratify else (0.2, None)
    size = default if share is None else fraction("test_fraction", share)
    seed = required_seed(seed)
    if len(x) < 2:
        expected = "two samples or more, to be split into a training and a test part"
        fix = "Pass more samples; load_samples(source) returns them unsplit."
        raise ValueError(
            argument_error(raw.name, expected, Description(f"{len(x)} sample"), fix)
        )
    try:
        train, test = train_test_split(
            np.arange(len(x)), test_size=size, stratify=labels, random_state=seed
        )
    except ValueError as error:
        expected = f"a share that leaves enough of the {len(x)} samples in each part"
        fix = "Use load_samples(source) for all samples, unsplit."
        raise ValueError(
            argument_error("test_fraction", expected, size, fix)
        ) from error
    how = "stratified" if raw.stratify else f"shuffled, test fraction {size:g}"
    return train, test, f"{how}, seed {seed}"


def _load(
    source: Source, scale: bool | None
) -> tuple[Raw, list[np.ndarray], tuple[str, ...]]:
    """Return what was read, the scaled samples of each part, and the notes so far."""
    raw = read(source)
    scaled, note = scaled_alike(raw.name, [x for x, _ in raw.parts], scale=scale)
    shapes = [x.shape for x in scaled]
    if shapes[0][1:] != shapes[-1][1:]:
        raise ValueError(
            argument_error(raw.name, "training and test samples of one shape", shapes)
        )
    for x, y in raw.parts:
        if y is not None and (y.ndim == 0 or len(y) != len(x)):
            raise ValueError(
                argument_error(
                    f"{raw.name} labels", f"{len(x)}, one per sample", y.shape
                )
            )
    return raw, scaled, raw.notes if note is None else (*raw.notes, note)
