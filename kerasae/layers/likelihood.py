"""The base of the likelihood layers, which end a variational autoencoder."""

import abc

import keras
from keras import ops

from kerasae._types import Tensor


class Likelihood(keras.layers.Layer, abc.ABC):
    """The last layer of a variational autoencoder.

    Its output is the mean of the data's distribution, given the code; its method
    `log_prob` returns how likely data are. Subclasses are `Bernoulli` and `Gaussian`.

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import Bernoulli, Likelihood
        >>> issubclass(Bernoulli, Likelihood)
        True
        >>> coins, logits = np.ones((1, 3)), np.zeros((1, 3))
        >>> round(float(Bernoulli().log_prob(coins, logits, axes=1)[0]), 2)
        -2.08
    """

    @abc.abstractmethod
    def terms(self, x: Tensor, parameters: Tensor) -> Tensor:
        """Return the log-likelihood of each feature of `x`, in nats.

        Args:
            x: Data, broadcast against the parameters.
            parameters: What the layer before this one returned.
        """

    def log_prob(
        self, x: Tensor, parameters: Tensor, axes: int, padding: float | None = None
    ) -> Tensor:
        """Return the log-likelihood, summed over the last `axes` axes, in nats.

        Args:
            x: Data, broadcast against the parameters.
            parameters: What the layer before this one returned.
            axes: How many axes one sample has.
            padding: Steps of sequences that have this value in all features of `x` do
                not count. None where nothing is padded.
        """
        # Sums of many terms: not in half precision.
        x, parameters = (ops.cast(value, "float32") for value in (x, parameters))
        terms = self.terms(x, parameters)
        if padding is not None:
            valid = ops.any(ops.not_equal(x, padding), axis=-1, keepdims=True)
            terms = ops.where(valid, terms, 0.0)
        rank = len(terms.shape)
        return ops.sum(terms, axis=tuple(range(rank - axes, rank)))

    def compute_output_spec(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Return a symbolic tensor of the input's shape."""
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)
