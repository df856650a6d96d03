"""Reconstruction losses that Keras does not have."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("kerasae")
class SummedBinaryCrossentropy(keras.losses.Loss):
    """Binary cross-entropy, summed over the features of each sample.

    Keras's `binary_crossentropy` averages over the features; papers sum. On
    784 pixels the two differ by a factor of 784, and with them the step that a
    given learning rate takes.

    Args:
        from_logits: Whether the model's outputs are logits, not probabilities.
            Default: False.
        name: Name of the loss.
        **kwargs: `reduction` and `dtype`, as for every Keras loss.

    Shapes: targets and outputs `(batch, ...)`, targets in [0, 1]; one value a
    sample before the reduction.

    Reference:
        Vincent et al. 2010, "Stacked Denoising Autoencoders", Journal of Machine
        Learning Research 11, section 2.2.

    Example:
        >>> import numpy as np
        >>> from kerasae.losses import SummedBinaryCrossentropy
        >>> x = np.full((2, 784), 0.5, dtype="float32")
        >>> round(float(SummedBinaryCrossentropy()(x, x)) / 784, 3)
        0.693
    """

    def __init__(
        self,
        from_logits: bool = False,
        name: str = "summed_binary_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.from_logits = from_logits

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the cross-entropy of each sample, shape `(batch,)`."""
        values = ops.binary_crossentropy(y_true, y_pred, from_logits=self.from_logits)
        return ops.sum(values, axis=tuple(range(1, len(values.shape))))

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to make the loss again."""
        return {**super().get_config(), "from_logits": self.from_logits}
