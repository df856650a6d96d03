"""A code that is a normal distribution; importance-weighted with `num_samples`.

Use it for new samples, and likelihoods of data.
"""

import math
from collections.abc import Sequence
from functools import partial

from keras import layers

from kerasae import _checks
from kerasae._initial_weights import InitialWeights
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer, Likelihood
from kerasae.builders import _blocks, _variational


def build_vae(
    input_shape: int | Sequence[int] = 784,
    *,
    hidden_units: int | Sequence[int] = (500,),
    latent_dim: int = 20,
    activation: Activation = "tanh",
    output_activation: Activation = "sigmoid",
    likelihood: Likelihood = None,
    beta: float = 1.0,
    free_bits: float = 0.0,
    num_samples: int = 1,
    kernel_initializer: Initializer = "glorot_uniform",
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "vae",
) -> Autoencoder:
    """Build a dense autoencoder whose codes are normal distributions.

    The encoder returns a distribution of codes for each sample, and training pulls
    these towards the standard normal distribution: codes sampled from that decode to
    new samples (`kerasae.generation.sample`). Choose it to generate, to interpolate,
    or for the likelihood of data; `build_deep_ae` reconstructs better from a code of
    the same size. `build_conv_vae` is the one for images.

    The model defines its own loss (`kerasae.models.VariationalAutoencoder`): compile
    it with `kerasae.compile(triple)`, or `triple.autoencoder.compile("adam")`.

    Args:
        input_shape: As in `build_deep_ae`.
        hidden_units: As in `build_deep_ae`.
        latent_dim: As in `build_deep_ae`.
        activation: As in `build_deep_ae`.
        output_activation: As in `build_deep_ae`.
        likelihood: How data scatter around the output: `"bernoulli"` for data in
            [0, 1] and a sigmoid output; `"gaussian"`, or a pair such as
            `("gaussian", 0.1)` with the standard deviation in the units of the
            data, None for a learned one; or a `kerasae.layers.Likelihood`. The
            default is `"bernoulli"` for a sigmoid output, `"gaussian"` with
            deviation 1 for others.
        beta: Weight of the KL term, 0 or larger; with 1 the loss is a bound of the
            likelihood.
        free_bits: The least that each dimension of the code contributes to the KL
            term, in nats; keeps training from switching dimensions off.
        num_samples: Codes sampled for each input in training. More than 1 gives the
            importance-weighted autoencoder; the decoder takes that many times longer.
        kernel_initializer: As in `build_deep_ae`.
        corruption: As in `build_deep_ae`.
        seed: As in `build_deep_ae`.
        name: As in `build_deep_ae`.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, *input_shape)` to the
        same, to `(batch, latent_dim)`, and back. Inference is deterministic: the
        encoder gives the mean of the code. With `training=True` it gives a sample;
        `kerasae.generation.posterior` gives mean, log-variance and sample.

    Raises:
        ValueError: If a size or `num_samples` is not positive, `beta` or
            `free_bits` is negative, a name is unknown, or a Bernoulli likelihood is
            combined with another output than a sigmoid.

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
    _blocks.check_activations(
        activation=activation, output_activation=output_activation
    )
    weights = InitialWeights(kernel_initializer, seed)
    likelihood_layer, last_activation = _variational.parse_likelihood(
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
        name=_variational.PARAMETERS,
    )(x)
    x = _blocks.restore(x, shape)
    return _variational.make_variational_triple(
        inputs, x, likelihood_layer, name, weights
    )
