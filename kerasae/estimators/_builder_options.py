"""What estimators hand on to builders."""

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from kerasae import _checks


def builder_options(named: Mapping[str, Any], options: Any) -> dict[str, Any]:
    """Return keyword arguments for a builder, in objects that it may use up.

    Args:
        named: What the estimator has parameters for.
        options: The estimator's parameter `options`: the rest, or None.

    Raises:
        TypeError: If `options` is no dict.
        ValueError: If it repeats what has a parameter of its own.
    """
    options = {} if options is None else options
    if not isinstance(options, Mapping):
        fix = "For example: options={'kernel_initializer': 'he_normal'}."
        raise TypeError(_checks.argument_error("options", "a dict", options, fix))
    twice = sorted(named.keys() & options.keys())
    if twice:
        expected = "options that are no parameters of the estimator"
        fix = f"Set {', '.join(twice)} there alone."
        raise ValueError(_checks.argument_error("options", expected, options, fix))
    return copy.deepcopy({**named, **options})


def build(builder: Callable[..., Any], shape: Any, options: Mapping[str, Any]) -> Any:
    """Call a builder of ours, or say which option it does not know."""
    known = list(inspect.signature(builder).parameters)[1:]
    for name in options:
        if name not in known:
            raise ValueError(
                f"`options` holds {name!r}, which {builder.__name__} does not know. "
                f"{_checks.nearest(name, known)}"
            )
    return builder(shape, **options)
