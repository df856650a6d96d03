"""Files that travel between backends."""

import tempfile
import warnings
from pathlib import Path
from typing import Any

import keras

from kerasae import _archive, _checks, _hub
from kerasae._model_card import model_card
from kerasae._public_names import public
from kerasae._triple import Autoencoder, check_splittable, split

__all__ = ["load", "save"]

__getattr__, __dir__ = public(__name__, __all__)


def save(model: Autoencoder | keras.Model, path: str | Path) -> Path | str:
    """Save an autoencoder to a `.keras` file, atomically, or to the Hugging Face Hub.

    The same file as `autoencoder.save(path)`, written under a temporary name and
    then renamed, so that an interruption leaves an earlier file as it was.

    A model that `kerasae.load` cannot split, an encoder or a network with skip
    connections say, is saved all the same: a warning says how to load it.

    Args:
        model: A triple, or any Keras model. Of a triple the autoencoder is saved,
            from which `kerasae.load` makes the triple again.
        path: Name of the file, ending in `.keras`; or `hf://user/name`, a repository
            on the Hub, which is made if need be and gets a model card.
            `kerasae.runs.publish` writes a card that tells of the training, too.

    Returns:
        The path that was written, or the repository's address.

    Raises:
        TypeError: If `model` is neither.
        ValueError: If `path` does not end in `.keras`, or names no repository.
        OSError: If the folder cannot be written, or the Hub cannot.
        ImportError: If huggingface_hub is needed and not installed.

    Example:
        >>> import tempfile
        >>> import kerasae
        >>> folder = tempfile.mkdtemp()
        >>> triple = kerasae.build_undercomplete_ae(784)
        >>> kerasae.save(triple, f"{folder}/digits.keras").name
        'digits.keras'
    """
    if isinstance(model, Autoencoder):
        return _write(model.autoencoder, path)
    if not isinstance(model, keras.Model):
        expected = "an Autoencoder, or a Keras model"
        raise TypeError(_checks.argument_error("model", expected, model))
    written = _write(model, path)
    try:
        check_splittable(model)
    except (TypeError, ValueError) as error:
        # Not refused: what was trained for days is not lost for the lack of a name.
        warnings.warn(
            f"{str(written)!r} is saved, but kerasae.load will refuse it; "
            f"keras.saving.load_model loads it. {error}",
            stacklevel=2,
        )
    return written


def _write(model: keras.Model, path: str | Path) -> Path | str:
    if isinstance(path, str) and _hub.is_hub(path):
        with tempfile.TemporaryDirectory() as folder:
            archive = _archive.write(model, Path(folder) / "model.keras")
            return _hub.upload(archive, path, model_card(model, path))
    return _archive.write(model, path)


def load(
    path: str | Path,
    *,
    custom_objects: dict[str, Any] | None = None,
    safe_mode: bool = True,
    compile: bool = True,
) -> Autoencoder:
    """Load an autoencoder, written on any backend, as a triple.

    A compiled file is ready to go on training: loss, optimizer and its state are
    the file's, `jit_compile` and `steps_per_execution` those that `kerasae.compile`
    would choose on this backend. Keras's own `load_model` fails on JAX and
    TensorFlow for compiled files that were written on the torch backend.

    Args:
        path: A `.keras` file of a model with a layer named `code`, written by
            `autoencoder.save` or `kerasae.save`; or `hf://user/name`, a repository on
            the Hugging Face Hub.
        custom_objects: Your own classes and functions by their names, where they
            are not registered, as in `keras.saving.load_model`.
        safe_mode: Whether to refuse files that contain code, such as that of lambda
            layers. Set it to False only for files that you trust.
        compile: Whether to compile the autoencoder as it was. Without it, classes and
            functions of yours that only loss, optimizer or metrics need may be missing.

    Returns:
        The triple `(autoencoder, encoder, decoder)`.

    Raises:
        FileNotFoundError: If there is no such file.
        OSError: If the Hub cannot be reached, or has no such repository.
        ImportError: If huggingface_hub is needed and not installed.
        ValueError: If the file is no `.keras` file, is damaged, needs classes that
            are not known here, or holds a model that cannot be split at a layer named
            `code`.

    Example:
        >>> import tempfile
        >>> import kerasae
        >>> folder = tempfile.mkdtemp()
        >>> triple = kerasae.build_conv_ae((8, 8, 1))
        >>> triple.autoencoder.save(f"{folder}/digits.keras")
        >>> kerasae.load(f"{folder}/digits.keras").encoder.output_shape
        (None, 1, 1, 8)
    """
    options: dict[str, Any] = {
        "custom_objects": custom_objects,
        "safe_mode": safe_mode,
        "compile": compile,
    }
    if isinstance(path, str) and _hub.is_hub(path):
        with _hub.downloaded(path) as archive:
            model = _archive.read(archive, **options)
    else:
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(
                f"There is no file {str(path)!r} to load a model from."
            )
        model = _archive.read(path, **options)
    try:
        return split(model)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{str(path)!r} holds a model that cannot be split: {error}"
        ) from error


def from_bytes(content: bytes) -> Autoencoder:
    """Return a triple that version 0.1 pickled; its pickles name this function."""
    return split(_archive.from_bytes(content))
