"""Keep most of a code silent: no penalty, an L1 penalty, and at most k active units.

Run it with `python sparse_code.py --out FOLDER --epochs NUMBER`.
"""

import argparse
from pathlib import Path

import keras

import kerasae

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"))
parser.add_argument("--epochs", type=int, default=50)
arguments = parser.parse_args()

digits = kerasae.data.load_dataset("digits")
x_train, x_test = digits.x_train, digits.x_test
shape = x_train.shape[1:]

keras.utils.set_random_seed(0)
models = {
    "no penalty": kerasae.build_undercomplete_ae(shape, latent_dim=32),
    "L1 penalty": kerasae.build_sparse_ae(
        shape, latent_dim=32, activity_regularizer=("l1", 1e-3)
    ),
    "k = 8 of 32": kerasae.build_sparse_ae(shape, latent_dim=32, k=8),
}
histories = {}
for name, triple in models.items():
    kerasae.compile(
        triple, keras.optimizers.Adam(0.003), metrics=["mean_squared_error"]
    )
    histories[name] = triple.autoencoder.fit(
        x_train, x_train, epochs=arguments.epochs, batch_size=32, verbose=0
    )
    codes = triple.encoder.predict(x_test, verbose=0)
    error = kerasae.metrics.reconstruction_error(
        x_test, triple.autoencoder.predict(x_test, verbose=0)
    )
    print(
        f"{name:11}  mean activation {codes.mean():.2f}  "
        f"active units {(codes > 0).sum(axis=1).mean():4.1f} of 32  error {error:.4f}"
    )

picture = arguments.out / "sparse_code.png"
kerasae.plotting.plot_history(
    histories, metric="mean_squared_error", log=True, path=picture
)
print(f"written: {picture}")
