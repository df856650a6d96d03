"""What is compared: models, batches and images. Imports no backend."""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

# Everyone predicts in batches of this size.
PREDICTION_BATCH = 256


class Case(NamedTuple):
    """One model and how it is trained.

    Attributes:
        kind: "dense", "conv", "vae", or "stack" for greedy pretraining.
        layers: Units or filters of the encoder, the code last; the decoder mirrors
            them.
        samples: Training images, all of which make up an epoch.
        batch_size: Images per step; the last batch may be smaller.
        penalty: Weight of the L1 penalty on the code, 0 for none.
        noise: Standard deviation of the noise added to the inputs, 0 for none.
        epochs: Epochs for each pair of layers in a stack. Everything else is trained
            one epoch at a time.
    """

    kind: str
    layers: tuple[int, ...]
    samples: int = 60_000
    batch_size: int = 256
    penalty: float = 0.0
    noise: float = 0.0
    epochs: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one image: flat except for convolutions."""
        return (28, 28, 1) if self.kind == "conv" else (784,)

    @property
    def decoder(self) -> list[tuple[int, str]]:
        """Filters and padding of the decoder's hidden convolutions.

        Three poolings round 28 up to a code of 4x4, which comes back as 8, 16,
        unpadded 14, 28.
        """
        *inner, outer = reversed(self.layers)
        padding = "valid" if len(self.layers) == 3 else "same"
        return [*((filters, "same") for filters in inner), (outer, padding)]


CASES = {
    "undercomplete": Case("dense", (32,)),
    "deep": Case("dense", (128, 64, 32)),
    "sparse": Case("dense", (32,), penalty=1e-4),
    "conv": Case("conv", (16, 8, 8), 6_400, 128),
    "denoising": Case("conv", (32, 32), 6_400, 128, noise=0.5),
    "without noise": Case("conv", (32, 32), 6_400, 128),
    "vae": Case("vae", (500, 20)),
    "pretraining": Case("stack", (256, 128, 64), epochs=3),
}


def images(case: Case, count: int, part: str = "train") -> np.ndarray:
    """Return `count` uint8 images in the case's shape, repeated if there are fewer."""
    path = _mnist_file()
    if path is None:
        pixels = _synthetic(min(count, 60_000), part)
    else:
        with np.load(path) as arrays:
            pixels = arrays[f"x_{part}"]
    return np.resize(pixels.reshape(-1, *case.shape), (count, *case.shape))


def floats(pixels: np.ndarray) -> np.ndarray:
    """Return images as floats in [0, 1]."""
    x = pixels.astype("float32")
    x /= 255  # in place: a million images are 3 GB
    return x


def image_source() -> str:
    """Return where the images come from."""
    return "synthetic" if _mnist_file() is None else "MNIST"


def reconstruction_loss(reconstructions: np.ndarray, x: np.ndarray) -> float:
    """Return the binary cross-entropy per pixel: one yardstick for all contenders."""
    p = np.clip(reconstructions.reshape(x.shape), 1e-7, 1 - 1e-7)
    return float(-np.mean(x * np.log(p) + (1 - x) * np.log(1 - p)))


def _mnist_file() -> Path | None:
    path = Path(os.environ.get("KERASAE_DATA", "")) / "mnist.npz"
    return path if path.is_file() else None


def _synthetic(count: int, part: str) -> np.ndarray:
    """Return mixtures of a few patterns, so that there is something to learn."""
    patterns = np.random.default_rng(0).random((8, 784), dtype="float32") ** 4
    random = np.random.default_rng(1 if part == "train" else 2)
    mixtures = random.dirichlet(np.full(8, 0.2), count).astype("float32")
    return (255 * mixtures @ patterns).astype("uint8")
