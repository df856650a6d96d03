"""Training on samples that are their own targets, many steps in one compiled call."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

import keras

from kerasae import _checks
from kerasae._types import ModelOrTriple
from kerasae.engine._batching import BatchSource
from kerasae.engine._epochs import prepare, train
from kerasae.engine._hooks import acts_on_batches
from kerasae.engine._whole import whole
from kerasae.engine.backend import backend
from kerasae.engine.compiling import compile as compile_fast
from kerasae.engine.keras_internals import MissingInternalError, variables_kept
from kerasae.engine.samples import single_input
from kerasae.models import CheckedModel


def fit(
    model: ModelOrTriple,
    x: Any,
    y: Any = None,
    *,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: int | str = "auto",
    callbacks: Sequence[keras.callbacks.Callback] | None = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool = True,
    initial_epoch: int = 0,
    **fit_options: Any,
) -> keras.callbacks.History:
    """Train an autoencoder on samples that are their own targets.

    Does what `autoencoder.fit(x, x, ...)` does, faster: many steps run in one
    compiled call, and no copy of the samples is made. Losses, metrics, optimizers,
    callbacks, validation and history are Keras's. A callback that acts on single
    batches, or an option that is not listed below, is left to Keras's own `fit`.

    Args:
        model: A triple, or its autoencoder; compiled by `kerasae.compile` if it is
            not compiled yet. A classifier or another model with targets works as
            well.
        x: Samples of shape `(n_samples, *input_shape)`, floats or 8-bit integers,
            which are divided by 255 in the step that needs them: an array; a
            memory-mapped array or the path of a .npy file, read block by block, so
            that it may be larger than memory; or a stream of batches as
            `kerasae.data.pairs` takes it.
        y: Targets, where they are not the samples.
        batch_size: Samples a step, 32 if None; a stream has its own.
        epochs: Number of the last epoch.
        verbose: 0 for silence, 1 for a bar an epoch, 2 for a line an epoch.
        callbacks: As in `keras.Model.fit`.
        validation_split: Fraction of the samples, taken off their end, to validate
            on, in [0, 1).
        validation_data: Samples or a stream to validate on after every epoch; where
            `y` is given a pair `(x, y)`.
        shuffle: Whether every epoch takes the samples in a new order, the same one
            on every backend after `keras.utils.set_random_seed`. It follows from
            the seed and the epoch's number, `initial_epoch` included.
        initial_epoch: Number of epochs done before.
        **fit_options: What else `keras.Model.fit` takes.

    Returns:
        The history of losses and metrics, as from `keras.Model.fit`.

    Raises:
        TypeError, ValueError: If the samples do not fit the model, or an argument is
            out of range.

    Example:
        >>> import kerasae
        >>> digits = kerasae.data.load_dataset("digits")
        >>> triple = kerasae.build_undercomplete_ae((8, 8, 1), latent_dim=8)
        >>> history = kerasae.fit(
        ...     triple, digits.x_train, epochs=2, batch_size=64, verbose=0,
        ...     validation_data=digits.x_test,
        ... )
        >>> sorted(history.history), history.epoch
        (['loss', 'val_loss'], [0, 1])
    """
    autoencoder = whole(model)
    single_input(autoencoder)
    if not autoencoder.compiled:
        compile_fast(autoencoder)
    if batch_size is not None:
        batch_size = _checks.positive_integer("batch_size", batch_size)
    data, validation = BatchSource(autoencoder, x, y, batch_size, "x"), None
    weights: list[Any] = []  # of the samples to validate on
    if isinstance(validation_data, tuple):
        x, y, *weights = (*validation_data, None)[: max(2, len(validation_data))]
        validation = BatchSource(autoencoder, x, y, batch_size, "validation_data")
    elif validation_data is not None:
        validation = BatchSource(
            autoencoder, validation_data, None, batch_size, "validation_data"
        )
    elif _checks.fraction("validation_split", validation_split):
        data, validation = _split(data, validation_split)

    callbacks = list(callbacks or ())
    parts = [data] if validation is None else [data, validation]
    streams = any(part.is_stream for part in parts)
    by_batch = any(acts_on_batches(callback) for callback in callbacks)
    options: dict[str, Any] = {
        "epochs": epochs,
        "verbose": verbose,
        "callbacks": callbacks,
        "initial_epoch": initial_epoch,
    }
    if not (fit_options or streams or by_batch or weights) and _prepared(
        autoencoder, data, validation
    ):
        return train(autoencoder, data, validation, shuffle=shuffle, **options)
    if validation is not None:
        x, y, _ = validation.for_keras(shuffle=False, whole=bool(weights))
        fit_options["validation_data"] = x if y is None else (x, y, *weights)
    weighed = fit_options.get("sample_weight") is not None
    x, y, batch_size = data.for_keras(
        shuffle=shuffle, whole=weighed, initial_epoch=initial_epoch
    )
    # Streams have an order of their own.
    shuffle = shuffle and y is not None
    backend().unshare(autoencoder)
    try:
        with variables_kept(autoencoder):
            return autoencoder.fit(
                x, y, batch_size, shuffle=shuffle, **options, **fit_options
            )
    except Exception as error:
        wrong = [part.stream_error() for part in parts]
        found = next((one for one in wrong if one not in (None, error)), None)
        if found is None:
            raise
        raise found from error


def _split(data: BatchSource, fraction: float) -> tuple[BatchSource, BatchSource]:
    """Split a fraction of the samples off the end."""
    expected = "a fraction that leaves samples on both sides, and 0 for streams"
    if data.is_stream or not (at := math.floor(len(data.x) * (1 - fraction))) > 0:
        fix = "Give `validation_data` instead."
        raise ValueError(
            _checks.argument_error("validation_split", expected, fraction, fix)
        )
    return data[:at], data[at:]


def _can_loop(model: keras.Model) -> bool:
    """Tell whether the steps of a model can run in a loop of ours."""
    if model.run_eagerly or keras.distribution.distribution() is not None:
        return False
    return backend().can_loop(model)


def _prepared(
    model: keras.Model, data: BatchSource, validation: BatchSource | None
) -> bool:
    """Prepare a loop of ours, or tell that Keras has to train as it does itself."""
    try:
        if not _can_loop(model):
            return False
        if isinstance(model, CheckedModel):
            for part in (data, validation):
                if part is not None:
                    model.check(*part.to_check())
        prepare(model, data, validation)
    except MissingInternalError as error:
        warnings.warn(f"Keras's own `fit` trains, more slowly. {error}", stacklevel=3)
        return False
    return True
