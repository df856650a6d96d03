"""A tied layer that measures how much its output moves with its input."""

from typing import Any

import keras
from keras import ops

from kerasae import _checks, _identifiers
from kerasae._types import Activation, BatchShape, Tensor
from kerasae.layers.tied_dense import TiedDense

# Of the activations, as functions of their outputs.
_DERIVATIVES = {
    "sigmoid": lambda h: h * (1.0 - h),
    "tanh": lambda h: 1.0 - ops.square(h),
    "linear": ops.ones_like,
    "relu": lambda h: ops.cast(h > 0, h.dtype),
}


@keras.saving.register_keras_serializable("kerasae")
class ContractiveDense(TiedDense):
    """Encodes as a(x W + b), decodes as h W transposed, and measures its Jacobian.

    Each encoding comes with the squared Frobenius norm of the Jacobian, the
    derivatives of all outputs with respect to all inputs. For one layer it is
    sum_j a'(x W + b)_j^2 |W_j|^2: exact, without a derivative of a derivative, and
    so the same on every backend. A `Penalty` adds it to the loss. The kernel is tied
    because a free decoder would undo the penalty: small weights in, large ones out.

    Args:
        units: Size of the output, positive.
        activation: `"sigmoid"`, `"tanh"`, `"relu"` or `"linear"`.
        **kwargs: As for `TiedDense`.

    Input shape: `(batch, input_dim)`, transposed `(batch, units)`.
    Output shapes: `(batch, units)` and the norms, `(batch,)`; transposed
        `(batch, input_dim)` alone.

    Raises:
        ValueError: If the activation is not one of these.

    Reference:
        Rifai, Vincent, Muller, Glorot and Bengio 2011, "Contractive
        Auto-Encoders", ICML.

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import ContractiveDense
        >>> code, norms = ContractiveDense(32)(np.ones((5, 784)))
        >>> code.shape == (5, 32), norms.shape == (5,)
        (True, True)
    """

    def __init__(
        self, units: int, *, activation: Activation = "sigmoid", **kwargs: Any
    ) -> None:
        super().__init__(units, **kwargs)
        self.activation = _identifiers.activation("activation", activation)
        name = getattr(self.activation, "__name__", activation)
        self._derivative = _DERIVATIVES[
            _checks.one_of("activation", name, _DERIVATIVES)
        ]

    def build(self, input_shape: BatchShape) -> None:
        """Create kernel and bias."""
        super().build(input_shape)
        self.bias = self.add_weight(
            shape=(self.units,), initializer="zeros", name="bias"
        )

    def call(
        self, inputs: Tensor, transpose: bool = False
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Return the encodings and their norms, or with `transpose` the decodings."""
        outputs = super().call(inputs, transpose=transpose)
        if transpose:
            return outputs
        code = self.activation(outputs + self.bias)
        # A sum of many terms: not in half precision.
        exact = self._exact_dtype
        slopes = self._derivative(ops.cast(code, exact))
        lengths = ops.sum(ops.square(ops.cast(self.kernel, exact)), axis=0)
        return code, ops.sum(ops.square(slopes) * lengths, axis=-1)

    def compute_output_spec(self, inputs: Tensor, transpose: bool = False) -> Any:
        """Return the symbolic outputs of either direction."""
        outputs = super().compute_output_spec(inputs, transpose)
        if transpose:
            return outputs
        return outputs, keras.KerasTensor(inputs.shape[:1], dtype=self._exact_dtype)

    @property
    def _exact_dtype(self) -> str:
        """The type of the norms: float64 in a layer of that, else float32."""
        return str(keras.backend.result_type(self.compute_dtype, "float32"))

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the layer."""
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "activation": activation}
