"""Images as binary draws, new ones in every epoch."""

import math
from typing import Any

import keras
import numpy as np

from kerasae import _checks
from kerasae._checks import argument_error
from kerasae.data.scaling import value_range


class Binarized(keras.utils.PyDataset):
    """Feeds an autoencoder binary images, drawn anew in every epoch.

    The grey of a pixel is the chance that it is white (dynamic binarization). Inputs
    and targets are the same draw. Likelihoods of binarized images do not compare
    with those of grey ones, and those with fixed draws are about 2 nats higher on
    MNIST: say which, beside every number.

    A batch is a pair (images, images) of float32 zeros and ones, of shape
    (batch_size, ...); the last one of an epoch may be smaller.

    Args:
        x: Images in [0, 1], shape (n, ...).
        batch_size: Images a step.
        seed: Whole number; the same draws and the same order every time.
        **kwargs: `workers` and so on, as in `keras.utils.PyDataset`.

    Raises:
        TypeError, ValueError: If `x` is no array of values in [0, 1], or another
            argument is unfit.

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
        self, x: Any, batch_size: int = 128, *, seed: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.x = np.asarray(x, dtype="float32")
        low, high = value_range("x", self.x, axes=1)
        if low < 0 or high > 1:
            fix = "Scale them with kerasae.data.scale."
            received = f"values from {low:g} to {high:g}"
            raise ValueError(
                argument_error(
                    "x", "values in [0, 1]", _checks.Description(received), fix
                )
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
        """Return a batch; the same one whenever it is asked for in an epoch."""
        here = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        drawn = binarize(self.x[here], seed=(self.seed, self.epoch, index))
        return drawn, drawn

    def on_epoch_end(self) -> None:
        """Take another order and other draws from now on."""
        self.epoch += 1
        self._shuffle()


def binarize(x: np.ndarray, *, seed: Any = 0) -> np.ndarray:
    """Return one binary draw of images whose grey is the chance of white.

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
