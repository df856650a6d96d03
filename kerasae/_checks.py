"""Argument checks that share one error template.

Every message names the argument, what was expected, what was received, and the fix.
"""

import math
import numbers
import random
from collections.abc import Callable, Iterable, Mapping, Set
from difflib import get_close_matches
from typing import Any


class Description(str):
    """Words for a received value, where its `repr` would say less."""

    __slots__ = ()


def argument_error(argument: str, expected: str, received: Any, fix: str = "") -> str:
    """Return the error text that every bad argument gets.

    Args:
        argument: Its name.
        expected: What it must be.
        received: The value itself, or a `Description` of it.
        fix: What to do about it, in whole sentences.
    """
    described = isinstance(received, Description)
    shown = received if described else f"{argument}={received!r}"
    text = f"`{argument}` must be {expected}. Received: {shown}."
    return f"{text} {fix}" if fix else text


def nearest(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean ...?" for a misspelled word, and the known words."""
    known = sorted(known)
    close = get_close_matches(word, known, n=1)
    guess = f"Did you mean {close[0]!r}? " if close else ""
    return f"{guess}Known: {', '.join(known)}."


def counted(count: int, noun: str) -> str:
    """Return `1 epoch`, `2 epochs` and so on."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def is_number(value: Any) -> bool:
    """Tell whether a value is a real number, which booleans are not."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def is_whole(value: Any) -> bool:
    """Tell whether a value is a whole number by its type: 1.0 and True are not."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_size(value: Any) -> bool:
    return is_whole(value) and value >= 1


def positive_integer(argument: str, value: Any) -> int:
    """Return `value` as an int, or raise if it is not an integer above zero."""
    if _is_size(value):
        return int(value)
    fix = "Write it as a whole number, 1 or larger."
    message = argument_error(argument, "a positive integer", value, fix)
    raise ValueError(message) if isinstance(value, numbers.Real) else TypeError(message)


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
    if not all(_is_size(value) for value in values):
        raise ValueError(argument_error(argument, expected, values, fix))
    return tuple(int(value) for value in values)


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
    if not is_whole(value):
        raise TypeError(argument_error(argument, expected, value))
    if value < 0:
        raise ValueError(argument_error(argument, expected, value))
    return int(value)


def _is_ordered(values: Any) -> bool:
    """Tell whether `values` is an iterable whose order means something."""
    return isinstance(values, Iterable) and not isinstance(
        values, (str, bytes, Set, Mapping)
    )


def _real(
    argument: str,
    value: Any,
    expected: str,
    accepts: Callable[[float], bool],
    fix: str = "",
) -> float:
    """Return `value` as a float, or raise if it is no number or is not accepted."""
    if not is_number(value):
        raise TypeError(argument_error(argument, expected, value))
    if not accepts(float(value)):
        raise ValueError(argument_error(argument, expected, value, fix))
    return float(value)


def fraction(argument: str, value: Any) -> float:
    """Return `value` as a float in [0, 1), or raise."""
    fix = "It is a fraction: 0.3 means 30%."
    return _real(argument, value, "a number in [0, 1)", lambda x: 0 <= x < 1, fix)


def up_to_half(argument: str, value: Any, *, above: bool = False) -> float:
    """Return `value` as a float in [0, 0.5], or in (0, 0.5] with `above`, or raise."""
    expected = f"a number in {'(' if above else '['}0, 0.5]"

    def accepts(x: float) -> bool:
        return (x > 0 if above else x >= 0) and x <= 0.5

    return _real(argument, value, expected, accepts)


def up_to_one(argument: str, value: Any) -> float:
    """Return `value` as a float in (0, 1], or raise."""
    return _real(argument, value, "a number in (0, 1]", lambda x: 0 < x <= 1)


def finite(argument: str, value: Any) -> float:
    """Return `value` as a finite float, or raise."""
    return _real(argument, value, "a finite number", math.isfinite)


def non_negative(argument: str, value: Any) -> float:
    """Return `value` as a finite float of at least zero, or raise."""
    expected = "a finite number, 0 or larger"
    return _real(argument, value, expected, lambda x: 0 <= x < math.inf)


def positive(argument: str, value: Any) -> float:
    """Return `value` as a finite float above zero, or raise."""
    expected = "a finite number above 0"
    return _real(argument, value, expected, lambda x: 0 < x < math.inf)


def boolean(argument: str, value: Any) -> bool:
    """Return `value` as a bool, or raise if it is not True or False."""
    # NumPy's booleans are a type of their own; text and numbers would count as true.
    if type(value).__name__ not in ("bool", "bool_"):
        raise TypeError(argument_error(argument, "True or False", value))
    return bool(value)


def seed(value: Any) -> int | None:
    """Return a seed, or None, which leaves it to Keras."""
    return None if value is None else required_seed(value)


def required_seed(value: Any) -> int:
    """Return a seed that NumPy, Keras and scikit-learn take, or raise."""
    if not is_whole(value) or not 0 <= int(value) < 2**32:
        raise ValueError(
            argument_error("seed", "a whole number from 0 to 2**32 - 1", value)
        )
    return int(value)


def seed_or_keras_seed(value: Any) -> int:
    """Return a checked seed; for None one that repeats with Keras's own seed."""
    value = seed(value)
    # `keras.utils.set_random_seed` seeds Python's own generator.
    return random.randrange(2**32) if value is None else value


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
    if is_whole(value):
        value = (value,)
    expected = "a positive integer or a tuple of them, the shape of one sample"
    fix = "Leave out the batch axis; every size must be known: (28, 28, 1) or 784."
    if not _is_ordered(value):
        raise TypeError(argument_error("input_shape", expected, value, fix))
    shape = tuple(value)
    if not shape or not all(_is_size(size) for size in shape):
        raise ValueError(argument_error("input_shape", expected, value, fix))
    return tuple(int(size) for size in shape)


def image_shape(value: Any, alternative: str) -> tuple[int, int, int]:
    """Return `(height, width, channels)`, or raise and name an alternative."""
    shape = input_shape(value)
    expected = "(height, width, channels)"
    if len(shape) != 3:
        if len(shape) == 2:
            fix = f"Add the channel axis: input_shape={(*shape, 1)}."
        else:
            fix = f"For data other than images use {alternative}."
        raise ValueError(argument_error("input_shape", expected, value, fix))
    if _seems_channels_first(shape):
        channels, height, width = shape
        fix = (
            "It seems to have the channels first. Here they come last, whatever "
            f"keras.config.image_data_format() is: input_shape="
            f"{(height, width, channels)}, and samples as numpy.moveaxis(x, 1, -1). "
            f"If images are {channels} high, swap height and width."
        )
        raise ValueError(argument_error("input_shape", expected, value, fix))
    return shape


def _seems_channels_first(shape: tuple[int, int, int]) -> bool:
    """Tell whether an image's channels seem to be its first axis.

    One, three and four are what images have as channels, and hardly as height, beside a
    last axis that is long. Where Keras is told that channels come first, the shortest
    axis is taken for them, whatever its size.
    """
    import keras  # by those who build models of images, and have it

    first, *others = shape
    if keras.config.image_data_format() == "channels_first":
        return first < min(others)
    return first in (1, 3, 4) and min(others) > 4


def sequence_shape(value: Any) -> tuple[int, int]:
    """Return `(steps, channels)`, or raise and say how to write it."""
    shape = input_shape(value)
    if len(shape) != 2:
        if len(shape) == 1:
            fix = f"Add the channel axis: input_shape={(*shape, 1)}."
        elif len(shape) == 3 and shape[2] == 1:
            fix = f"To see images row by row: input_shape={shape[:2]}, x[..., 0]."
        else:
            fix = (
                f"Join the axes that belong to one step: input_shape="
                f"{(shape[0], math.prod(shape[1:]))}. For images use build_conv_ae."
            )
        raise ValueError(argument_error("input_shape", "(steps, channels)", value, fix))
    return shape


def window_shape(value: Any) -> tuple[int, int]:
    """Return `(steps, channels)` of a window that a kernel can move along, or raise."""
    shape = sequence_shape(value)
    channels, steps = shape
    # As seldom right as an image of height 1 or 3.
    if channels < 4 and is_signal((steps, channels)):
        fix = (
            f"It seems to have the channels first. Here they come last: input_shape="
            f"{(steps, channels)}, and samples as numpy.moveaxis(x, 1, -1). Sequences "
            "of so few steps are for build_lstm_ae."
        )
        raise ValueError(argument_error("input_shape", "(steps, channels)", value, fix))
    return shape


def is_signal(shape: tuple[int, ...]) -> bool:
    """Tell whether samples of a shape are drawn as lines, one per channel.

    Two axes are taken for an image, unless the second is short and the first much
    longer: at most 4 channels, with at least 8 steps for each of them.
    """
    return len(shape) == 2 and shape[1] <= 4 and shape[0] >= 8 * shape[1]
