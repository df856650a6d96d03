"""The archive that a model is kept in: a `.keras` file that any backend reads."""

import json
import shutil
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import keras

# Imported so that Keras knows the classes a file may name.
from kerasae import layers, losses, models, regularizers  # noqa: F401
from kerasae._files import replacing
from kerasae.engine.backend import execution_settings
from kerasae.engine.keras_internals import public_class

_CONFIG = "config.json"
_WEIGHTS = "model.weights."


def write(model: keras.Model, path: str | Path) -> Path:
    """Write a model to a `.keras` file, atomically."""
    with replacing(path, ("keras",)) as temporary:
        model.save(temporary)
    return Path(path)


def read(
    path: Path, *, custom_objects: dict[str, Any] | None = None, safe_mode: bool = True
) -> keras.Model:
    """Return the model in a file, compiled for this backend if it was compiled.

    Raises:
        ValueError: If the file is no `.keras` file, or is damaged.
    """
    config = _config(path)
    portable = _portable(config)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # Two variables are a step count and a learning rate: a model that was
        # compiled and not trained yet has no state to lose.
        warnings.filterwarnings("ignore", ".* saved optimizer has 2 variables")
        source = path
        if portable != config or path.suffix != ".keras":
            source = Path(folder) / "portable.keras"
            _copy(path, source, portable)
        model = keras.saving.load_model(
            source, custom_objects=custom_objects, safe_mode=safe_mode
        )
    if getattr(model, "compiled", False):
        settings = execution_settings(model)
        model.steps_per_execution = settings["steps_per_execution"]
        if settings["jit_compile"] != "auto" and not model.run_eagerly:
            model.jit_compile = settings["jit_compile"]
    return model


def to_bytes(model: keras.Model) -> bytes:
    """Return what `write` would write."""
    with tempfile.TemporaryDirectory() as folder:
        return write(model, Path(folder) / "model.keras").read_bytes()


def from_bytes(content: bytes) -> keras.Model:
    """Return the model that `to_bytes` was given; for trusted content only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(content)
        return read(path, safe_mode=False)


def _config(path: Path) -> dict[str, Any]:
    """Return the configuration in a `.keras` archive, or raise if it is damaged."""
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
            # Keras would go on to read weights whose checksum is wrong.
            wrong = archive.testzip()
            config = json.loads(archive.read(_CONFIG))
        except Exception as error:  # damage shows as a dozen types of errors
            raise _damaged(path, str(error)) from error
    if wrong is not None:
        raise _damaged(path, f"the checksum of {wrong} is wrong")
    if not isinstance(config, dict):
        raise _damaged(path, f"{_CONFIG} describes no model")
    if not any(name.startswith(_WEIGHTS) for name in archive.namelist()):
        raise _damaged(path, "there are no weights in it")
    return config


def _damaged(path: Path, what: str) -> ValueError:
    return ValueError(
        f"{str(path)!r} is damaged, cut off or no `.keras` file ({what}). Save the "
        "model again with kerasae.save, which leaves no half-written files."
    )


def _copy(source: Path, target: Path, config: dict[str, Any]) -> None:
    """Copy a `.keras` archive with another configuration."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        new.writestr(_CONFIG, json.dumps(config))
        for member in old.infolist():
            if member.filename != _CONFIG:
                with (
                    old.open(member) as reader,
                    new.open(member.filename, "w", force_zip64=True) as writer,
                ):
                    shutil.copyfileobj(reader, writer)


def _portable(config: Any) -> Any:
    """Replace the torch backend's private optimizer classes by the public ones.

    Execution settings of another backend go as well: torch refuses several
    steps a call before there is a chance to change them.
    """
    if isinstance(config, list):
        return [_portable(item) for item in config]
    if not isinstance(config, dict):
        return config
    config = {key: _portable(value) for key, value in config.items()}
    config = public_class(config)
    if config.get("compile_config"):
        config["compile_config"] |= {"jit_compile": "auto", "steps_per_execution": 1}
    return config
