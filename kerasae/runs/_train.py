"""A whole training run: build, train, evaluate, draw, save."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae import _checks, callbacks, metrics, training
from kerasae._environment import versions
from kerasae._triple import Autoencoder
from kerasae.builders import SAMPLE_AXES, VARIANTS
from kerasae.data import Dataset, load_dataset
from kerasae.engine.optimizers import new_optimizer
from kerasae.engine.prediction import predict
from kerasae.engine.samples import ends_in_sigmoid
from kerasae.evaluation import diagnose
from kerasae.layers.padding_mask import padding_value
from kerasae.models import VariationalAutoencoder
from kerasae.runs._plot import corrupted, denoises, draw
from kerasae.runs.resumable import fit_in_folder
from kerasae.runs.run import TENSORBOARD, Run

# Those that suit reconstructions, for advice.
_LOSSES = (
    "binary_crossentropy",
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
)


def train(
    folder: str | Path,
    variant: str,
    *,
    options: dict[str, Any] | None = None,
    data: str = "digits",
    epochs: int = 50,
    batch_size: int = 128,
    optimizer: str = "adam",
    learning_rate: float | None = None,
    loss: str | None = None,
    patience: int | None = None,
    seed: int = 0,
    resume: bool = False,
    force: bool = False,
    tensorboard: bool = False,
    log: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Build, train, evaluate and draw one variant, and save it all in a folder.

    Args:
        folder: The run's folder, created if missing.
        variant: `"conv"`, `"deep"` and so on: a builder's name without `build_`
            and `_ae`.
        options: Keyword arguments of the builder, with values that JSON can hold.
        data: As in `kerasae.data.load_dataset`. Values outside [0, 1], as those of a
            standardized table, are taken where the output is not a sigmoid.
        epochs: Total number of epochs, including those before a resumption.
        batch_size: Samples per step.
        optimizer: Name of a Keras optimizer.
        learning_rate: Its learning rate; None means Keras's default.
        loss: Name of a Keras loss; None means the one that `kerasae.compile` chooses.
            Variational autoencoders have their own.
        patience: Number of epochs without a lower validation loss after which
            training stops. The model is then that of the best epoch. None means that
            all epochs are trained, and the model is that of the last.
        seed: Makes the run repeatable.
        resume: Continue a run in `folder` after its last finished epoch.
        force: Replace a run in `folder`.
        tensorboard: Write logs for TensorBoard to the subfolder `tensorboard`.
        log: Receives messages, a line at a time.

    Returns:
        The record that `metrics.json` then holds: settings, versions, backend,
        epochs, with `patience` also the best one, seconds, and the mean squared errors
        per feature on training and test data, beside those of a principal component
        analysis with the same code size.

    Raises:
        ValueError, TypeError: If the variant, an option or the data do not fit;
            nothing is written then.
        FileExistsError: If `folder` already holds a run.
        FileNotFoundError: If there is nothing to resume, or no such data.
        KeyboardInterrupt: On Ctrl-C, after the current batch; the run can be resumed.

    Example:
        >>> import contextlib, io, tempfile
        >>> from kerasae.runs import train
        >>> with contextlib.redirect_stdout(io.StringIO()):
        ...     record = train(tempfile.mkdtemp(), "undercomplete", epochs=1)
        >>> record["finished"], record["epochs"]
        (True, 1)
    """
    epochs = _checks.positive_integer("epochs", epochs)
    batch_size = _checks.positive_integer("batch_size", batch_size)
    if learning_rate is not None:
        learning_rate = _checks.positive("learning_rate", learning_rate)
    if patience is not None:
        patience = _checks.positive_integer("patience", patience)
    seed = _checks.required_seed(seed)
    options = dict(options or {})
    _require_json({"optimizer": optimizer, "loss": loss, **options})
    settings = {
        "variant": variant,
        "options": options,
        "data": str(data),
        "epochs": epochs,
        "batch_size": batch_size,
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "loss": loss,
        "patience": patience,
        "seed": seed,
    }
    run = Run(folder)
    if resume:
        run.read()
    elif not force:
        run.require_free()
    dataset = _reshape_for(variant, load_dataset(data, scale=None))
    keras.utils.set_random_seed(seed)
    triple = _build(variant, dataset.x_train.shape[1:], {"seed": seed, **options})
    in_unit_range = _check_range(triple, dataset)
    _check_loss(triple, loss)
    for note in dataset.notes:
        log(note)
    training.compile(triple, new_optimizer(optimizer, learning_rate), loss)
    boards = [_tensorboard(run, dataset, settings)] if tensorboard else []
    backend = keras.backend.backend()
    with run.locked():
        triple = fit_in_folder(
            run,
            triple,
            dataset.x_train,
            settings=settings,
            resume=resume,
            validation_data=dataset.x_test,
            callbacks=boards,
            log=log,
        )
        record = run.finish(
            triple,
            backend=backend,
            versions=versions(("kerasae", "keras", "numpy", backend)),
            split={"train": len(dataset.x_train), "test": len(dataset.x_test)},
            parameters=triple.autoencoder.count_params(),
            code_size=math.prod(triple.encoder.output_shape[1:]),
            scaled=in_unit_range,
            errors=_errors(triple, dataset),
        )
        draw(run, triple, dataset.x_test, log)
    _say_findings(run, triple, dataset, log)
    return record


