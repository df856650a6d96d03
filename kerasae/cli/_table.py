"""Plain tables on the terminal."""

from collections.abc import Sequence


def print_table(rows: Sequence[Sequence[str]], words: int = 1) -> None:
    """Print rows, the first of them the heads, in columns as wide as they need.

    The first `words` columns are aligned to the left, the others, numbers, to the
    right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            f"{cell:{'<' if number < words else '>'}{width}}"
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
