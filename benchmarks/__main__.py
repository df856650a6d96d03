"""Seconds an epoch: Keras's default `compile` beside `kerasae.compile`.

    KERAS_BACKEND=jax python -m benchmarks

Trains on 60,000 random images of MNIST's shape (12,800 for the convolutional model).
The two ways take turns, epoch by epoch, so that a busy machine slows both alike; the
first epoch of each, which compiles, does not count.
"""

import argparse
import statistics
import time

import keras
import numpy as np

import kerasae

CASES = {
    "undercomplete": (kerasae.build_undercomplete_ae, 60_000, 256),
    "deep": (kerasae.build_deep_ae, 60_000, 256),
    "conv": (kerasae.build_conv_ae, 12_800, 128),
}


def plain(model: keras.Model) -> None:
    """Compile as a script without kerasae would."""
    model.compile("adam", "binary_crossentropy")


def seconds(model: keras.Model, x: np.ndarray, batch_size: int) -> float:
    """Train one epoch and return how long it took."""
    started = time.perf_counter()
    model.fit(x, x, batch_size=batch_size, verbose=0)
    return time.perf_counter() - started


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=5, help="timed, after the first")
    parser.add_argument("--samples", type=int, help="fewer samples, for a quick look")
    arguments = parser.parse_args()
    print(f"backend {keras.backend.backend()}, Keras {keras.__version__}")
    print(f"{'':14} {'plain':>8} {'kerasae':>8} {'ratio':>6}  seconds an epoch, median")
    for name, (build, samples, batch_size) in CASES.items():
        models = {"plain": build().autoencoder, "kerasae": build().autoencoder}
        plain(models["plain"])
        kerasae.compile(models["kerasae"])
        shape = (arguments.samples or samples, *models["plain"].input_shape[1:])
        x = np.random.default_rng(0).random(shape, dtype="float32")
        taken = {way: [] for way in models}
        for _ in range(1 + arguments.epochs):
            for way, model in models.items():
                taken[way].append(seconds(model, x, batch_size))
        medians = {way: statistics.median(times[1:]) for way, times in taken.items()}
        ratio = medians["plain"] / medians["kerasae"]
        print(
            f"{name:14} {medians['plain']:8.2f} {medians['kerasae']:8.2f} {ratio:6.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
