"""A variational autoencoder, whose loss is a bound on the data's likelihood."""

import math
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from kerasae._arrays import valid_steps
from kerasae._layer_names import CODE
from kerasae._types import ArrayLike, Tensor
from kerasae.layers import GaussianSampling, Likelihood
from kerasae.layers.call_context import is_within_another
from kerasae.layers.padding_mask import padding_value
from kerasae.models.checked_model import CheckedModel

# Noise of `evaluate`: the same every time, so that losses can be compared.
_EVALUATION_SEED = 20_131_220


class ForwardPass(NamedTuple):
    """What one pass through the model computes besides its output.

    Attributes:
        mean: Means of the code, shape `(batch, ...)`.
        log_variance: Logarithms of its variances, of the same shape.
        codes: Samples of it, shape `(num_samples, batch, ...)`.
        parameters: The input of the likelihood layer, shape `(num_samples, batch,
            *input_shape)`.
    """

    mean: Tensor
    log_variance: Tensor
    codes: Tensor
    parameters: Tensor


class _BatchMean(keras.losses.Loss):
    """Averages losses that are computed already.

    Where several devices share a batch, as under `tf.distribute.MirroredStrategy`,
    Keras sums the losses of all of them. Its own losses therefore divide by their
    number, in a function that is not public, and so does this one, being one of them.
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the losses."""
        return y_pred


class _Submodels:
    """The parts of a model, and its last pass.

    A plain object: an attribute that is a layer would make it the model's own, and
    files would hold the weights twice.
    """

    def __init__(self, model: keras.Model) -> None:
        self.sampling: GaussianSampling = model.get_layer(CODE)
        mean, log_variance = self.sampling.input
        self.likelihood: Likelihood = model.layers[-1]
        self.padding = padding_value(model)
        self.encode = keras.Model(model.inputs[0], [mean, log_variance])
        self.decode = keras.Model(self.sampling.output, self.likelihood.input)
        self.batch_mean = _BatchMean(name="batch_mean")
        self.last: ForwardPass | None = None

    def run(self, x: Tensor, *, training: bool, seed: int | None = None) -> ForwardPass:
        """Pass inputs through encoder, sampling and decoder."""
        mean, log_variance = self.encode(x, training=training)
        codes = self.sampling.sample(mean, log_variance, seed)
        shape = ops.shape(codes)
        flat = self.decode(ops.reshape(codes, (-1, *shape[2:])), training=training)
        parameters = ops.reshape(flat, (*shape[:2], *ops.shape(flat)[1:]))
        return ForwardPass(mean, log_variance, codes, parameters)


