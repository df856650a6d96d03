"""Exports that another backend writes, in a process of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kerasae import _archive
from kerasae._triple import Autoencoder

_MAIN = "from kerasae.exporting._elsewhere import main; main()"


def write_elsewhere(
    triple: Autoencoder, format: str, folder: Path, backend: str
) -> None:
    """Write the parts of a triple on another backend.

    Args:
        triple: What to export.
        format: A name of a format.
        folder: Where the files go.
        backend: An installed backend that can write the format.

    Raises:
        RuntimeError: If the other process fails, with the last line that it printed.
    """
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary, "model.keras")
        _archive.write(triple.autoencoder, file)
        done = subprocess.run(
            (sys.executable, "-c", _MAIN, str(file), format, str(folder.absolute())),
            env={**os.environ, "KERAS_BACKEND": backend},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        raise RuntimeError(lines[-1] if lines else f"exit code {done.returncode}")


def main() -> None:
    """Do the work of the other process."""
    from kerasae.exporting._parts import write_parts
    from kerasae.saving import load

    file, name, folder = sys.argv[1:]
    write_parts(load(file, compile=False), name, Path(folder))
