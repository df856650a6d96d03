"""Streams of inputs and targets, for data larger than memory."""

import os
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae._checks import Description, argument_error, positive_integer
from kerasae.data import _streams
from kerasae.data._batches import ArrayBatches, PairedBatches
from kerasae.data._preprocessing import ToPair
from kerasae.data.mapped import open_mapped

# Recognized by name: a package that nobody uses is not imported.
_FOREIGN = {
    ("tensorflow", "DatasetV2"): _streams.from_tensorflow,
    ("torch", "DataLoader"): _streams.from_torch,
    ("grain", "MapDataset"): _streams.from_grain,
    ("grain", "IterDataset"): _streams.from_grain,
    ("grain", "DataLoader"): _streams.from_grain,
}

_MARK = "_kerasae_pairs"


def pairs(
    samples: Any,
    *,
    batch_size: int | None = None,
    divide_by: float | None = None,
    corruption: Any = None,
    shuffle: bool = True,
    seed: int = 0,
) -> Any:
    """Return a stream of inputs and targets for `fit`, for data larger than memory.

    An autoencoder's targets are its inputs, which a stream of samples does not say.
    Samples stay as they are stored, and become floats batch by batch; of a file no
    more than a batch is in memory. For data that fit into memory as floats
    `load_dataset` and `fit(x, x)` do.

    Args:
        samples: Array of shape (n, ...), in memory or mapped; path to a .npy file,
            which is mapped; or batches of shape (batch, ...), alone or first in a
            tuple: a `keras.utils.PyDataset`, a `tf.data.Dataset`, a torch
            `DataLoader`, a grain `MapDataset`, `IterDataset` or `DataLoader`. uint8
            is divided by 255, booleans become 0 and 1, floats stay as they are.
            What `pairs` returned before is returned again.
        batch_size: Samples a step, for an array or a file only; None means 32.
        divide_by: Positive number that samples of any type are divided by instead.
        corruption: Noise on the inputs, new in every step: `"gaussian"`, `"masking"`,
            `"salt_and_pepper"`, or a pair with the level, such as `("masking",
            0.3)`, as for `corrupt`. Targets stay clean.
        shuffle: Whether an array or a file is taken in a new random order in every
            epoch. Other sources keep their own order.
        seed: Whole number that makes order and noise repeatable.

    Returns:
        Pairs (inputs, targets) of float32, shape (batch, ...), which `fit` and
        `evaluate` take on every backend: a `tf.data.Dataset`, a torch `DataLoader` or
        a grain `IterDataset` for one of these (and for grain's `DataLoader`), else a
        `keras.utils.PyDataset`.

    Raises:
        OSError: If there is no such file.
        TypeError, ValueError: If `samples` are of no known kind or type, or another
            argument is unfit.

    Example:
        >>> import numpy as np
        >>> from kerasae.data import pairs
        >>> images = np.full((100, 28, 28, 1), 255, "uint8")
        >>> batches = pairs(images, corruption=("masking", 0.3))
        >>> inputs, targets = batches[0]
        >>> len(batches), inputs.shape, targets.dtype.name, targets.max().item()
        (4, (32, 28, 28, 1), 'float32', 1.0)
    """
    if hasattr(samples, _MARK):
        return samples
    pair = ToPair(divide_by, corruption, seed)
    if isinstance(samples, (str, os.PathLike)):
        samples = open_mapped(Path(samples))
    if isinstance(samples, np.ndarray):
        size = positive_integer("batch_size", 32 if batch_size is None else batch_size)
        if samples.ndim < 2 or not samples.size:
            expected = "of shape (n_samples, n_features) or (n_samples, ...), not empty"
            received = f"shape {samples.shape}"
            fix = "Use x[:, None] for samples of one number, x[None] for one sample."
            raise ValueError(
                argument_error("samples", expected, Description(received), fix)
            )
        pair.divisor(samples.dtype)  # raises now what a batch would raise later
        batches = ArrayBatches(samples, size, shuffle=shuffle, seed=seed)
        return _marked(PairedBatches(batches, pair))
    make = (
        PairedBatches if isinstance(samples, keras.utils.PyDataset) else _maker(samples)
    )
    if batch_size is not None:
        fix = "Set it where the batches are made."
        raise ValueError(
            argument_error(
                "batch_size", "left out for data that come in batches", batch_size, fix
            )
        )
    return _marked(make(samples, pair))


def _marked(stream: Any) -> Any:
    """Return a stream that is known for what it is when it comes again."""
    setattr(stream, _MARK, True)
    return stream


def _maker(samples: Any) -> Any:
    """Return what makes pairs of a stream of another package."""
    for parent in type(samples).__mro__:
        make = _FOREIGN.get((parent.__module__.partition(".")[0], parent.__name__))
        if make is not None:
            return make
    expected = (
        "an array, a path to a .npy file, a keras.utils.PyDataset, a batched "
        "tf.data.Dataset, a torch DataLoader or a grain dataset"
    )
    kind = f"{type(samples).__module__}.{type(samples).__qualname__}"
    fix = (
        "Lists and tensors: numpy.asarray(x). Torch datasets: torch.utils.data."
        "DataLoader(x, batch_size=32). Generators, which end after one epoch: make a "
        "keras.utils.PyDataset."
    )
    raise TypeError(argument_error("samples", expected, Description(kind), fix))
