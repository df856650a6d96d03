"""The archive that a model is kept in: a `.keras` file that any backend reads."""

import json
import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

# Imported so that Keras knows the classes a file may name.
from kerasae import layers, losses, models, regularizers  # noqa: F401
from kerasae._archive_checks import (
    CONFIG,
    GENERATORS,
    check_sizes,
    contents,
    damaged,
    explained,
    is_part,
)
from kerasae._files import replacing
from kerasae.engine.backend import execution_settings
from kerasae.engine.generators import generator_states, set_generator_states
from kerasae.engine.keras_internals import public_class


def write(model: keras.Model, path: str | Path, *, generators: bool = False) -> Path:
    """Write a model to a `.keras` file, atomically.

    Args:
        model: The model.
        path: Name of the file.
        generators: Whether to keep the state of the layers' random generators too, so
            that training goes on from the file with the noise that would come next.
    """
    with replacing(path, ("keras",)) as temporary:
        model.save(temporary)
        if generators:
            with zipfile.ZipFile(temporary, "a") as archive:
                archive.writestr(GENERATORS, json.dumps(generator_states(model)))
    return Path(path)


def read(
    path: Path,
    *,
    custom_objects: dict[str, Any] | None = None,
    safe_mode: bool = True,
    compile: bool = True,
) -> keras.Model:
    """Return the model in a file, compiled for this backend if it was compiled.

    Args:
        path: The file.
        custom_objects: As in `keras.saving.load_model`.
        safe_mode: As in `keras.saving.load_model`.
        compile: Whether to compile it as it was.

    Raises:
        ValueError: If the file is no `.keras` file or damaged, or if Keras cannot make
            the model in it.
    """
    found = contents(path)
    portable = _portable(found.config)
    check_sizes(path, found, custom_objects, safe_mode)

    def load(source: Path, compile: bool) -> keras.Model:
        with warnings.catch_warnings():
            # Two variables are a step count and a learning rate: a model that was
            # compiled and not trained yet has no state to lose.
            warnings.filterwarnings("ignore", ".* saved optimizer has 2 variables")
            return keras.saving.load_model(
                source,
                custom_objects=custom_objects,
                compile=compile,
                safe_mode=safe_mode,
            )

    with tempfile.TemporaryDirectory() as folder:
        source = path
        if portable != found.config or path.suffix != ".keras" or found.foreign:
            source = Path(folder) / "portable.keras"
            _copy(path, source, portable)
        try:
            model = load(source, compile)
        except Exception as error:
            raise explained(
                path,
                found.config,
                error,
                custom_objects=custom_objects,
                safe_mode=safe_mode,
                compiling=compile and _loads(load, source),
            ) from error
    if found.generators is not None:
        _set_generators(path, model, found.generators)
    if getattr(model, "compiled", False):
        settings = execution_settings(model)
        model.steps_per_execution = settings["steps_per_execution"]
        if settings["jit_compile"] != "auto" and not model.run_eagerly:
            model.jit_compile = settings["jit_compile"]
    return model


def _loads(load: Callable[[Path, bool], keras.Model], source: Path) -> bool:
    """Tell whether a model that Keras failed to make is made without compiling it."""
    try:
        load(source, False)
    except Exception:
        return False
    return True


def _set_generators(path: Path, model: keras.Model, states: Any) -> None:
    try:
        set_generator_states(model, states)
    except (TypeError, ValueError, OverflowError) as error:
        raise damaged(path, f"{GENERATORS} fits other layers") from error


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


def _copy(source: Path, target: Path, config: dict[str, Any]) -> None:
    """Copy what Keras reads of an archive, with another configuration."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        new.writestr(CONFIG, json.dumps(config))
        for member in old.infolist():
            if member.filename != CONFIG and is_part(member.filename):
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
    compiled = config.get("compile_config")
    if compiled and isinstance(compiled, dict):
        compiled |= {"jit_compile": "auto", "steps_per_execution": 1}
    return config
