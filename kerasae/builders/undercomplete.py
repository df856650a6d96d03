"""One dense layer down, one up.

Use it for a first look; with linear activations it is PCA.
"""

from collections.abc import Sequence

from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer
from kerasae.builders import _blocks


def build_undercomplete_ae(
    input_shape: int | Sequence[int] = 784,
    *,
    latent_dim: int = 32,
    activation: Activation = "relu",
    output_activation: Activation = "sigmoid",
    kernel_initializer: Initializer = "glorot_uniform",
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "undercomplete_ae",
) -> Autoencoder:
    """Build one dense layer down to a small code and one back up.

    The code is smaller than the input, so the network cannot copy, and the code has
    to hold what matters. With linear activations and a squared error this is
    principal component analysis. Start here; choose `build_deep_ae` when the code
    must be smaller still, `build_conv_ae` for images.

    Args:
        input_shape: As in `build_deep_ae`.
        latent_dim: As in `build_deep_ae`.
        activation: Activation of the code; `"linear"` for none.
        output_activation: As in `build_deep_ae`.
        kernel_initializer: As in `build_deep_ae`.
        corruption: As in `build_deep_ae`.
        seed: As in `build_deep_ae`.
        name: As in `build_deep_ae`.

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
    _blocks.check_activations(activation=activation)
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
