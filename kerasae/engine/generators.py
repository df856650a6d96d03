"""The state of the random generators that a model's layers own."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops


def generator_states(model: keras.Model) -> list[list[int]]:
    """Return how far each of a model's `keras.random.SeedGenerator`s has come.

    A `.keras` file holds the weights and the optimizer, but not these: noise would
    begin anew where training goes on from the file.

    Returns:
        Numbers of 32 bits, a list for each generator, in the order of the layers.

    Example:
        >>> import kerasae
        >>> from kerasae.engine.generators import generator_states
        >>> triple = kerasae.build_deep_ae(8, dropout=0.1, corruption="masking", seed=0)
        >>> [len(state) for state in generator_states(triple.autoencoder)]
        [2, 2, 2, 2, 2]
    """
    states = (ops.convert_to_numpy(variable) for variable in _generators(model))
    # Signed on some backends, unsigned on others.
    return [(state.astype("int64") % 2**32).tolist() for state in states]


def set_generator_states(model: keras.Model, states: Sequence[Sequence[int]]) -> None:
    """Set a model's generators to what `generator_states` returned, on any backend.

    Args:
        model: The same model, or a copy of it.
        states: What was returned.

    Raises:
        ValueError: If the model has another number of generators.

    Example:
        >>> import kerasae
        >>> from kerasae.engine.generators import generator_states, set_generator_states
        >>> model = kerasae.build_deep_ae(8, corruption="masking", seed=0).autoencoder
        >>> set_generator_states(model, [[7, 100]])
        >>> generator_states(model)
        [[7, 100]]
    """
    for variable, state in zip(_generators(model), states, strict=True):
        numbers = np.asarray(state, "uint32")
        variable.assign(numbers.astype(keras.backend.standardize_dtype(variable.dtype)))


def _generators(model: keras.Model) -> list[keras.Variable]:
    """Return the variables of a model that are no weights: the generators' states."""
    weights = {id(variable) for variable in model.weights}
    return [variable for variable in model.variables if id(variable) not in weights]
