"""The models in plain JAX: parameters, what they make of images, and the loss."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import nn

from benchmarks._cases import Case

Layer = tuple[jax.Array, jax.Array]  # kernel and bias
Activation = Callable[[jax.Array], jax.Array]


class Network(NamedTuple):
    """A model.

    Attributes:
        parameters: Its weights.
        forward: Parameters and images to reconstructions.
        loss: Parameters, images and a random key to the loss.
    """

    parameters: Any
    forward: Callable[..., jax.Array]
    loss: Callable[..., jax.Array]


def network(case: Case) -> Network:
    """Return the model of a case."""
    kinds = {"dense": dense, "conv": convolutional, "vae": variational}
    return kinds[case.kind](case)


def glorot(random: np.random.Generator, *shape: int) -> Layer:
    """Return Keras's first weights, so that losses can be compared."""
    area = int(np.prod(shape[:-2]))
    limit = np.sqrt(6 / (area * (shape[-2] + shape[-1])))
    kernel = random.uniform(-limit, limit, shape).astype("float32")
    return jnp.asarray(kernel), jnp.zeros(shape[-1])


def dense_layers(random: np.random.Generator, sizes: Sequence[int]) -> list[Layer]:
    """Return the weights of dense layers."""
    return [glorot(random, *pair) for pair in pairwise(sizes)]


def apply(
    layers: list[Layer], x: jax.Array, activation: Activation = nn.relu
) -> jax.Array:
    """Apply dense layers, an activation after all but the last one."""
    for number, (kernel, bias) in enumerate(layers, start=1):
        x = x @ kernel + bias
        if number < len(layers):
            x = activation(x)
    return x


def encode(layers: list[Layer], x: jax.Array) -> jax.Array:
    """Apply dense layers with a ReLU after each."""
    return nn.relu(apply(layers, x))


def cross_entropy(logits: jax.Array, x: jax.Array) -> jax.Array:
    """Return the binary cross-entropy of each pixel."""
    return nn.softplus(logits) - x * logits


def dense(case: Case, inputs: int = 784, *, of_codes: bool = False) -> Network:
    """Return dense layers down to the code and up again.

    Args:
        case: The model.
        inputs: Numbers a sample.
        of_codes: Whether samples are codes, which are not negative, and the error is
            squared, not a cross-entropy.
    """
    random = np.random.default_rng(0)
    sizes = (inputs, *case.layers)
    parameters = dense_layers(random, sizes), dense_layers(random, sizes[::-1])

    def forward(parameters: Any, x: jax.Array) -> jax.Array:
        encoder, decoder = parameters
        return nn.sigmoid(apply(decoder, encode(encoder, x)))

    def loss(parameters: Any, x: jax.Array, key: jax.Array) -> jax.Array:
        encoder, decoder = parameters
        code = encode(encoder, x)
        outputs = apply(decoder, code)
        if of_codes:
            return jnp.mean(jnp.square(nn.relu(outputs) - x))
        penalty = case.penalty * jnp.abs(code).sum() / len(x)
        return cross_entropy(outputs, x).mean() + penalty

    return Network(parameters, forward, loss)


def stack_forward(parameters: Any, x: jax.Array) -> jax.Array:
    """Return what a pretrained stack makes of images."""
    encoders, decoders = parameters
    return nn.sigmoid(apply(decoders, encode(encoders, x)))


def convolve(layer: Layer, x: jax.Array, padding: str = "SAME") -> jax.Array:
    """Apply a convolution, channels last."""
    kernel, bias = layer
    layout = ("NHWC", "HWIO", "NHWC")
    x = jax.lax.conv_general_dilated(
        x, kernel, (1, 1), padding, dimension_numbers=layout
    )
    return x + bias


def pool(x: jax.Array) -> jax.Array:
    """Halve height and width, rounded up."""
    window = (1, 2, 2, 1)
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, window, "SAME")


def upsample(x: jax.Array) -> jax.Array:
    """Double height and width."""
    return x.repeat(2, axis=1).repeat(2, axis=2)


def convolutional(case: Case) -> Network:
    """Return convolutions with pooling down and upsampling up."""
    random = np.random.default_rng(0)
    channels = (1, *case.layers, *case.layers[::-1], 1)
    parameters = [glorot(random, 3, 3, *pair) for pair in pairwise(channels)]

    def logits(parameters: Any, x: jax.Array) -> jax.Array:
        encoder = parameters[: len(case.layers)]
        *decoder, last_hidden, output = parameters[len(case.layers) :]
        for layer in encoder:
            x = pool(nn.relu(convolve(layer, x)))
        for layer in decoder:
            x = upsample(nn.relu(convolve(layer, x)))
        padding = "VALID" if case.unpadded else "SAME"
        x = upsample(nn.relu(convolve(last_hidden, x, padding)))
        return convolve(output, x)

    def forward(parameters: Any, x: jax.Array) -> jax.Array:
        return nn.sigmoid(logits(parameters, x))

    def loss(parameters: Any, x: jax.Array, key: jax.Array) -> jax.Array:
        noisy = x
        if case.noise:
            noise = case.noise * jax.random.normal(key, x.shape)
            noisy = jnp.clip(x + noise, 0.0, 1.0)
        return cross_entropy(logits(parameters, noisy), x).mean()

    return Network(parameters, forward, loss)


def variational(case: Case) -> Network:
    """Return a variational autoencoder of dense layers."""
    *hidden, code = case.layers
    make = partial(dense_layers, np.random.default_rng(0))
    encoder, decoder = make((784, *hidden)), make((code, *hidden[::-1], 784))
    heads = make((hidden[-1], code)), make((hidden[-1], code))

    def posterior(parameters: Any, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        x = jnp.tanh(apply(parameters[0], x, jnp.tanh))
        mean, log_variance = (apply(head, x) for head in parameters[1])
        return mean, log_variance

    def forward(parameters: Any, x: jax.Array) -> jax.Array:
        mean, _ = posterior(parameters, x)
        return nn.sigmoid(apply(parameters[2], mean, jnp.tanh))

    def loss(parameters: Any, x: jax.Array, key: jax.Array) -> jax.Array:
        mean, log_variance = posterior(parameters, x)
        noise = jax.random.normal(key, mean.shape)
        sample = mean + jnp.exp(0.5 * log_variance) * noise
        logits = apply(parameters[2], sample, jnp.tanh)
        terms = jnp.exp(log_variance) + jnp.square(mean) - 1.0 - log_variance
        return (cross_entropy(logits, x).sum() + 0.5 * terms.sum()) / len(x)

    return Network((encoder, heads, decoder), forward, loss)
