"""Types of arguments that several rooms take, in one place."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, Union

if TYPE_CHECKING:
    import keras

# Names as Keras knows them, or what they stand for.
Activation: TypeAlias = str | Callable[[Any], Any] | None
Initializer: TypeAlias = Union[str, "keras.initializers.Initializer"]
Regularizer: TypeAlias = Union[
    str, tuple[str, float], "keras.regularizers.Regularizer", None
]
Optimizer: TypeAlias = Union[str, "keras.optimizers.Optimizer"]
Loss: TypeAlias = Union[str, "keras.losses.Loss", Callable[..., Any], None]
# Noise by its name, by name and level, or a layer that keeps its input's shape.
Corruption: TypeAlias = Union[str, tuple[str, float], "keras.Layer", None]
# How data scatter around an output: by name, name and level, or a layer.
Likelihood: TypeAlias = Union[str, tuple[str, float | None], "keras.Layer", None]
# Shape of a batch; None stands for a size that is not fixed.
BatchShape: TypeAlias = tuple[int | None, ...]
# Arrays, nested sequences of numbers, data frames, tensors of any backend.
ArrayLike: TypeAlias = Any
# A tensor of the backend, symbolic ones included.
Tensor: TypeAlias = Any


class Triple(Protocol):
    """What `kerasae.Autoencoder` has, for rooms below it."""

    @property
    def autoencoder(self) -> "keras.Model":
        """Model from samples to their reconstructions."""

    @property
    def encoder(self) -> "keras.Model":
        """Model from samples to codes."""

    @property
    def decoder(self) -> "keras.Model":
        """Model from codes to reconstructions."""


ModelOrTriple: TypeAlias = Union["keras.Model", Triple]
