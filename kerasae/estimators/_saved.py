"""Files of fitted estimators, without pickle: any backend loads them."""

import json
import tempfile
import warnings
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from sklearn.base import BaseEstimator

from kerasae import saving
from kerasae._checks import Description, argument_error
from kerasae._files import checked_path, replacing
from kerasae._triple import Autoencoder
from kerasae.builders import VARIANTS
from kerasae.engine.keras_internals import public_class

SUFFIX = "kerasae"
_DESCRIPTION, _ARRAYS, _MODEL = "estimator.json", "arrays.npz", "model.keras"
_LARGEST_DESCRIPTION = 2**24  # bytes
_OBJECT = "keras object"  # key of what Keras serialized
# What depends on the process that trained, and is not needed without it.
_LEFT_OUT = ("callbacks",)


class Saved(NamedTuple):
    """What the file of an estimator holds.

    Attributes:
        parameters: The constructor's arguments.
        learned: Learned attributes that are numbers, text, lists or dicts.
        arrays: Learned attributes that are arrays.
        triple: The trained models.
    """

    parameters: dict[str, Any]
    learned: dict[str, Any]
    arrays: dict[str, np.ndarray]
    triple: Autoencoder


def write(
    estimator: BaseEstimator,
    path: str | Path,
    *,
    triple: Autoencoder,
    learned: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
) -> Path:
    """Write a fitted estimator to a `.kerasae` file, atomically.

    Args:
        estimator: The estimator.
        path: Name of the file.
        triple: Its trained models.
        learned: Learned attributes that JSON can hold.
        arrays: Learned attributes that are arrays of numbers.

    Raises:
        TypeError: If a parameter cannot be written.
        ValueError: If `path` does not end in `.kerasae`.
        OSError: If the file cannot be written.
    """
    checked_path(path, (SUFFIX,))
    description = {
        "estimator": type(estimator).__name__,
        "kerasae": version("kerasae"),
        "parameters": {
            name: _encoded(name, value)
            for name, value in estimator.get_params(deep=False).items()
            if name not in _LEFT_OUT and not _is_model(name, value)
        },
        "learned": dict(learned),
    }
    with tempfile.TemporaryDirectory() as folder:
        model = saving.save(triple, Path(folder) / _MODEL)
        np.savez(Path(folder) / _ARRAYS, allow_pickle=False, **arrays)
        with (
            replacing(path, (SUFFIX,)) as temporary,
            zipfile.ZipFile(temporary, "w") as archive,
        ):
            archive.writestr(_DESCRIPTION, json.dumps(description, indent=1))
            archive.write(Path(folder) / _ARRAYS, _ARRAYS)
            archive.write(model, _MODEL)
    return Path(path)


def read(path: str | Path, estimator: str) -> Saved:
    """Return what a file of `write` holds.

    Args:
        path: The file.
        estimator: Name of the class that it must be of.

    Raises:
        OSError: If there is no such file.
        ValueError: If it is damaged, or of another class.
    """
    source = checked_path(path, (SUFFIX,))
    try:
        with zipfile.ZipFile(source) as archive, tempfile.TemporaryDirectory() as temp:
            if archive.getinfo(_DESCRIPTION).file_size > _LARGEST_DESCRIPTION:
                raise _damaged(source, f"{_DESCRIPTION} is too large")
            description = json.loads(archive.read(_DESCRIPTION))
            found = description["estimator"]
            if found != estimator:
                fix = f"Load it with kerasae.estimators.{found}.load(path)."
                received = Description(f"a {found} in {str(source)!r}")
                expected = f"the file of a fitted {estimator}"
                text = argument_error("path", expected, received, fix)
                raise ValueError(text)
            parameters = {
                name: _decoded(value)
                for name, value in description["parameters"].items()
            }
            with archive.open(_ARRAYS) as file:
                stored = np.load(file, allow_pickle=False)
                arrays = {name: stored[name] for name in stored.files}
            triple = saving.load(archive.extract(_MODEL, temp))
            return Saved(parameters, dict(description["learned"]), arrays, triple)
    except (zipfile.BadZipFile, KeyError, AttributeError, EOFError) as error:
        raise _damaged(source, str(error)) from error
    except json.JSONDecodeError as error:
        raise _damaged(source, f"{_DESCRIPTION}: {error}") from error


def prefixed(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return arrays under names that begin with a prefix, for one file of several."""
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def without_prefix(
    prefix: str, arrays: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the arrays whose names begin with a prefix, without it."""
    start = f"{prefix}."
    return {
        name.removeprefix(start): array
        for name, array in arrays.items()
        if name.startswith(start)
    }


def _damaged(path: Path, reason: str) -> ValueError:
    return ValueError(
        f"{str(path)!r} is damaged, or no file of an estimator's save: {reason}."
    )


def _is_model(name: str, value: Any) -> bool:
    """Tell whether a parameter is or makes a model, which the trained one replaces."""
    if name != "variant" or isinstance(value, str):
        return False
    return value not in VARIANTS.values()


def _encoded(name: str, value: Any) -> Any:
    """Return a parameter as JSON holds it, or raise."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, np.random.RandomState):
        return None  # as it is for a new one
    if isinstance(value, (list, tuple)):
        return [_encoded(name, item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _encoded(name, item) for key, item in value.items()}
    if name == "variant":
        return next(key for key, builder in VARIANTS.items() if builder is value)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="[^`]*`lambda`")
            made = keras.saving.serialize_keras_object(value)
        made = public_class(made) if isinstance(made, dict) else made
        keras.saving.deserialize_keras_object(json.loads(json.dumps(made)))
    except (TypeError, ValueError, NotImplementedError, UserWarning) as error:
        expected = "numbers, text or what Keras can serialize, to be saved"
        fix = "Register a class or function of your own: "
        fix += "@keras.saving.register_keras_serializable('mine')."
        raise TypeError(argument_error(name, expected, value, fix)) from error
    return {_OBJECT: made}


def _decoded(value: Any) -> Any:
    """Return a parameter from what JSON held."""
    if isinstance(value, list):
        return tuple(_decoded(item) for item in value)
    if not isinstance(value, dict):
        return value
    if value.keys() == {_OBJECT}:
        return keras.saving.deserialize_keras_object(value[_OBJECT])
    return {key: _decoded(item) for key, item in value.items()}
