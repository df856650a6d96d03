"""Where a layer's call was started from."""

import keras


def outermost(layer: keras.Layer) -> keras.Layer | None:
    """Return the layer or model whose call led to this layer's `call`.

    None where nothing was called, as in Keras's steps on JAX, which run `Model.call`
    itself. Keras 3.15 keeps it for its subclasses in a method that is not in its
    reference; where a release has no such method, the layer counts as called by itself.
    Instead: any public way to the model that is being trained.

    Args:
        layer: The layer whose `call` is running.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> from kerasae.layers.call_context import outermost
        >>> class Named(keras.layers.Layer):
        ...     def call(self, x):
        ...         seen.append(outermost(self).name)
        ...         return x
        >>> seen = []
        >>> layer, inputs = Named(name="inner"), keras.Input((2,))
        >>> model = keras.Model(inputs, layer(inputs), name="outer")
        >>> seen.clear()
        >>> _ = model(np.zeros((1, 2))), layer(np.zeros((1, 2)))
        >>> seen
        ['outer', 'inner']
    """
    context = getattr(layer, "_get_call_context", None)
    if context is None:
        return layer
    # Where there is no context, asking for it makes one, which knows of no `training`.
    if not hasattr(found := context(), "training"):
        layer._maybe_reset_call_context()
        return None
    return found.entry_layer


def is_within_another(model: keras.Model) -> bool:
    """Tell whether a running call of a model is a part of another model's.

    Args:
        model: The model whose `call` is running.

    Example:
        >>> import keras
        >>> from kerasae.layers.call_context import is_within_another
        >>> is_within_another(keras.Sequential())
        False
    """
    by = outermost(model)
    if keras.backend.backend() == "jax" and is_traced_by_keras():
        return by is not None  # what is trained, or traced, is not called itself
    return by is not None and by is not model


def is_traced_by_keras() -> bool:
    """Tell whether Keras runs layers on values that stand in for those of variables.

    As in its steps on JAX, and where it builds a model.

    Example:
        >>> import keras
        >>> from kerasae.layers.call_context import is_traced_by_keras
        >>> with keras.StatelessScope():
        ...     print(is_traced_by_keras())
        True
        >>> is_traced_by_keras()
        False
    """
    with keras.StatelessScope(initialize_variables=False) as scope:
        return scope.original_scope is not None
