"""JAX by hand: layers of Flax, Adam of Optax, and an epoch as one compiled scan."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax.training.train_state import TrainState

from benchmarks.cases import PREDICTION_BATCH, Case

# Keras's initializer: comparable losses.
_glorot = nn.initializers.glorot_uniform()
_Linear = partial(nn.Dense, kernel_init=_glorot)
_Convolution = partial(nn.Conv, kernel_size=(3, 3), kernel_init=_glorot)
_pool = partial(nn.max_pool, window_shape=(2, 2), strides=(2, 2), padding="SAME")


class Trainer:
    """A network, trained on images that lie on the device."""

    def __init__(self, case: Case, x: np.ndarray) -> None:
        self.case, self.x = case, jnp.asarray(x)
        self.random = np.random.default_rng(0)
        if case.kind != "stack":
            network = (Variational if case.kind == "vae" else Autoencoder)(case)
            self.state = initial(network, self.x)
            self.train = compiled_epoch(case.batch_size)
            self.forward = jax.jit(network.apply)

    def epoch(self) -> float:
        """Train one epoch and return its loss."""
        order = self.random.permutation(len(self.x))
        self.state, loss = jax.block_until_ready(self.train(self.state, self.x, order))
        return float(loss)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return reconstructions of many images."""
        batches = np.split(x, range(PREDICTION_BATCH, len(x), PREDICTION_BATCH))
        return np.concatenate([self.forward(self.state.params, b) for b in batches])

    def one_image(self, x: np.ndarray) -> dict[str, Callable[[], np.ndarray]]:
        """Return the way to reconstruct a single image."""
        return {"call": lambda: np.asarray(self.forward(self.state.params, x))}


class StackTrainer(Trainer):
    """Small autoencoders, each trained on the codes of the one before."""

    def epoch(self) -> float:
        """Train the whole stack anew and return the loss of the outermost pair."""
        x, states, losses = self.x, [], []
        pairs: list[Autoencoder] = []
        for inputs, units in pairwise((784, *self.case.layers)):
            pair = (Pair if pairs else Autoencoder)(Case("dense", (units,)), inputs)
            state = initial(pair, x)
            train = compiled_epoch(self.case.batch_size)
            for _ in range(self.case.epochs):
                state, loss = train(state, x, self.random.permutation(len(x)))
            pairs.append(pair)
            states.append(state)
            losses.append(loss)
            x = pair.apply(state.params, x, method="encode")

        def forward(parameters: list[Any], x: jax.Array) -> jax.Array:
            stack = list(zip(pairs, parameters, strict=True))
            for pair, weights in stack:
                x = pair.apply(weights, x, method="encode")
            for pair, weights in reversed(stack):
                x = pair.apply(weights, x, method="decode")
            return x

        parameters = jax.block_until_ready([state.params for state in states])
        self.state = states[0].replace(params=parameters)
        self.forward = jax.jit(forward)
        return float(losses[0])


def initial(network: nn.Module, x: jax.Array) -> TrainState:
    """Return the state before the first step."""
    keys = {name: jax.random.key(0) for name in ("params", "noise")}
    parameters = network.init(keys, x[:1], method="loss")
    optimizer = optax.adam(0.001)
    return TrainState.create(apply_fn=network.apply, params=parameters, tx=optimizer)


def compiled_epoch(batch_size: int) -> Callable[..., tuple[TrainState, jax.Array]]:
    """Return `train`, compiled for a batch size."""
    return jax.jit(partial(train, batch_size=batch_size), donate_argnums=0)


def train(
    state: TrainState, x: jax.Array, order: jax.Array, *, batch_size: int
) -> tuple[TrainState, jax.Array]:
    """Train one epoch in this order, and return the mean of its losses."""

    def step(state: TrainState, rows: jax.Array) -> tuple[TrainState, jax.Array]:
        noise = {"noise": jax.random.fold_in(jax.random.key(1), state.step)}
        loss = partial(state.apply_fn, method="loss", rngs=noise)
        value, gradients = jax.value_and_grad(loss)(state.params, x[rows])
        return state.apply_gradients(grads=gradients), value * len(rows)

    whole = len(order) // batch_size * batch_size
    state, losses = jax.lax.scan(step, state, order[:whole].reshape(-1, batch_size))
    total = losses.sum()
    if whole < len(order):
        state, last = step(state, order[whole:])
        total += last
    return state, total / len(order)


