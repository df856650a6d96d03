"""The folder that holds a training run."""

import csv
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kerasae import _archive, saving
from kerasae._files import leftovers, replacing
from kerasae._triple import Autoencoder

MODEL = "model.keras"
HISTORY = "history.csv"
METRICS = "metrics.json"
RECONSTRUCTIONS = "reconstructions.png"
CURVES = "curves.png"
ARCHITECTURE = "architecture.png"
SAMPLES = "samples.png"
TENSORBOARD = "tensorboard"
_PICTURES = (RECONSTRUCTIONS, CURVES, ARCHITECTURE, SAMPLES)
_FILES = (MODEL, HISTORY, METRICS, *_PICTURES)
_CHECKPOINTS = f"checkpoint-{'[0-9]' * 6}.keras"
_BEST = f"best-{'[0-9]' * 6}.keras"
# What `metrics.json` holds from the start.
_KEYS = {"finished", "settings", "seconds"}
# Settings that a resumed run may change: to train longer.
_FREE_TO_CHANGE = ("epochs", "patience")


class Run:
    """A folder that holds one training run.

    Args:
        folder: Where the run is or will be.

    Example:
        >>> import tempfile
        >>> from kerasae.runs import Run
        >>> Run(tempfile.mkdtemp()).exists
        False
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def path(self, name: str) -> Path:
        """Return the path of one of the run's files."""
        return self.folder / name

    @property
    def exists(self) -> bool:
        """Whether the folder holds a run, finished or not."""
        return self.path(METRICS).is_file()

    def read(self) -> dict[str, Any]:
        """Return the record in `metrics.json`.

        Raises:
            FileNotFoundError: If the folder holds no run.
            ValueError: If the file is damaged, or is not the record of a run.
        """
        if not self.exists:
            raise FileNotFoundError(
                f"{str(self.folder)!r} holds no run: there is no {METRICS} in it. "
                "Name a folder written by `kerasae train`."
            )
        path = self.path(METRICS)
        try:
            record = json.loads(path.read_text())
        except ValueError as error:  # not JSON, or not even text
            raise ValueError(f"{str(path)!r} is damaged ({error}).") from error
        if not isinstance(record, dict) or not record.keys() >= _KEYS:
            raise ValueError(
                f"{str(path)!r} is not the record of a run: `kerasae train` did not "
                "write it. Name another folder."
            )
        return record

    def read_finished(self) -> dict[str, Any]:
        """Return the record of a finished run.

        Raises:
            FileNotFoundError: If the folder holds no run, or an unfinished one.
            ValueError: If the file is damaged, or is not the record of a run.
        """
        record = self.read()
        if not record["finished"]:
            raise FileNotFoundError(
                f"The run in {str(self.folder)!r} is not finished. Finish it with the "
                "command that started it and --resume."
            )
        return record

    def write(self, record: dict[str, Any]) -> None:
        """Replace `metrics.json` atomically."""
        with replacing(self.path(METRICS)) as temporary:
            temporary.write_text(json.dumps(record, indent=2) + "\n")

    def load(self) -> Autoencoder:
        """Return the trained triple.

        Raises:
            FileNotFoundError: If the folder holds no run, or an unfinished one.
        """
        self.read_finished()
        return saving.load(self.path(MODEL))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other commands from training in the folder in the meantime.

        Raises:
            FileExistsError: If another command is training there.
            OSError: If the folder cannot be written.
        """
        try:
            import fcntl
        except ImportError:  # on Windows
            yield
            return
        path = self.path(".lock")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = path.open("w")
        except OSError as error:
            raise OSError(
                f"The output folder {str(self.folder)!r} cannot be written: "
                f"{error.strerror}. Choose another with --output."
            ) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FileExistsError(
                    f"Another command is training in {str(self.folder)!r}. Wait for "
                    "it, or choose another --output."
                ) from None
            try:
                yield
            finally:
                path.unlink(missing_ok=True)

    def require_free(self) -> None:
        """Check that a new run would overwrite nothing.

        Raises:
            FileExistsError: If the folder holds a run, or a file with the name of
                one of a run's files.
        """
        if self.exists:
            if self.read()["finished"]:
                state, resumption = "a finished run", "--resume and more --epochs"
            else:
                state, resumption = "an unfinished run", "--resume"
            raise FileExistsError(
                f"{str(self.folder)!r} already holds {state}. Pass --force to replace "
                f"it, {resumption} to continue it, or another --output."
            )
        for name in _FILES:
            if self.path(name).exists():
                raise FileExistsError(
                    f"{str(self.folder)!r} holds no run, but the file {name!r}, which "
                    "a run would overwrite. Choose another --output, or add --force."
                )

    def begin(self, settings: dict[str, Any]) -> None:
        """Prepare the folder for a new run, and remove an old one.

        Raises:
            OSError: If the folder cannot be written.
        """
        # Written first, so that nothing is removed from an unwritable folder.
        self.write({"finished": False, "settings": settings, "seconds": 0.0})
        for name in _FILES:
            if name != METRICS:
                self.path(name).unlink(missing_ok=True)
        self.remove_checkpoints()
        self._remove_leftovers()

    def resume(self, settings: dict[str, Any]) -> tuple[int, Autoencoder | None]:
        """Return how many epochs are done, and the triple as it was after them.

        Raises:
            FileNotFoundError: If there is no run to resume.
            ValueError: If the settings differ from the run's own, or ask for fewer
                epochs than are done.
        """
        record = self.read()
        for key, value in settings.items():
            original = record["settings"].get(key)
            if key not in _FREE_TO_CHANGE and original != json.loads(json.dumps(value)):
                raise ValueError(
                    f"The run in {str(self.folder)!r} began with {key}={original!r}, "
                    f"not {value!r}. Resume it with its own settings, or choose "
                    "another --output."
                )
        checkpoints = self.checkpoints()
        self._remove_leftovers()
        if record["finished"]:
            self._require_more(record, settings)
            done = record.get("best_epoch", record["epochs"])
            triple = saving.load(self.path(MODEL))
            # From here on the run is unfinished, and is resumed from checkpoints.
            with replacing(self.checkpoint(done)) as temporary:
                shutil.copyfile(self.path(MODEL), temporary)
        elif checkpoints:
            done = _epoch(checkpoints[-1])
            if settings["epochs"] < done:
                raise ValueError(
                    f"The run in {str(self.folder)!r} has finished epoch {done}. "
                    f"Resume it with --epochs {done} or more."
                )
            triple = saving.load(checkpoints[-1])
        else:
            done, triple = 0, None
        self._keep_epochs(done)
        self.write({**record, "finished": False, "settings": settings})
        return done, triple

    def finish(self, triple: Autoencoder, **results: Any) -> dict[str, Any]:
        """Save the trained triple, and mark the run as finished.

        Args:
            triple: The triple after its last epoch.
            **results: Further contents of `metrics.json`.

        Returns:
            The record that `metrics.json` then holds.
        """
        record = self.read()
        settings = record["settings"]
        record = {
            "finished": True,
            "settings": settings,
            "epochs": settings["epochs"],
            "seconds": record["seconds"],
            **results,
        }
        if (best := self.best()) is not None:
            # Training may have stopped before the last epoch.
            record["epochs"] = len(self.history()["loss"])
            record["best_epoch"] = best[0]
        # As a checkpoint, from which a longer run goes on.
        _archive.write(triple.autoencoder, self.path(MODEL), generators=True)
        self.write(record)
        self.remove_checkpoints()
        return record

    def checkpoint(self, epoch: int) -> Path:
        """Return the path of the checkpoint after an epoch, counted from 1."""
        return self.path(f"checkpoint-{epoch:06d}.keras")

    def checkpoints(self) -> list[Path]:
        """Return the paths of the checkpoints, oldest first."""
        return sorted(self.folder.glob(_CHECKPOINTS))

    def remove_checkpoints(self, keep: Path | None = None) -> None:
        """Remove all checkpoints but one; without one to keep, the best one too."""
        for path in self.checkpoints():
            if path != keep:
                path.unlink()
        if keep is None:
            self.remove_best()

    def best(self) -> tuple[int, Path] | None:
        """Return the best epoch, counted from 1, and the file that holds its model."""
        paths = sorted(self.folder.glob(_BEST))
        return (_epoch(paths[-1]), paths[-1]) if paths else None

    def keep_as_best(self, epoch: int) -> None:
        """Keep the checkpoint after an epoch as the only best one."""
        path = self.path(f"best-{epoch:06d}.keras")
        with replacing(path) as temporary:
            shutil.copyfile(self.checkpoint(epoch), temporary)
        self.remove_best(keep=path)

    def remove_best(self, keep: Path | None = None) -> None:
        """Remove what is kept of the best epochs, except for one."""
        for path in self.folder.glob(_BEST):
            if path != keep:
                path.unlink()

    def _require_more(self, record: dict[str, Any], settings: dict[str, Any]) -> None:
        """Raise unless settings ask a finished run for more epochs."""
        done, before = record["epochs"], record["settings"]
        if settings["epochs"] <= done:
            raise ValueError(
                f"The run in {str(self.folder)!r} finished after epoch {done}. "
                "To continue it, pass more than that as --epochs."
            )
        patience = settings.get("patience")
        if done < before["epochs"] and patience and patience <= before["patience"]:
            raise ValueError(
                f"The run in {str(self.folder)!r} stopped after epoch {done}: the "
                f"validation loss had not fallen for {before['patience']} of them. To "
                "continue it, pass more than that as --patience."
            )

    def _remove_leftovers(self) -> None:
        """Remove what a killed run left half-written."""
        for name in (*_FILES, _CHECKPOINTS, _BEST):
            for path in leftovers(self.folder, name):
                path.unlink()

    def _keep_epochs(self, count: int) -> None:
        """Drop the history of epochs after the last checkpoint."""
        path = self.path(HISTORY)
        if not path.exists():
            return
        lines = path.read_bytes().splitlines(keepends=True)  # ends of lines included
        with replacing(path) as temporary:
            temporary.write_bytes(b"".join(lines[: count + 1] if count else []))

    def history(self) -> dict[str, list[float]]:
        """Return the losses of every epoch, as `keras.callbacks.History` does.

        Raises:
            FileNotFoundError: If the folder holds no history.
        """
        if not self.path(HISTORY).is_file():
            raise FileNotFoundError(f"There is no {HISTORY} in {str(self.folder)!r}.")
        with self.path(HISTORY).open(newline="") as file:
            rows = list(csv.DictReader(file))
        # Without validation data, Keras writes its columns with NA in them.
        return {
            name: [float(row[name]) for row in rows]
            for name, value in (rows[0] if rows else {}).items()
            if name != "epoch" and value != "NA"
        }


def _epoch(path: Path) -> int:
    """Return the epoch that the name of a checkpoint tells, counted from 1."""
    return int(path.stem.rpartition("-")[2])
