"""The options of a variant: its builder's arguments, in the shell's words."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from kerasae import _checks

_BOOLEANS = {"true": True, "false": False}


def parameters(builder: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the builder's parameters by the names of their options."""
    return {
        f"--{name.replace('_', '-')}": parameter
        for name, parameter in inspect.signature(builder).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and name not in ("seed", "name")
    }


def parse(
    builder: Callable[..., Any], arguments: Sequence[str], ours: Sequence[str]
) -> dict[str, Any]:
    """Return the builder's keyword arguments that the command line names.

    Args:
        builder: The variant's builder.
        arguments: The words that the command did not take itself.
        ours: The command's own options, for a misspelled word may mean one.

    Raises:
        ValueError: If an option is unknown, or has no value that fits.
    """
    known = parameters(builder)
    options = {}
    words = list(arguments)
    while words:
        word, equals, text = words.pop(0).partition("=")
        if word not in known:
            hint = _checks.nearest(word, (*known, *(o for o in ours if o[:2] == "--")))
            raise ValueError(f"This variant has no option {word!r}. {hint}")
        parameter = known[word]
        switch = isinstance(parameter.default, bool)
        if not equals:
            if switch and (not words or words[0].lower() not in _BOOLEANS):
                text = "true"
            elif not words or words[0] in known:
                raise ValueError(f"The option {word} needs a value.")
            else:
                text = words.pop(0)
        if switch and text.lower() not in _BOOLEANS:
            raise ValueError(f"The option {word} is true or false, not {text!r}.")
        empty = isinstance(parameter.default, tuple) and text.lower() in ("", "none")
        options[parameter.name] = () if empty else value(text)
    return options


def value(text: str) -> Any:
    """Return `16`, `0.5`, `16,8,8`, `masking,0.3` or `relu` as Python values."""
    if "," in text:
        return tuple(value(part.strip()) for part in text.split(",") if part.strip())
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"none": None, **_BOOLEANS}.get(text.lower(), text)


def shown(default: Any) -> str:
    """Return a parameter's default as it would be written on the command line."""
    if isinstance(default, tuple):
        return ",".join(map(str, default)) or "none"
    if default is None or isinstance(default, bool):
        return str(default).lower()
    return str(default)
