"""Streams of inputs and targets, for data larger than memory."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae._arrays import Extent, check_samples_shape
from kerasae._checks import Description, argument_error, positive_integer
from kerasae._types import BatchShape
from kerasae.data import _stream_adapters
from kerasae.data._batches import ArrayBatches, PairedBatches
from kerasae.data._preprocessing import NamedNoise, Shapes, ToPair
from kerasae.data.memory_mapped import open_mapped

# Recognized by name: a package that nobody uses is not imported.
_ADAPTERS = {
    ("tensorflow", "DatasetV2"): _stream_adapters.from_tensorflow,
    ("torch", "DataLoader"): _stream_adapters.from_torch,
    ("grain", "MapDataset"): _stream_adapters.from_grain,
    ("grain", "IterDataset"): _stream_adapters.from_grain,
    ("grain", "DataLoader"): _stream_adapters.from_grain,
}

_PAIRED = "_kerasae_pairs"


def pairs(
    samples: Any,
    *,
    batch_size: int | None = None,
    divide_by: float | None = None,
    corruption: NamedNoise = None,
    shuffle: bool = True,
    seed: int = 0,
    targets: bool = False,
) -> Any:
    """Return a stream of inputs and targets for `fit`, for data larger than memory.

    An autoencoder's targets are its inputs, but a stream of samples does not provide
    targets. Samples stay as they are stored and become floats batch by batch; of a
    file, no more than one batch is in memory. For data that fit into memory as
    floats, `load_dataset` and `fit(x, x)` are enough.

    Args:
        samples: Array of shape (n, ...), in memory or memory-mapped; path to a .npy
            file, which is mapped; or batches of shape (batch, ...), alone or first in a
            tuple: a `keras.utils.PyDataset`, a `tf.data.Dataset`, a torch
            `DataLoader`, a grain `MapDataset`, `IterDataset` or `DataLoader`. uint8
            is divided by 255, booleans become 0 and 1, floats stay as they are; NaN
            and infinity are refused as they pass.
            A stream that `pairs` returned is returned as it is.
        batch_size: Samples per step, for an array or a file only; None means 32.
        divide_by: Positive number that samples of any type are divided by instead.
        corruption: Noise on the inputs, new in every step: `"gaussian"`, `"masking"`,
            `"salt_and_pepper"`, or a tuple with the level, such as `("masking",
            0.3)`, as for `corrupt`. Targets stay clean.
        shuffle: Whether an array or a file is taken in a new random order in every
            epoch. Other sources keep their own order.
        seed: Whole number that makes order and noise repeatable.
        targets: Whether a stream's batches are (inputs, targets), or those and
            weights, instead of samples, alone or with labels that are left out.
            Targets of the inputs' shape are scaled as the inputs are.

    Returns:
        Pairs (inputs, targets) of float32, shape (batch, ...), which `fit` and
        `evaluate` accept on every backend: a `tf.data.Dataset`, a torch `DataLoader` or
        a grain `IterDataset` for one of these (and for grain's `DataLoader`), else a
        `keras.utils.PyDataset`.

    Raises:
        OSError: If there is no such file.
        TypeError, ValueError: If `samples` are of an unknown kind or type, or
            another argument is invalid.

    Example:
        >>> import numpy as np
        >>> from kerasae.data import pairs
        >>> images = np.full((100, 28, 28, 1), 255, "uint8")
        >>> batches = pairs(images, corruption=("masking", 0.3))
        >>> inputs, targets = batches[0]
        >>> len(batches), inputs.shape, targets.dtype.name, targets.max().item()
        (4, (32, 28, 28, 1), 'float32', 1.0)
    """
    if hasattr(samples, _PAIRED):
        return samples
    to_pair = ToPair(divide_by, corruption, seed, bool(targets))
    return _paired(samples, to_pair, batch_size, shuffle=shuffle, seed=seed)


def training_pairs(
    stream: Any,
    *,
    batch_size: int | None,
    shapes: tuple[BatchShape, BatchShape],
    check: Callable[[str, Extent], None],
) -> Any:
    """Return a stream of inputs and targets for a model.

    The second part of a stream's batches are the targets where they have the shape of
    the model's output, or where the samples have another; otherwise they are labels,
    and left out. Both can be told from the shapes alone, which is why they are asked
    for where they are not known.

    Args:
        stream: As `pairs` takes it, or returned it.
        batch_size: As in `pairs`.
        shapes: What the model takes and returns, batch axes included.
        check: Called with the name of the targets and their extremes as they pass.

    Raises:
        TypeError, ValueError: As `pairs` does; if the shapes do not tell.
    """
    if not hasattr(stream, _PAIRED):
        to_pair = ToPair(targets=Shapes(*shapes))
        stream = _paired(stream, to_pair, batch_size, shuffle=False, seed=0)
    getattr(stream, _PAIRED).check = check
    return stream


def error_of(stream: Any) -> Exception | None:
    """Return what was wrong with a batch of a stream that `training_pairs` returned.

    TensorFlow raises an error of its own, which holds the text of this one.
    """
    return getattr(stream, _PAIRED).error


def is_stream(samples: Any) -> bool:
    """Tell whether samples come batch by batch, as `pairs` takes them."""
    return hasattr(samples, _PAIRED) or _found_adapter(samples) is not None


def _paired(
    samples: Any, to_pair: ToPair, batch_size: int | None, *, shuffle: bool, seed: int
) -> Any:
    if isinstance(samples, (str, os.PathLike)):
        samples = open_mapped(Path(samples))
    if isinstance(samples, np.ndarray):
        size = positive_integer("batch_size", 32 if batch_size is None else batch_size)
        check_samples_shape("samples", samples.shape)
        to_pair.divisor(samples.dtype)  # raises now what a batch would raise later
        batches = ArrayBatches(samples, size, shuffle=shuffle, seed=seed)
        return _marked(PairedBatches(batches, to_pair), to_pair)
    adapter = _adapter(samples)
    if batch_size is not None:
        expected = "left out for data that are batched already"
        fix = "Set it where the batches are made."
        raise ValueError(argument_error("batch_size", expected, batch_size, fix))
    return _marked(adapter(samples, to_pair), to_pair)


def _marked(stream: Any, to_pair: ToPair) -> Any:
    """Return a stream with what made its pairs, so that `pairs` recognizes it."""
    setattr(stream, _PAIRED, to_pair)
    return stream


def _found_adapter(samples: Any) -> Callable[[Any, ToPair], Any] | None:
    """Return the function that makes pairs of a stream, None if there is none."""
    if isinstance(samples, keras.utils.PyDataset):
        return PairedBatches
    for parent in type(samples).__mro__:
        package = parent.__module__.partition(".")[0]
        if (package, parent.__name__) in _ADAPTERS:
            return _ADAPTERS[package, parent.__name__]
    return None


def _adapter(samples: Any) -> Callable[[Any, ToPair], Any]:
    """Return the function that makes pairs of a stream, or raise."""
    found = _found_adapter(samples)
    if found is not None:
        return found
    expected = (
        "an array, a path to a .npy file, a keras.utils.PyDataset, a batched "
        "tf.data.Dataset, a torch DataLoader or a grain dataset"
    )
    kind = f"{type(samples).__module__}.{type(samples).__qualname__}"
    fix = (
        "Lists and tensors: numpy.asarray(x). Torch datasets: torch.utils.data."
        "DataLoader(x, batch_size=32). Generators, which end after one epoch: write a "
        "keras.utils.PyDataset."
    )
    raise TypeError(argument_error("samples", expected, Description(kind), fix))
