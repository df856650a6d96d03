"""What learning curves show."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from kerasae.evaluation._findings import Finding
from kerasae.layers.apply_corruption import corruption_layers

_FEW = 5  # epochs: of fewer, nothing is said about their course
_STILL_FALLING = 0.02  # of the loss's whole fall, in the last tenth of the epochs
_RISEN = 1.2  # times the lowest
_UNSTABLE = 0.2  # of the loss's whole range, from one epoch to the next
_HARDLY = 0.02  # of the first loss
_OVERFITTED = 0.1  # of the validation loss's whole fall, lost again


def of_training(
    model: keras.Model, history: Mapping[str, Sequence[float]]
) -> Iterator[Finding]:
    """Yield what the losses of all epochs show.

    Args:
        model: The autoencoder.
        history: Losses by name, each with one value per epoch.
    """
    loss = np.asarray(history.get("loss", ()), dtype=float)
    if not loss.size:
        return
    if not np.isfinite(loss).all():
        first = int(np.flatnonzero(~np.isfinite(loss))[0]) + 1
        yield Finding(
            "nan-loss",
            "error",
            f"The loss is NaN or infinite from epoch {first} on.",
            f"Look for NaN in the data, then lower the learning rate{_tenth(model)}, "
            "or clip gradients: optimizer=keras.optimizers.Adam(clipnorm=1.0).",
        )
        return
    if loss[-1] < 0 and _is_cross_entropy(model):
        yield Finding(
            "negative-loss",
            "error",
            f"The cross-entropy is {loss[-1]:.4g} after the last epoch; of data in "
            "[0, 1] it is never below 0.",
            "Scale the data to [0, 1], or build with output_activation='linear' and "
            "take the mean squared error.",
        )
    if len(loss) < _FEW:
        return
    validation = np.asarray(history.get("val_loss", ()), dtype=float)
    validation = validation[np.isfinite(validation)]
    course = list(_course(model, loss))
    yield from course
    if len(validation) == len(loss):
        yield from _overfitting(validation)
        yield from _corruption(model, loss, validation)


def _course(model: keras.Model, loss: np.ndarray) -> Iterator[Finding]:
    epochs, span = len(loss), float(loss.max() - loss.min())
    scale = max(abs(float(loss[0])), 1e-12)
    later = loss[epochs // 2 :]
    steps = np.diff(later)
    # Of the last three epochs all: a loss that goes up and down is another finding.
    if loss[-3:].min() > _RISEN * abs(loss.min()) + 0.05 * span and span > 0:
        yield Finding(
            "loss-risen",
            "warning",
            f"The loss was {loss.min():.4g} after epoch {int(loss.argmin()) + 1}, and "
            f"is {loss[-1]:.4g} after the last.",
            f"Lower the learning rate{_tenth(model)}, or stop early: "
            "keras.callbacks.EarlyStopping(restore_best_weights=True).",
        )
    elif span > 0 and np.abs(steps).max() > _UNSTABLE * span and _alternates(steps):
        yield Finding(
            "loss-unstable",
            "warning",
            f"In the second half of the epochs the loss goes up and down by up to "
            f"{np.abs(steps).max():.3g}, {np.abs(steps).max() / span:.0%} of all that "
            "it fell.",
            f"Lower the learning rate{_tenth(model)}, or take larger batches.",
        )
    elif span <= _HARDLY * scale:
        yield Finding(
            "learning-rate",
            "warning",
            f"In {epochs} epochs the loss went from {loss[0]:.4g} to {loss[-1]:.4g}, "
            "and hardly anywhere.",
            f"Raise the learning rate{_tenfold(model)}; if that changes nothing, the "
            "code is too small, or the weights begin too small for so many layers: "
            "kerasae.training.pretrain.",
        )
    else:
        recent = max(1, epochs // 10)
        fall = float(loss[-1 - recent] - loss[-1])
        if fall > _STILL_FALLING * span:
            yield Finding(
                "still-falling",
                "hint",
                f"In the last {recent} of {epochs} epochs the loss fell by "
                f"{fall:.3g} more, {fall / span:.0%} of its whole fall.",
                "Train for more epochs: `--resume` with more `--epochs`, or "
                "kerasae.fit(..., initial_epoch=...).",
            )


def _alternates(steps: np.ndarray) -> bool:
    if len(steps) < 3:
        return False
    return bool((np.sign(steps[1:]) != np.sign(steps[:-1])).mean() >= 0.5)


def _overfitting(validation: np.ndarray) -> Iterator[Finding]:
    best = int(validation.argmin())
    fall = float(validation[: best + 1].max() - validation[best])
    lost = float(validation[-1] - validation[best])
    if best < 0.8 * len(validation) and lost > _OVERFITTED * fall > 0:
        yield Finding(
            "overfitting",
            "warning",
            f"The validation loss was lowest after epoch {best + 1}, "
            f"{validation[best]:.4g}, and is {validation[-1]:.4g} after the last.",
            "Stop early (`--patience 10`, or keras.callbacks.EarlyStopping with "
            "restore_best_weights=True), take a smaller network, more data, or "
            "corruption='gaussian'.",
        )


def _corruption(
    model: keras.Model, loss: np.ndarray, validation: np.ndarray
) -> Iterator[Finding]:
    half = len(loss) // 2
    if corruption_layers(model) and (validation[half:] < 0.98 * loss[half:]).all():
        yield Finding(
            "validated-without-noise",
            "hint",
            f"The model is trained on corrupted inputs (loss {loss[-1]:.4g}), and "
            f"validated on clean ones ({validation[-1]:.4g}): the two are not the "
            "same task.",
            "To see how well it denoises: validation_data=(kerasae.data.corrupt("
            "x_test, 'gaussian', 0.5), x_test).",
        )


def _is_cross_entropy(model: keras.Model) -> bool:
    loss: Any = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", "")
    return "crossentropy" in str(name)


def _rate(model: keras.Model) -> float | None:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return None
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


def _tenth(model: keras.Model) -> str:
    rate = _rate(model)
    return "" if rate is None else f" (from {rate:g} to {rate / 10:g})"


def _tenfold(model: keras.Model) -> str:
    rate = _rate(model)
    return "" if rate is None else f" (from {rate:g} to {rate * 10:g})"
