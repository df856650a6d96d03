"""The options of a variant: its builder's arguments, as a shell passes them."""

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

from kerasae import _checks
from kerasae.cli._printing import variant_word

_BOOLEANS = {"true": True, "false": False}


def variant_name(text: str) -> str:
    """Return a variant's name as Python spells it.

    Raises:
        ValueError: If there is no such variant.
    """
    from kerasae.builders import VARIANTS

    name = text.replace("-", "_")
    if name not in VARIANTS:
        known = [variant_word(name) for name in VARIANTS]
        hint = _checks.nearest(variant_word(name), known)
        raise ValueError(
            f"There is no variant {text!r}. {hint} The variant comes first, options "
            "after it."
        )
    return name


def parameters(builder: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the builder's parameters by the names of their options."""
    return {
        f"--{name.replace('_', '-')}": parameter
        for name, parameter in inspect.signature(builder).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and name not in ("seed", "name")
    }


def explanations(builder: Callable[..., Any]) -> dict[str, str]:
    """Return what the builder's docstring says about each of its arguments.

    "As in `build_deep_ae`." is replaced by what that builder says, and values are
    written as on the command line.
    """
    section = (inspect.getdoc(builder) or "").partition("\nArgs:\n")[2]
    section = re.split(r"^\S", section, maxsplit=1, flags=re.MULTILINE)[0]
    texts = {}
    for entry in re.split(r"^    (?=\S)", section, flags=re.MULTILINE)[1:]:
        name, _, text = entry.partition(":")
        texts[name] = " ".join(text.split())
    for name, text in texts.items():
        other = re.match(r"As in `(build_\w+)`\.", text)
        if other:
            from kerasae import builders

            there = explanations(getattr(builders, other[1]))[name]
            texts[name] = there + text[other.end() :]
    return {name: _in_shell_words(text) for name, text in texts.items()}


def _in_shell_words(text: str) -> str:
    """Return text with `masking,0.3` for the pair and `relu` for the quoted name."""
    text = re.sub(r'\("(\w+)", ([^()]+)\)', r"\1,\2", text.replace("`", ""))
    return re.sub(r'"(\w+)"', r"\1", text)


def parse(
    builder: Callable[..., Any],
    arguments: Sequence[str],
    command_options: Sequence[str],
) -> dict[str, Any]:
    """Return the builder's keyword arguments given on the command line.

    Args:
        builder: The variant's builder.
        arguments: The words that the command did not recognize.
        command_options: The command's own options, which a misspelled word may mean.

    Raises:
        ValueError: If an option is unknown, or its value is missing or does not fit.
    """
    known = parameters(builder)
    options = {}
    words = list(arguments)
    while words:
        word, equals, text = words.pop(0).partition("=")
        if word.startswith("--"):
            word = word.replace("_", "-")
        if word not in known:
            own = [option for option in command_options if option.startswith("--")]
            hint = _checks.nearest(word, (*known, *own))
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
        options[parameter.name] = () if empty else parse_value(text)
    return options


def parse_value(text: str) -> Any:
    """Return `16`, `0.5`, `16,8,8`, `masking,0.3` or `relu` as Python values."""
    if "," in text:
        parts = (part.strip() for part in text.split(","))
        return tuple(parse_value(part) for part in parts if part)
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return {"none": None, **_BOOLEANS}.get(text.lower(), text)


def option_text(default: Any) -> str:
    """Return a parameter's default as it is written on the command line."""
    if isinstance(default, tuple):
        return ",".join(map(str, default)) or "none"
    if default is None or isinstance(default, bool):
        return str(default).lower()
    return str(default)
