"""Any autoencoder as a scikit-learn transformer."""

import copy
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, TypeAlias

import keras
import numpy as np

from kerasae import _checks
from kerasae._triple import Autoencoder, split
from kerasae._types import Activation, Corruption, Loss, ModelOrTriple, Optimizer
from kerasae.builders import SAMPLE_AXES, VARIANTS
from kerasae.estimators._base import store
from kerasae.estimators._base_autoencoder import BaseAutoencoder
from kerasae.estimators._builder_options import build, builder_options

Variant: TypeAlias = str | Callable[..., ModelOrTriple] | ModelOrTriple


class AutoencoderTransformer(BaseAutoencoder):
    """An autoencoder that encodes rows, for pipelines and searches.

    Use it in place of `sklearn.decomposition.PCA` where linear projections do not
    follow the data. `StackedAutoencoder` trains deep stacks layer by layer first;
    `StackedAutoencoderClassifier` learns labels as well.

    Scale the columns of `X` first, with `StandardScaler` or `MinMaxScaler`.
    Computations use float32, and codes are returned as float32.

    Args:
        variant: What to train. A name: `"undercomplete"`, `"sparse"`, `"deep"`,
            `"conv"` and so on, a builder's name without `build_` and `_ae`. A
            builder of your own, called as `variant(input_shape, **options)`, that
            returns a triple or a Functional model with a layer named `code`. Or
            such a triple or model itself: `fit` trains a copy that starts from its
            weights.
        latent_dim: Size of the code; None for the builder's default.
        activation: Activation of the builder's layers; None for its default.
        output_activation: `"linear"` for columns of any range, `"sigmoid"` for
            values in [0, 1]. None means `"linear"` for a variant by name, and the
            default of a builder of your own.
        corruption: Makes the model a denoising one: `"masking"`, `"gaussian"` (for
            values in [0, 1]), `"salt_and_pepper"`, a pair such as
            `("masking", 0.3)`, or a layer; None for the builder's default.
        options: Further keyword arguments of the builder, as a dict.
        input_shape: Shape of one sample, for variants that take images, such as
            `(28, 28, 1)`, or sequences, `(steps, channels)`. `X` keeps one row per
            sample. None means `(n_features,)`.
        optimizer: Name of a Keras optimizer, or an instance, which is copied.
        learning_rate: The optimizer's learning rate; None for its default.
        loss: As in `keras.Model.compile`. None means binary cross-entropy for a
            sigmoid output, else the mean squared error.
        epochs: Passes over `X`; an upper limit with early stopping.
        batch_size: Samples per step.
        early_stopping: Whether to hold out a part of `X` and stop when its loss no
            longer decreases. The weights of the best epoch are kept.
        validation_fraction: The part held out, in (0, 1).
        n_iter_no_change: Epochs without a lower loss before training stops.
        callbacks: Keras callbacks for training, used as they are, so that what they
            record can be read afterwards; `sklearn.base.clone` copies them.
        warm_start: Whether `fit` continues with the model of the last `fit`, whose
            architecture is then kept, instead of building a new one.
        random_state: An integer for the same result every time; None, or a
            `numpy.random.RandomState`, for a different one in every `fit`.
        verbose: What Keras prints: 0 nothing, 1 a progress bar, 2 one line per
            epoch.
        log_path: A `.csv` file for the losses of every epoch.
        export_path: A `.keras` file to which every `fit` and `partial_fit` saves the
            model, to be read with `kerasae.load`. Missing folders are created.

    Attributes:
        autoencoder_: The trained triple of Keras models.
        history_: Losses by name, each a list with one value per epoch.
        n_iter_: Epochs trained, including those of earlier calls that were resumed.
        n_features_in_: Number of columns in `fit`.
        feature_names_in_: Their names, if `X` had any.

    Raises:
        ValueError: In `fit`, if a parameter or `X` is not as described.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import StandardScaler
        >>> from kerasae.estimators import AutoencoderTransformer
        >>> X = load_iris().data
        >>> codes = make_pipeline(
        ...     StandardScaler(),
        ...     AutoencoderTransformer(latent_dim=2, epochs=5, random_state=0),
        ... ).fit_transform(X)
        >>> codes.shape, codes.dtype
        ((150, 2), dtype('float32'))
    """

    variant: Variant
    latent_dim: int | None
    activation: Activation
    output_activation: Activation
    corruption: Corruption
    options: Mapping[str, Any] | None
    input_shape: Sequence[int] | None

    def __init__(
        self,
        variant: Variant = "undercomplete",
        *,
        latent_dim: int | None = None,
        activation: Activation = None,
        output_activation: Activation = None,
        corruption: Corruption = None,
        options: Mapping[str, Any] | None = None,
        input_shape: Sequence[int] | None = None,
        optimizer: Optimizer = "adam",
        learning_rate: float | None = None,
        loss: Loss = None,
        epochs: int = 100,
        batch_size: int = 32,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        warm_start: bool = False,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
        log_path: str | PathLike[str] | None = None,
        export_path: str | PathLike[str] | None = None,
    ) -> None:
        store(self, locals())

    def _build(self, n_features: int, seed: int) -> Autoencoder:
        named = {
            name: getattr(self, name)
            for name in ("latent_dim", "activation", "output_activation", "corruption")
            if getattr(self, name) is not None
        }
        options = builder_options(named, self.options)
        if isinstance(self.variant, (Autoencoder, keras.Model)):
            return self._copy(n_features, options)
        shape = self._shape(n_features)
        if isinstance(self.variant, str):
            builder = VARIANTS[_checks.one_of("variant", self.variant, VARIANTS)]
            options = {"output_activation": "linear", "seed": seed, **options}
            takes = inspect.signature(builder).parameters
            if "likelihood" in takes and options["output_activation"] == "linear":
                options.setdefault("likelihood", "gaussian")
            return build(builder, shape, options)
        if not callable(self.variant):
            raise _variant_error(f"a {type(self.variant).__name__}")
        built = self.variant(shape, **options)
        if isinstance(built, keras.Model):
            built = split(built)
        if not isinstance(built, Autoencoder):
            raise _variant_error(f"a builder that returns a {type(built).__name__}")
        _check_shapes(built, shape)
        return built

    def _copy(self, n_features: int, options: dict[str, Any]) -> Autoencoder:
        """Return a copy of the user's model, weights included."""
        if options:
            raise ValueError(
                f"A `variant` that is already a model takes no {', '.join(options)}. "
                "Pass the builder instead, or leave them out."
            )
        triple = copy.deepcopy(
            self.variant
            if isinstance(self.variant, Autoencoder)
            else split(self.variant)
        )
        shape = triple.autoencoder.input_shape[1:]
        if self.input_shape is not None:
            shape = _checks.input_shape(self.input_shape)
        _check_shapes(triple, shape)
        _check_size(shape, n_features)
        return triple

    def _shape(self, n_features: int) -> tuple[int, ...]:
        """Return the shape of one sample, or raise if rows do not have its size."""
        if self.input_shape is not None:
            shape = _checks.input_shape(self.input_shape)
            _check_size(shape, n_features)
            return shape
        if isinstance(self.variant, str) and self.variant in SAMPLE_AXES:
            axes = ", ".join(SAMPLE_AXES[self.variant])
            expected = f"({axes}) for the variant {self.variant!r}"
            fix = f"X has {n_features} features, the product of these."
            raise ValueError(_checks.argument_error("input_shape", expected, None, fix))
        return (n_features,)


def _variant_error(received: str) -> TypeError:
    expected = "a name, a builder, a triple or a Functional keras.Model"
    fix = f"Names: {', '.join(VARIANTS)}."
    return TypeError(
        _checks.argument_error("variant", expected, _checks.Description(received), fix)
    )


def _check_shapes(triple: Autoencoder, shape: tuple[int, ...]) -> None:
    """Raise unless a model takes and returns samples of a shape."""
    model = triple.autoencoder
    if model.input_shape[1:] != shape or model.output_shape[1:] != shape:
        raise ValueError(
            f"`variant` must take and return samples of shape {shape}. Received: a "
            f"model from {model.input_shape[1:]} to {model.output_shape[1:]}."
        )


def _check_size(shape: tuple[int, ...], n_features: int) -> None:
    """Raise unless samples of a shape have `n_features` values."""
    if math.prod(shape) != n_features:
        expected = f"a shape of {n_features} values, the columns of X"
        raise ValueError(_checks.argument_error("input_shape", expected, shape))
