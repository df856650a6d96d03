"""What was measured of an autoencoder, to read and to go on with."""

import json
import os
import textwrap
from pathlib import Path
from typing import Any

import numpy as np

from kerasae._files import save_text

_WIDTH = 78
_NAME = 40
_STUCK = "\N{NO-BREAK SPACE}"  # no line is broken there


class Evaluation:
    """What `evaluate` measured; printed, it is a table.

    Attributes:
        values: Numbers by section and name, nested dicts as JSON holds them.
        sample_errors: Mean squared error per feature of each sample, shape (n,).
        feature_errors: Mean squared error of each feature, of the shape of a sample.

    Example:
        >>> import kerasae
        >>> from kerasae.data import load_dataset
        >>> x = load_dataset("digits").x_test
        >>> found = kerasae.evaluate(kerasae.build_deep_ae((8, 8, 1)), x)
        >>> list(found.values)
        ['data', 'reconstruction', 'code']
        >>> found.sample_errors.shape, found.feature_errors.shape
        ((540,), (8, 8, 1))
    """

    def __init__(
        self,
        values: dict[str, dict[str, Any]],
        sample_errors: np.ndarray,
        feature_errors: np.ndarray,
    ) -> None:
        self.values = values
        self.sample_errors = sample_errors
        self.feature_errors = feature_errors

    def __str__(self) -> str:
        """Return the values as a table, 78 characters wide at most."""
        lines: list[str] = []
        for section, rows in self.values.items():
            lines += ["", section] if lines else [section]
            for name, value in rows.items():
                lines += _row(name, value)
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Return the table: notebooks and consoles show it."""
        return str(self)

    def to_json(self) -> str:
        """Return the values as JSON, with the errors of all samples and features."""
        record = {
            **self.values,
            "sample errors": self.sample_errors.tolist(),
            "feature errors": self.feature_errors.tolist(),
        }
        return json.dumps(record, indent=1)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write `to_json` to a file, atomically, and return its path.

        Args:
            path: Name of the file, ending in `.json`.

        Raises:
            ValueError: If it does not end so.
            OSError: If it cannot be written.
        """
        return save_text(path, self.to_json() + "\n", ("json",))


def words(value: Any) -> str:
    """Return a value of an evaluation as people read it, in one line."""
    if isinstance(value, dict) and value.keys() == {"mean", "spread"}:
        return f"{words(value['mean'])} ± {words(value['spread'])}"
    if isinstance(value, dict):
        pairs = (f"{key}: {words(one)}" for key, one in value.items())
        return ", ".join(pair.replace(" ", _STUCK) for pair in pairs)
    if isinstance(value, list):
        return ", ".join(map(words, value))
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _row(name: str, value: Any) -> list[str]:
    label = f"  {name:{_NAME}}"
    lines = textwrap.wrap(words(value), _WIDTH - len(label))
    blank = " " * len(label)
    return [label + lines[0], *(blank + line for line in lines[1:])]
