"""Images binarized at random, anew in every epoch."""

import math
from typing import Any

import keras
import numpy as np

from kerasae import _checks
from kerasae._arrays import as_samples, extent
from kerasae._checks import Description, argument_error
from kerasae._types import ArrayLike


class Binarized(keras.utils.PyDataset):
    """Feeds an autoencoder binary images, sampled anew in every epoch.

    The gray level of a pixel is the probability that it is white (dynamic
    binarization). Inputs and targets are the same binary images. Likelihoods of
    binarized images cannot be compared with those of gray ones, and those of images
    binarized once and for all are about 2 nats higher on MNIST: state which one was
    used, beside every number.

    A batch is a pair (images, images) of float32 zeros and ones, of shape
    (batch_size, ...); the last one of an epoch may be smaller.

    Args:
        x: Images in [0, 1], shape (n, ...).
        batch_size: Images per step.
        seed: Whole number that makes images and order repeatable.
        **kwargs: `workers` and others, as in `keras.utils.PyDataset`.

    Raises:
        TypeError, ValueError: If `x` is not an array of values in [0, 1], or another
            argument is invalid.

    Reference:
        Burda, Grosse and Salakhutdinov 2016, "Importance Weighted Autoencoders",
        ICLR.

    Example:
        >>> import numpy as np
        >>> from kerasae.data import Binarized, load_dataset
        >>> batches = Binarized(load_dataset("digits").x_train, batch_size=100)
        >>> images, targets = batches[0]
        >>> len(batches), images.shape, np.unique(images).tolist()
        (13, (100, 8, 8, 1), [0.0, 1.0])
    """

    def __init__(
        self, x: ArrayLike, batch_size: int = 128, *, seed: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.x = as_samples("x", x, axes=1).astype("float32", copy=False)
        low, high = extent("x", self.x)
        if low < 0 or high > 1:
            fix = "Scale them with kerasae.data.scale."
            received = f"values from {low:g} to {high:g}"
            raise ValueError(
                argument_error("x", "values in [0, 1]", Description(received), fix)
            )
        self.batch_size = _checks.positive_integer("batch_size", batch_size)
        self.seed = _checks.required_seed(seed)
        self.epoch = 0
        self._shuffle()

    def _shuffle(self) -> None:
        random = np.random.default_rng((self.seed, self.epoch))
        self._order = random.permutation(len(self.x))

    def __len__(self) -> int:
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return a batch, the same one however often an epoch asks for it."""
        rows = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        images = binarize(self.x[rows], seed=(self.seed, self.epoch, index))
        return images, images

    def on_epoch_end(self) -> None:
        """Move on to another order and other binary images."""
        self.epoch += 1
        self._shuffle()


def binarize(x: np.ndarray, *, seed: Any = 0) -> np.ndarray:
    """Return binary images, sampled from gray levels as probabilities of white.

    Args:
        x: Images in [0, 1], of any shape.
        seed: As in `numpy.random.default_rng`.

    Returns:
        A new float32 array of zeros and ones, of the shape of `x`.

    Example:
        >>> import numpy as np
        >>> binarize(np.full(10_000, 0.25)).mean().round(1)
        np.float32(0.3)
    """
    random = np.random.default_rng(seed)
    return (random.random(x.shape, dtype=np.float32) < x).astype(np.float32)
