"""A stochastic code: a sample of a normal distribution that the encoder describes."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops

from kerasae import _checks
from kerasae._types import BatchShape, Tensor
from kerasae.layers.call_context import is_traced_by_keras, outermost


@keras.saving.register_keras_serializable("kerasae")
class GaussianSampling(keras.layers.Layer):
    """Samples codes from the normal distributions that an encoder describes.

    In training the output is `mean + exp(log_variance / 2) * noise`, with fresh
    noise at every step; at inference it is the mean. The layer also holds what a
    `kerasae.models.VariationalAutoencoder` needs to know about its code: how the
    divergence from the standard normal distribution enters the loss.

    That loss is the model's, not the layer's: in a model of another class, built from
    the same layers or tensors, there is no KL term, and training it warns. With
    `add_kl_loss=True` the layer itself adds the term there. It sums over the code, in
    nats, while Keras's losses average over the features: beside these, weight it with
    `beta` 1 / number of features, or sum over the features, as
    `kerasae.losses.SummedBinaryCrossentropy` does.

    Args:
        num_samples: Samples of the code for each input in a training step. With 1
            the objective is the evidence lower bound, with more the tighter bound
            of importance-weighted autoencoders.
        beta: Weight of the KL term, 0 or larger. The layer keeps it in `kl_weight`,
            a weight that is not trained, so that callbacks can change it.
        free_bits: The least that each dimension of the code contributes to the KL
            term, averaged over a batch, in nats: up to there, its use is free.
        seed: Integer, or None for a random seed.
        add_kl_loss: Whether the layer adds `kl_weight` times its KL term to the loss
            of a model that is not a `kerasae.models.VariationalAutoencoder`; None for
            no, with a warning when such a model is trained. Can be set later, before
            `compile`: `vae.get_layer("code").add_kl_loss = True`.
        **kwargs: As for every Keras layer.

    Input shapes: mean and log-variance (natural logarithm), both `(batch, ...)`.
    Output shape: that of the mean.

    Raises:
        ValueError: If `num_samples` is not positive, `beta` or `free_bits` is
            negative, or `free_bits` is combined with several samples.
        TypeError: If `add_kl_loss` is none of True, False and None.

    Reference:
        Kingma and Welling 2014, "Auto-Encoding Variational Bayes", ICLR. Burda,
        Grosse and Salakhutdinov 2016, "Importance Weighted Autoencoders", ICLR
        (`num_samples`). Higgins et al. 2017, "beta-VAE", ICLR (`beta`). Kingma et
        al. 2016, "Improved Variational Inference with Inverse Autoregressive
        Flow", NeurIPS (`free_bits`).

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import GaussianSampling
        >>> layer = GaussianSampling(seed=0)
        >>> mean, log_variance = np.ones((2, 3)), np.zeros((2, 3))
        >>> np.asarray(layer([mean, log_variance])).tolist()
        [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
        >>> layer([mean, log_variance], training=True).shape == (2, 3)
        True
    """

    def __init__(
        self,
        num_samples: int = 1,
        *,
        beta: float = 1.0,
        free_bits: float = 0.0,
        seed: int | None = None,
        add_kl_loss: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.num_samples = _checks.positive_integer("num_samples", num_samples)
        self.beta = _checks.non_negative("beta", beta)
        self.free_bits = _checks.non_negative("free_bits", free_bits)
        if self.free_bits and self.num_samples > 1:
            raise ValueError(
                _checks.argument_error(
                    "free_bits",
                    "0 where `num_samples` is above 1",
                    free_bits,
                    "The importance-weighted bound has no KL term of its own.",
                )
            )
        self.seed = _checks.seed(seed)
        if add_kl_loss not in (None, True, False):
            raise TypeError(
                _checks.argument_error(
                    "add_kl_loss", "True, False or None", add_kl_loss
                )
            )
        self.add_kl_loss = add_kl_loss
        self._kl_loss_is_elsewhere = False
        self.seed_generator = keras.random.SeedGenerator(self.seed)

    def build(self, input_shape: list[BatchShape]) -> None:
        """Create the weight of the KL term."""
        self.kl_weight = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(self.beta),
            trainable=False,
            autocast=False,
            dtype="float32",
            name="kl_weight",
        )

    def compute_output_spec(
        self, inputs: list[keras.KerasTensor], training: bool | None = None
    ) -> keras.KerasTensor:
        """Return a symbolic tensor of the mean's shape."""
        mean, log_variance = inputs
        if mean.shape != log_variance.shape:
            raise ValueError(
                "The mean and the log-variance of a code must have the same shape. "
                f"Received: {mean.shape} and {log_variance.shape}."
            )
        return keras.KerasTensor(mean.shape, dtype=self.compute_dtype)

    def call(self, inputs: list[Tensor], training: bool | None = None) -> Tensor:
        """Return a sample in training, the mean at inference."""
        mean, log_variance = inputs
        if self.add_kl_loss and not self._kl_loss_is_elsewhere:
            divergence = ops.mean(self.kl_divergence(mean, log_variance))
            loss = ops.cast(self.kl_weight, divergence.dtype) * divergence
            self.add_loss(ops.cast(loss, keras.config.floatx()))
        if not training:
            return mean
        if self.add_kl_loss is None:
            self._warn_in_training()
        return self.sample(mean, log_variance)[0]

    @contextmanager
    def kl_loss_elsewhere(self) -> Iterator[None]:
        """Leave the KL term to a model whose own loss contains it."""
        self._kl_loss_is_elsewhere = True
        try:
            yield
        finally:
            self._kl_loss_is_elsewhere = False

    def _warn_in_training(self) -> None:
        """Warn if this call is a step of a model that is trained."""
        trained = outermost(self)
        if getattr(trained, "compiled", False) or is_traced_by_keras():
            warnings.warn(
                f"{self.name!r}, a GaussianSampling layer, is trained in a model whose "
                "loss has no KL term: only a kerasae.models.VariationalAutoencoder has "
                "one. To add it, set "
                f"model.get_layer({self.name!r}).add_kl_loss = True before you "
                "compile; if you want none, set it to False.",
                stacklevel=2,
            )

    def sample(
        self, mean: Tensor, log_variance: Tensor, seed: int | None = None
    ) -> Tensor:
        """Return `num_samples` samples, shape `(num_samples, batch, ...)`.

        Args:
            mean: Means, shape `(batch, ...)`.
            log_variance: Logarithms of the variances, of the same shape.
            seed: Integer, for the same noise every time; None for fresh noise.
        """
        noise = keras.random.normal(
            (self.num_samples, *ops.shape(mean)),
            dtype=mean.dtype,
            seed=self.seed_generator if seed is None else seed,
        )
        return mean + ops.exp(0.5 * log_variance) * noise

    def kl_divergence(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Return the KL term of each sample in nats, shape `(batch,)`.

        It is KL(q || p) of the encoder's normal distribution q and the standard
        normal distribution p, summed over the code; with free bits, the average over
        the batch, to which each dimension contributes at least these.
        """
        nats = kl_per_entry(mean, log_variance)
        if self.free_bits:
            # Free bits concern the batch: every sample gets the batch's average.
            average = ops.mean(nats, axis=0, keepdims=True)
            nats = ops.broadcast_to(
                ops.maximum(average, self.free_bits), ops.shape(nats)
            )
        return ops.sum(nats, axis=tuple(range(1, len(nats.shape))))

    def log_ratio(self, codes: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Return log p(z) - log q(z | x) in nats, shape `(num_samples, batch)`."""
        standardized = (codes - mean) * ops.exp(-0.5 * log_variance)
        terms = 0.5 * (ops.square(standardized) + log_variance - ops.square(codes))
        return ops.sum(terms, axis=tuple(range(2, len(terms.shape))))

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the layer."""
        return {
            **super().get_config(),
            "num_samples": self.num_samples,
            "beta": self.beta,
            "free_bits": self.free_bits,
            "seed": self.seed,
            "add_kl_loss": self.add_kl_loss,
        }


def kl_per_entry(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return KL(N(mean, exp(log_variance)) || N(0, 1)) of each entry, in nats."""
    return 0.5 * (ops.exp(log_variance) + ops.square(mean) - 1.0 - log_variance)
