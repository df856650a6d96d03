"""A decoder that reuses the encoder's kernels, transposed.

Use it for kernels that can be read as filters, and half the weights.
"""

import math
from collections.abc import Sequence

import keras

from kerasae import _checks
from kerasae._initial_weights import InitialWeights
from kerasae._layer_names import CODE, RECONSTRUCTION
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer
from kerasae.builders import _blocks
from kerasae.layers import Bias, TiedDense


def build_tied_ae(
    input_shape: int | Sequence[int] = 784,
    *,
    hidden_units: int | Sequence[int] = (),
    latent_dim: int = 100,
    activation: Activation = "sigmoid",
    output_activation: Activation = "sigmoid",
    kernel_initializer: Initializer | None = None,
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "tied_ae",
) -> Autoencoder:
    """Build dense layers whose kernels serve encoder and decoder alike.

    It has half the weights of `build_deep_ae` and kernels that can be read as
    filters; with linear activations, they span the subspace of principal component
    analysis. Each direction has its own biases.

    Args:
        input_shape: As in `build_deep_ae`.
        hidden_units: Sizes of hidden layers outside the code, outermost first.
        latent_dim: As in `build_deep_ae`.
        activation: Activation of the code and of all hidden layers.
        output_activation: As in `build_deep_ae`.
        kernel_initializer: As in `keras.layers.Dense`. None means uniform within
            plus or minus 4 sqrt(6 / (inputs + outputs)), which suits sigmoids.
        corruption: As in `build_deep_ae`.
        seed: As in `build_deep_ae`.
        name: As in `build_deep_ae`.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, *input_shape)` to the
        same, to `(batch, latent_dim)`, and back. The shared layers are named
        `tied_1`, `tied_2`, ..., outermost first.

    Raises:
        ValueError: If a size is not positive, or a name is unknown.

    Reference:
        Vincent et al. 2010, "Stacked Denoising Autoencoders", Journal of Machine
        Learning Research 11; settings of the Theano deep learning tutorials.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_tied_ae(784, latent_dim=100)
        >>> triple.autoencoder.count_params()
        79284
    """
    shape = _checks.input_shape(input_shape)
    hidden = _checks.positive_integers(
        "hidden_units", hidden_units, example="(128, 64)", empty=True
    )
    units = (*hidden, _checks.positive_integer("latent_dim", latent_dim))
    if kernel_initializer is None:
        # Four times Glorot's range is a factor of 16 in the variance.
        kernel_initializer = keras.initializers.VarianceScaling(
            16.0, "fan_avg", "uniform"
        )
    _blocks.check_activations(
        activation=activation, output_activation=output_activation
    )
    weights = InitialWeights(kernel_initializer, seed)
    inputs, x = _blocks.input_block(shape, corruption, weights)
    x = _blocks.flatten(x)
    tied = []
    for level, (inner, outer) in enumerate(
        zip(units, (math.prod(shape), *units), strict=False), start=1
    ):
        tied.append(
            TiedDense(
                inner,
                input_dim=outer,
                kernel_initializer=weights.initializer(),
                name=f"tied_{level}",
            )
        )
        layer_name = CODE if level == len(units) else f"encoder_{level}"
        x = Bias(activation, name=layer_name)(tied[-1](x))
    for level in reversed(range(len(units))):
        last = level == 0
        x = tied[level](x, transpose=True)
        x = Bias(
            output_activation if last else activation,
            name=RECONSTRUCTION if last else f"decoder_{level}",
        )(x)
    return _blocks.make_triple(inputs, _blocks.restore(x, shape), name, weights)
