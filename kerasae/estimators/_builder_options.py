"""Arguments that estimators pass on to builders."""

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kerasae import _checks
from kerasae._triple import Autoencoder


def builder_options(
    named: Mapping[str, Any], options: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return keyword arguments for a builder, as copies that it may modify.

    Args:
        named: Arguments that are parameters of the estimator.
        options: The estimator's parameter `options`: further arguments, or None.

    Raises:
        TypeError: If `options` is not a dict.
        ValueError: If it repeats a parameter of the estimator.
    """
    options = {} if options is None else options
    if not isinstance(options, Mapping):
        fix = "For example: options={'kernel_initializer': 'he_normal'}."
        raise TypeError(_checks.argument_error("options", "a dict", options, fix))
    repeated = sorted(named.keys() & options.keys())
    if repeated:
        expected = "options that are not parameters of the estimator"
        fix = f"Set {', '.join(repeated)} there alone."
        raise ValueError(_checks.argument_error("options", expected, options, fix))
    return copy.deepcopy({**named, **options})


def build(
    builder: Callable[..., Autoencoder],
    shape: int | Sequence[int],
    options: Mapping[str, Any],
) -> Autoencoder:
    """Call one of kerasae's builders, or name the option that it does not know."""
    known = list(inspect.signature(builder).parameters)[1:]
    for name in options:
        if name not in known:
            raise ValueError(
                f"`options` holds {name!r}, which {builder.__name__} does not know. "
                f"{_checks.nearest(name, known)}"
            )
    return builder(shape, **options)
