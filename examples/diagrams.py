"""Draw the layers of an autoencoder, as pictures and as text for other programs.

Run it with `python diagrams.py --out FOLDER`.
"""

import argparse
import shutil
from pathlib import Path

import keras

import kerasae

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
arguments = parser.parse_args()

triple = kerasae.build_undercomplete_ae((8, 8, 1), latent_dim=8)
for suffix in ("svg", "png", "mmd", "dot"):
    path = arguments.out / f"diagrams.{suffix}"
    print(f"written: {kerasae.plot_architecture(triple, path)}")

if shutil.which("dot"):
    path = arguments.out / "diagrams_encoder.png"
    keras.utils.plot_model(triple.encoder, path, show_shapes=True, dpi=70)
    print(f"written: {path}")
else:
    print("Keras's own plot_model needs Graphviz, which is not installed.")
