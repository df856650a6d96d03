"""Compress windows of a signal with convolutions and with LSTMs, and compare with PCA.

Run it with `python sequences.py --out FOLDER --epochs NUMBER`.
"""

# %% Settings
import argparse
from pathlib import Path

import keras
import numpy as np

import kerasae
from kerasae.metrics import pca_error, reconstruction_error
from kerasae.plotting import plot_reconstructions

STEPS, CODE_SIZE = 32, 4

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=40, help="passes over the data")
arguments = parser.parse_args()


# %% Signals
def make_signals(count, seed):
    """Return `count` windows of shape (steps, 1)."""
    random = np.random.default_rng(seed)
    ranges = (0.5, 2.5), (0, 2 * np.pi), (0, 2), (0, 0.5)
    frequency, phase, decay, harmonic = (
        random.uniform(low, high, (count, 1)) for low, high in ranges
    )
    time = np.linspace(0, 1, STEPS)
    angle = 2 * np.pi * frequency * time + phase
    signals = np.exp(-decay * time) * (np.sin(angle) + harmonic * np.sin(2 * angle))
    return signals[..., None].astype("float32")


x_train, x_test = make_signals(2000, seed=0), make_signals(500, seed=1)

# %% Models
settings = {
    "latent_dim": CODE_SIZE,
    "activation": "tanh",
    "output_activation": "linear",
    "seed": 0,
}
shape = x_train.shape[1:]
models = {
    "conv1d": kerasae.build_conv1d_ae(shape, filters=(32, 32), **settings),
    "LSTM": kerasae.build_lstm_ae(shape, hidden_units=(64,), **settings),
}

# %% Training
reconstructed = {}
for name, triple in models.items():
    keras.utils.set_random_seed(0)
    kerasae.compile(triple, keras.optimizers.Adam(0.005))
    kerasae.fit(triple, x_train, epochs=arguments.epochs, batch_size=32, verbose=0)
    reconstructed[name] = kerasae.predict(triple, x_test)
    error = reconstruction_error(x_test, reconstructed[name])
    print(f"{name:6}  mean squared error {error:.5f}", flush=True)

# %% Principal components
_, error = pca_error(x_train, x_test, CODE_SIZE)
print(f"PCA     mean squared error {error:.5f}")

# %% Reconstructions
picture = arguments.out / "sequences.png"
plot_reconstructions(x_test, reconstructed["LSTM"], columns=6, path=picture)
