"""A variational autoencoder of dense layers."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from keras import layers

from kerasae import _checks
from kerasae._triple import Autoencoder
from kerasae.builders import _blocks, _variational
from kerasae.builders.initial_weights import InitialWeights


def build_vae(
    input_shape: int | Sequence[int] = 784,
    *,
    hidden_units: int | Sequence[int] = (500,),
    latent_dim: int = 20,
    activation: Any = "tanh",
    output_activation: Any = "sigmoid",
    likelihood: Any = None,
    beta: float = 1.0,
    free_bits: float = 0.0,
    num_samples: int = 1,
    kernel_initializer: Any = "glorot_uniform",
    corruption: Any = None,
    seed: int | None = None,
    name: str = "vae",
) -> Autoencoder:
    """Build a dense autoencoder whose codes are normal distributions.

    The encoder returns a distribution of codes for each sample, and training draws
    them towards the standard normal distribution: codes drawn from that decode to
    new samples (`kerasae.generation.sample`). Take it to generate, to interpolate,
    or for the likelihood of data; `build_deep_ae` reconstructs better at the same
    size of the code. `build_conv_vae` is the one for images.

    The model's loss is its own (`kerasae.models.VariationalAutoencoder`): compile
    with `kerasae.compile(triple)`, or `triple.autoencoder.compile("adam")`.

    Args:
        input_shape: Shape of one sample; an int n means `(n,)`. Samples of more
            than one axis are flattened inside the model and restored at its end.
        hidden_units: Sizes of the encoder's hidden layers, outermost first; the
            decoder mirrors them.
        latent_dim: Size of the code, positive.
        activation: Activation of the hidden layers.
        output_activation: `"sigmoid"` for data in [0, 1], `"linear"` for others.
        likelihood: How data scatter around the output: `"bernoulli"` for data in
            [0, 1] and a sigmoid output; `"gaussian"`, or a pair such as
            `("gaussian", 0.1)` with the standard deviation in the units of the
            data, None for a learned one. The default is `"bernoulli"` for a
            sigmoid output, `"gaussian"` with deviation 1 for others.
        beta: Weight of the KL term, 0 or larger; 1 for a bound of the likelihood.
        free_bits: The least that each dimension of the code counts in the KL term,
            in nats; keeps dimensions from being switched off.
        num_samples: Codes drawn for each sample in training. More than 1 gives the
            importance-weighted autoencoder; the time of the decoder grows with it.
        kernel_initializer: As in `keras.layers.Dense`.
        corruption: Makes the model a denoising one: `"gaussian"`, `"masking"`,
            `"salt_and_pepper"`, a pair such as `("masking", 0.3)`, or a layer.
        seed: Makes the weights and the noise repeatable; the weights are the same
            on every backend for uniform and normal initializers. None leaves all
            that to `keras.utils.set_random_seed`.
        name: Name of the autoencoder.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, *input_shape)` to the
        same, to `(batch, latent_dim)`, and back. Inference is deterministic: the
        encoder gives the mean of the code. With `training=True` it gives a sample;
        `kerasae.generation.posterior` gives mean, log-variance and sample.

    Raises:
        ValueError: If a size or `num_samples` is not positive, `beta` or
            `free_bits` negative, a name unknown, or a Bernoulli likelihood has
            another output than a sigmoid.

    Reference:
        Kingma and Welling 2014, "Auto-Encoding Variational Bayes", ICLR; Burda,
        Grosse and Salakhutdinov 2016, "Importance Weighted Autoencoders", ICLR.
        Sizes of https://github.com/ShigekiKarita/chainer-autoencoders.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_vae(784)
        >>> triple.encoder.output_shape, triple.autoencoder.output_shape
        ((None, 20), (None, 784))
    """
    shape = _checks.input_shape(input_shape)
    hidden = _checks.positive_integers(
        "hidden_units", hidden_units, example="(500,)", empty=True
    )
    weights = InitialWeights(kernel_initializer, seed)
    exit_layer, last_activation = _variational.parse_likelihood(
        likelihood, output_activation
    )
    code = _variational.stochastic_code(
        latent_dim, weights, num_samples=num_samples, beta=beta, free_bits=free_bits
    )
    hidden_layers = partial(
        _blocks.dense_layers, units=hidden, weights=weights, activation=activation
    )

    inputs, x = _blocks.input_block(shape, corruption, weights)
    x = code(hidden_layers(_blocks.flatten(x), half="encoder"))
    x = hidden_layers(x, half="decoder")
    x = layers.Dense(
        math.prod(shape),
        activation=last_activation,
        kernel_initializer=weights.initializer(),
        name="parameters",
    )(x)
    x = _blocks.restore(x, shape)
    return _variational.make_variational_triple(inputs, x, exit_layer, name, weights)
