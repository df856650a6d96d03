"""A compiled model from data and codes to log p(x | z)."""

import weakref
from collections.abc import MutableMapping

import keras
from keras import ops

from kerasae._types import Tensor
from kerasae.engine.backend import execution_settings
from kerasae.engine.snapshot import Snapshot
from kerasae.models import VariationalAutoencoder

# Compiled once per model, until that changes. Weak references: a scorer goes when its
# model goes.
_SCORERS: MutableMapping[keras.Model, tuple[keras.Model, Snapshot]]
_SCORERS = weakref.WeakKeyDictionary()


def scorer_of(model: VariationalAutoencoder) -> keras.Model:
    """Return a model from data and codes to log p(x | z)."""
    if (kept := _SCORERS.get(model)) is None or not kept[1].fits(model):
        scorer = _Scorer(model)
        scorer.compile(jit_compile=execution_settings(model)["jit_compile"])
        kept = _SCORERS[model] = scorer, Snapshot(model)
    return kept[0]


class _Scorer(keras.Model):
    """From x, shape (rows, ...), and z, shape (rows, codes, ...), to log p(x | z)."""

    def __init__(self, model: VariationalAutoencoder) -> None:
        super().__init__(name="scorer")
        self.output_parameters = model.output_parameters
        self.likelihood = model.likelihood
        self.padding = model.padding

    def call(self, inputs: list[Tensor]) -> Tensor:
        """Return log p(x | z) in nats, shape (rows, codes)."""
        x, codes = inputs
        axes = len(x.shape) - 1
        shape = ops.shape(codes)
        flat = self.output_parameters(
            ops.reshape(codes, (-1, *shape[2:])), training=False
        )
        parameters = ops.reshape(flat, (*shape[:2], *ops.shape(flat)[1:]))
        return self.likelihood.log_prob(
            ops.expand_dims(x, 1), parameters, axes, self.padding
        )
