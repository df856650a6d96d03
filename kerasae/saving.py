"""Files that travel between backends."""

import warnings
from pathlib import Path
from typing import Any

import keras

from kerasae import _archive, _checks
from kerasae._public_names import public
from kerasae._triple import Autoencoder, check_splittable, split

__all__ = ["load", "save"]

__getattr__, __dir__ = public(__name__, __all__)


def save(model: Autoencoder | keras.Model, path: str | Path) -> Path:
    """Save an autoencoder to a `.keras` file, atomically.

    The same file as `autoencoder.save(path)`, written under a temporary name and
    then renamed, so that an interruption leaves an earlier file as it was.

    A model that `kerasae.load` cannot split, an encoder or a network with skip
    connections say, is saved all the same: a warning says how to load it.

    Args:
        model: A triple, or any Keras model. Of a triple the autoencoder is saved,
            from which `kerasae.load` makes the triple again.
        path: Name of the file, ending in `.keras`.

    Returns:
        The path that was written.

    Raises:
        TypeError: If `model` is neither.
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
    if isinstance(model, Autoencoder):
        return _archive.write(model.autoencoder, path)
    if not isinstance(model, keras.Model):
        expected = "an Autoencoder, or a Keras model"
        raise TypeError(_checks.argument_error("model", expected, model))
    written = _archive.write(model, path)
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
            `autoencoder.save` or `kerasae.save`.
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
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {str(path)!r} to load a model from.")
    model = _archive.read(
        path, custom_objects=custom_objects, safe_mode=safe_mode, compile=compile
    )
    try:
        return split(model)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{str(path)!r} holds a model that cannot be split: {error}"
        ) from error


def from_bytes(content: bytes) -> Autoencoder:
    """Return a triple that version 0.1 pickled; its pickles name this function."""
    return split(_archive.from_bytes(content))
