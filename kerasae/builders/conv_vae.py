"""A variational autoencoder of strided convolutions.

Use it for new images, and maps of all that the decoder can draw.
"""

from collections.abc import Sequence

import keras

from kerasae import _checks
from kerasae._initial_weights import InitialWeights
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer, Likelihood
from kerasae.builders import _blocks, _convolutions, _variational


def build_conv_vae(
    input_shape: Sequence[int] = (28, 28, 1),
    *,
    filters: int | Sequence[int] = (32, 64),
    kernel_size: int | Sequence[int] = 3,
    latent_dim: int = 2,
    activation: Activation = "relu",
    output_activation: Activation = "sigmoid",
    likelihood: Likelihood = None,
    beta: float = 1.0,
    free_bits: float = 0.0,
    num_samples: int = 1,
    kernel_initializer: Initializer = "glorot_uniform",
    batch_normalization: bool = False,
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "conv_vae",
) -> Autoencoder:
    """Build strided convolutions around a code of normal distributions.

    The variational autoencoder for images: it is to `build_vae`, whose options and
    loss it shares, what `build_strided_conv_ae` is to `build_deep_ae`. With the
    default code of two dimensions, all that it can draw fits in one picture
    (`kerasae.plotting.plot_code_plane`).

    Args:
        input_shape: `(height, width, channels)` of one image, channels last as in
            `build_conv_ae`. Odd sizes are restored exactly.
        filters: Filters of the encoder's convolutions, outermost first; each
            halves height and width. The decoder mirrors them.
        kernel_size: As in `build_conv_ae`.
        latent_dim: Size of the code, positive.
        activation: Activation of the hidden layers.
        output_activation: As in `build_conv_ae`.
        likelihood: As in `build_vae`.
        beta: As in `build_vae`.
        free_bits: As in `build_vae`.
        num_samples: As in `build_vae`.
        kernel_initializer: As in `build_conv_ae`.
        batch_normalization: As in `build_conv_ae`.
        corruption: As in `build_conv_ae`.
        seed: As in `build_conv_ae`.
        name: As in `build_conv_ae`.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, height, width,
        channels)` to the same, to `(batch, latent_dim)`, and back. The encoder
        gives the mean of the code; see `build_vae`.

    Raises:
        ValueError: As `build_vae` does, and if `filters` is empty or the input
            does not have three axes.

    Reference:
        Kingma and Welling 2014, "Auto-Encoding Variational Bayes", ICLR; filters of
        the Keras documentation's variational autoencoder
        (https://keras.io/examples/generative/vae/).

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_conv_vae((28, 28, 1))
        >>> triple.encoder.output_shape, triple.decoder.output_shape
        ((None, 2), (None, 28, 28, 1))
    """
    shape = _checks.image_shape(input_shape, "build_vae")
    filters = _checks.positive_integers("filters", filters, example="(32, 64)")
    kernels = _convolutions.per_level("kernel_size", kernel_size, len(filters))
    _blocks.check_activations(
        activation=activation, output_activation=output_activation
    )
    weights = InitialWeights(kernel_initializer, seed)
    likelihood_layer, last_activation = _variational.parse_likelihood(
        likelihood, output_activation
    )
    code = _variational.stochastic_code(
        latent_dim, weights, num_samples=num_samples, beta=beta, free_bits=free_bits
    )

    def bottleneck(x: keras.KerasTensor) -> keras.KerasTensor:
        return _convolutions.vector_bottleneck(x, code, weights, activation)

    inputs, x = _blocks.input_block(shape, corruption, weights)
    x = _convolutions.strided_halves(
        x,
        filters=filters,
        kernels=kernels,
        bottleneck=bottleneck,
        weights=weights,
        activation=activation,
        output_activation=last_activation,
        batch_normalization=batch_normalization,
        output_name=_variational.PARAMETERS,
    )
    return _variational.make_variational_triple(
        inputs, x, likelihood_layer, name, weights
    )
