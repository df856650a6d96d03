"""The simplest autoencoder: one dense layer down, one up."""

from collections.abc import Sequence
from typing import Any

from kerasae._triple import Autoencoder
from kerasae.builders import _blocks


def build_undercomplete_ae(
    input_shape: int | Sequence[int] = 784,
    *,
    latent_dim: int = 32,
    activation: Any = "relu",
    output_activation: Any = "sigmoid",
    kernel_initializer: Any = "glorot_uniform",
    corruption: Any = None,
    seed: int | None = None,
    name: str = "undercomplete_ae",
) -> Autoencoder:
    """Build one dense layer down to a small code and one back up.

    The code is smaller than the input, so copying is impossible and the code has
    to hold what matters. With linear activations and a squared error this is
    principal component analysis. Start here; take `build_deep_ae` when the code
    must be smaller still, `build_conv_ae` for images.

    Args:
        input_shape: Shape of one sample; an int n means `(n,)`. Samples of more
            than one axis are flattened inside the model and restored at its end.
        latent_dim: Size of the code, positive.
        activation: Activation of the code; `"linear"` for none.
        output_activation: `"sigmoid"` for data in [0, 1], `"linear"` for others.
        kernel_initializer: As in `keras.layers.Dense`.
        corruption: Makes the model a denoising one. `"gaussian"`, `"masking"` or
            `"salt_and_pepper"`; a pair such as `("masking", 0.3)`; or any layer
            that keeps its input's shape.
        seed: Makes the weights and the corruption repeatable; the weights are the
            same on every backend for uniform and normal initializers. None leaves
            all that to `keras.utils.set_random_seed`.
        name: Name of the autoencoder.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, *input_shape)` to the
        same, to `(batch, latent_dim)`, and back.

    Raises:
        ValueError: If a size is not positive, or a name is unknown.

    Reference:
        The undercomplete autoencoder of the Keras tutorials
        (https://blog.keras.io/building-autoencoders-in-keras.html).

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_undercomplete_ae(784, latent_dim=32)
        >>> triple.encoder.output_shape, triple.autoencoder.count_params()
        ((None, 32), 50992)
    """
    return _blocks.dense_autoencoder(
        input_shape,
        latent_dim=latent_dim,
        code_activation=activation,
        output_activation=output_activation,
        kernel_initializer=kernel_initializer,
        corruption=corruption,
        seed=seed,
        name=name,
    )
