"""What the variational builders share: a sampled code, and a likelihood at the end."""

from collections.abc import Callable, Mapping

import keras
from keras import layers

from kerasae import _checks
from kerasae._identifiers import by_name
from kerasae._initial_weights import InitialWeights
from kerasae._layer_names import CODE, RECONSTRUCTION
from kerasae._triple import Autoencoder
from kerasae._types import Activation
from kerasae._types import Likelihood as LikelihoodOrName
from kerasae.builders import _blocks
from kerasae.layers import Bernoulli, Gaussian, GaussianSampling, Likelihood
from kerasae.models import VariationalAutoencoder

LIKELIHOODS: Mapping[str, Callable[..., Likelihood]] = {
    "bernoulli": Bernoulli,
    "gaussian": Gaussian,
}
PARAMETERS = "parameters"  # the layer before the likelihood


def stochastic_code(
    latent_dim: int,
    weights: InitialWeights,
    *,
    num_samples: int,
    beta: float,
    free_bits: float,
) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """Return what turns the encoder's last vectors into a sampled code."""
    latent_dim = _checks.positive_integer("latent_dim", latent_dim)
    sampling = GaussianSampling(
        num_samples, beta=beta, free_bits=free_bits, seed=weights.seed(), name=CODE
    )

    def code(x: keras.KerasTensor) -> keras.KerasTensor:
        mean, log_variance = (
            layers.Dense(
                latent_dim, kernel_initializer=weights.initializer(), name=name
            )(x)
            for name in ("mean", "log_variance")
        )
        return sampling([mean, log_variance])

    return code


def parse_likelihood(
    likelihood: LikelihoodOrName, output_activation: Activation
) -> tuple[Likelihood, Activation]:
    """Return the likelihood's layer, and the activation of the layer before it."""
    sigmoid = keras.activations.get(output_activation) is keras.activations.sigmoid
    if likelihood is None:
        likelihood = "bernoulli" if sigmoid else "gaussian"
    layer = by_name("likelihood", likelihood, LIKELIHOODS, name=RECONSTRUCTION)
    if not isinstance(layer, Likelihood):
        raise TypeError(
            _checks.argument_error(
                "likelihood",
                "a name, a pair (name, stddev) or a kerasae.layers.Likelihood",
                likelihood,
                f"Names: {', '.join(LIKELIHOODS)}.",
            )
        )
    if isinstance(layer, Bernoulli):
        if not sigmoid:
            raise ValueError(
                _checks.argument_error(
                    "output_activation",
                    "'sigmoid' for a Bernoulli likelihood",
                    output_activation,
                    "Its outputs are probabilities. For data of any range write "
                    "likelihood='gaussian'.",
                )
            )
        return layer, None
    return layer, output_activation


def make_variational_triple(
    inputs: keras.KerasTensor,
    parameters: keras.KerasTensor,
    likelihood: Likelihood,
    name: str,
    weights: InitialWeights,
) -> Autoencoder:
    """Return the triple of a graph that ends before its likelihood."""
    outputs = likelihood(parameters)
    return _blocks.make_triple(
        inputs, outputs, name, weights, model_class=VariationalAutoencoder
    )
