"""A kernel that also runs backward, transposed."""

from typing import Any

import keras
from keras import ops

from kerasae import _checks, _identifiers
from kerasae._types import BatchShape, Initializer, Tensor


@keras.saving.register_keras_serializable("kerasae")
class TiedDense(keras.layers.Layer):
    """One kernel for both directions: encodes as x W, decodes as h W transposed.

    Called with `transpose=True`, the layer maps the space of its outputs back to that
    of its inputs. One layer that is called twice, rather than a second layer that
    borrows the kernel, keeps the graph flat: weights shared in any other way do not
    survive saving. A `Bias` follows each call.

    Args:
        units: Size of the output, positive.
        input_dim: Size of the input. If None, it is taken from the first call, which
            must then encode.
        kernel_initializer: As in `keras.layers.Dense`.
        **kwargs: As for every Keras layer.

    Input shape: `(batch, ..., input_dim)`, transposed `(batch, ..., units)`.
    Output shape: `(batch, ..., units)`, transposed `(batch, ..., input_dim)`.

    Raises:
        ValueError: If `units` is not a positive integer, the input does not have the
            size that the direction requires, or the first call decodes without
            `input_dim`.

    Reference:
        Vincent et al. 2010, "Stacked Denoising Autoencoders", Journal of Machine
        Learning Research 11, section 2.

    Example:
        >>> import numpy as np
        >>> from kerasae.layers import TiedDense
        >>> layer = TiedDense(32)
        >>> code = layer(np.ones((5, 784)))
        >>> layer(code, transpose=True).shape == (5, 784)
        True
    """

    def __init__(
        self,
        units: int,
        *,
        input_dim: int | None = None,
        kernel_initializer: Initializer = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = _checks.positive_integer("units", units)
        self.input_dim = (
            None
            if input_dim is None
            else _checks.positive_integer("input_dim", input_dim)
        )
        self.kernel_initializer = _identifiers.initializer(
            "kernel_initializer", kernel_initializer
        )

    def build(self, input_shape: BatchShape) -> None:
        """Create the kernel."""
        if self.input_dim is None:
            self.input_dim = _checks.positive_integer("input_dim", input_shape[-1])
        self.kernel = self.add_weight(
            shape=(self.input_dim, self.units),
            initializer=self.kernel_initializer,
            name="kernel",
        )
        self.built = True

    def __call__(self, inputs: Tensor, transpose: bool = False, **kwargs: Any) -> Any:
        """Build the kernel in the first call, and return what `call` does."""
        # Checked here, as `build` is not told the direction.
        if transpose and self.input_dim is None:
            raise ValueError(
                f"The first call of {self.name!r} must not be transposed: the size of "
                "what it would return is not known. Encode first, or give the layer "
                "its `input_dim`."
            )
        return super().__call__(inputs, transpose=transpose, **kwargs)

    def call(self, inputs: Tensor, transpose: bool = False) -> Any:
        """Return the encoding, or with `transpose` the decoding, of `inputs`."""
        self._output_size(inputs, transpose)
        kernel = ops.transpose(self.kernel) if transpose else self.kernel
        # Keras on torch multiplies float64 to float32, where `floatx` is that.
        return ops.cast(ops.matmul(inputs, kernel), self.compute_dtype)

    def compute_output_spec(self, inputs: Tensor, transpose: bool = False) -> Any:
        """Return the symbolic output of either direction."""
        size = self._output_size(inputs, transpose)
        return keras.KerasTensor((*inputs.shape[:-1], size), dtype=self.compute_dtype)

    def _output_size(self, inputs: Tensor, transpose: bool) -> int | None:
        """Return the output's last size, or raise if that of the input is wrong."""
        sizes = (self.input_dim, self.units)
        expected, size = reversed(sizes) if transpose else sizes
        if inputs.shape[-1] != expected:
            raise ValueError(
                f"`inputs` of {self.name!r} must have {expected} as their last size "
                f"with transpose={transpose}. Received shape: {tuple(inputs.shape)}."
            )
        return size

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to recreate the layer."""
        return {
            **super().get_config(),
            "units": self.units,
            "input_dim": self.input_dim,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
