"""Files that travel between backends."""

import json
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import keras

# Imported so that Keras knows the classes a file may name.
from kerasae import layers, losses, regularizers  # noqa: F401
from kerasae._backend import execution_settings
from kerasae._files import replacing
from kerasae._triple import Autoencoder, split

_CONFIG = "config.json"
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


def load(path: str | Path) -> Autoencoder:
    """Load an autoencoder, written on any backend, as a triple.

    A compiled file is ready to go on training: loss, optimizer and its state are
    the file's, `jit_compile` and `steps_per_execution` those that `kerasae.compile`
    would choose on this backend. Keras's own `load_model` fails on JAX and
    TensorFlow for compiled files that were written on the torch backend.

    Args:
        path: A `.keras` file of a model with a layer named `code`, written by
            `autoencoder.save` or `kerasae.save`.

    Returns:
        The triple `(autoencoder, encoder, decoder)`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is no `.keras` file, is cut off, or holds a model
            without a layer named `code`.

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
    with tempfile.TemporaryDirectory() as folder:
        portable = Path(folder) / "portable.keras"
        try:
            _write_portable(path, portable)
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
            raise ValueError(
                f"{str(path)!r} is cut off or is no `.keras` file ({error}). Save the "
                "model again with kerasae.save, which leaves no half-written files."
            ) from error
        with warnings.catch_warnings():
            # Two variables are a step count and a learning rate: a model that was
            # compiled and not trained yet has no state to lose.
            warnings.filterwarnings("ignore", ".* saved optimizer has 2 variables")
            model = keras.saving.load_model(portable)
    if getattr(model, "compiled", False):
        settings = execution_settings(model)
        model.steps_per_execution = settings["steps_per_execution"]
        if settings["jit_compile"] != "auto" and not model.run_eagerly:
            model.jit_compile = settings["jit_compile"]
    return split(model)


def _write_portable(source: Path, target: Path) -> None:
    """Copy a `.keras` archive, naming optimizers as every backend knows them."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == _CONFIG:
                config = json.loads(content)
                content = json.dumps(_portable(config)).encode()
            new.writestr(member.filename, content)
        if _CONFIG not in old.namelist():
            raise KeyError(f"no {_CONFIG} in the archive")


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
