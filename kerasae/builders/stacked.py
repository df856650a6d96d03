"""A stack of dense layers made to be trained one after the other."""

from collections.abc import Sequence
from typing import Any

from kerasae._triple import Autoencoder
from kerasae.builders import _blocks


def build_stacked_ae(
    input_shape: int | Sequence[int] = 784,
    *,
    hidden_units: int | Sequence[int] = (200,),
    latent_dim: int = 100,
    activation: Any = "relu",
    code_activation: Any = "relu",
    output_activation: Any = "relu",
    kernel_initializer: Any = "glorot_uniform",
    dropout: float = 0.5,
    corruption: Any = None,
    seed: int | None = None,
    name: str = "stacked_ae",
) -> Autoencoder:
    """Build a stack of dense layers with dropout between them.

    Layer i of the encoder and layer i of the decoder form a small autoencoder of
    their own: `encoder_1` with `reconstruction`, `encoder_2` with `decoder_1`,
    and so on to `code`. Take it for deep stacks that are trained pair by pair and
    then as a whole, or as the body of a classifier; `build_deep_ae` is the choice
    for training from scratch in one go.

    Args:
        input_shape: Shape of one sample; an int n means `(n,)`. Samples of more
            than one axis are flattened inside the model and restored at its end.
        hidden_units: Sizes of the encoder's hidden layers, outermost first; the
            decoder mirrors them.
        latent_dim: Size of the code, positive.
        activation: Activation of the hidden layers.
        code_activation: Activation of the code; `"linear"` for none.
        output_activation: `"relu"` for data that are not negative, `"sigmoid"`
            for data in [0, 1], `"linear"` for others.
        kernel_initializer: As in `keras.layers.Dense`.
        dropout: Fraction of the hidden units dropped in training, in [0, 1).
        corruption: Makes the model a denoising one: `"gaussian"`, `"masking"`,
            `"salt_and_pepper"`, a pair such as `("masking", 0.3)`, or a layer.
        seed: Makes the weights and the corruption repeatable; the weights are the
            same on every backend for uniform and normal initializers. None leaves
            all that to `keras.utils.set_random_seed`.
        name: Name of the autoencoder.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, *input_shape)` to the
        same, to `(batch, latent_dim)`, and back.

    Raises:
        ValueError: If a size is not positive, a fraction outside [0, 1), or a
            name unknown.

    Reference:
        Vincent et al. 2010, "Stacked Denoising Autoencoders", Journal of Machine
        Learning Research 11; sizes of the zChainer library's example.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_stacked_ae(784, hidden_units=(500, 200))
        >>> [layer.name for layer in triple.encoder.layers if layer.weights]
        ['encoder_1', 'encoder_2', 'code']
    """
    return _blocks.dense_autoencoder(
        input_shape,
        hidden_units=hidden_units,
        latent_dim=latent_dim,
        activation=activation,
        code_activation=code_activation,
        output_activation=output_activation,
        kernel_initializer=kernel_initializer,
        dropout=dropout,
        corruption=corruption,
        seed=seed,
        name=name,
    )
