"""The folder that holds a training run."""

import csv
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kerasae import saving
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
# What `metrics.json` says from the beginning on.
_KEYS = {"finished", "settings", "seconds"}
# What a resumed run may change: to train longer.
_FREE_TO_CHANGE = ("epochs",)


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
        """Return what `metrics.json` says.

        Raises:
            FileNotFoundError: If the folder holds no run.
            ValueError: If the file is damaged, or is not a run's.
        """
        if not self.exists:
            raise FileNotFoundError(
                f"{str(self.folder)!r} holds no run: there is no {METRICS} in it. "
                "Name a folder that `kerasae train` wrote."
            )
        path = self.path(METRICS)
        try:
            record = json.loads(path.read_text())
        except ValueError as error:  # no JSON, or no text at all
            raise ValueError(f"{str(path)!r} is damaged ({error}).") from error
        if not isinstance(record, dict) or not record.keys() >= _KEYS:
            raise ValueError(
                f"{str(path)!r} is not the record of a run: `kerasae train` did not "
                "write it. Name another folder."
            )
        return record

    def read_finished(self) -> dict[str, Any]:
        """Return what `metrics.json` says at the end of a run.

        Raises:
            FileNotFoundError: If the folder holds no run, or an unfinished one.
            ValueError: If the file is damaged, or is not a run's.
        """
        record = self.read()
        if not record["finished"]:
            raise FileNotFoundError(
                f"The run in {str(self.folder)!r} is not finished. Finish it with the "
                "command that began it and --resume."
            )
        return record

    def write(self, record: dict[str, Any]) -> None:
        """Replace `metrics.json`, whole or not at all."""
        with replacing(self.path(METRICS)) as temporary:
            temporary.write_text(json.dumps(record, indent=2) + "\n")

    def load(self) -> Autoencoder:
        """Return the trained triple.

        Raises:
            FileNotFoundError: If the run is not finished, or no run.
        """
        self.read_finished()
        return saving.load(self.path(MODEL))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other commands from training in the folder meanwhile.

        Raises:
            FileExistsError: If one does already.
            OSError: If the folder cannot be written.
        """
        try:
            import fcntl
        except ImportError:  # not on Windows
            yield
            return
        path = self.path(".lock")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = path.open("w")
        except OSError as error:
            raise OSError(
                f"The output folder {str(self.folder)!r} cannot be written: "
                f"{error.strerror}. Name another with --output."
            ) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FileExistsError(
                    f"Another command is training in {str(self.folder)!r}. Wait for "
                    "it, or name another --output."
                ) from None
            try:
                yield
            finally:
                path.unlink(missing_ok=True)

    def require_free(self) -> None:
        """Check that a new run would overwrite nothing.

        Raises:
            FileExistsError: If the folder holds a run, or a file that is named
                like one of a run's.
        """
        if self.exists:
            if self.read()["finished"]:
                advice = "--force replaces it, --resume with more --epochs goes on."
                state = "a finished run"
            else:
                advice = "--resume goes on, --force starts anew."
                state = "an unfinished run"
            raise FileExistsError(
                f"{str(self.folder)!r} holds {state}. {advice} "
                "Or name another --output."
            )
        for name in _FILES:
            if self.path(name).exists():
                raise FileExistsError(
                    f"{str(self.folder)!r} holds no run, but the file {name!r}, which "
                    "a run would overwrite. Name another --output, or add --force."
                )

    def begin(self, settings: dict[str, Any]) -> None:
        """Make the folder ready for a new run; an old one is removed.

        Raises:
            OSError: If the folder cannot be written.
        """
        # Written first: an unwritable folder is noticed before anything is removed.
        self.write({"finished": False, "settings": settings, "seconds": 0.0})
        for name in _FILES:
            if name != METRICS:
                self.path(name).unlink(missing_ok=True)
        self.remove_checkpoints()
        self._remove_leftovers()

    def resume(self, settings: dict[str, Any]) -> tuple[int, Autoencoder | None]:
        """Return how many epochs are done, and the model as it was after them.

        Raises:
            FileNotFoundError: If there is no run to resume.
            ValueError: If the settings differ from those the run began with, or
                ask for fewer epochs than are done.
        """
        record = self.read()
        for key, value in settings.items():
            before = record["settings"].get(key)
            if key not in _FREE_TO_CHANGE and before != json.loads(json.dumps(value)):
                raise ValueError(
                    f"The run in {str(self.folder)!r} began with {key}={before!r}, not "
                    f"{value!r}. Resume it with its own settings, or name another "
                    "--output."
                )
        checkpoints = self.checkpoints()
        self._remove_leftovers()
        if record["finished"]:
            done = record["epochs"]
            if settings["epochs"] <= done:
                raise ValueError(
                    f"The run in {str(self.folder)!r} is finished, with {done} epochs. "
                    f"To go on, ask for more than {done} with --epochs."
                )
            model = saving.load(self.path(MODEL))
            # From here on the run counts as unfinished, and goes by checkpoints.
            with replacing(self.checkpoint(done)) as temporary:
                shutil.copyfile(self.path(MODEL), temporary)
        elif checkpoints:
            done = int(checkpoints[-1].stem.rpartition("-")[2])
            if settings["epochs"] < done:
                raise ValueError(
                    f"The run in {str(self.folder)!r} has {done} epochs behind it. "
                    f"Resume it with --epochs {done} or more."
                )
            model = saving.load(checkpoints[-1])
        else:
            done, model = 0, None
        self._keep_epochs(done)
        self.write({**record, "finished": False, "settings": settings})
        return done, model

    def finish(self, triple: Autoencoder, **results: Any) -> dict[str, Any]:
        """Save the trained triple, and mark the run as finished.

        Args:
            triple: The triple after its last epoch.
            **results: What else `metrics.json` is to hold.

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
        saving.save(triple, self.path(MODEL))
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
        """Remove all checkpoints but one."""
        for path in self.checkpoints():
            if path != keep:
                path.unlink()

    def _remove_leftovers(self) -> None:
        """Remove what a killed run was writing."""
        for name in (*_FILES, _CHECKPOINTS):
            for path in leftovers(self.folder, name):
                path.unlink()

    def _keep_epochs(self, count: int) -> None:
        """Drop history of epochs that no checkpoint holds."""
        path = self.path(HISTORY)
        if not path.exists():
            return
        lines = path.read_text().splitlines(keepends=True)
        with replacing(path) as temporary:
            temporary.write_text("".join(lines[: count + 1] if count else []))

    def history(self) -> dict[str, list[float]]:
        """Return the losses of every epoch, as `keras.callbacks.History` has them.

        Raises:
            FileNotFoundError: If the folder holds no history.
        """
        if not self.path(HISTORY).is_file():
            raise FileNotFoundError(f"There is no {HISTORY} in {str(self.folder)!r}.")
        with self.path(HISTORY).open(newline="") as file:
            rows = list(csv.DictReader(file))
        # Keras names losses of a validation that there was not, and writes NA.
        return {
            name: [float(row[name]) for row in rows]
            for name, value in (rows[0] if rows else {}).items()
            if name != "epoch" and value != "NA"
        }
