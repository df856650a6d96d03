"""A bar on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TextIO


class Advance(Protocol):
    """What moves a bar by so many steps."""

    def __call__(self, steps: int) -> None:
        """Move the bar."""


def new_bar(stream: TextIO, label: str, *details: str) -> Any:
    """Return a bar of rich's, not started yet: label, bar, details and the time left.

    Args:
        stream: The terminal that it is drawn on.
        label: Stands in front; like the details a template that rich fills in from
            the task's fields.
        *details: What stands between the percentage and the time left.
    """
    from rich.console import Console
    from rich.constrain import Constrain
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=stream)

    class Bar(Progress):
        """A bar that leaves room for the "^C" which terminals echo behind it.

        In the last columns, that would move the cursor to the next line, and the bar
        would be left behind twice.
        """

        def get_renderables(self) -> Iterator[Any]:
            """Yield what is drawn: the bar, a little narrower than the terminal."""
            table = self.make_tasks_table(self.tasks)
            yield Constrain(table, console.width - 3)

    return Bar(
        TextColumn(label),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        *(TextColumn(detail) for detail in details),
        TextColumn("time left"),
        TimeRemainingColumn(),
        console=console,
        redirect_stdout=False,
        redirect_stderr=False,
    )


@contextmanager
def progress_bar(label: str, total: int, verbose: Any) -> Iterator[Advance]:
    """Show a bar while the block runs, and give it what moves the bar.

    Silent where the output is not a terminal.

    Args:
        label: Stands in front of the bar.
        total: Steps to the end.
        verbose: 0 for no bar.

    Example:
        >>> from kerasae.engine.progress_bar import progress_bar
        >>> with progress_bar("counting", 3, verbose=1) as advance:
        ...     for _ in range(3):
        ...         advance(1)
    """
    if not verbose or not sys.stdout.isatty():
        yield lambda steps: None
        return
    with new_bar(sys.stdout, label) as bar:
        task = bar.add_task("", total=total)
        yield lambda steps: bar.advance(task, steps)
