"""Train a stacked autoencoder, 64-200-100, and look at its codes: four lines.

Run it with `python stacked_in_four_lines.py --out FOLDER --epochs NUMBER`.
"""

import argparse
from pathlib import Path

from kerasae.data import load_dataset
from kerasae.estimators import StackedAutoencoder

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=20)
arguments = parser.parse_args()
log, model = arguments.out / "stacked.csv", arguments.out / "stacked.keras"

X = load_dataset("digits").x_train.reshape(-1, 64)
epochs = {"pretrain_epochs": arguments.epochs, "epochs": arguments.epochs}
ae = StackedAutoencoder((200,), 100, **epochs, log_path=log, export_path=model)
print(f"codes {ae.fit_transform(X).shape}, mean squared error {-ae.score(X):.5f}")

print(f"written: {log}, {model}")
