"""Windows out of long series, and what was found in them brought back to each step."""

from typing import NamedTuple

import numpy as np

from kerasae import _checks
from kerasae._arrays import as_numbers, shape_error
from kerasae._checks import Description, argument_error
from kerasae._types import ArrayLike

_COMBINED = {"mean": np.add, "min": np.minimum, "max": np.maximum}
_EMPTY = {"mean": 0.0, "min": np.inf, "max": -np.inf}


class Windows(NamedTuple):
    """Windows of one series or several, and where in them they lie.

    Made by `kerasae.anomaly.windows`.

    Attributes:
        values: The windows, of shape (n_windows, length, channels).
        starts: The step at which each begins, shape (n_windows,).
        series: The number of the series that each is from, shape (n_windows,).
        steps: How many steps each series has.
        several: Whether several series were given, as a list.
    """

    values: np.ndarray
    starts: np.ndarray
    series: np.ndarray
    steps: tuple[int, ...]
    several: bool

    def at_steps(
        self, found: ArrayLike, merge: str = "mean"
    ) -> np.ndarray | list[np.ndarray]:
        """Return what was found for each window, or in it, for each step of the series.

        Every step is covered by at least one window. A step that lies in an anomaly
        shares its windows with ordinary neighbors: `"mean"` blurs, `"min"` keeps to
        the steps all of whose windows are anomalous, `"max"` marks all steps of any
        anomalous window.

        Args:
            found: One number a window, shape (n_windows,), such as scores; or
                several for each of its steps, shape (n_windows, length, ...), such as
                contributions.
            merge: What becomes of the windows that cover a step: their `"mean"`,
                `"min"` or `"max"`.

        Returns:
            Array of float64, shape (steps,) or (steps, ...); a list of them for a
            list of series.

        Raises:
            ValueError: If the shape does not fit, or `merge` is another word.

        Example:
            >>> import numpy as np
            >>> from kerasae.anomaly import windows
            >>> parts = windows(np.zeros((4, 1)), 2)
            >>> parts.at_steps([0.0, 1.0, 2.0]).tolist()
            [0.0, 0.5, 1.5, 2.0]
        """
        values = as_numbers("found", found, axes=1).astype("float64", copy=False)
        _checks.one_of("merge", merge, _COMBINED)
        count, length = self.values.shape[:2]
        in_steps = values.ndim > 1
        if len(values) != count or (in_steps and values.shape[1] != length):
            expected = f"of shape ({count},) or ({count}, {length}, ...)"
            raise ValueError(shape_error("found", expected, values.shape))
        if not in_steps:
            values = np.repeat(values[:, None], length, axis=1)
        merged = []
        for number, steps in enumerate(self.steps):
            own = self.series == number
            merged.append(_merge(values[own], self.starts[own], steps, merge))
        return merged if self.several else merged[0]


def windows(
    series: ArrayLike | list[ArrayLike], length: int, stride: int = 1
) -> Windows:
    """Cut windows out of a long series, for a model of windows to train on or score.

    The last window ends at the last step, if need be with more overlap than the
    others, so that no step is left out.

    Args:
        series: Numbers of shape (steps, channels), or (steps,) for one channel; or a
            list of such series, of equal channels.
        length: Steps of a window, 1 or more, at most those of the shortest series.
        stride: Steps from the beginning of one window to that of the next, 1 or more
            and at most `length`.

    Returns:
        The windows. Their `values` are what a model takes, `at_steps` brings scores
        back to the series.

    Raises:
        ValueError: If a series is shorter than a window, has NaN in it or more than
            two axes, or a number is out of range.
        TypeError: If an argument holds no numbers.

    Example:
        >>> import numpy as np
        >>> from kerasae.anomaly import windows
        >>> parts = windows(np.arange(10.0), length=4, stride=4)
        >>> parts.values.shape, parts.starts.tolist()
        ((3, 4, 1), [0, 4, 6])
    """
    length = _checks.positive_integer("length", length)
    stride = _checks.positive_integer("stride", stride)
    if stride > length:
        expected = f"at most the length of a window, {length}"
        fix = "With a larger one some steps would be in no window."
        raise ValueError(argument_error("stride", expected, stride, fix))
    several = isinstance(series, list) and (
        not series or (not _checks.is_number(series[0]) and np.ndim(series[0]) > 0)
    )
    if several and not series:
        raise ValueError(argument_error("series", "one series or more", series))
    given = [
        _as_series(f"series[{number}]" if several else "series", one, length)
        for number, one in enumerate(series if several else [series])
    ]
    channels = {one.shape[1] for one in given}
    if len(channels) > 1:
        received = Description(f"series of {sorted(channels)} channels")
        raise ValueError(argument_error("series", "of equal channels", received))
    starts = [_starts(len(one), length, stride) for one in given]
    parts = [
        np.moveaxis(
            np.lib.stride_tricks.sliding_window_view(one, length, axis=0)[begin], -1, 1
        )
        for one, begin in zip(given, starts, strict=True)
    ]
    return Windows(
        np.ascontiguousarray(np.concatenate(parts)),
        np.concatenate(starts),
        np.repeat(np.arange(len(given)), [len(begin) for begin in starts]),
        tuple(len(one) for one in given),
        several,
    )


def _as_series(argument: str, values: ArrayLike, length: int) -> np.ndarray:
    series = as_numbers(argument, values, axes=1)
    series = series[:, None] if series.ndim == 1 else series
    if series.ndim != 2:
        fix = "Several series of equal length: list(series)."
        expected = "of shape (steps, channels) or (steps,)"
        raise ValueError(shape_error(argument, expected, series.shape, fix))
    if len(series) < length:
        expected = f"at least as long as a window, {length} steps"
        fix = f"Choose a length of at most {len(series)}, or leave this series out."
        received = Description(_checks.counted(len(series), "step"))
        raise ValueError(argument_error(argument, expected, received, fix))
    return series


def _starts(steps: int, length: int, stride: int) -> np.ndarray:
    last = steps - length
    starts = np.arange(0, last + 1, stride)
    return starts if starts[-1] == last else np.append(starts, last)


def _merge(
    values: np.ndarray, starts: np.ndarray, steps: int, merge: str
) -> np.ndarray:
    """Return the mean, least or largest value at each step that windows cover."""
    merged = np.full((steps, *values.shape[2:]), _EMPTY[merge])
    count = np.zeros(steps)
    # Offset by offset, at which no step occurs twice: as many rounds as a window has
    # steps.
    for offset in range(values.shape[1]):
        at = starts + offset
        merged[at] = _COMBINED[merge](merged[at], values[:, offset])
        count[at] += 1
    if merge == "mean":
        merged /= count.reshape(-1, *[1] * (merged.ndim - 1))
    return merged
