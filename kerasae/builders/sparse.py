"""An autoencoder whose code is mostly silent."""

from collections.abc import Sequence
from typing import Any

from kerasae import _checks
from kerasae._triple import Autoencoder
from kerasae.builders import _blocks
from kerasae.regularizers import KLSparsity


def build_sparse_ae(
    input_shape: int | Sequence[int] = 784,
    *,
    latent_dim: int = 32,
    activity_regularizer: Any = None,
    k: int | None = None,
    activation: Any = "relu",
    output_activation: Any = "sigmoid",
    kernel_initializer: Any = "glorot_uniform",
    corruption: Any = None,
    seed: int | None = None,
    name: str = "sparse_ae",
) -> Autoencoder:
    """Build one dense layer each way, with a code that is kept sparse.

    A penalty on the activations, or a hard limit on how many are not zero, lets
    the code be as large as the input, or larger, and still learn features. Take
    it over `build_undercomplete_ae` when single code units should mean something.

    Args:
        input_shape: Shape of one sample; an int n means `(n,)`. Samples of more
            than one axis are flattened inside the model and restored at its end.
        latent_dim: Size of the code, positive; may exceed the input's size.
        activity_regularizer: Penalty on the code: a name (`"l1"`, `"l2"`,
            `"kl_sparsity"`), a pair such as `("l1", 1e-4)`, or any Keras
            regularizer. The value beside `"kl_sparsity"` is the target rate; it
            needs activations in (0, 1), that is `activation="sigmoid"`. None
            means `("l1", 1e-4)`, or no penalty if `k` is given.
        k: Keep only the k largest activations of each code.
        activation: Activation of the code.
        output_activation: `"sigmoid"` for data in [0, 1], `"linear"` for others.
        kernel_initializer: As in `keras.layers.Dense`.
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
        ValueError: If a size is not positive, a name is unknown, `k` exceeds
            `latent_dim`, or the KL penalty meets an activation that is no sigmoid.

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
    activity_regularizer = _blocks.penalty(activity_regularizer)
    if (
        isinstance(activity_regularizer, KLSparsity)
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
        activity_regularizer=activity_regularizer,
        k=k,
        corruption=corruption,
        seed=seed,
        name=name,
    )
