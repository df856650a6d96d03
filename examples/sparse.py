"""Keep most of a code silent: with a penalty, with a target rate, with a limit.

Run it with `python sparse.py --out FOLDER --epochs NUMBER --data NAME`.
"""

# %% Settings
import argparse
import math
from pathlib import Path

import keras

import kerasae
from kerasae.metrics import reconstruction_error
from kerasae.plotting import (
    plot_code_activations,
    plot_codes,
    plot_filters,
    plot_reconstructions,
)

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out"), help="folder to write to")
parser.add_argument("--epochs", type=int, default=50, help="passes over the data")
parser.add_argument("--data", default="mnist", help="or fashion_mnist, digits")
arguments = parser.parse_args()

data = kerasae.data.load_dataset(arguments.data)
x_train, x_test = data.x_train, data.x_test
shape = x_train.shape[1:]


# %% Training and judging
def train(name, triple, epochs):
    """Train a model, evaluate it, and return its codes and reconstructions."""
    keras.utils.set_random_seed(0)
    kerasae.fit(triple, x_train, epochs=epochs, batch_size=256, verbose=0)
    codes = kerasae.predict(triple.encoder, x_test)
    rebuilt = kerasae.predict(triple.decoder, codes)
    print(
        f"{name:19}  mean activation {codes.mean():5.2f}"
        f"  active units {(codes > 0.01).sum(axis=1).mean():5.1f} of {codes.shape[1]}"
        f"  error {reconstruction_error(x_test, rebuilt):.5f}",
        flush=True,
    )
    return codes, rebuilt


# %% Without a penalty
plain = kerasae.build_undercomplete_ae(shape, latent_dim=32, seed=0)
plain_codes, _ = train("no penalty", plain, arguments.epochs)

# %% With a penalty
sparse = kerasae.build_sparse_ae(
    shape, latent_dim=32, activity_regularizer=("l1", 1e-4), seed=0
)
sparse_codes, sparse_images = train("L1 penalty", sparse, arguments.epochs)

# %% How loud the codes are
plot_code_activations(
    {"no penalty": plain_codes, "L1 penalty": sparse_codes},
    path=arguments.out / "sparse_activations.png",
)

# %% What is lost
plot_reconstructions(
    x_test, sparse_images, path=arguments.out / "sparse_reconstructions.png"
)

# %% Ten codes
plot_codes(sparse_codes, originals=x_test, path=arguments.out / "sparse_codes.png")

# %% A higher price
price = 1e-3
dear = kerasae.build_sparse_ae(
    shape, latent_dim=32, activity_regularizer=("l1", price), seed=0
)
_ = train(f"L1 penalty, {price:g}", dear, arguments.epochs)

# %% A target rate
rate = kerasae.build_sparse_ae(
    shape,
    latent_dim=32,
    activation="sigmoid",
    activity_regularizer=("kl_sparsity", 0.1),
    seed=0,
)
_ = train("rate 0.1", rate, arguments.epochs)

# %% A limit
limited = kerasae.build_sparse_ae(shape, latent_dim=32, k=8, seed=0)
_ = train("at most 8 of 32", limited, arguments.epochs)

# %% Codes larger than the image
epochs = math.ceil(arguments.epochs / 10)
wide = kerasae.build_undercomplete_ae(shape, latent_dim=1024, seed=0)
_ = train("no limit, 1024", wide, epochs)
wide_sparse = kerasae.build_sparse_ae(shape, latent_dim=1024, k=32, seed=0)
wide_codes, _ = train("at most 32 of 1024", wide_sparse, epochs)
print(f"units that are ever active: {(wide_codes > 0).any(axis=0).sum()}")

# %% What single units add
busiest = wide_codes.mean(axis=0).argsort()[::-1][:100]
kernel = wide_sparse.decoder.get_layer("reconstruction").kernel
plot_filters(
    keras.ops.convert_to_numpy(kernel)[busiest].T,
    image_shape=shape[:2],
    path=arguments.out / "sparse_filters.png",
)