@keras.saving.register_keras_serializable("kerasae")
class VariationalAutoencoder(CheckedModel):
    """A Functional model that maximizes a lower bound on the data's likelihood.

    It needs a layer `code` that is a `kerasae.layers.GaussianSampling` and ends in
    a `kerasae.layers.Likelihood`; `kerasae.build_vae` builds such graphs. It is
    compiled without a loss, and trained by `fit(x)` or `fit(x, x)`.

    For each sample x, in nats and summed over features and over the code,

        loss = reconstruction_loss + kl_weight * kl_loss

    where `reconstruction_loss` is -log p(x | z) for a code z sampled from the
    encoder's distribution q(z | x), and `kl_loss` is KL(q(z | x) || p(z)) to the
    standard normal distribution p. Both are reported beside the loss, for training
    and validation. With `num_samples` of k > 1 in the code's layer,

        loss = -log(1/k sum_i p(x | z_i) (p(z_i) / q(z_i | x))^kl_weight),

    the tighter importance-weighted bound, which is not the sum of the two.

    Of sequences with a `kerasae.layers.PaddingMask` the padded steps do not count.

    Inside another model, be it called there or its graph gone on with, this loss does
    not count: `kerasae.layers.GaussianSampling` warns, and adds the KL term on request.

    A model that is called with `training=False`, as by `predict`, decodes the mean
    of the code. `evaluate`, and validation in `fit`, sample codes as training does,
    but with the same noise every time: `val_loss` is the same bound as `loss`, and
    evaluating twice gives the same value. (Only a change of backend, or of
    `jit_compile` on TensorFlow, changes that noise.)

    Args:
        inputs: As in `keras.Model`.
        outputs: As in `keras.Model`.
        name: As in `keras.Model`.
        **kwargs: As in `keras.Model`.

    Reference:
        Kingma and Welling 2014, "Auto-Encoding Variational Bayes", ICLR. Burda,
        Grosse and Salakhutdinov 2016, "Importance Weighted Autoencoders", ICLR.

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> vae, _, _ = kerasae.build_vae(20, latent_dim=2, seed=0)
        >>> kerasae.compile(vae)
        >>> history = vae.fit(np.random.default_rng(0).random((64, 20)), verbose=0)
        >>> sorted(history.history)
        ['kl_loss', 'loss', 'reconstruction_loss']
    """

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(inputs=inputs, outputs=outputs, name=name, **kwargs)
        self._reconstruction_loss = keras.metrics.Mean(name="reconstruction_loss")
        self._kl_loss = keras.metrics.Mean(name="kl_loss")
        self._submodels = _Submodels(self)

    @property
    def likelihood(self) -> Likelihood:
        """The layer that computes how likely data are."""
        return self._submodels.likelihood

    @property
    def posterior(self) -> keras.Model:
        """Model from inputs to the mean and the log-variance of their codes."""
        return self._submodels.encode

    @property
    def output_parameters(self) -> keras.Model:
        """Model from codes to the input of the likelihood layer."""
        return self._submodels.decode

    @property
    def padding(self) -> float | None:
        """The value of the padded steps of sequences, which do not count; or None."""
        return self._submodels.padding

    def call(
        self, inputs: Tensor, training: bool | None = None, mask: Any = None
    ) -> Tensor:
        """Return reconstructions: of a sampled code in training, else of its mean."""
        if is_within_another(self):
            return super().call(inputs, training=training, mask=mask)
        if not training:
            with self._submodels.sampling.kl_loss_elsewhere():
                return super().call(inputs, training=training, mask=mask)
        # The codes of a step are sampled once, here, where backends keep track of
        # random numbers; the loss takes them from there.
        self._submodels.last = self._submodels.run(inputs, training=True)
        return self.likelihood(self._submodels.last.parameters[0])

    def compute_loss(
        self,
        x: Tensor = None,
        y: Tensor = None,
        y_pred: Tensor = None,
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        """Return the mean over the batch of the negative bound, in nats."""
        last = self._submodels.last if training else None
        self._submodels.last = None  # or it would live on until the next step
        if last is None:
            last = self._submodels.run(x, training=training, seed=_EVALUATION_SEED)
        loss, reconstruction, divergence = self._bound(x if y is None else y, last)
        if sample_weight is not None:
            weight = ops.cast(sample_weight, loss.dtype)
            loss, reconstruction, divergence = (
                weight * value for value in (loss, reconstruction, divergence)
            )
        self._reconstruction_loss.update_state(reconstruction)
        self._kl_loss.update_state(divergence)
        penalties = sum(ops.sum(ops.cast(loss_, loss.dtype)) for loss_ in self.losses)
        return self._submodels.batch_mean(loss, loss + penalties)

    def check(self, x: ArrayLike, y: ArrayLike = None) -> None:
        """Raise a ValueError if there is a loss, or the data are out of range."""
        if self.loss is not None:
            raise ValueError(
                "A variational autoencoder defines its own loss: compile it without "
                f"`loss`. Received: loss={self.loss!r}. What the loss assumes about "
                "the data is set by the builder's `likelihood`."
            )
        super().check(x, y)

    def _to_check(self, what: str, data: np.ndarray) -> np.ndarray:
        if what == "check_inputs" or self.padding is None:
            return data
        return data[valid_steps(data, self.padding)]

    def _bound(
        self, targets: Tensor, last: ForwardPass
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return loss, reconstruction loss and KL term of each sample, in nats."""
        sampling = self._submodels.sampling
        mean, log_variance, codes, parameters = (
            ops.cast(value, "float32") for value in last
        )
        axes = len(self.inputs[0].shape) - 1
        log_likelihood = self.likelihood.log_prob(
            targets, parameters, axes, self.padding
        )
        reconstruction = -ops.mean(log_likelihood, axis=0)
        divergence = sampling.kl_divergence(mean, log_variance)
        weight = ops.convert_to_tensor(sampling.kl_weight)
        if sampling.num_samples == 1:
            return reconstruction + weight * divergence, reconstruction, divergence
        ratio = sampling.log_ratio(codes, mean, log_variance)
        bound = ops.logsumexp(log_likelihood + weight * ratio, axis=0)
        loss = math.log(sampling.num_samples) - bound
        return loss, reconstruction, divergence
