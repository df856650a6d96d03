"""A code in which only the largest activations survive."""

from typing import Any

import keras
from keras import ops

from kerasae import _checks
from kerasae._types import BatchShape, Tensor


@keras.saving.register_keras_serializable("kerasae")
class KSparse(keras.layers.Layer):
    """Keeps the k largest activations of each sample and zeroes the others.

    Activations that equal the k-th largest are all kept.

    Args:
        k: How many activations survive, at least 1 and at most the size of the
            last axis.
        **kwargs: As for every Keras layer.

    Input and output shape: `(batch, ..., units)`; the k largest are taken along
    the last axis.

    Raises:
        ValueError: If `k` is not positive, or larger than the last axis.

    Reference:
        Makhzani and Frey 2013, "k-Sparse Autoencoders" (arXiv:1312.5663).

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import KSparse
        >>> np.asarray(KSparse(2)(np.array([[1.0, 4.0, 2.0, 3.0]])))
        array([[0., 4., 0., 3.]], dtype=float32)
    """

    def __init__(self, k: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.k = _checks.positive_integer("k", k)

    def build(self, input_shape: BatchShape) -> None:
        """Check that the last axis holds at least k entries."""
        units = input_shape[-1]
        if units is not None and self.k > units:
            raise ValueError(
                _checks.argument_error(
                    "k", f"at most {units}, the size of the code", self.k
                )
            )

    def call(self, inputs: Tensor) -> Tensor:
        """Return `inputs` with all but the k largest entries zeroed."""
        smallest_kept = ops.top_k(inputs, self.k)[0][..., -1:]
        return ops.where(inputs >= smallest_kept, inputs, ops.zeros_like(inputs))

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the layer."""
        return {**super().get_config(), "k": self.k}
