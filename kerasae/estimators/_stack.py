"""The base of estimators that pretrain a stack of dense layers."""

from collections.abc import Mapping, Sequence
from typing import Any

from kerasae import _checks, training
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption
from kerasae.builders import build_stacked_ae
from kerasae.engine.optimizers import new_optimizer
from kerasae.estimators._base import BaseNetworkEstimator, Samples
from kerasae.estimators._builder_options import build, builder_options

_BUILDER_PARAMETERS = (
    "hidden_units",
    "latent_dim",
    "activation",
    "output_activation",
    "dropout",
)


class BaseStack(BaseNetworkEstimator):
    """Abstract base: builds and pretrains a stack, as its parameters describe it."""

    hidden_units: int | Sequence[int]
    latent_dim: int
    activation: Activation
    output_activation: Activation
    dropout: float
    corruption: Corruption
    options: Mapping[str, Any] | None
    pretrain_epochs: int | Sequence[int]

    pretrain_history_: list[dict[str, list[float]]]

    def _build(self, n_features: int, seed: int) -> Autoencoder:
        """Return a new, uncompiled triple for rows of `n_features`, or raise."""
        self._hidden_units()
        self.pretrain_history_ = []
        named = {name: getattr(self, name) for name in _BUILDER_PARAMETERS}
        options = builder_options(named, self.options)
        return build(build_stacked_ae, n_features, {"seed": seed, **options})

    def _pretrain(self, triple: Autoencoder, samples: Samples, seed: int) -> None:
        """Train the pairs of layers one after the other, outermost first."""
        epochs = self.pretrain_epochs
        if epochs == 0 and not isinstance(epochs, bool):
            return
        layer_pairs = len(self._hidden_units()) + 1
        checked = _checks.positive_integers("pretrain_epochs", epochs, example="20")
        if len(checked) not in (1, layer_pairs):
            expected = f"one integer or {layer_pairs}, one for each pair of layers"
            text = _checks.argument_error("pretrain_epochs", expected, epochs)
            raise ValueError(text)
        histories = training.pretrain(
            triple,
            samples.x,
            epochs=list(checked) * (layer_pairs // len(checked)),
            batch_size=self.batch_size,
            optimizer=new_optimizer(self.optimizer, self.learning_rate),
            corruption=self.corruption,
            sample_weight=samples.weight,
            seed=seed,
            verbose=self.verbose,
        )
        self.pretrain_history_ = [history.history for history in histories]

    def _hidden_units(self) -> tuple[int, ...]:
        return _checks.positive_integers(
            "hidden_units", self.hidden_units, example="(200, 100)"
        )