def linear(sizes: Iterable[int], activation: Callable[..., jax.Array]) -> list[Any]:
    """Return dense layers, with an activation after each."""
    return [step for units in sizes for step in (_Linear(units), activation)]


def dense(case: Case, inputs: int) -> tuple[list[Any], list[Any]]:
    """Return dense layers down to the code, and up again to logits."""
    *hidden, code = case.layers
    decoder = linear((*hidden[::-1], inputs), nn.relu)[:-1]
    return linear((*hidden, code), nn.relu), decoder


def convolutional(case: Case) -> tuple[list[Any], list[Any]]:
    """Return convolutions with pooling, and with upsampling to logits."""
    encoder, decoder = [], []
    for filters in case.layers:
        encoder += [_Convolution(filters), nn.relu, _pool]
    for filters, padding in case.decoder:
        decoder += [_Convolution(filters, padding=padding.upper()), nn.relu, upsample]
    return encoder, [*decoder, _Convolution(1)]


def upsample(x: jax.Array) -> jax.Array:
    """Double height and width."""
    return x.repeat(2, axis=1).repeat(2, axis=2)


def cross_entropy(logits: jax.Array, x: jax.Array) -> jax.Array:
    """Return the binary cross-entropy of each pixel.

    That of Optax computes two exponentials where one is enough.
    """
    return nn.softplus(logits) - x * logits


class Autoencoder(nn.Module):
    """An encoder, and a decoder that returns logits."""

    case: Case
    inputs: int = 784

    def setup(self) -> None:
        """Make the layers."""
        case = self.case
        made = convolutional(case) if case.kind == "conv" else dense(case, self.inputs)
        self.encoder, self.decoder = map(nn.Sequential, made)

    def encode(self, x: jax.Array) -> jax.Array:
        """Return codes."""
        return self.encoder(x)

    def decode(self, code: jax.Array) -> jax.Array:
        """Return reconstructions of codes."""
        return nn.sigmoid(self.decoder(code))

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return reconstructions."""
        return self.decode(self.encode(x))

    def loss(self, x: jax.Array) -> jax.Array:
        """Return the cross-entropy, from noisy images too, and the penalty."""
        noisy = x
        if self.case.noise:
            noise = jax.random.normal(self.make_rng("noise"), x.shape)
            noisy = jnp.clip(x + self.case.noise * noise, 0.0, 1.0)
        code = self.encode(noisy)
        penalty = self.case.penalty * jnp.abs(code).sum() / len(x)
        return cross_entropy(self.decoder(code), x).mean() + penalty


class Pair(Autoencoder):
    """A small autoencoder of codes, which are not negative."""

    def decode(self, code: jax.Array) -> jax.Array:
        """Return reconstructions of codes of codes."""
        return nn.relu(self.decoder(code))

    def loss(self, x: jax.Array) -> jax.Array:
        """Return the mean squared error."""
        return optax.squared_error(self(x), x).mean()


class Variational(Autoencoder):
    """A variational autoencoder of dense layers."""

    def setup(self) -> None:
        """Make the layers."""
        *hidden, code = self.case.layers
        self.hidden = nn.Sequential(linear(hidden, nn.tanh))
        self.mean, self.log_variance = _Linear(code), _Linear(code)
        outputs = (*hidden[::-1], self.inputs)
        self.decoder = nn.Sequential(linear(outputs, nn.tanh)[:-1])

    def encode(self, x: jax.Array) -> jax.Array:
        """Return the mean of the code."""
        return self.mean(self.hidden(x))

    def loss(self, x: jax.Array) -> jax.Array:
        """Return the negative bound, summed over pixels and code."""
        hidden = self.hidden(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        noise = jax.random.normal(self.make_rng("noise"), mean.shape)
        logits = self.decoder(mean + jnp.exp(0.5 * log_variance) * noise)
        terms = jnp.exp(log_variance) + jnp.square(mean) - 1.0 - log_variance
        return (cross_entropy(logits, x).sum() + 0.5 * terms.sum()) / len(x)
