"""Cost of pretraining k pairs of layers: beside k small autoencoders trained alone.

    KERAS_BACKEND=jax python -m benchmarks.pretraining

Random data of 256 features, layers of 256 units, batches of 128. The two ways take
turns, so that a busy machine slows both alike; compiling counts for both.
"""

import argparse
import statistics
import time

import keras
import numpy as np

import kerasae
from kerasae.training import pretrain

UNITS = 256


def stacked(x: np.ndarray, depth: int, epochs: int) -> None:
    """Pretrain a stack."""
    triple = kerasae.build_stacked_ae(
        UNITS, hidden_units=(UNITS,) * (depth - 1), latent_dim=UNITS, dropout=0.0
    )
    pretrain(triple, x, epochs=epochs, verbose=0)


def alone(x: np.ndarray, depth: int, epochs: int) -> None:
    """Train as many autoencoders of one layer each way."""
    for _ in range(depth):
        triple = kerasae.build_undercomplete_ae(
            UNITS, latent_dim=UNITS, output_activation="relu"
        )
        kerasae.compile(triple)
        triple.autoencoder.fit(x, x, epochs=epochs, batch_size=128, verbose=0)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--depths", type=int, nargs="+", default=[2, 4, 8])
    parser.add_argument("--epochs", type=int, default=5, help="a pair")
    parser.add_argument("--samples", type=int, default=30_000)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    x = np.random.default_rng(0).random((arguments.samples, UNITS), dtype="float32")
    print(f"backend {keras.backend.backend()}, Keras {keras.__version__}")
    print("pairs  stacked   alone  ratio  seconds, medians; median of the ratios")
    stacked(x[:256], 1, 1)
    alone(x[:256], 1, 1)
    for depth in arguments.depths:
        taken: dict[str, list[float]] = {"stacked": [], "alone": []}
        for _ in range(arguments.repeats):
            for way in (stacked, alone):
                started = time.perf_counter()
                way(x, depth, arguments.epochs)
                taken[way.__name__].append(time.perf_counter() - started)
        ratios = [a / b for a, b in zip(*taken.values(), strict=True)]
        seconds = [statistics.median(times) for times in taken.values()]
        print(
            f"{depth:5} {seconds[0]:8.1f} {seconds[1]:7.1f} "
            f"{statistics.median(ratios):6.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
