"""Several dense layers down, several up.

Use it for small codes of vectors and tables.
"""

from collections.abc import Sequence

from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer
from kerasae.builders import _blocks


def build_deep_ae(
    input_shape: int | Sequence[int] = 784,
    *,
    hidden_units: int | Sequence[int] = (128, 64),
    latent_dim: int = 32,
    activation: Activation = "relu",
    code_activation: Activation = "relu",
    output_activation: Activation = "sigmoid",
    kernel_initializer: Initializer = "glorot_uniform",
    batch_normalization: bool = False,
    dropout: float = 0.0,
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "deep_ae",
) -> Autoencoder:
    """Build a stack of dense layers around the code.

    With more layers it reconstructs better than `build_undercomplete_ae` from a code
    of the same size. Beyond four or five layers on each side, training from scratch
    gets hard.

    Args:
        input_shape: Shape of one sample; an int n means `(n,)`. Samples of more
            than one axis are flattened inside the model and restored at its end.
        hidden_units: Sizes of the encoder's hidden layers, outermost first; the
            decoder mirrors them.
        latent_dim: Size of the code, positive.
        activation: Activation of the hidden layers.
        code_activation: Activation of the code; `"linear"` for none.
        output_activation: `"sigmoid"` for data in [0, 1], `"linear"` for others.
        kernel_initializer: As in `keras.layers.Dense`.
        batch_normalization: Whether to normalize hidden layers before their
            activation.
        dropout: Fraction of the hidden units dropped in training, in [0, 1).
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
        `(autoencoder, encoder, decoder)`, shapes `(batch, *input_shape)` to the
        same, to `(batch, latent_dim)`, and back. Hidden layers are named
        `encoder_1`, `encoder_2`, ...; `decoder_i` mirrors `encoder_i`.

    Raises:
        ValueError: If a size is not positive, a fraction is outside [0, 1), or a
            name is unknown.

    Reference:
        The deep autoencoder of the Keras tutorials
        (https://blog.keras.io/building-autoencoders-in-keras.html).

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_deep_ae(784, hidden_units=(128, 64), latent_dim=32)
        >>> triple.autoencoder.count_params()
        222384
    """
    _blocks.check_activations(code_activation=code_activation)
    return _blocks.dense_autoencoder(
        input_shape,
        hidden_units=hidden_units,
        latent_dim=latent_dim,
        activation=activation,
        code_activation=code_activation,
        output_activation=output_activation,
        kernel_initializer=kernel_initializer,
        batch_normalization=batch_normalization,
        dropout=dropout,
        corruption=corruption,
        seed=seed,
        name=name,
    )
