"""Dense layers with dropout, which can be trained pair by pair.

Use it for deep stacks, and bodies of classifiers.
"""

from collections.abc import Sequence

from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer
from kerasae.builders import _blocks


def build_stacked_ae(
    input_shape: int | Sequence[int] = 784,
    *,
    hidden_units: int | Sequence[int] = (200,),
    latent_dim: int = 100,
    activation: Activation = "relu",
    code_activation: Activation = "relu",
    output_activation: Activation = "relu",
    kernel_initializer: Initializer = "glorot_uniform",
    dropout: float = 0.5,
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "stacked_ae",
) -> Autoencoder:
    """Build a stack of dense layers with dropout between them.

    Layer i of the encoder and layer i of the decoder form a small autoencoder of
    their own: `encoder_1` with `reconstruction`, `encoder_2` with `decoder_1`,
    and so on to `code`. Choose it for deep stacks that are trained pair by pair and
    then as a whole, or as the body of a classifier; choose `build_deep_ae` to train
    from scratch all at once.

    Args:
        input_shape: As in `build_deep_ae`.
        hidden_units: As in `build_deep_ae`.
        latent_dim: As in `build_deep_ae`.
        activation: As in `build_deep_ae`.
        code_activation: As in `build_deep_ae`.
        output_activation: `"relu"` for nonnegative data, `"sigmoid"` for data in
            [0, 1], `"linear"` for others.
        kernel_initializer: As in `build_deep_ae`.
        dropout: As in `build_deep_ae`.
        corruption: As in `build_deep_ae`.
        seed: As in `build_deep_ae`.
        name: As in `build_deep_ae`.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, *input_shape)` to the
        same, to `(batch, latent_dim)`, and back.

    Raises:
        ValueError: If a size is not positive, a fraction is outside [0, 1), or a
            name is unknown.

    Reference:
        Vincent et al. 2010, "Stacked Denoising Autoencoders", Journal of Machine
        Learning Research 11; sizes of the zChainer library's example.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_stacked_ae(784, hidden_units=(500, 200))
        >>> [layer.name for layer in triple.encoder.layers if layer.weights]
        ['encoder_1', 'encoder_2', 'code']
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
        dropout=dropout,
        corruption=corruption,
        seed=seed,
        name=name,
    )
