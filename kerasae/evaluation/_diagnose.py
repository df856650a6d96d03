"""What is wrong, and what to change."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from kerasae import _checks
from kerasae._arrays import as_array, fits, shape_error, to_floats
from kerasae._checks import argument_error
from kerasae._triple import as_triple
from kerasae._types import ArrayLike, ModelOrTriple
from kerasae.engine.samples import single_input
from kerasae.evaluation._data_findings import of_data
from kerasae.evaluation._findings import Finding, Findings
from kerasae.evaluation._model_findings import of_model
from kerasae.evaluation._training_findings import of_training


def diagnose(
    model: ModelOrTriple,
    x: ArrayLike,
    history: keras.callbacks.History | Mapping[str, Sequence[float]] | None = None,
    *,
    most: int = 2_000,
    thorough: bool = True,
    seed: int = 0,
) -> Findings:
    """Look for what commonly goes wrong: in the data, the training, the code.

    Each finding has its evidence, in numbers, and what to change. Data that
    `kerasae.fit` would refuse are findings here, not errors.

    Args:
        model: A triple, or an autoencoder with a layer named `code`.
        x: Samples, trained on or not, shape (n, *input_shape), 2 or more.
        history: What `fit` returned, or its `history`; None where it is not known.
        most: Of more samples than this, as many are taken at random.
        thorough: Whether to compare with principal components, which takes the
            longest.
        seed: Makes the choice of samples repeatable.

    Returns:
        The findings, the gravest first; an empty tuple where nothing was found.

    Raises:
        ValueError: If a shape does not fit, or there are fewer than 2 samples.
        TypeError: If `model` is not a model, `x` holds no numbers, or `history` is
            none.

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> triple = kerasae.build_deep_ae(8, latent_dim=2, seed=0)
        >>> x = np.random.default_rng(0).normal(size=(50, 8))
        >>> kerasae.diagnose(triple, x).names[0]
        'out-of-range'
    """
    triple = as_triple(model)
    most = _checks.positive_integer("most", most)
    seed = _checks.required_seed(seed)
    samples = _samples(triple.autoencoder, x)
    if len(samples) > most:
        chosen = np.random.default_rng(seed).choice(len(samples), most, replace=False)
        samples = samples[np.sort(chosen)]
    losses = _losses(history)
    found: list[Finding] = list(of_data(triple.autoencoder, samples))
    found += of_training(triple.autoencoder, losses)
    finite = np.isfinite(samples).reshape(len(samples), -1).all(axis=1)
    if finite.sum() >= 2:
        beyond = any(finding.name == "out-of-range" for finding in found)
        found += of_model(triple, samples[finite], thorough=thorough and not beyond)
    return Findings(found)


def _samples(model: keras.Model, x: ArrayLike) -> np.ndarray:
    """Return samples of the model's shape as float32, whatever their values."""
    array, wanted = as_array("x", x), single_input(model)
    if not fits(array.shape, wanted) or len(array) < 2:
        sizes = ", ".join("any" if size is None else str(size) for size in wanted[1:])
        expected = f"2 samples or more of the model's shape, (n, {sizes})"
        raise ValueError(shape_error("x", expected, array.shape))
    return to_floats(array, "float32")


def _losses(history: Any) -> Mapping[str, Sequence[float]]:
    if history is None:
        return {}
    found = getattr(history, "history", history)
    if not isinstance(found, Mapping):
        expected = "what fit returned, or its `history` dictionary"
        raise TypeError(argument_error("history", expected, history))
    return found
