"""Argument checks that share one error template.

Every message names the argument, what was expected, what came, and the fix.
"""

import math
import numbers
from collections.abc import Iterable, Mapping, Set
from difflib import get_close_matches
from typing import Any


class Description(str):
    """Words on a value that came, where showing all of it would say less."""

    __slots__ = ()


def argument_error(argument: str, expected: str, received: Any, fix: str = "") -> str:
    """Return the error text that every bad argument gets.

    Args:
        argument: Its name.
        expected: What it must be.
        received: The value that came, or a `Description` of it.
        fix: What to do, in whole sentences.
    """
    described = isinstance(received, Description)
    shown = received if described else f"{argument}={received!r}"
    text = f"`{argument}` must be {expected}. Received: {shown}."
    return f"{text} {fix}" if fix else text


def nearest(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean ...?" for a misspelled word, and what is known."""
    known = sorted(known)
    close = get_close_matches(word, known, n=1)
    guess = f"Did you mean {close[0]!r}? " if close else ""
    return f"{guess}Known: {', '.join(known)}."


def positive_integer(argument: str, value: Any) -> int:
    """Return `value` as an int, or raise if it is not an integer above zero."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < 1:
        fix = "Write it as a whole number, 1 or larger."
        expected = "a positive integer"
        if isinstance(value, (numbers.Integral, numbers.Real)):
            raise ValueError(argument_error(argument, expected, value, fix))
        raise TypeError(argument_error(argument, expected, value, fix))
    return int(value)


def non_negative_integer(
    argument: str, value: Any, *, kind: str = "a whole number"
) -> int:
    """Return `value` as an int, or raise if it is not an integer of at least zero.

    Args:
        argument: Its name.
        value: The value that was given.
        kind: What the number is, for the error: "a number of epochs", say.
    """
    expected = f"{kind}, 0 or larger"
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(argument_error(argument, expected, value))
    if value < 0:
        raise ValueError(argument_error(argument, expected, value))
    return int(value)


def positive_integers(
    argument: str, values: Any, *, example: str, empty: bool = False
) -> tuple[int, ...]:
    """Return `values` as a tuple of ints above zero; one int counts as a tuple."""
    if isinstance(values, numbers.Integral):
        values = (values,)
    expected = "a sequence of positive integers"
    fix = f"For example: {argument}={example}."
    if not _is_ordered(values):
        raise TypeError(argument_error(argument, expected, values, fix))
    values = tuple(values)
    if not values and not empty:
        raise ValueError(argument_error(argument, "a non-empty sequence", values, fix))
    for value in values:
        if (
            isinstance(value, bool)
            or not isinstance(value, numbers.Integral)
            or value < 1
        ):
            raise ValueError(argument_error(argument, expected, values, fix))
    return tuple(int(value) for value in values)


def _is_ordered(values: Any) -> bool:
    """Tell whether `values` are several, in an order that means something."""
    return isinstance(values, Iterable) and not isinstance(
        values, (str, bytes, Set, Mapping)
    )


def fraction(argument: str, value: Any) -> float:
    """Return `value` as a float in [0, 1), or raise."""
    expected = "a number in [0, 1)"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(argument_error(argument, expected, value))
    if not 0.0 <= float(value) < 1.0:
        fix = "It is a share: 0.3 means 30 %."
        raise ValueError(argument_error(argument, expected, value, fix))
    return float(value)


def finite(argument: str, value: Any) -> float:
    """Return `value` as a finite float, or raise."""
    expected = "a finite number"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(argument_error(argument, expected, value))
    if not math.isfinite(value):
        raise ValueError(argument_error(argument, expected, value))
    return float(value)


def non_negative(argument: str, value: Any) -> float:
    """Return `value` as a finite float of at least zero, or raise."""
    expected = "a finite number, 0 or larger"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(argument_error(argument, expected, value))
    if not (math.isfinite(value) and float(value) >= 0):
        raise ValueError(argument_error(argument, expected, value))
    return float(value)


def positive(argument: str, value: Any) -> float:
    """Return `value` as a finite float above zero, or raise."""
    expected = "a finite number above 0"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(argument_error(argument, expected, value))
    if not (math.isfinite(value) and float(value) > 0):
        raise ValueError(argument_error(argument, expected, value))
    return float(value)


def seed(value: Any) -> int | None:
    """Return a seed, or None, which leaves it to Keras."""
    return None if value is None else required_seed(value)


def required_seed(value: Any) -> int:
    """Return a seed that NumPy, Keras and scikit-learn take, or raise."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or not 0 <= int(value) < 2**32:
        raise ValueError(
            argument_error("seed", "a whole number from 0 to 2**32 - 1", value)
        )
    return int(value)


def one_of(argument: str, value: Any, known: Iterable[str]) -> str:
    """Return `value` if it is one of the known words, or raise."""
    known = tuple(known)
    if not isinstance(value, str) or value not in known:
        expected = "one of " + ", ".join(repr(word) for word in known)
        fix = nearest(value, known) if isinstance(value, str) else ""
        raise ValueError(argument_error(argument, expected, value, fix))
    return value


def input_shape(value: Any) -> tuple[int, ...]:
    """Return the shape of one sample as a tuple; an int n means `(n,)`."""
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        value = (value,)
    expected = "a positive integer or a tuple of them, the shape of one sample"
    fix = "Leave out the batch axis; every size must be known: (28, 28, 1) or 784."
    if not _is_ordered(value):
        raise TypeError(argument_error("input_shape", expected, value, fix))
    shape = tuple(value)
    if not shape:
        raise ValueError(argument_error("input_shape", expected, value, fix))
    for size in shape:
        if isinstance(size, bool) or not isinstance(size, numbers.Integral) or size < 1:
            raise ValueError(argument_error("input_shape", expected, value, fix))
    return tuple(int(size) for size in shape)


def image_shape(value: Any, alternative: str) -> tuple[int, int, int]:
    """Return `(height, width, channels)`, or raise and name what takes the rest."""
    shape = input_shape(value)
    if len(shape) != 3:
        if len(shape) == 2:
            fix = f"Add the channel axis: input_shape={(*shape, 1)}."
        else:
            fix = f"For data that are no images use {alternative}."
        raise ValueError(
            argument_error("input_shape", "(height, width, channels)", value, fix)
        )
    return shape


def sequence_shape(value: Any) -> tuple[int, int]:
    """Return `(steps, channels)`, or raise and say how to write it."""
    shape = input_shape(value)
    if len(shape) != 2:
        if len(shape) == 1:
            fix = f"Add the axis of the channels: input_shape={(*shape, 1)}."
        elif len(shape) == 3 and shape[2] == 1:
            fix = f"To see images row by row: input_shape={shape[:2]}, x[..., 0]."
        else:
            fix = (
                f"Join the axes that belong to one step: input_shape="
                f"{(shape[0], math.prod(shape[1:]))}. For images use build_conv_ae."
            )
        raise ValueError(argument_error("input_shape", "(steps, channels)", value, fix))
    return shape


def is_signal(shape: tuple[int, ...]) -> bool:
    """Tell whether samples of a shape are drawn as lines, one a channel.

    Two axes are an image but where the last is short and the first much longer:
    at most 4 channels, and at least 8 steps for each of them.
    """
    return len(shape) == 2 and shape[1] <= 4 and shape[0] >= 8 * shape[1]
