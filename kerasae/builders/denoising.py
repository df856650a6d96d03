"""A convolutional autoencoder that removes noise."""

from collections.abc import Sequence
from typing import Any

from kerasae import _checks
from kerasae._triple import Autoencoder
from kerasae.builders import _convolutions


def build_denoising_ae(
    input_shape: Sequence[int] = (28, 28, 1),
    *,
    filters: int | Sequence[int] = (32, 32),
    kernel_size: int | Sequence[int] = 3,
    latent_dim: int | None = None,
    corruption: Any = ("gaussian", 0.5),
    activation: Any = "relu",
    output_activation: Any = "sigmoid",
    kernel_initializer: Any = "glorot_uniform",
    batch_normalization: bool = False,
    seed: int | None = None,
    name: str = "denoising_ae",
) -> Autoencoder:
    """Build a convolutional autoencoder with noise in front of it.

    The noise is a layer, active in training only: `fit(x, x)` sees fresh noise at
    every step, no noisy copy lies in memory, and `predict` removes the noise of
    whatever it is given. Any other builder becomes a denoising one through its
    `corruption` argument; this one has the width that images want.

    Args:
        input_shape: `(height, width, channels)` of one image. Sizes that pooling
            does not divide are restored exactly.
        filters: Filters of the encoder's convolutions, outermost first; each is
            followed by a pooling that halves height and width, rounded up.
        kernel_size: Side of the square kernels, one for all or one a level.
        latent_dim: Size of a dense code between the halves; None leaves the last
            feature map as the code.
        corruption: `"gaussian"` (clipped to [0, 1]), `"masking"` or
            `"salt_and_pepper"`; a pair with the level, such as
            `("gaussian", 0.5)`; or any layer that keeps its input's shape.
        activation: Activation of the code and of all hidden layers.
        output_activation: `"sigmoid"` for data in [0, 1], `"linear"` for others.
        kernel_initializer: As in `keras.layers.Conv2D`.
        batch_normalization: Whether hidden layers normalize before they activate.
        seed: Makes the weights and the noise repeatable; the weights are the
            same on every backend for uniform and normal initializers. None leaves
            all that to `keras.utils.set_random_seed`.
        name: Name of the autoencoder.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, height, width,
        channels)` to the same, to `(batch, code_height, code_width, filters[-1])`
        or `(batch, latent_dim)`, and back.

    Raises:
        ValueError: If a size is not positive, `filters` is empty, the input has
            no three axes, `corruption` is None, or a name is unknown.

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
