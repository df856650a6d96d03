"""Convolutions and pooling down, convolutions and upsampling up.

Use it for images.
"""

from collections.abc import Sequence

from kerasae import _checks
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer, Regularizer
from kerasae.builders import _convolutions


def build_conv_ae(
    input_shape: Sequence[int] = (28, 28, 1),
    *,
    filters: int | Sequence[int] = (16, 8, 8),
    kernel_size: int | Sequence[int] = 3,
    latent_dim: int | None = None,
    activation: Activation = "relu",
    output_activation: Activation = "sigmoid",
    kernel_initializer: Initializer = "glorot_uniform",
    activity_regularizer: Regularizer = None,
    batch_normalization: bool = False,
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "conv_ae",
) -> Autoencoder:
    """Build Conv2D and MaxPooling2D down, Conv2D and UpSampling2D up.

    The variant for images: few weights, sharp results. `build_strided_conv_ae`
    learns its own down- and upsampling instead, with about sixty times the weights.

    Args:
        input_shape: `(height, width, channels)` of one image. Sizes that pooling
            does not divide are restored exactly. Channels come last, whatever
            Keras's `image_data_format` is.
        filters: Filters of the encoder's convolutions, outermost first; each is
            followed by a pooling that halves height and width, rounded up. The
            decoder mirrors them.
        kernel_size: Side of the square kernels, one for all or one for each level.
        latent_dim: Size of a dense code between the halves; None makes the last
            feature map the code.
        activation: Activation of the code and of all hidden layers.
        output_activation: `"sigmoid"` for data in [0, 1], `"linear"` for others.
        kernel_initializer: As in `keras.layers.Conv2D`.
        activity_regularizer: Penalty on the code, as in `build_sparse_ae`; None
            for none.
        batch_normalization: Whether to normalize hidden layers before their
            activation.
        corruption: Noise on the input, in training only, which makes the model a
            denoising one: `"gaussian"`, `"masking"` or `"salt_and_pepper"`; a pair
            such as `("masking", 0.3)`; or any layer that keeps its input's shape.
        seed: Makes the initial weights repeatable, and the sequence of random numbers
            of noise and dropout; the weights are then the same on every backend for
            uniform, normal and orthogonal initializers. The order of the samples in
            `fit` is not the model's: for a repeatable run call
            `keras.utils.set_random_seed` first, which suffices with None here, too.
        name: Name of the autoencoder.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, height, width,
        channels)` to the same, to `(batch, code_height, code_width, filters[-1])`
        or `(batch, latent_dim)`, and back.

    Raises:
        ValueError: If a size is not positive, `filters` is empty, the input
            does not have three axes or seems to have its channels first, or a
            name is unknown.

    Reference:
        The convolutional autoencoder of the Keras tutorials
        (https://blog.keras.io/building-autoencoders-in-keras.html).

    Example:
        >>> import kerasae
        >>> autoencoder, encoder, decoder = kerasae.build_conv_ae((28, 28, 1))
        >>> encoder.output_shape, autoencoder.count_params()
        ((None, 4, 4, 8), 4385)
    """
    return _convolutions.pooled_autoencoder(
        _checks.image_shape(input_shape, "build_deep_ae"),
        filters=filters,
        kernel_size=kernel_size,
        latent_dim=latent_dim,
        activation=activation,
        output_activation=output_activation,
        kernel_initializer=kernel_initializer,
        regularizer=activity_regularizer,
        batch_normalization=batch_normalization,
        corruption=corruption,
        seed=seed,
        name=name,
    )
