"""A penalty on how much the code moves with the input.

Use it for features that ignore small changes.
"""

import math
from collections.abc import Sequence

from kerasae import _checks
from kerasae._initial_weights import InitialWeights
from kerasae._layer_names import CODE, RECONSTRUCTION
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer
from kerasae.builders import _blocks
from kerasae.layers import Bias, ContractiveDense, Penalty


def build_contractive_ae(
    input_shape: int | Sequence[int] = 784,
    *,
    latent_dim: int = 100,
    contraction: float = 1e-4,
    activation: Activation = "sigmoid",
    output_activation: Activation = "sigmoid",
    kernel_initializer: Initializer = "glorot_uniform",
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "contractive_ae",
) -> Autoencoder:
    """Build a tied autoencoder that penalizes the encoder's Jacobian.

    The penalty makes the code insensitive to every direction of the input; the
    reconstruction keeps it sensitive to those along which the data vary. Choose it
    for features that ignore small changes; `build_denoising_ae` achieves much the
    same by showing the changes, and works for any architecture.

    Args:
        input_shape: As in `build_deep_ae`.
        latent_dim: As in `build_deep_ae`.
        contraction: Weight of the penalty, the squared Frobenius norm of the
            encoder's Jacobian, 0 or larger. The default suits losses that average
            over the features, as Keras's do. Papers sum over them: their 0.1 is
            0.1 / 784 here on MNIST.
        activation: Activation of the code: `"sigmoid"`, `"tanh"`, `"relu"` or
            `"linear"`.
        output_activation: As in `build_deep_ae`.
        kernel_initializer: As in `build_deep_ae`.
        corruption: As in `build_deep_ae`.
        seed: As in `build_deep_ae`.
        name: As in `build_deep_ae`.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, *input_shape)` to the
        same, to `(batch, latent_dim)`, and back.

    Raises:
        ValueError: If a size is not positive, `contraction` is negative, or a name
            is unknown.

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
    _blocks.check_activations(
        activation=activation, output_activation=output_activation
    )
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
