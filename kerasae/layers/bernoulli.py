"""An output of probabilities, for data in [0, 1]."""

import keras
import numpy as np
from keras import ops

from kerasae._types import Tensor
from kerasae.layers.likelihood import Likelihood


@keras.saving.register_keras_serializable("kerasae")
class Bernoulli(Likelihood):
    """Turns logits into probabilities, and computes the likelihood of binary data.

    The gray of a pixel between black and white counts as the probability of white:
    the log-likelihood is then the negative cross-entropy. It is computed from the
    logits, so that it stays exact where probabilities round to 0 or 1.

    Input shape: logits, any; output shape: the same, probabilities in [0, 1].

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import Bernoulli
        >>> layer = Bernoulli()
        >>> logits = np.array([[0.0, 100.0]])
        >>> np.asarray(layer(logits)).tolist()
        [[0.5, 1.0]]
        >>> float(layer.log_prob(np.array([[1.0, 0.0]]), logits, axes=1)[0]) < -100
        True
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Return probabilities."""
        return ops.sigmoid(inputs)

    def terms(self, x: Tensor, parameters: Tensor) -> Tensor:
        """Return `x` log p + (1 - `x`) log (1 - p) for each feature."""
        return x * parameters - ops.softplus(parameters)

    def check_targets(self, targets: np.ndarray) -> None:
        """Raise a ValueError if data are not in [0, 1]."""
        if not targets.size:
            return
        low, high = float(np.min(targets)), float(np.max(targets))
        if not (low >= 0.0 and high <= 1.0):
            raise ValueError(
                "Data of a Bernoulli likelihood must be in [0, 1]. Received: values "
                f"from {low:g} to {high:g}. Scale them with kerasae.data.scale, or "
                "build the model for data of any range: likelihood='gaussian', "
                "output_activation='linear'."
            )
