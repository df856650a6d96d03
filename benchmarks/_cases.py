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
        samples: Training images, all of which make an epoch.
        batch_size: Images a step; the last batch may be smaller.
        penalty: Weight of the L1 penalty on the code, 0 for none.
        noise: Standard deviation of the noise on the inputs, 0 for none.
        epochs: Of each small autoencoder of a stack. Everything else is trained one
            epoch at a time.
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
        """Shape of one image: flat but for convolutions."""
        return (28, 28, 1) if self.kind == "conv" else (784,)

    @property
    def unpadded(self) -> bool:
        """Whether the decoder's last hidden convolution is unpadded.

        Three poolings round 28 up to a code of 4x4, which comes back as 8, 16,
        unpadded 14, 28.
        """
        return len(self.layers) == 3


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
    """Return uint8 images in the shape that a case wants, repeated up to `count`."""
    pixels = _mnist(part)
    if pixels is None:
        pixels = _synthetic(min(count, 60_000), part)
    pixels = pixels.reshape(-1, *case.shape)
    return np.resize(pixels, (count, *case.shape))


def floats(pixels: np.ndarray) -> np.ndarray:
    """Return images as floats in [0, 1]."""
    x = pixels.astype("float32")
    x /= 255  # in place: a million images are 3 GB
    return x


def source() -> str:
    """Return where the images come from."""
    return "synthetic" if _mnist_file() is None else "MNIST"


def reconstruction_loss(pictures: np.ndarray, x: np.ndarray) -> float:
    """Return the binary cross-entropy a pixel: one yardstick for all ways."""
    pictures = np.clip(pictures.reshape(x.shape), 1e-7, 1 - 1e-7)
    return float(-np.mean(x * np.log(pictures) + (1 - x) * np.log(1 - pictures)))


def _mnist_file() -> Path | None:
    path = Path(os.environ.get("KERASAE_DATA", "")) / "mnist.npz"
    return path if path.is_file() else None


def _mnist(part: str) -> np.ndarray | None:
    path = _mnist_file()
    if path is None:
        return None
    with np.load(path) as arrays:
        return arrays[f"x_{part}"]


def _synthetic(count: int, part: str) -> np.ndarray:
    """Return mixtures of a few patterns, so that there is something to learn."""
    patterns = np.random.default_rng(0).random((8, 784), dtype="float32") ** 4
    random = np.random.default_rng(1 if part == "train" else 2)
    mixtures = random.dirichlet(np.full(8, 0.2), count).astype("float32")
    return (255 * mixtures @ patterns).astype("uint8")
