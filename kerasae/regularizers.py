"""Penalties on the code that Keras does not have."""

from typing import Any

import keras
from keras import ops

from kerasae import _checks
from kerasae._public_names import public
from kerasae._types import Tensor

__all__ = ["InFloat32", "KLSparsity"]

__getattr__, __dir__ = public(__name__, __all__)


@keras.saving.register_keras_serializable("kerasae")
class KLSparsity(keras.regularizers.Regularizer):
    """Pulls each unit's mean activation towards a target rate.

    The penalty sums KL(target || mean activation), the divergence between two
    Bernoulli distributions, over the units, with the mean taken over the batch
    (and, for feature maps, over the positions). The activations must lie in
    (0, 1), as those of a sigmoid do. `build_sparse_ae` rejects other activations;
    elsewhere nothing does: a mean outside that range is clipped to it, and there the
    penalty has no gradient and so no effect.

    As an `activity_regularizer` the penalty does not depend on the batch size.
    Keras divides every activity penalty by the number of samples, so calling the
    regularizer directly returns the penalty times that number.

    Args:
        target: Desired mean activation, in (0, 1). Default: 0.05.
        weight: Factor of the penalty, 0 or larger. Default: 0.01, which suits losses
            that average over the features, as Keras's do.

    Raises:
        ValueError: If `target` is outside (0, 1) or `weight` is negative.

    Reference:
        Ng 2011, "Sparse autoencoder", CS294A lecture notes; Lee, Ekanadham and Ng
        2008, "Sparse deep belief net model for visual area V2".

    Example:
        >>> import kerasae
        >>> penalty = kerasae.regularizers.KLSparsity(target=0.1)
        >>> triple = kerasae.build_sparse_ae(
        ...     784, latent_dim=64, activation="sigmoid", activity_regularizer=penalty
        ... )
        >>> triple.encoder.output_shape
        (None, 64)
    """

    def __init__(self, target: float = 0.05, weight: float = 0.01) -> None:
        self.target = _checks.fraction("target", target)
        if self.target == 0.0:
            raise ValueError(_checks.argument_error("target", "in (0, 1)", target))
        self.weight = _checks.non_negative("weight", weight)

    def __call__(self, x: Tensor) -> Tensor:
        """Return the penalty of the activations `x`, times their number of rows."""
        # Computed in float32 at least; returned in the precision of the loss.
        floatx = keras.config.floatx()
        dtype = "float64" if floatx == "float64" else "float32"
        x = ops.cast(x, dtype)
        mean = ops.mean(x, axis=tuple(range(len(x.shape) - 1)))
        mean = ops.clip(mean, keras.config.epsilon(), 1.0 - keras.config.epsilon())
        target = self.target
        divergence = target * ops.log(target / mean)
        divergence += (1.0 - target) * ops.log((1.0 - target) / (1.0 - mean))
        rows = ops.cast(ops.shape(x)[0], dtype)
        return ops.cast(self.weight * rows * ops.sum(divergence), floatx)

    def get_config(self) -> dict[str, float]:
        """Return what `from_config` needs to recreate the regularizer."""
        return {"target": self.target, "weight": self.weight}


@keras.saving.register_keras_serializable("kerasae")
class InFloat32(keras.regularizers.Regularizer):
    """Computes another regularizer in float32, whatever the type of the activations.

    Under a mixed-precision policy a penalty is a half-precision sum over the batch:
    it overflows easily, and Keras on TensorFlow cannot add it to the loss. The
    builders wrap their penalties where such a policy is set.

    Args:
        regularizer: The regularizer to wrap.

    Example:
        >>> import keras
        >>> import kerasae
        >>> import numpy as np
        >>> penalty = kerasae.regularizers.InFloat32(keras.regularizers.L1(1.0))
        >>> float(penalty(np.ones((100, 1000), dtype="float16")))
        100000.0
    """

    def __init__(self, regularizer: str | keras.regularizers.Regularizer) -> None:
        self.regularizer = keras.regularizers.get(regularizer)

    def __call__(self, x: Tensor) -> Tensor:
        """Return the penalty of the activations `x`, a float32 scalar."""
        return self.regularizer(ops.cast(x, "float32"))

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the regularizer."""
        return {"regularizer": keras.regularizers.serialize(self.regularizer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "InFloat32":
        """Recreate the regularizer."""
        return cls(keras.regularizers.deserialize(config["regularizer"]))
