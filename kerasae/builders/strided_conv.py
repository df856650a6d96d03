"""Strided convolutions down, transposed ones up.

Use it for images as ten numbers, and clustering.
"""

from collections.abc import Sequence

import keras
from keras import layers

from kerasae import _checks
from kerasae._initial_weights import InitialWeights
from kerasae._layer_names import CODE
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer
from kerasae.builders import _blocks, _convolutions


def build_strided_conv_ae(
    input_shape: Sequence[int] = (28, 28, 1),
    *,
    filters: int | Sequence[int] = (32, 64, 128),
    kernel_size: int | Sequence[int] = (5, 5, 3),
    latent_dim: int = 10,
    code: str = "convolutional",
    activation: Activation = "relu",
    output_activation: Activation = "sigmoid",
    kernel_initializer: Initializer = "glorot_uniform",
    batch_normalization: bool = False,
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "strided_conv_ae",
) -> Autoencoder:
    """Build strided Conv2D down, strided Conv2DTranspose up.

    The network learns its own down- and upsampling and compresses an image into very
    few numbers: the usual backbone for clustering images. `build_conv_ae` is much
    smaller and keeps a spatial code.

    Args:
        input_shape: `(height, width, channels)` of one image, channels last as in
            `build_conv_ae`. Odd sizes are restored exactly.
        filters: Filters of the encoder's convolutions, outermost first; each
            halves height and width. The decoder mirrors them.
        kernel_size: As in `build_conv_ae`.
        latent_dim: Size of the dense code, or channels of the convolutional one.
        code: `"convolutional"`: an unpadded convolution of up to 3x3, which for
            28x28 images gives 1x1 positions of `latent_dim` channels. `"dense"`:
            a vector of `latent_dim` for images of any size. The code is linear.
        activation: Activation of the hidden layers.
        output_activation: `"sigmoid"` for data in [0, 1], `"linear"` for others.
            Sigmoids need the binary cross-entropy, which `kerasae.compile` chooses:
            with the mean squared error all outputs end at 0 on MNIST.
        kernel_initializer: As in `build_conv_ae`.
        batch_normalization: As in `build_conv_ae`.
        corruption: As in `build_conv_ae`.
        seed: As in `build_conv_ae`.
        name: As in `build_conv_ae`.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, height, width,
        channels)` to the same, to `(batch, code_height, code_width, latent_dim)`
        or `(batch, latent_dim)`, and back.

    Raises:
        ValueError: If a size is not positive, `filters` is empty, the input
            does not have three axes, or a name is unknown.

    Reference:
        Guo, Liu, Zhu and Yin 2017, "Deep Clustering with Convolutional
        Autoencoders", ICONIP.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_strided_conv_ae((28, 28, 1))
        >>> triple.encoder.output_shape, triple.autoencoder.count_params()
        ((None, 1, 1, 10), 274955)
    """
    shape = _checks.image_shape(input_shape, "build_deep_ae")
    filters = _checks.positive_integers("filters", filters, example="(32, 64, 128)")
    kernels = _convolutions.per_level("kernel_size", kernel_size, len(filters))
    latent_dim = _checks.positive_integer("latent_dim", latent_dim)
    code = _checks.one_of("code", code, ("convolutional", "dense"))
    _blocks.check_activations(
        activation=activation, output_activation=output_activation
    )
    weights = InitialWeights(kernel_initializer, seed)

    def bottleneck(x: keras.KerasTensor) -> keras.KerasTensor:
        if code == "dense":
            dense = _convolutions.dense_code(latent_dim, weights, "linear")
            return _convolutions.vector_bottleneck(x, dense, weights, activation)
        window = tuple(min(3, size) for size in x.shape[1:3])
        x = _convolutions.convolution(layers.Conv2D, weights, latent_dim, window)(
            padding="valid", name=CODE
        )(x)
        return _convolutions.convolution(
            layers.Conv2DTranspose, weights, filters[-1], window
        )(padding="valid", activation=activation, name="expand")(x)

    inputs, x = _blocks.input_block(shape, corruption, weights)
    x = _convolutions.strided_halves(
        x,
        filters=filters,
        kernels=kernels,
        bottleneck=bottleneck,
        weights=weights,
        activation=activation,
        output_activation=output_activation,
        batch_normalization=batch_normalization,
    )
    return _blocks.make_triple(inputs, x, name, weights)
