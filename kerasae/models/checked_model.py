"""A model whose layers check arrays before training starts."""

import inspect
from typing import Any

import keras
import numpy as np

from kerasae._arrays import to_numpy
from kerasae._types import ArrayLike


@keras.saving.register_keras_serializable("kerasae")
class CheckedModel(keras.Model):
    """A Functional model that refuses arrays that its layers cannot work with.

    A layer with a method `check_inputs` or `check_targets` is shown the inputs or
    the targets before `fit` and `evaluate` start, and may raise a ValueError. Streams
    (a `tf.data` dataset, a `PyDataset` and so on) are not checked, as that would
    consume them.

    Args:
        inputs: As in `keras.Model`.
        outputs: As in `keras.Model`.
        name: As in `keras.Model`.
        **kwargs: As in `keras.Model`.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> from kerasae.layers import Bernoulli
        >>> inputs = keras.Input((2,))
        >>> outputs = Bernoulli()(keras.layers.Dense(2)(inputs))
        >>> model = CheckedModel(inputs, outputs)
        >>> model.compile("adam", "mean_squared_error")
        >>> model.fit(np.full((1, 2), 7.0), np.full((1, 2), 7.0))
        Traceback (most recent call last):
            ...
        ValueError: Data of a Bernoulli likelihood must be in [0, 1]. ...
    """

    # Named as Keras's own: otherwise files would lose the layers.
    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(inputs=inputs, outputs=outputs, name=name, **kwargs)

    def fit(self, *args: Any, **kwargs: Any) -> keras.callbacks.History:
        """Check arrays, then train as `keras.Model.fit` does."""
        given = inspect.signature(keras.Model.fit).bind(self, *args, **kwargs).arguments
        self.check(given.get("x"), given.get("y"))
        validation = given.get("validation_data")
        if isinstance(validation, (tuple, list)):
            self.check(*validation[:2])
        return super().fit(*args, **kwargs)

    def evaluate(self, *args: Any, **kwargs: Any) -> Any:
        """Check arrays, then evaluate as `keras.Model.evaluate` does."""
        bound = inspect.signature(keras.Model.evaluate).bind(self, *args, **kwargs)
        self.check(bound.arguments.get("x"), bound.arguments.get("y"))
        return super().evaluate(*args, **kwargs)

    def check(self, x: ArrayLike, y: ArrayLike = None) -> None:
        """Raise a ValueError if a layer cannot work with these samples and targets."""
        y = x if y is None else y
        for what, data in (("check_inputs", x), ("check_targets", y)):
            checking = [layer for layer in self.layers if hasattr(layer, what)]
            if not checking or not hasattr(data, "__array__"):
                continue
            array = self._to_check(what, to_numpy(data))
            for layer in checking:
                getattr(layer, what)(array)

    def _to_check(self, what: str, data: np.ndarray) -> np.ndarray:
        """Return the data that the layers' checks of a kind are shown."""
        return data
