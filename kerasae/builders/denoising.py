"""Convolutions behind a layer of noise.

Use it for cleaning images, or robust features.
"""

from collections.abc import Sequence

from kerasae import _checks
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer
from kerasae.builders import _convolutions


def build_denoising_ae(
    input_shape: Sequence[int] = (28, 28, 1),
    *,
    filters: int | Sequence[int] = (32, 32),
    kernel_size: int | Sequence[int] = 3,
    latent_dim: int | None = None,
    corruption: Corruption = ("gaussian", 0.5),
    activation: Activation = "relu",
    output_activation: Activation = "sigmoid",
    kernel_initializer: Initializer = "glorot_uniform",
    batch_normalization: bool = False,
    seed: int | None = None,
    name: str = "denoising_ae",
) -> Autoencoder:
    """Build a convolutional autoencoder with noise in front of it.

    The noise is a layer, active in training only: `fit(x, x)` sees fresh noise at
    every step, no noisy copy is kept in memory, and `predict` removes the noise from
    whatever it is given. Every other builder becomes a denoising one through its
    `corruption` argument; this one is wide enough for images.

    Args:
        input_shape: As in `build_conv_ae`.
        filters: Filters of the encoder's convolutions, outermost first; each is
            followed by a pooling that halves height and width, rounded up.
        kernel_size: As in `build_conv_ae`.
        latent_dim: As in `build_conv_ae`.
        corruption: `"gaussian"` (clipped to [0, 1]), `"masking"` or
            `"salt_and_pepper"`; a pair with the level, such as
            `("gaussian", 0.5)`; or any layer that keeps its input's shape.
        activation: As in `build_conv_ae`.
        output_activation: As in `build_conv_ae`.
        kernel_initializer: As in `build_conv_ae`.
        batch_normalization: As in `build_conv_ae`.
        seed: As in `build_conv_ae`.
        name: As in `build_conv_ae`.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, height, width,
        channels)` to the same, to `(batch, code_height, code_width, filters[-1])`
        or `(batch, latent_dim)`, and back.

    Raises:
        ValueError: If a size is not positive, `filters` is empty, the input
            does not have three axes, `corruption` is None, or a name is unknown.

    Reference:
        The denoising autoencoder of the Keras tutorials
        (https://blog.keras.io/building-autoencoders-in-keras.html); Vincent et
        al. 2010, Journal of Machine Learning Research 11.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_denoising_ae((28, 28, 1))
        >>> triple.encoder.output_shape, triple.autoencoder.count_params()
        ((None, 7, 7, 32), 28353)
    """
    if corruption is None:
        raise ValueError(
            _checks.argument_error(
                "corruption",
                "a name, a pair (name, level) or a layer",
                corruption,
                "For a model without noise use build_conv_ae.",
            )
        )
    return _convolutions.pooled_autoencoder(
        _checks.image_shape(input_shape, "build_deep_ae"),
        filters=filters,
        kernel_size=kernel_size,
        latent_dim=latent_dim,
        activation=activation,
        output_activation=output_activation,
        kernel_initializer=kernel_initializer,
        batch_normalization=batch_normalization,
        corruption=corruption,
        seed=seed,
        name=name,
    )
