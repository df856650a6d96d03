"""A contractive autoencoder: codes that hardly move when the input does."""

import math
from collections.abc import Sequence
from typing import Any

from kerasae import _checks
from kerasae._layer_names import CODE, RECONSTRUCTION
from kerasae._triple import Autoencoder
from kerasae.builders import _blocks
from kerasae.builders.initial_weights import InitialWeights
from kerasae.layers import Bias, ContractiveDense, Penalty


def build_contractive_ae(
    input_shape: int | Sequence[int] = 784,
    *,
    latent_dim: int = 100,
    contraction: float = 1e-4,
    activation: Any = "sigmoid",
    output_activation: Any = "sigmoid",
    kernel_initializer: Any = "glorot_uniform",
    corruption: Any = None,
    seed: int | None = None,
    name: str = "contractive_ae",
) -> Autoencoder:
    """Build a tied autoencoder whose encoder is punished for its Jacobian.

    The penalty makes the code insensitive to all directions of the input; the
    reconstruction keeps it sensitive to those along which the data vary. Take it for
    features that ignore small changes; `build_denoising_ae` reaches much the same by
    showing the changes, and works for any architecture.

    Args:
        input_shape: Shape of one sample; an int n means `(n,)`. Samples of more
            than one axis are flattened inside the model and restored at its end.
        latent_dim: Size of the code, positive.
        contraction: Weight of the penalty, the squared Frobenius norm of the
            encoder's Jacobian, 0 or larger; made for losses that average over the
            features, as Keras's do. Papers sum: their 0.1 is 0.1 / 784 on MNIST.
        activation: Activation of the code: `"sigmoid"`, `"tanh"`, `"relu"` or
            `"linear"`.
        output_activation: `"sigmoid"` for data in [0, 1], `"linear"` for others.
        kernel_initializer: As in `keras.layers.Dense`.
        corruption: Makes the model a denoising one as well: `"gaussian"`,
            `"masking"`, `"salt_and_pepper"`, a pair such as `("masking", 0.3)`, or
            a layer.
        seed: Makes the weights and the corruption repeatable; the weights are the
            same on every backend for uniform and normal initializers. None leaves
            all that to `keras.utils.set_random_seed`.
        name: Name of the autoencoder.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, *input_shape)` to the
        same, to `(batch, latent_dim)`, and back.

    Raises:
        ValueError: If a size is not positive, `contraction` negative, or a name
            unknown.

    Reference:
        Rifai, Vincent, Muller, Glorot and Bengio 2011, "Contractive
        Auto-Encoders", ICML.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_contractive_ae(784)
        >>> triple.encoder.output_shape, triple.autoencoder.count_params()
        ((None, 100), 79284)
    """
    shape = _checks.input_shape(input_shape)
    weights = InitialWeights(kernel_initializer, seed)
    contractive = ContractiveDense(
        _checks.positive_integer("latent_dim", latent_dim),
        activation=activation,
        input_dim=math.prod(shape),
        kernel_initializer=weights.initializer(),
        name="contractive",
    )
    inputs, x = _blocks.input_block(shape, corruption, weights)
    x = Penalty(_checks.non_negative("contraction", contraction), name=CODE)(
        contractive(_blocks.flatten(x))
    )
    x = Bias(output_activation, name=RECONSTRUCTION)(contractive(x, transpose=True))
    return _blocks.make_triple(inputs, _blocks.restore(x, shape), name, weights)
