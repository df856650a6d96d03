"""Files written atomically."""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kerasae._checks import argument_error, nearest


@contextmanager
def replacing(
    path: str | os.PathLike[str], suffixes: Iterable[str] = ()
) -> Iterator[Path]:
    """Yield a temporary path that becomes `path` if the block succeeds.

    Args:
        path: The file to write; missing parent folders are created.
        suffixes: Known suffixes without their dots; if empty, any will do.

    Yields:
        A path in the same folder, with the same suffix. If the block raises, the
        temporary file is removed and a file already at `path` stays as it was.
    """
    target = checked_path(path, suffixes)
    token = secrets.token_hex(4)
    temporary = target.with_name(f".{target.stem}-{token}{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            raise IsADirectoryError(21, "Is a directory")
        # Created now: an unwritable folder shows before the work is done, and the
        # file gets the permissions of the user's umask.
        temporary.touch(exist_ok=False)
    except OSError as error:
        expected = "a file that can be written"
        fix = f"{error.strerror or error}: choose another folder or file name."
        text = argument_error("path", expected, str(target), fix)
        raise OSError(error.errno, text) from error
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def save_text(
    path: str | os.PathLike[str], text: str, suffixes: Iterable[str] = ()
) -> Path:
    """Write text to a file, atomically, and return its path.

    Args:
        path: The file.
        text: What it will hold, in UTF-8.
        suffixes: As in `replacing`.
    """
    with replacing(path, suffixes) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return Path(path)


@contextmanager
def replacing_folder(
    path: str | os.PathLike[str], *, marker: str, force: bool = False
) -> Iterator[Path]:
    """Yield a temporary folder that becomes `path` if the block succeeds.

    Args:
        path: The folder to write; missing parent folders are created. It may be there,
            if it is empty.
        marker: Name of a file that every folder of this kind holds.
        force: Whether to replace a folder that holds such a file.

    Yields:
        A folder beside `path`. If the block raises, it is removed, and what is at
        `path` stays as it was.
    """
    target = checked_path(path).absolute()
    shown = repr(os.fspath(path))
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        if not (target / marker).is_file():
            raise FileExistsError(
                f"{shown} exists, and holds no {marker} that would mark it as written "
                "by this command. Choose another folder."
            )
        if not force:
            raise FileExistsError(
                f"{shown} exists already. Choose another folder, or replace it with "
                "force=True (--force on the command line)."
            )
    temporary = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        temporary.mkdir(parents=True)
    except OSError as error:
        expected = "a folder that can be written"
        fix = f"{error.strerror or error}: choose another folder."
        text = argument_error("folder", expected, os.fspath(path), fix)
        raise OSError(error.errno, text) from error
    old = temporary.with_name(f"{temporary.name}-old")
    try:
        yield temporary
        if target.exists():
            target.rename(old)
        try:
            temporary.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    finally:
        for folder in (temporary, old):
            shutil.rmtree(folder, ignore_errors=True)


def leftovers(folder: Path, name: str) -> Iterator[Path]:
    """Find what `replacing` left in a folder when its process was killed.

    Args:
        folder: The folder that the file was meant for.
        name: The file's name, or a pattern, as in `Path.glob`, of several names.

    Yields:
        Temporary files, which no running process should still be writing.
    """
    pattern = Path(name)
    yield from folder.glob(f".{pattern.stem}-{'[0-9a-f]' * 8}{pattern.suffix}")


def checked_path(path: str | os.PathLike[str], suffixes: Iterable[str] = ()) -> Path:
    """Return `path` as a Path, or raise if it has no known suffix."""
    suffixes = tuple(suffixes)
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise TypeError(argument_error("path", "a file name: a str or a Path", path))
    target = Path(path)
    suffix = target.suffix[1:].lower()
    if suffixes and suffix not in suffixes:
        expected = "a file name that ends in a known suffix"
        if not suffix:
            fix = f"Add one: '{target.name}.{suffixes[0]}'. " + nearest("", suffixes)
        else:
            fix = nearest(suffix, suffixes)
        raise ValueError(argument_error("path", expected, str(target), fix))
    return target
