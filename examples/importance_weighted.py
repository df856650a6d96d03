"""How likely are images? Bounds with 1, 5 and 50 samples of the code, side by side.

Run it with `python importance_weighted.py --out FOLDER --epochs NUMBER --data mnist`.
"""

import argparse
import json
import time
from pathlib import Path

import keras
import numpy as np

import kerasae
from kerasae.data import Binarized, binarize
from kerasae.generation import active_units, log_likelihood

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=100)
parser.add_argument("--data", default="digits")
parser.add_argument("--samples", type=int, nargs="+", default=[1, 5, 50])
parser.add_argument("--units", type=int, default=200, help="in each of two layers")
parser.add_argument("--latent-dim", type=int, default=50)
parser.add_argument("--batch-size", type=int, default=100)
parser.add_argument("--images", type=int, default=1000, help="test images scored")
parser.add_argument("--judge-samples", type=int, default=5000)
parser.add_argument("--seed", type=int, default=0)
arguments = parser.parse_args()

data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = (x.reshape(len(x), -1) for x in (data.x_train, data.x_test))
x_test = binarize(x_test)[: arguments.images]


def train(num_samples):
    """Return a variational autoencoder, and the seconds that its training took."""
    keras.utils.set_random_seed(arguments.seed)
    triple = kerasae.build_vae(
        x_train.shape[1],
        hidden_units=(arguments.units, arguments.units),
        latent_dim=arguments.latent_dim,
        num_samples=num_samples,
        seed=arguments.seed,
    )
    batches = Binarized(x_train, arguments.batch_size, seed=arguments.seed)
    steps = arguments.epochs * len(batches)
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, steps)
    kerasae.compile(triple, keras.optimizers.Adam(schedule))
    started = time.perf_counter()
    triple.autoencoder.fit(batches, epochs=arguments.epochs, verbose=0)
    return triple, time.perf_counter() - started


print(f"{len(x_train)} images, drawn anew in each of {arguments.epochs} epochs")
results = {}
for num_samples in arguments.samples:
    triple, seconds = train(num_samples)
    kerasae.save(triple, arguments.out / f"importance_weighted_{num_samples}.keras")
    nats = log_likelihood(triple, x_test, arguments.judge_samples, verbose=0)
    units = int(np.sum(active_units(triple, x_test)))
    results[num_samples] = {
        "negative_log_likelihood": -float(np.mean(nats)),
        "active_units": units,
        "seconds": round(seconds, 1),
    }
    print(
        f"{num_samples:3} samples  -log p(x) {-np.mean(nats):.2f} nats  "
        f"{units} of {arguments.latent_dim} units active  {seconds:.0f} s",
        flush=True,
    )
path = arguments.out / "importance_weighted.json"
path.write_text(json.dumps({"epochs": arguments.epochs, **results}, indent=2) + "\n")
print(f"written: {path}")
