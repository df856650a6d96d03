"""A stack of layers, trained pair by pair: how two of the estimators begin."""

from typing import Any

import numpy as np

from kerasae import _checks, training
from kerasae._triple import Autoencoder
from kerasae.builders import build_stacked_ae
from kerasae.engine.optimizers import new_optimizer
from kerasae.estimators._builder_options import build, builder_options

_PARAMETERS = (
    "hidden_units",
    "latent_dim",
    "activation",
    "output_activation",
    "dropout",
)


def build_stack(estimator: Any, n_features: int, seed: int) -> Autoencoder:
    """Return the triple that the estimator's parameters describe, or raise."""
    _hidden_units(estimator)
    named = {name: getattr(estimator, name) for name in _PARAMETERS}
    options = builder_options(named, estimator.options)
    return build(build_stacked_ae, n_features, {"seed": seed, **options})


def pretrain_stack(
    estimator: Any, triple: Autoencoder, x: np.ndarray, seed: int
) -> list[dict[str, list[float]]]:
    """Train a stack pair by pair, and return a history a pair, outermost first."""
    epochs = estimator.pretrain_epochs
    if epochs == 0 and not isinstance(epochs, bool):
        return []
    pairs = len(_hidden_units(estimator)) + 1
    each = _checks.positive_integers("pretrain_epochs", epochs, example="20")
    if len(each) not in (1, pairs):
        expected = f"one integer or {pairs}, one for each pair of layers"
        raise ValueError(_checks.argument_error("pretrain_epochs", expected, epochs))
    histories = training.pretrain(
        triple,
        x,
        epochs=list(each) * (pairs // len(each)),
        batch_size=estimator.batch_size,
        optimizer=new_optimizer(estimator.optimizer, estimator.learning_rate),
        corruption=estimator.corruption,
        seed=seed,
        verbose=estimator.verbose,
    )
    return [history.history for history in histories]


def _hidden_units(estimator: Any) -> tuple[int, ...]:
    return _checks.positive_integers(
        "hidden_units", estimator.hidden_units, example="(200, 100)"
    )
