"""Initial weights: fresh for every layer, the same on every backend for a seed."""

import math
from collections.abc import Iterable

import keras
import numpy as np

from kerasae import _checks, _identifiers
from kerasae._types import Initializer

# Attributes of layers that hold kernels, and those that hold their initializers.
_INITIALIZERS = {
    "kernel": "kernel_initializer",
    "recurrent_kernel": "recurrent_initializer",
}


class InitialWeights:
    """Hands every layer an initializer and a seed of its own.

    Keras's initializers repeat themselves when an instance is used twice, so each
    layer gets a fresh one. With `seed=None` they are random, and repeatable through
    `keras.utils.set_random_seed`. With a seed, NumPy samples the kernels again when
    the model is complete: every backend then starts from the same weights, and the
    layers keep initializers that any Keras can read. That covers Keras's uniform,
    normal and orthogonal initializers; others are seeded on each backend.
    """

    def __init__(self, kernel_initializer: Initializer, seed: int | None) -> None:
        seed = _checks.seed(seed)
        self._initializer = _identifiers.initializer(
            "kernel_initializer", kernel_initializer
        )
        self._random = None if seed is None else np.random.default_rng(seed)
        self._kept: list[keras.Layer] = []

    def seed(self) -> int | None:
        """Return the next seed, None if none was given to start from."""
        return None if self._random is None else int(self._random.integers(2**31))

    def keep(self, layer: keras.Layer) -> None:
        """Exempt a layer from `reinitialize`: its weights are the user's."""
        self._kept.append(layer)

    def initializer(self) -> Initializer:
        """Return a fresh copy of the kernel initializer."""
        if not isinstance(self._initializer, keras.initializers.Initializer):
            return self._initializer
        config = self._initializer.get_config()
        if "seed" in config and self._random is not None:
            config["seed"] = self.seed()
        return type(self._initializer).from_config(config)

    def reinitialize(self, layers: Iterable[keras.Layer]) -> None:
        """Give kernels the values that belong to the seed on every backend."""
        if self._random is None:
            return
        for layer in layers:
            if layer in self._kept:
                continue
            # Recurrent layers keep their kernels in a cell.
            owner = getattr(layer, "cell", layer)
            for attribute, initializer in _INITIALIZERS.items():
                if hasattr(owner, attribute) and hasattr(owner, initializer):
                    kernel = getattr(owner, attribute)
                    values = initial_values(
                        getattr(owner, initializer), kernel.shape, self._random
                    )
                    if values is not None:
                        kernel.assign(values)


def initial_values(
    initializer: Initializer, shape: tuple[int, ...], random: np.random.Generator
) -> np.ndarray | None:
    """Sample a kernel as its initializer would; None if that is unknown."""
    initializers = keras.initializers
    if isinstance(initializer, initializers.VarianceScaling):
        positions = math.prod(shape[:-2])
        fans: dict[str, float]
        fans = {"fan_in": positions * shape[-2], "fan_out": positions * shape[-1]}
        fans["fan_avg"] = (fans["fan_in"] + fans["fan_out"]) / 2
        stddev = math.sqrt(initializer.scale / max(1.0, fans[initializer.mode]))
        if initializer.distribution == "uniform":
            limit = math.sqrt(3.0) * stddev
            return random.uniform(-limit, limit, shape)
        if initializer.distribution == "untruncated_normal":
            return random.normal(0.0, stddev, shape)
        # Truncating a normal distribution at two deviations narrows it.
        return _truncated_normal(random, 0.0, stddev / 0.87962566103423978, shape)
    if isinstance(initializer, initializers.RandomUniform):
        return random.uniform(initializer.minval, initializer.maxval, shape)
    if isinstance(initializer, initializers.TruncatedNormal):
        return _truncated_normal(random, initializer.mean, initializer.stddev, shape)
    if isinstance(initializer, initializers.RandomNormal):
        return random.normal(initializer.mean, initializer.stddev, shape)
    if isinstance(initializer, initializers.Orthogonal):
        return initializer.gain * _orthogonal(random, shape)
    return None


def _orthogonal(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Sample a matrix of orthonormal columns, or of rows where these are fewer."""
    rows, columns = math.prod(shape[:-1]), shape[-1]
    values = random.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(values)
    q *= np.sign(np.diag(r))  # makes all such matrices equally likely
    return (q if rows >= columns else q.T).reshape(shape)


def _truncated_normal(
    random: np.random.Generator, mean: float, stddev: float, shape: tuple[int, ...]
) -> np.ndarray:
    """Sample a normal distribution truncated at two deviations."""
    values = random.standard_normal(shape)
    while (beyond := np.abs(values) > 2).any():
        values[beyond] = random.standard_normal(beyond.sum())
    return mean + stddev * values
