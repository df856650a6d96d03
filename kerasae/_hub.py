"""Models on the Hugging Face Hub, laid out as Keras lays them out there.

A repository holds the members of a `.keras` file as files of their own: Keras reads
what is written here, and the other way round.
"""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kerasae._checks import argument_error

_PREFIX = "hf://"
_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_CARD = "README.md"


def is_hub(path: object) -> bool:
    """Tell whether a path names a repository on the Hub."""
    return isinstance(path, str) and path.startswith(_PREFIX)


def repository(path: str) -> str:
    """Return the `user/name` of a repository, or raise."""
    name = path.removeprefix(_PREFIX)
    if not _NAME.fullmatch(name):
        expected = "of the form hf://user/name"
        raise ValueError(argument_error("path", expected, path))
    return name


def upload(
    archive: Path, path: str, card: str, files: Mapping[str, Path] | None = None
) -> str:
    """Write the model in a `.keras` file to a repository, which is made if need be.

    Args:
        archive: The file.
        path: `hf://user/name`.
        card: The model card, Markdown.
        files: Further files by the names that they get.

    Returns:
        The repository's address.

    Raises:
        ImportError: If huggingface_hub is not installed.
        OSError: If the Hub cannot be reached, or refuses.
        ValueError: If `path` names no repository.
    """
    name, hub = repository(path), _huggingface_hub()
    with tempfile.TemporaryDirectory() as temporary, _explained(name):
        folder = Path(temporary)
        with zipfile.ZipFile(archive) as members:
            members.extractall(folder)
        for file_name, source in (files or {}).items():
            shutil.copyfile(source, folder / file_name)
        (folder / _CARD).write_text(card, encoding="utf-8")
        api = hub.HfApi(library_name="kerasae")
        address = api.create_repo(name, exist_ok=True)
        # One commit: whoever reads meanwhile gets the old model or the new one.
        api.upload_folder(
            repo_id=name,
            folder_path=folder,
            commit_message="Model saved by kerasae",
        )
    return str(address)


@contextmanager
def downloaded(path: str) -> Iterator[Path]:
    """Yield the `.keras` file that the members in a repository make.

    Args:
        path: `hf://user/name`.

    Raises:
        ImportError: If huggingface_hub is not installed.
        OSError: If the Hub cannot be reached, or has no such repository.
        ValueError: If `path` names no repository, or that holds no Keras model.
    """
    name, hub = repository(path), _huggingface_hub()
    patterns = ["config.json", "metadata.json", "model.weights.*", "assets/*"]
    with _explained(name):
        source = Path(
            hub.snapshot_download(
                repo_id=name, allow_patterns=patterns, library_name="kerasae"
            )
        )
    members = [member for member in source.rglob("*") if member.is_file()]
    if not (source / "config.json").is_file():
        found = ", ".join(sorted(member.name for member in members)) or "nothing"
        raise ValueError(
            f"{path!r} holds no Keras model: there is no config.json, but {found}."
        )
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "model.keras"
        with zipfile.ZipFile(archive, "w") as file:
            for member in members:
                file.write(member, member.relative_to(source).as_posix())
        yield archive


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Say which repository an error of the Hub's is about, in one line."""
    try:
        yield
    except OSError as error:  # its own errors are of this kind
        reason = str(error).strip().partition("\n")[0]
        raise OSError(
            f"The Hub's repository {name!r} cannot be used: {reason} Check the name "
            "and the network; to write, or to read what is private, log in with "
            "`hf auth login`."
        ) from error


def _huggingface_hub() -> Any:
    try:
        import huggingface_hub
    except ImportError as error:
        raise ImportError(
            "Models on the Hugging Face Hub need the package huggingface_hub: "
            'pip install "kerasae[hub]".'
        ) from error
    return huggingface_hub
