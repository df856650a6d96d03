"""The distribution of codes that a variational encoder returns, in full."""

from typing import Any

import keras

from kerasae import _checks
from kerasae._types import ModelOrTriple, Tensor
from kerasae.generation._variational import as_variational
from kerasae.layers import GaussianSampling


def posterior(model: ModelOrTriple, *, seed: int | None = None) -> keras.Model:
    """Return a model from data to the distributions of their codes, and samples.

    The encoder of a variational triple returns the mean alone. This model returns
    the whole distribution and shares the triple's weights, so that training the
    triple trains it, too.

    Args:
        model: A triple that `build_vae` or `build_conv_vae` returned, or its
            autoencoder.
        seed: Integer that makes the samples of a newly made model repeatable; None
            leaves that to `keras.utils.set_random_seed`. Every call samples anew.

    Returns:
        A Keras model from `(batch, *input_shape)` to `[mean, log_variance,
        sample]`, each of shape `(batch, latent_dim)`. The logarithm is the natural
        one. Codes are sampled at inference, too.

    Raises:
        ValueError: If the model is not variational, or `seed` is not a seed.
        TypeError: If `model` is not a model.

    Reference:
        Kingma and Welling 2014, "Auto-Encoding Variational Bayes", ICLR.

    Example:
        >>> import kerasae
        >>> import numpy as np
        >>> triple = kerasae.build_vae(16, hidden_units=8, latent_dim=2, seed=0)
        >>> x = np.random.default_rng(0).random((5, 16))
        >>> encode = kerasae.generation.posterior(triple, seed=0)
        >>> mean, log_variance, sample = encode.predict(x, verbose=0)
        >>> mean.shape, log_variance.shape, sample.shape
        ((5, 2), (5, 2), (5, 2))
    """
    whole = as_variational(model)
    sampled = _SampledCodes(_checks.seed(seed), name="sample")
    moments = whole.posterior.outputs
    return keras.Model(
        whole.inputs[0], [*moments, sampled(moments)], name=f"{whole.name}_posterior"
    )


class _SampledCodes(keras.layers.Layer):
    """Samples codes in training and at inference.

    A `GaussianSampling` in the graph itself would return the mean in `predict`,
    whatever `training` it was given when the graph was built.
    """

    def __init__(self, seed: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sampling = GaussianSampling(seed=seed)

    def build(self, input_shape: Any) -> None:
        """Build the layer that samples."""
        self.sampling.build(input_shape)

    def call(self, inputs: list[Tensor]) -> Tensor:
        """Return one code for each mean and log-variance."""
        return self.sampling.sample(*inputs)[0]

    def compute_output_spec(self, inputs: list[Tensor]) -> keras.KerasTensor:
        """Return shape and type of the mean."""
        return self.sampling.compute_output_spec(inputs)
