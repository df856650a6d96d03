"""A penalty on the code, L1 or KL, or only its k largest activations.

Use it for codes larger than the input, whose units mean something.
"""

from collections.abc import Sequence

from kerasae import _checks
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer, Regularizer
from kerasae.builders import _blocks
from kerasae.regularizers import KLSparsity


def build_sparse_ae(
    input_shape: int | Sequence[int] = 784,
    *,
    latent_dim: int = 32,
    activity_regularizer: Regularizer = None,
    k: int | None = None,
    activation: Activation = "relu",
    output_activation: Activation = "sigmoid",
    kernel_initializer: Initializer = "glorot_uniform",
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "sparse_ae",
) -> Autoencoder:
    """Build one dense layer each way, with a code that is kept sparse.

    With a penalty on the activations, or a hard limit on how many are not zero, the
    code can be as large as the input, or larger, and still learn features. Choose it
    over `build_undercomplete_ae` when single units of the code should mean something.

    Args:
        input_shape: As in `build_deep_ae`.
        latent_dim: Size of the code, positive; may exceed the input's size.
        activity_regularizer: Penalty on the code: a name (`"l1"`, `"l2"`,
            `"kl_sparsity"`), a pair such as `("l1", 1e-4)`, or any Keras
            regularizer. The value beside `"kl_sparsity"` is the target rate; this
            penalty needs activations in (0, 1), that is `activation="sigmoid"`.
            None means `("l1", 1e-4)`, or no penalty if `k` is given.
        k: Keep only the k largest activations of each code; None keeps all.
        activation: Activation of the code.
        output_activation: As in `build_deep_ae`.
        kernel_initializer: As in `build_deep_ae`.
        corruption: As in `build_deep_ae`.
        seed: As in `build_deep_ae`.
        name: As in `build_deep_ae`.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, *input_shape)` to the
        same, to `(batch, latent_dim)`, and back.

    Raises:
        ValueError: If a size is not positive, a name is unknown, `k` exceeds
            `latent_dim`, or the KL penalty is combined with another activation than a
            sigmoid.

    Reference:
        The sparse autoencoder of the Keras tutorials
        (https://blog.keras.io/building-autoencoders-in-keras.html); for `k`,
        Makhzani and Frey 2013 (arXiv:1312.5663).

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_sparse_ae(784, latent_dim=1000, k=25)
        >>> triple.encoder.output_shape
        (None, 1000)
    """
    if activity_regularizer is None and k is None:
        activity_regularizer = ("l1", 1e-4)
    _blocks.check_activations(activation=activation)
    regularizer = _blocks.activity_regularizer(activity_regularizer)
    if (
        isinstance(regularizer, KLSparsity)
        and isinstance(activation, str)
        and "sigmoid" not in activation
    ):
        raise ValueError(
            _checks.argument_error(
                "activation",
                "a sigmoid where a KL penalty compares activations with a rate",
                activation,
                "Use activation='sigmoid', or activity_regularizer=('l1', 1e-4).",
            )
        )
    return _blocks.dense_autoencoder(
        input_shape,
        latent_dim=latent_dim,
        code_activation=activation,
        output_activation=output_activation,
        kernel_initializer=kernel_initializer,
        regularizer=regularizer,
        k=k,
        corruption=corruption,
        seed=seed,
        name=name,
    )
