"""What commands print: tables, errors and counts."""

import shutil
import textwrap
from collections.abc import Sequence

_INDENT = " " * 6


def print_table(rows: Sequence[Sequence[str]], text_columns: int = 1) -> None:
    """Print rows, the first of which is the header, in columns as wide as needed.

    The first `text_columns` columns are aligned to the left, the others, numbers,
    to the right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            f"{cell:{'<' if number < text_columns else '>'}{width}}"
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def print_explained(term: str, text: str) -> None:
    """Print a term, and below it a text in lines that fit the terminal."""
    width = min(shutil.get_terminal_size().columns, 88) - len(_INDENT)
    lines = textwrap.wrap(text, width, break_on_hyphens=False)
    print(f"  {term}", *(_INDENT + line for line in lines), sep="\n")


def error_cell(error: float | None) -> str:
    """Return an error as tables show it."""
    return "-" if error is None else f"{error:.5f}"


def variant_word(name: str) -> str:
    """Return a variant's name as the command line writes it: `conv-vae`."""
    return name.replace("_", "-")
