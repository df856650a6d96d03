"""Classify with few labels: a network pretrained without labels, and one that is not.

Run it with `python stacked_denoising.py --out FOLDER --epochs NUMBER --labels NUMBER`.
"""

import argparse
import json
from pathlib import Path

import keras
import numpy as np

import kerasae
from kerasae.training import build_classifier, fine_tune, pretrain

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=40, help="of the classifier")
parser.add_argument("--pretrain-epochs", type=int, default=40, help="per layer pair")
parser.add_argument("--data", default="digits")
parser.add_argument("--labels", type=int, default=100, help="labeled images; 0 is all")
parser.add_argument("--units", type=int, default=200, help="in each of three layers")
parser.add_argument("--batch-size", type=int, default=32)
parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
arguments = parser.parse_args()

data = kerasae.data.load_dataset(arguments.data)
labels = arguments.labels or len(data.x_train)
x, y = data.x_train[:labels], data.y_train[:labels]


def test_error(seed, pretrain_epochs):
    """Return the percentage of test images that a classifier gets wrong."""
    keras.utils.set_random_seed(seed)
    triple = kerasae.build_stacked_ae(
        data.x_train.shape[1:],
        hidden_units=(arguments.units, arguments.units),
        latent_dim=arguments.units,
        output_activation="sigmoid",
        dropout=0.5,
        seed=seed,
    )
    if pretrain_epochs:
        pretrain(
            triple,
            data.x_train,
            epochs=pretrain_epochs,
            batch_size=arguments.batch_size,
            corruption=("masking", 0.25),
            seed=seed,
            verbose=0,
        )
    classifier = build_classifier(triple, 10, dropout=0.5, seed=seed)
    steps = arguments.epochs * -(-labels // arguments.batch_size)
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, steps)
    fine_tune(
        classifier,
        x,
        y,
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        optimizer=keras.optimizers.Adam(schedule),
        verbose=0,
    )
    found = classifier.predict(data.x_test, verbose=0).argmax(axis=1)
    return 100 * float(np.mean(found != data.y_test))


print(f"{labels} labelled images of {len(data.x_train)}, test errors in %:")
errors = {}
for name, pretrain_epochs in (
    ("random weights", 0),
    ("pretrained", arguments.pretrain_epochs),
):
    errors[name] = [test_error(seed, pretrain_epochs) for seed in arguments.seeds]
    each = ", ".join(f"{error:.2f}" for error in errors[name])
    print(f"{name:14}  mean {np.mean(errors[name]):5.2f}  ({each})", flush=True)
path = arguments.out / "stacked_denoising.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps({"labels": labels, "test_error": errors}, indent=2) + "\n")
print(f"written: {path}")
