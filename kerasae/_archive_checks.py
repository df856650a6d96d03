"""What is wrong with a `.keras` file, found before anything is built from it."""

import copy
import json
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import keras

from kerasae.engine.keras_internals import (
    MissingInternalError,
    object_sharing_scope,
    variables_without_values,
)

CONFIG = "config.json"
# What kerasae writes beside: the state of the layers' random generators.
GENERATORS = "generators.json"
_WEIGHTS = "model.weights."
_HDF5 = b"\x89HDF\r\n\x1a\n"
_CHUNK = 2**20  # bytes read at once
# Keras stores members as they are; one that shrank a hundredfold holds nothing.
_MOST_EXPANSION = 100
_SMALL = 2**24  # bytes of a member that may expand as it likes
_LARGEST_CONFIG = 2**26  # bytes
# Lists and dicts in each other, which Keras goes through recursively. TensorFlow aborts
# the process for a constant of more than 254 axes.
_DEEPEST = 200
_LAMBDAS = ("Lambda", "__lambda__")
_FUNCTIONS = (keras.activations, keras.losses, keras.metrics)


class Contents(NamedTuple):
    """What the archive of a model holds.

    Attributes:
        config: The model's configuration.
        generators: The state of the layers' random generators, None if it is not kept.
        weights: Bytes of weights, the optimizer's included.
        foreign: Whether there are files that are no part of a model.
    """

    config: dict[str, Any]
    generators: list[list[int]] | None
    weights: int
    foreign: bool


def is_part(name: str) -> bool:
    """Tell whether Keras reads a member of an archive with that name."""
    known = name in (CONFIG, "metadata.json")
    return known or name.startswith((_WEIGHTS, "assets/"))


def contents(path: Path) -> Contents:
    """Return what a `.keras` file holds, all of it read once.

    Raises:
        ValueError: If it is no `.keras` file, or is damaged.
    """
    with path.open("rb") as file:
        if file.read(len(_HDF5)) == _HDF5:
            raise ValueError(_other_format(path))
        try:
            archive = zipfile.ZipFile(file)
            members = {info.filename: info for info in archive.infolist()}
            for info in members.values():
                _require_plausible(info)
            wrong = _first_wrong(archive)
            config = json.loads(archive.read(CONFIG))
            generators = None
            if GENERATORS in members:
                generators = json.loads(archive.read(GENERATORS))
        except Exception as error:  # damage shows as a dozen types of errors
            raise damaged(path, _first_line(error)) from error
    if wrong is not None:
        raise damaged(path, f"the checksum of {wrong} is wrong")
    if not isinstance(config, dict):
        raise damaged(path, f"{CONFIG} describes no model")
    if _is_deeper(config, _DEEPEST):
        raise damaged(path, f"{CONFIG} is nested too deeply")
    weights = [info for name, info in members.items() if name.startswith(_WEIGHTS)]
    if not weights:
        raise damaged(path, "there are no weights in it")
    return Contents(
        config,
        generators,
        weights=sum(info.file_size for info in weights),
        foreign=not all(is_part(name) for name in members),
    )


def check_sizes(
    path: Path,
    found: Contents,
    custom_objects: dict[str, Any] | None,
    safe_mode: bool,
) -> None:
    """Raise if the layers need more weights than the file holds; builds none of them.

    Raises:
        ValueError: If they do.
    """

    def build() -> None:
        with object_sharing_scope():
            keras.saving.deserialize_keras_object(
                # A copy, of which Keras takes things out.
                copy.deepcopy({**found.config, "compile_config": None}),
                custom_objects=custom_objects,
                safe_mode=safe_mode,
            )

    try:
        made = variables_without_values(build)
    except MissingInternalError:
        return  # then Keras finds it, at the price of memory
    needed = sum(math.prod(shape) * _item_size(dtype) for shape, dtype in made)
    if needed > found.weights:
        raise damaged(
            path,
            f"its layers need {needed:,} bytes of weights, and it holds "
            f"{found.weights:,}",
        )


def damaged(path: Path, what: str) -> ValueError:
    """Return the error for a file that cannot be read."""
    return ValueError(
        f"{str(path)!r} is damaged, cut off or no `.keras` file ({what}). Save the "
        "model again with kerasae.save, which leaves no half-written files."
    )


