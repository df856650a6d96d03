"""From an encoder to a classifier or a regressor."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from kerasae import _checks
from kerasae._arrays import to_numpy
from kerasae._initial_weights import InitialWeights
from kerasae._layer_names import HEAD
from kerasae._triple import Autoencoder, as_triple
from kerasae._types import ArrayLike, Initializer, Loss, ModelOrTriple, Optimizer
from kerasae.engine.check_finite import check_finite
from kerasae.engine.compiling import compile as compile_fast
from kerasae.engine.fitting import fit
from kerasae.engine.keras_internals import rename
from kerasae.engine.optimizers import new_optimizer
from kerasae.layers import GaussianSampling
from kerasae.layers.apply_corruption import corruption_layers
from kerasae.training._staged import (
    extend_history,
    frozen,
    progress_callbacks,
)


def build_classifier(
    model: ModelOrTriple,
    num_classes: int,
    *,
    dropout: float = 0.0,
    kernel_initializer: Initializer = "glorot_uniform",
    seed: int | None = None,
    name: str | None = None,
) -> keras.Model:
    """Put a softmax layer on top of an autoencoder's code.

    The encoder's layers are shared with the autoencoder: training the classifier
    trains them too. The layers that corrupt a denoising autoencoder's input are left
    out, whatever their names: every `kerasae.layers.Corruption`, and Keras's own
    noise and dropout layers in front of the first layer with weights.

    Args:
        model: A triple, or its autoencoder, pretrained or not.
        num_classes: Number of classes, at least 2.
        dropout: Fraction of the code's units dropped during training, in [0, 1).
        kernel_initializer: As in `keras.layers.Dense`, for the layer `head`.
        seed: Makes the weights of `head` and its dropout repeatable.
        name: Name of the classifier. None: the autoencoder's, followed by
            `_classifier`.

    Returns:
        A flat Functional model, `(batch, *input_shape)` to `(batch, num_classes)`,
        whose rows are probabilities. Its last layer is named `head`.

    Raises:
        ValueError: If `num_classes` is below 2, or `dropout` outside [0, 1).

    Reference:
        Hinton and Salakhutdinov 2006, "Reducing the Dimensionality of Data with
        Neural Networks"; Vincent et al. 2010, "Stacked Denoising Autoencoders".

    Example:
        >>> import kerasae
        >>> from kerasae.training import build_classifier
        >>> triple = kerasae.build_stacked_ae(784, corruption="masking")
        >>> classifier = build_classifier(triple, 10)
        >>> classifier.output_shape, classifier.layers[-1].name
        ((None, 10), 'head')
    """
    num_classes = _checks.positive_integer("num_classes", num_classes)
    if num_classes < 2:
        fix = "For one number per sample, use build_regressor."
        raise ValueError(
            _checks.argument_error("num_classes", "2 or larger", num_classes, fix)
        )
    return _with_head(
        as_triple(model),
        num_classes,
        "softmax",
        dropout,
        InitialWeights(kernel_initializer, seed),
        name or f"{as_triple(model).autoencoder.name}_classifier",
    )


def build_regressor(
    model: ModelOrTriple,
    num_targets: int = 1,
    *,
    dropout: float = 0.0,
    kernel_initializer: Initializer = "glorot_uniform",
    seed: int | None = None,
    name: str | None = None,
) -> keras.Model:
    """Put a linear layer on top of an autoencoder's code.

    Like `build_classifier`, but for numeric targets.

    Args:
        model: As in `build_classifier`.
        num_targets: Numbers to predict per sample, positive.
        dropout: As in `build_classifier`.
        kernel_initializer: As in `build_classifier`.
        seed: As in `build_classifier`.
        name: Name of the regressor. None: the autoencoder's, followed by
            `_regressor`.

    Returns:
        A flat Functional model, `(batch, *input_shape)` to `(batch, num_targets)`.
        Its last layer is named `head`.

    Raises:
        ValueError: If `num_targets` is not positive, or `dropout` outside [0, 1).

    Example:
        >>> import kerasae
        >>> from kerasae.training import build_regressor
        >>> build_regressor(kerasae.build_conv_ae((28, 28, 1))).output_shape
        (None, 1)
    """
    return _with_head(
        as_triple(model),
        _checks.positive_integer("num_targets", num_targets),
        "linear",
        dropout,
        InitialWeights(kernel_initializer, seed),
        name or f"{as_triple(model).autoencoder.name}_regressor",
    )


def fine_tune(
    model: keras.Model,
    x: ArrayLike,
    y: ArrayLike,
    *,
    head_epochs: int = 0,
    epochs: int = 10,
    batch_size: int = 128,
    optimizer: Optimizer = "adam",
    loss: Loss = None,
    metrics: Any = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 1,
    **fit_options: Any,
) -> keras.callbacks.History:
    """Train a classifier or regressor: first its head alone, then the whole model.

    A randomly initialized head sends large gradients into an encoder that is already
    pretrained; a few epochs for the head alone avoid that. With `head_epochs=0` this
    is the same as compiling and fitting the model yourself.

    Args:
        model: A model that `build_classifier` or `build_regressor` returned.
        x: Samples, `(n_samples, *input_shape)`.
        y: For a classifier, integers from 0, `(n_samples,)`, or one-hot rows,
            `(n_samples, num_classes)`; for a regressor, `(n_samples,)` or
            `(n_samples, num_targets)`.
        head_epochs: Epochs with all layers but the head frozen, 0 or more.
        epochs: Epochs after that with all layers, 0 or more.
        batch_size: Samples per step.
        optimizer: As in `keras.Model.compile`; each of the two stages gets a fresh
            copy.
        loss: As in `keras.Model.compile`. None means the cross-entropy that fits
            `y` for a classifier, the mean squared error for a regressor.
        metrics: As in `keras.Model.compile`. None means accuracy for a classifier.
        callbacks: Callbacks for both stages.
        verbose: 0 for silence, otherwise a bar on a terminal and one line per epoch
            elsewhere.
        **fit_options: Further arguments of `keras.Model.fit`: `validation_data`,
            `class_weight`, `sample_weight` and so on.

    Returns:
        One `keras.callbacks.History` of both stages.

    Raises:
        ValueError: If `model` has no layer `head`, labels are missing or outside
            `0 ... num_classes - 1`, or training diverges.

    Example:
        >>> import kerasae
        >>> from kerasae.training import build_classifier, fine_tune
        >>> digits = kerasae.data.load_dataset("digits")
        >>> triple = kerasae.build_deep_ae((8, 8, 1), hidden_units=(32,), latent_dim=8)
        >>> classifier = build_classifier(triple, 10)
        >>> history = fine_tune(
        ...     classifier, digits.x_train, digits.y_train,
        ...     head_epochs=1, epochs=2, verbose=0,
        ... )
        >>> history.epoch, sorted(history.history)
        ([0, 1, 2], ['accuracy', 'loss'])
    """
    names = [layer.name for layer in model.layers]
    if HEAD not in names:
        raise ValueError(
            f"`model` must have a layer named {HEAD!r}. Received: {model.name!r} with "
            f"the layers {', '.join(names)}. Make it with build_classifier or "
            "build_regressor."
        )
    if head_epochs:
        head_epochs = _checks.positive_integer("head_epochs", head_epochs)
    if epochs:
        epochs = _checks.positive_integer("epochs", epochs)
    head = model.get_layer(HEAD)
    classifies = head.activation is keras.activations.softmax
    y = _targets(y, len(x), head.units, classifies)
    if loss is None:
        loss = "mean_squared_error"
        if classifies:
            kind = "sparse_" if y.ndim == 1 else ""
            loss = f"{kind}categorical_crossentropy"
    if metrics is None and classifies:
        metrics = ["accuracy"]

    encoder_layers = [layer for layer in model.layers if layer is not head]
    whole_history = keras.callbacks.History()
    whole_history.epoch = []
    stages: tuple[tuple[int, list[keras.Layer], str], ...] = (
        (head_epochs, encoder_layers, f"the {HEAD} alone"),
        (epochs, [], "all layers"),
    )
    for stage_epochs, frozen_layers, label in stages:
        if not stage_epochs:
            continue
        epochs_done = len(whole_history.epoch)
        with frozen(frozen_layers), progress_callbacks(label, verbose) as progress:
            compile_fast(model, new_optimizer(optimizer), loss, metrics=metrics)
            history = fit(
                model,
                x,
                y,
                initial_epoch=epochs_done,
                epochs=epochs_done + stage_epochs,
                batch_size=batch_size,
                verbose=0,
                callbacks=[*callbacks, *progress],
                **fit_options,
            )
        check_finite(history, label)
        extend_history(whole_history, history)
    whole_history.set_model(model)
    return whole_history


def _with_head(
    triple: Autoencoder,
    units: int,
    activation: str,
    dropout: float,
    weights: InitialWeights,
    name: str,
) -> keras.Model:
    """Return a flat model from the clean input to a head on the code."""
    inputs, x = _without_noise(triple.encoder)
    if len(x.shape) > 2:
        x = keras.layers.Flatten(data_format="channels_last", name="flatten_code")(x)
    if _checks.fraction("dropout", dropout):
        seed = weights.seed()
        x = keras.layers.Dropout(dropout, seed=seed, name=f"{HEAD}_dropout")(x)
    head = keras.layers.Dense(
        units,
        activation=activation,
        kernel_initializer=weights.initializer(),
        dtype="float32",  # probabilities and targets in full precision
        name=HEAD,
    )
    outputs = head(x)
    weights.reinitialize([head])
    model = keras.Model(inputs, outputs, name=name)
    rename(model.layers[0], "input")
    for layer in model.layers:
        # Labels are to be learned here: nobody expects a KL term, or a word about it.
        if isinstance(layer, GaussianSampling) and layer.add_kl_loss is None:
            layer.add_kl_loss = False
    return model


def _without_noise(
    encoder: keras.Model,
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Return the input and the output of the encoder's layers without its noise."""
    noise = corruption_layers(encoder)
    if not noise:
        return encoder.inputs[0], encoder.outputs[0]

    def call(layer: keras.Layer, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return inputs if layer in noise else layer(inputs, *args, **kwargs)

    # The same layers, and so the same weights, called once more.
    clean = keras.models.clone_model(
        encoder, clone_function=lambda layer: layer, call_function=call
    )
    return clean.inputs[0], clean.outputs[0]


def _targets(y: ArrayLike, count: int, units: int, classifies: bool) -> np.ndarray:
    """Return targets as an array, or raise if they do not fit."""
    if y is None:
        raise ValueError(
            "`y` must be given: labels or target values, one for each sample. "
            "Received: y=None."
        )
    y = to_numpy(y)
    if len(y) != count:
        expected = f"an array of {count} targets, one for each sample of `x`"
        raise ValueError(
            _checks.argument_error(
                "y", expected, _checks.Description(f"{len(y)} targets")
            )
        )
    if y.shape == (count, units) or (y.ndim == 1 and units == 1):
        return y
    if y.ndim != 1 or not classifies:
        expected = f"an array of shape ({count}, {units})"
        received = f"shape {y.shape}"
        raise ValueError(
            _checks.argument_error("y", expected, _checks.Description(received))
        )
    whole = y.dtype.kind in "iub" or (y.dtype.kind == "f" and (y == y.round()).all())
    if not whole or y.min() < 0 or y.max() >= units:
        expected = f"whole numbers from 0 to {units - 1}"
        received = (
            f"{', '.join(repr(value) for value in np.unique(y)[:3].tolist())} ..."
        )
        fix = "Turn class names into numbers: numpy.unique(y, return_inverse=True)[1]."
        raise ValueError(
            _checks.argument_error("y", expected, _checks.Description(received), fix)
        )
    return y
