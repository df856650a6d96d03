"""A bar on a terminal, and silence elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol


class Advance(Protocol):
    """What moves a bar by so many steps."""

    def __call__(self, steps: int) -> None:
        """Move the bar."""


@contextmanager
def bar(label: str, total: int, verbose: Any) -> Iterator[Advance]:
    """Show a bar while the block runs, and give it what moves the bar.

    Args:
        label: Stands in front of the bar.
        total: Steps to the end.
        verbose: 0 for no bar.
    """
    if not verbose or not sys.stdout.isatty():
        yield lambda steps: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    progress = Progress(
        TextColumn(label),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TextColumn("time left"),
        TimeRemainingColumn(),
        console=Console(file=sys.stdout),
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with progress:
        task = progress.add_task("", total=total)
        yield lambda steps: progress.advance(task, steps)
