"""Whether training went well."""

import keras
import numpy as np

_FIX = (
    "Check the data for NaN, scale them to [0, 1], or lower the optimizer's learning "
    "rate."
)


def check_finite(
    history: keras.callbacks.History, where: str = "", fix: str = _FIX
) -> None:
    """Raise if training ended with a loss that is not a finite number.

    Args:
        history: What `fit` returned.
        where: The stage of training, where there are several.
        fix: What to do about it, in whole sentences.

    Raises:
        ValueError: If the last loss is NaN or infinite.

    Example:
        >>> import keras
        >>> from kerasae.engine.check_finite import check_finite
        >>> history = keras.callbacks.History()
        >>> history.history = {"loss": [0.7, float("nan")]}
        >>> check_finite(history, "pair 1 of 2", "Lower the learning rate.")
        Traceback (most recent call last):
            ...
        ValueError: Training diverged in pair 1 of 2: the loss is nan. Lower the ...
    """
    losses = history.history.get("loss", [])
    if losses and not np.isfinite(losses[-1]):
        stage = f" in {where}" if where else ""
        raise ValueError(
            f"Training diverged{stage}: the loss is {float(losses[-1])}. {fix}"
        )