def explained(
    path: Path,
    config: dict[str, Any],
    error: Exception,
    *,
    custom_objects: Mapping[str, Any] | None,
    safe_mode: bool,
    compiling: bool,
) -> ValueError:
    """Return the error for a model that Keras cannot make from a sound archive.

    Args:
        path: The file.
        config: Its configuration.
        error: What Keras raised.
        custom_objects: The classes and functions that Keras was given.
        safe_mode: Whether code was refused.
        compiling: Whether Keras can make the model, and only fails to compile it.
    """
    model = {key: value for key, value in config.items() if key != "compile_config"}
    objects = list(_objects(config.get("compile_config") if compiling else model))
    fix = " Without loss, optimizer and metrics: kerasae.load(path, compile=False)."
    fix = fix if compiling else ""
    if safe_mode and any(item["class_name"] in _LAMBDAS for item in objects):
        return ValueError(
            f"{str(path)!r} holds Python code, of a lambda, which would run here. If "
            f"you trust its source: kerasae.load(path, safe_mode=False).{fix}"
        )
    unknown = {n: m for item in objects for n, m in _unknown(item, custom_objects)}
    if unknown:
        names = ", ".join(
            f"{name!r}" + (f" of the module {unknown[name]!r}" if unknown[name] else "")
            for name in sorted(unknown)
        )
        first = min(unknown)
        return ValueError(
            f"{str(path)!r} needs {names}, which Keras does not know here. Import the "
            "module that registers it, or, if you trust the file, hand it over: "
            f"kerasae.load(path, custom_objects={{{first!r}: {first}}}).{fix}"
        )
    if compiling:
        return ValueError(
            f"{str(path)!r} holds a model that cannot be compiled as it was "
            f"({_first_line(error)}).{fix}"
        )
    own = {item["class_name"] for item in objects if _is_own(item, custom_objects)}
    if own:
        return ValueError(
            f"{str(path)!r} holds a model that Keras cannot make "
            f"({_first_line(error)}). See that `get_config` of "
            f"{', '.join(sorted(own))} returns all that `__init__` takes."
        )
    return damaged(path, _first_line(error))


def _require_plausible(info: zipfile.ZipInfo) -> None:
    """Raise if a member claims a size that it cannot have."""
    most = max(_SMALL, _MOST_EXPANSION * info.compress_size)
    if info.filename == CONFIG:
        most = min(most, _LARGEST_CONFIG)
    if info.file_size > most:
        raise ValueError(f"{info.filename} claims {info.file_size:,} bytes")


def _first_wrong(archive: zipfile.ZipFile) -> str | None:
    """Return the first member with a wrong checksum, which Keras would go on to read.

    Those that are no part of a model are not read.
    """
    for name in archive.namelist():
        if is_part(name) or name == GENERATORS:
            try:
                with archive.open(name) as member:
                    while member.read(_CHUNK):
                        pass
            except zipfile.BadZipFile:
                return name
    return None


def _other_format(path: Path) -> str:
    """Return the error for HDF5, in which Keras keeps models and weights as well."""
    start = f"{str(path)!r} is an HDF5 file, and kerasae.load reads `.keras` files. "
    if path.name.endswith(".weights.h5"):
        return start + (
            "It holds weights alone: build the model, and load them with "
            "triple.autoencoder.load_weights(path)."
        )
    return start + (
        "Load it with Keras, and split the model: "
        "kerasae.split(keras.saving.load_model(path))."
    )


def _is_deeper(config: Any, most: int) -> bool:
    """Tell whether lists and dicts are nested more than so many times."""
    level = [config]
    for _ in range(most):
        level = [
            value
            for item in level
            for value in (item.values() if isinstance(item, dict) else item)
            if isinstance(value, (dict, list))
        ]
        if not level:
            return False
    return True


def _item_size(dtype: str) -> int:
    """Return the bytes of a number, by the name of its type."""
    bits = re.search(r"\d+", dtype)
    return max(1, int(bits[0]) // 8) if bits else 1


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Yield the descriptions of classes and functions in a configuration."""
    waiting = [config]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
            if isinstance(item.get("class_name"), str) and "config" in item:
                yield item
        elif isinstance(item, list):
            waiting.extend(item)


def _unknown(
    item: dict[str, Any], custom_objects: Mapping[str, Any] | None
) -> Iterator[tuple[str, str]]:
    """Yield name and module of a class or function, if Keras does not find it."""
    module = str(item.get("module") or "")
    is_function = item["class_name"] == "function"
    name = item["config"] if is_function else item["class_name"]
    registered = name if is_function else item.get("registered_name") or name
    if not isinstance(name, str) or name.startswith("__"):
        return
    known = keras.saving.get_registered_object(str(registered), custom_objects)
    its_own = module.partition(".")[0] == "keras" or (
        # Keras's functions go by their names alone.
        is_function and any(hasattr(place, name) for place in _FUNCTIONS)
    )
    if known is None and not its_own:
        yield name.rpartition(">")[2], "" if module == "builtins" else module


def _is_own(item: dict[str, Any], custom_objects: Mapping[str, Any] | None) -> bool:
    """Tell whether a class is known, and neither Keras's nor of this package."""
    name = str(item.get("registered_name") or item["class_name"])
    found = keras.saving.get_registered_object(name, custom_objects)
    return found is not None and not name.startswith("kerasae>")


def _first_line(error: Exception) -> str:
    """Return what an error says, cut to one line."""
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line if len(line) <= 200 else f"{line[:200]}..."
