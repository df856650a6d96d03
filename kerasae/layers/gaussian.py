"""An output of means, for real numbers."""

import math
from typing import Any

import keras
from keras import ops

from kerasae import _checks
from kerasae._types import BatchShape, Tensor
from kerasae.layers.likelihood import Likelihood


@keras.saving.register_keras_serializable("kerasae")
class Gaussian(Likelihood):
    """Passes means through, and computes the likelihood of real numbers around them.

    Args:
        stddev: Standard deviation of the data around the mean, above 0, in the
            units of the data; one for all features. None makes it a trainable
            weight, which starts at 1.
        **kwargs: As for every Keras layer.

    Input shape: means, any; output shape: the same.

    Raises:
        ValueError: If `stddev` is not above 0.

    Reference:
        Rybkin, Daniilidis and Levine 2021, "Simple and Effective VAE Training with
        Calibrated Decoders", ICML (the learned deviation).

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import Gaussian
        >>> layer = Gaussian(stddev=0.5)
        >>> x = np.zeros((1, 2))
        >>> round(float(layer.log_prob(x, x, axes=1)[0]), 3)  # -ln(0.25 * 2 pi)
        -0.452
    """

    def __init__(self, stddev: float | None = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stddev = None if stddev is None else _checks.positive("stddev", stddev)
        self.log_stddev: Tensor = 0.0 if self.stddev is None else math.log(self.stddev)

    def build(self, input_shape: BatchShape) -> None:
        """Create the weight, if the deviation is learned."""
        if self.stddev is None:
            self.log_stddev = self.add_weight(
                shape=(),
                initializer="zeros",
                autocast=False,
                dtype="float32",
                name="log_stddev",
            )

    def call(self, inputs: Tensor) -> Tensor:
        """Return the means."""
        return inputs

    def terms(self, x: Tensor, parameters: Tensor) -> Tensor:
        """Return the logarithm of the normal density for each feature."""
        log_stddev = ops.convert_to_tensor(self.log_stddev, dtype="float32")
        standardized = (x - parameters) * ops.exp(-log_stddev)
        return -0.5 * (ops.square(standardized) + math.log(2 * math.pi)) - log_stddev

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the layer."""
        return {**super().get_config(), "stddev": self.stddev}
