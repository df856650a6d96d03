"""JAX as written by hand: an epoch is one compiled scan over its batches."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import _jax_networks
from benchmarks._cases import PREDICTION_BATCH, Case

# (parameters, batch, random key) to the loss.
Loss = Callable[[Any, jax.Array, jax.Array], jax.Array]


class State(NamedTuple):
    """What a step changes."""

    parameters: Any
    first: Any  # Adam's running mean of the gradients
    second: Any  # and of their squares
    step: jax.Array
    key: jax.Array


def initial(parameters: Any, seed: int = 0) -> State:
    """Return the state before the first step."""
    # Each its own arrays: a donated buffer must not be given twice.
    zeros = partial(jax.tree.map, jnp.zeros_like)
    key = jax.random.key(seed)
    return State(parameters, zeros(parameters), zeros(parameters), jnp.zeros(()), key)


def adam(state: State, gradients: Any) -> State:
    """Return the state after a step of Adam, at the usual settings."""
    step = state.step + 1
    first = jax.tree.map(partial(_decay, 0.9), state.first, gradients)
    squares = jax.tree.map(jnp.square, gradients)
    second = jax.tree.map(partial(_decay, 0.999), state.second, squares)
    rate = 0.001 * jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7),
        state.parameters,
        first,
        second,
    )
    return state._replace(parameters=parameters, first=first, second=second, step=step)


def _decay(rate: float, old: jax.Array, new: jax.Array) -> jax.Array:
    return rate * old + (1 - rate) * new


def epoch_of(loss: Loss, batch_size: int) -> Callable[..., tuple[State, jax.Array]]:
    """Return a compiled function that trains one epoch and returns its mean loss."""

    @partial(jax.jit, donate_argnums=0)
    def epoch(state: State, x: jax.Array, order: jax.Array) -> tuple[State, jax.Array]:
        def step(state: State, rows: jax.Array) -> tuple[State, jax.Array]:
            key, noise = jax.random.split(state.key)
            value, gradients = jax.value_and_grad(loss)(
                state.parameters, x[rows], noise
            )
            return adam(state._replace(key=key), gradients), value * len(rows)

        whole = len(order) // batch_size * batch_size
        batches = order[:whole].reshape(-1, batch_size)
        state, losses = jax.lax.scan(step, state, batches)
        total = losses.sum()
        if whole < len(order):
            state, last = step(state, order[whole:])
            total += last
        return state, total / len(order)

    return epoch


class Scan:
    """A network, trained on images that lie on the device."""

    def __init__(self, case: Case, x: np.ndarray) -> None:
        self.case, self.x = case, jnp.asarray(x)
        self.random = np.random.default_rng(0)
        if case.kind != "stack":
            network = _jax_networks.network(case)
            self.state = initial(network.parameters)
            self.train = epoch_of(network.loss, case.batch_size)
            self.forward = jax.jit(network.forward)

    def epoch(self) -> float:
        """Train one epoch and return its loss."""
        order = self.random.permutation(len(self.x))
        self.state, loss = jax.block_until_ready(self.train(self.state, self.x, order))
        return float(loss)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return reconstructions of many images."""
        starts = range(0, len(x), PREDICTION_BATCH)
        parameters = self.state.parameters
        batches = [
            self.forward(parameters, x[start : start + PREDICTION_BATCH])
            for start in starts
        ]
        return np.concatenate(batches)

    def one_image(self, x: np.ndarray) -> dict[str, Callable[[], np.ndarray]]:
        """Return the way to reconstruct a single image."""
        return {"call": lambda: np.asarray(self.forward(self.state.parameters, x))}


class ScanStack(Scan):
    """Small autoencoders, each trained on the codes of the one before."""

    def epoch(self) -> float:
        """Train the whole stack anew and return the loss of the outermost pair."""
        x, losses = self.x, []
        encoders, decoders = [], []
        for inputs, outputs in pairwise((784, *self.case.layers)):
            pair = Case("dense", (outputs,))
            network = _jax_networks.dense(pair, inputs, of_codes=bool(encoders))
            state = initial(network.parameters)
            train = epoch_of(network.loss, self.case.batch_size)
            for _ in range(self.case.epochs):
                state, loss = train(state, x, self.random.permutation(len(x)))
            losses.append(loss)
            encoder, decoder = state.parameters
            encoders += encoder
            decoders = decoder + decoders
            x = _jax_networks.encode(encoder, x)
        self.state = jax.block_until_ready(initial((encoders, decoders)))
        self.forward = jax.jit(_jax_networks.stack_forward)
        return float(losses[0])
