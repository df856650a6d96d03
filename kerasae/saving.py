"""Files that travel between backends."""

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
from kerasae._backend import execution_settings
from kerasae._files import replacing
from kerasae._triple import Autoencoder, split

_CONFIG = "config.json"
_WEIGHTS = "model.weights."
_TORCH_OPTIMIZERS = "keras.src.backend.torch.optimizers."


def save(model: Autoencoder | keras.Model, path: str | Path) -> Path:
    """Save an autoencoder to a `.keras` file, whole or not at all.

    The same file as `autoencoder.save(path)`, written under a temporary name and
    then renamed, so that an interruption leaves an earlier file as it was.

    Args:
        model: A triple, or one of its models. Of a triple the autoencoder is
            saved, from which `kerasae.load` makes the triple again.
        path: Name of the file, ending in `.keras`.

    Returns:
        The path that was written.

    Raises:
        ValueError: If `path` does not end in `.keras`.
        OSError: If the folder cannot be written.

    Example:
        >>> import tempfile
        >>> import kerasae
        >>> folder = tempfile.mkdtemp()
        >>> triple = kerasae.build_undercomplete_ae(784)
        >>> kerasae.save(triple, f"{folder}/digits.keras").name
        'digits.keras'
    """
    model = model.autoencoder if isinstance(model, Autoencoder) else model
    with replacing(path, ("keras",)) as temporary:
        model.save(temporary)
    return Path(path)


def load(
    path: str | Path,
    *,
    custom_objects: dict[str, Any] | None = None,
    safe_mode: bool = True,
) -> Autoencoder:
    """Load an autoencoder, written on any backend, as a triple.

    A compiled file is ready to go on training: loss, optimizer and its state are
    the file's, `jit_compile` and `steps_per_execution` those that `kerasae.compile`
    would choose on this backend. Keras's own `load_model` fails on JAX and
    TensorFlow for compiled files that were written on the torch backend.

    Args:
        path: A `.keras` file of a model with a layer named `code`, written by
            `autoencoder.save` or `kerasae.save`.
        custom_objects: Your own classes and functions by their names, where they
            are not registered, as in `keras.saving.load_model`.
        safe_mode: Whether to refuse files that bring code of their own, such as
            lambda layers. Set it to False only for files that you trust.

    Returns:
        The triple `(autoencoder, encoder, decoder)`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is no `.keras` file, is damaged, or holds a model
            that cannot be split at a layer named `code`.

    Example:
        >>> import tempfile
        >>> import kerasae
        >>> folder = tempfile.mkdtemp()
        >>> triple = kerasae.build_conv_ae((8, 8, 1))
        >>> triple.autoencoder.save(f"{folder}/digits.keras")
        >>> kerasae.load(f"{folder}/digits.keras").encoder.output_shape
        (None, 1, 1, 8)
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {str(path)!r} to load a model from.")
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
    try:
        return split(model)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{str(path)!r} holds a model that cannot be split: {error}"
        ) from error


def to_bytes(model: Autoencoder | keras.Model) -> bytes:
    """Return what `save` would write."""
    with tempfile.TemporaryDirectory() as folder:
        return save(model, Path(folder) / "model.keras").read_bytes()


def from_bytes(content: bytes) -> Autoencoder:
    """Return the triple that `to_bytes` was given; for trusted content only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(content)
        return load(path, safe_mode=False)


def _config(path: Path) -> dict[str, Any]:
    """Return the configuration in a `.keras` archive, or raise if it is damaged."""
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
            # Keras would go on to read weights whose checksum is wrong.
            wrong = archive.testzip()
            config = json.loads(archive.read(_CONFIG))
        except Exception as error:  # damage comes up in a dozen types
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
    if str(config.get("module", "")).startswith(_TORCH_OPTIMIZERS):
        config |= {"module": "keras.optimizers", "registered_name": None}
    if config.get("compile_config"):
        config["compile_config"] |= {"jit_compile": "auto", "steps_per_execution": 1}
    return config
