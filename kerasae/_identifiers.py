"""Objects that stand for themselves, a name, or a name and a value."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kerasae._checks import argument_error, one_of


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
    return known[name](*identifier[1:], **options)
