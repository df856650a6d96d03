"""What all estimators do alike: check, seed, train, and apply models to rows."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state

from kerasae import _checks
from kerasae.engine.check_finite import check_finite
from kerasae.engine.compiling import default_loss
from kerasae.engine.fitting import fit
from kerasae.engine.prediction import predict

Arrays = tuple[np.ndarray, np.ndarray]
# Up to so many rows a model is called; more are worth `predict`, which compiles.
_ROWS = 1024
_IF_DIVERGED = (
    "Scale X, with sklearn.preprocessing.StandardScaler for instance, or choose a "
    "smaller learning_rate."
)


def check_training(estimator: Any) -> None:
    """Raise if a parameter that governs the training has no sensible value."""
    for name in ("epochs", "batch_size", "n_iter_no_change"):
        _checks.positive_integer(name, getattr(estimator, name))
    share = _checks.fraction("validation_fraction", estimator.validation_fraction)
    if estimator.early_stopping and not share:
        raise ValueError(
            _checks.argument_error(
                "validation_fraction", "above 0 for early stopping", share
            )
        )
    if estimator.learning_rate is not None:
        _checks.positive("learning_rate", estimator.learning_rate)


def forbid_early_stopping(estimator: Any) -> None:
    """Raise if early stopping is asked for where one epoch is trained."""
    if estimator.early_stopping:
        fix = "One epoch cannot stop early; use fit, or warm_start=True."
        text = _checks.argument_error(
            "early_stopping", "False for partial_fit", True, fix
        )
        raise ValueError(text)


def check_loss(loss: Any) -> None:
    """Raise if Keras has no such loss; it would say so only after pretraining."""
    try:
        keras.losses.get(loss)
    except ValueError as error:
        expected = "the name of a Keras loss, a loss or a function"
        fix = "For example: loss='mean_squared_error'."
        raise ValueError(_checks.argument_error("loss", expected, loss, fix)) from error


def check_range(model: keras.Model, x: np.ndarray) -> None:
    """Raise if a sigmoid is to reproduce values that it cannot."""
    if default_loss(model) == "binary_crossentropy" and (x.min() < 0 or x.max() > 1):
        expected = "in [0, 1] where the output is a sigmoid"
        received = f"values from {x.min():g} to {x.max():g}"
        fix = "Scale them with MinMaxScaler, or set output_activation='linear'."
        raise ValueError(
            _checks.argument_error("X", expected, _checks.Description(received), fix)
        )


@contextmanager
def reproducible(estimator: Any, *, again: bool) -> Iterator[int]:
    """Seed everything for a block, and give the seed.

    Keras shuffles by global random numbers. Python's and NumPy's are put back as
    they were at the end; those of the backend stay where the block left them.

    Args:
        estimator: Whose `random_state` counts.
        again: Whether training goes on, with epochs shuffled in another way.
    """
    # NumPy's old interface, because that is the one Keras and scikit-learn use.
    seed = int(check_random_state(estimator.random_state).randint(2**31 - 1))
    states = random.getstate(), np.random.get_state()  # noqa: NPY002
    keras.utils.set_random_seed(seed + (estimator.n_iter_ if again else 0))
    try:
        yield seed
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002


def set_learning_rate(estimator: Any, model: keras.Model) -> None:
    """Give a compiled model the learning rate that the estimator now has."""
    if estimator.learning_rate is not None:
        model.optimizer.learning_rate = estimator.learning_rate


def hold_out(
    estimator: Any, seed: int, x: np.ndarray, y: np.ndarray | None = None
) -> tuple[Arrays, Arrays | None]:
    """Set samples aside for early stopping, if the estimator asks for that.

    Args:
        estimator: Whose `early_stopping` and `validation_fraction` count.
        seed: Of the random choice.
        x: Samples.
        y: Labels, each to be found in both parts; None for targets equal to `x`.

    Returns:
        What to train on and what was set aside, None if nothing was; both as pairs
        of samples and targets.
    """
    if not estimator.early_stopping:
        return (x, x if y is None else y), None
    parts = train_test_split(
        *((x,) if y is None else (x, y)),
        test_size=estimator.validation_fraction,
        random_state=seed,
        stratify=y,
    )
    return (parts[0], parts[-2]), (parts[1], parts[-1])


def train(
    estimator: Any,
    model: keras.Model,
    data: Arrays,
    held_out: Arrays | None,
    *,
    epochs: int,
    history: dict[str, list[float]] | None = None,
) -> dict[str, list[float]]:
    """Train a compiled model as the estimator's parameters say.

    Args:
        estimator: Whose `batch_size`, `verbose`, `log_path` and so on count.
        model: A compiled model.
        data: Rows of samples, and targets; samples are brought into the model's
            shape, and so are targets that are the same array.
        held_out: The same for early stopping; None for going on to the end.
        epochs: Epochs to train.
        history: That of earlier calls, None if there were none.

    Returns:
        The history with that of earlier calls in front of it.
    """
    history = history or {}
    done = len(history.get("loss", ()))
    callbacks: list[keras.callbacks.Callback] = []
    if estimator.log_path is not None:
        log = keras.callbacks.CSVLogger(estimator.log_path, append=done > 0)
        callbacks.append(log)
    if held_out is not None:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                patience=estimator.n_iter_no_change, restore_best_weights=True
            )
        )
    new = fit(
        model,
        *_shaped(model, data),
        validation_data=held_out and _shaped(model, held_out),
        initial_epoch=done,
        epochs=done + epochs,
        batch_size=estimator.batch_size,
        verbose=estimator.verbose,
        callbacks=callbacks,
    )
    check_finite(new, fix=_IF_DIVERGED)
    return {
        name: history.get(name, [])
        + [float(value) for value in new.history.get(name, ())]
        for name in {**history, **new.history}
    }


def _shaped(model: keras.Model, data: Arrays) -> Arrays:
    x = data[0].reshape(-1, *model.input_shape[1:])
    return x, x if data[1] is data[0] else data[1]


def apply(model: keras.Model, rows: np.ndarray) -> np.ndarray:
    """Return a model's output, (n_samples, n_outputs), for (n_samples, n_inputs)."""
    x = rows.reshape(-1, *model.input_shape[1:])
    if len(x) > _ROWS:
        y = predict(model, x)
    else:
        y = keras.ops.convert_to_numpy(model(x, training=False))
    return y.reshape(len(x), -1).astype("float32")
