"""Objects that stand for themselves, a name, or a name and a value."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import keras

from kerasae._checks import argument_error, nearest, one_of


def by_name(
    argument: str,
    identifier: Any,
    known: Mapping[str, Callable[..., Any]],
    **options: Any,
) -> Any:
    """Build what `name` or `(name, value)` stands for; return other objects as is.

    Args:
        argument: The argument's name.
        identifier: What was given for it.
        known: Builders by name, which take the value if there is one.
        **options: Further arguments of every builder.
    """
    if isinstance(identifier, str):
        identifier = (identifier,)
    if not isinstance(identifier, Sequence):
        return identifier
    if not 1 <= len(identifier) <= 2:
        raise ValueError(
            argument_error(argument, "a name or a pair (name, value)", identifier)
        )
    name = one_of(argument, identifier[0], known)
    values = identifier[1:]
    try:
        # Of a layer's class, `signature` would show the arguments of its `__new__`.
        builder = known[name]
        is_class = isinstance(builder, type)
        takes = builder.__init__ if is_class else builder
        itself = (builder,) if is_class else ()
        inspect.signature(takes).bind(*itself, *values, **options)
    except TypeError as error:
        expected = f"{name!r} alone, which takes no value"
        raise ValueError(argument_error(argument, expected, identifier)) from error
    return builder(*values, **options)


def activation(argument: str, identifier: Any) -> Callable[[Any], Any]:
    """Return the activation that Keras knows by a name, or that is given.

    Raises:
        TypeError: If it is neither a name nor a function.
        ValueError: If there is none of that name.
    """
    return _of_keras(argument, identifier, keras.activations, "activation")


def initializer(argument: str, identifier: Any) -> Any:
    """Return the initializer that Keras knows by a name, or that is given.

    Raises:
        TypeError: If it is neither a name nor an initializer.
        ValueError: If there is none of that name.
    """
    if identifier is None:  # for which Keras would choose one
        raise TypeError(_error(argument, identifier, keras.initializers, "initializer"))
    return _of_keras(argument, identifier, keras.initializers, "initializer")


def _of_keras(argument: str, identifier: Any, module: ModuleType, kind: str) -> Any:
    try:
        found = module.get(identifier)
    except (TypeError, ValueError) as error:
        text = _error(argument, identifier, module, kind)
        wrong_name = isinstance(identifier, (str, Mapping))
        raise (ValueError if wrong_name else TypeError)(text) from error
    if isinstance(found, type):
        fix = f"Pass an instance: {found.__name__}()."
        expected = f"an instance, not a class, of what computes the {kind}"
        raise TypeError(argument_error(argument, expected, identifier, fix))
    return found


def _error(argument: str, identifier: Any, module: ModuleType, kind: str) -> str:
    known = [name for name in dir(module) if _is_name(name)]
    fix = nearest(identifier if isinstance(identifier, str) else "", known)
    expected = f"the name of a Keras {kind}, or what it stands for"
    return argument_error(argument, expected, identifier, fix)


def _is_name(name: str) -> bool:
    """Tell whether a module's attribute is an object that goes by that name."""
    helpers = ("get", "serialize", "deserialize")
    return name.islower() and not name.startswith("_") and name not in helpers
