"""The files that a fit writes, checked before training begins."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path

from kerasae._checks import argument_error
from kerasae._files import checked_path, replacing


@contextmanager
def output_files(
    log_path: str | PathLike[str] | None, export_path: str | PathLike[str] | None
) -> Iterator[Path | None]:
    """Make sure that both files can be written, or raise.

    Args:
        log_path: The `.csv` file of losses, or None.
        export_path: The `.keras` file, or None.

    Yields:
        A temporary path, renamed to `export_path` when the block succeeds; None
        without `export_path`.
    """
    with ExitStack() as stack:
        if log_path is not None:
            with _named("log_path"):
                _touch(checked_path(log_path, ("csv",)))
        temporary = None
        if export_path is not None:
            with _named("export_path"):
                temporary = stack.enter_context(replacing(export_path, ("keras",)))
        yield temporary


@contextmanager
def _named(parameter: str) -> Iterator[None]:
    """Name the parameter in errors about its path."""
    try:
        yield
    except (OSError, TypeError, ValueError) as error:
        error.add_note(f"This `path` is the parameter `{parameter}`.")
        raise


def _touch(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a").close()
    except OSError as error:
        fix = f"{error.strerror or error}: choose another folder or file name."
        text = argument_error("path", "a file that can be written", str(path), fix)
        raise OSError(error.errno, text) from error
