"""The model of a run on the Hugging Face Hub, with what the run tells about it."""

import json
from pathlib import Path
from typing import Any

from kerasae import _hub
from kerasae._model_card import model_card
from kerasae.runs.run import CURVES, MODEL, RECONSTRUCTIONS, SAMPLES, Run

_PICTURES = {
    RECONSTRUCTIONS: "Test samples, and what the model makes of them",
    SAMPLES: "New samples",
    CURVES: "The loss over the epochs",
}
_SETTINGS = ("optimizer", "learning_rate", "loss", "batch_size", "seed", "options")


def publish(folder: str | Path, path: str) -> str:
    """Publish the model of a finished run on the Hugging Face Hub.

    The repository gets the model, the run's pictures, and a model card: what it is,
    what it was trained on and how, its errors beside those of principal component
    analysis, and how to load it. A model that is there already is replaced; the Hub
    keeps the old one in its history.

    Args:
        folder: The run's folder.
        path: The repository, `hf://user/name`, made if need be.

    Returns:
        The repository's address.

    Raises:
        FileNotFoundError: If the folder holds no finished run.
        ValueError: If `path` names no repository, or a file of the run is damaged.
        ImportError: If huggingface_hub is not installed.
        OSError: If the Hub cannot be reached, or refuses.

    Example:
        >>> from kerasae.runs import publish
        >>> publish("runs/digits", "digits")
        Traceback (most recent call last):
            ...
        ValueError: `path` must be of the form hf://user/name. Received: path='digits'.
    """
    _hub.repository(path)
    run = Run(folder)
    record = run.read_finished()
    model = run.load().autoencoder
    pictures = {name: run.path(name) for name in _PICTURES if run.path(name).is_file()}
    card = model_card(
        model, path, facts=_facts(record), sections=_sections(record, list(pictures))
    )
    return _hub.upload(run.path(MODEL), path, card, pictures)


def _facts(record: dict[str, Any]) -> dict[str, str]:
    settings = record["settings"]
    epochs = f"{record['epochs']} epochs"
    if "best_epoch" in record:
        epochs += f", of which number {record['best_epoch']} was kept"
    return {
        "variant": f"`{settings['variant']}`",
        # Of a file the name: where it lay is nobody's business.
        "data": Path(settings["data"]).name,
        "training": f"{epochs}, {record['seconds']:.0f} s",
    }


def _sections(record: dict[str, Any], pictures: list[str]) -> list[str]:
    rows = [
        f"| {model} | {_cell(errors['train'])} | {_cell(errors['test'])} |"
        for model, errors in record["errors"].items()
    ]
    head = "| mean squared error per feature | train | test |\n|---|--:|--:|"
    settings = {
        name: record["settings"][name]
        for name in _SETTINGS
        if record["settings"].get(name) not in (None, {})
    }
    drawn = "\n\n".join(f"![{_PICTURES[name]}]({name})" for name in pictures)
    return [
        "## Errors\n\n" + "\n".join([head, *rows]),
        drawn,
        f"## Settings\n\n```json\n{json.dumps(settings, indent=1)}\n```",
    ]


def _cell(error: float | None) -> str:
    return "" if error is None else f"{error:.5f}"