def _say_findings(
    run: Run, triple: Autoencoder, dataset: Dataset, log: Callable[[str], None]
) -> None:
    """Log what is plainly wrong, a line each; principal components are not computed."""
    x = dataset.x_test if len(dataset.x_test) > 1 else dataset.x_train
    if len(x) < 2:
        return
    found = diagnose(triple, x, run.history(), most=500, thorough=False)
    grave = [finding for finding in found if finding.severity != "hint"]
    for finding in grave:
        log(f"{finding.severity}: {finding.evidence}")
    if grave:
        log(f"what to change: kerasae diagnose {run.folder}")


def _tensorboard(
    run: Run, dataset: Dataset, settings: dict[str, Any]
) -> callbacks.TensorBoard:
    """Return the callback for TensorBoard, or raise if that is not installed."""
    plain = {name: value for name, value in settings.items() if name != "options"}
    return callbacks.TensorBoard(
        run.path(TENSORBOARD),
        samples=dataset.x_test[:1000],
        labels=None if dataset.y_test is None else dataset.y_test[:1000],
        hyperparameters={**plain, **settings["options"]},
    )


def _require_json(settings: dict[str, Any]) -> None:
    """Check that `metrics.json` can hold the settings."""
    for name, value in settings.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError) as error:
            expected = "a number, text or a sequence of these, as JSON holds it"
            fix = "Name Keras's objects: activation='relu', optimizer='adam'."
            raise TypeError(
                _checks.argument_error(name, expected, value, fix)
            ) from error


def _build(
    variant: str, shape: tuple[int, ...], options: dict[str, Any]
) -> Autoencoder:
    """Build the variant of that name, or raise if there is none."""
    if variant not in VARIANTS:
        raise ValueError(
            f"There is no variant {variant!r}. {_checks.nearest(variant, VARIANTS)}"
        )
    return VARIANTS[variant](shape, **options)


def _check_range(triple: Autoencoder, dataset: Dataset) -> bool:
    """Return whether data are in [0, 1]; raise if they are not but have to be."""
    parts = (dataset.x_train, dataset.x_test)
    low, high = min(x.min() for x in parts), max(x.max() for x in parts)
    if low >= 0 and high <= 1:
        return True
    if ends_in_sigmoid(triple.autoencoder):
        expected = "values in [0, 1], all that a sigmoid output can return, or integers"
        received = f"values from {low:g} to {high:g} in {dataset.name}"
        fix = "Pixels in 0..255: x = x / 255. Else take a linear output, "
        fix += "`--output-activation linear` or output_activation='linear', and "
        fix += "standardized columns: x = (x - x.mean(axis=0)) / x.std(axis=0)."
        raise ValueError(
            _checks.argument_error(
                "data", f"{expected} in 0..255", _checks.Description(received), fix
            )
        )
    return False


def _check_loss(triple: Autoencoder, loss: str | None) -> None:
    """Raise if there is no such loss, or the model takes none."""
    if loss is None:
        return
    if isinstance(triple.autoencoder, VariationalAutoencoder):
        expected = "None for a variational autoencoder, which has a loss of its own"
        fix = "What it assumes about the data is set by the option `likelihood`."
        raise ValueError(_checks.argument_error("loss", expected, loss, fix))
    try:
        keras.losses.get(loss)
    except ValueError as error:
        expected, fix = "the name of a Keras loss", _checks.nearest(loss, _LOSSES)
        raise ValueError(_checks.argument_error("loss", expected, loss, fix)) from error


def _reshape_for(variant: str, dataset: Dataset) -> Dataset:
    """Give samples the axes that the variant expects.

    Grayscale images and series with one channel get a channel axis. For models of
    sequences, grayscale images become sequences of their rows.
    """
    shape = dataset.x_train.shape[1:]
    axes = SAMPLE_AXES.get(variant, ())
    if len(shape) == len(axes) - 1:
        shape = (*shape, 1)
    elif len(axes) == 2 and len(shape) == 3 and shape[2] == 1:
        shape = shape[:2]
    return dataset._replace(
        x_train=dataset.x_train.reshape(-1, *shape),
        x_test=dataset.x_test.reshape(-1, *shape),
    )


def _errors(triple: Autoencoder, dataset: Dataset) -> dict[str, dict[str, float]]:
    """Return mean squared errors per feature on training and test data.

    They are those of the model, of a denoising model also for corrupted input, and of
    a principal component analysis with as many dimensions. Padded time steps are left
    out, and so is the analysis then: it does not know about padding.
    """
    parts = {"train": dataset.x_train, "test": dataset.x_test}
    padding = padding_value(triple.autoencoder)

    def by_part(inputs: Callable[[np.ndarray], np.ndarray]) -> dict[str, float]:
        return {
            name: metrics.reconstruction_error(
                x, predict(triple, inputs(x)), mask_value=padding
            )
            for name, x in parts.items()
        }

    errors = {"autoencoder": by_part(lambda x: x)}
    if denoises(triple):
        errors["autoencoder, corrupted input"] = by_part(lambda x: corrupted(triple, x))
    # A principal component analysis has at most so many dimensions, and needs two
    # samples.
    most = min(len(dataset.x_train), dataset.x_train[0].size)
    dimensions = min(math.prod(triple.encoder.output_shape[1:]), most)
    if len(dataset.x_train) > 1 and padding is None:
        pca = metrics.pca_error(dataset.x_train, dataset.x_test, dimensions)
        errors[f"PCA, {dimensions} dimensions"] = dict(zip(parts, pca, strict=True))
    return errors
