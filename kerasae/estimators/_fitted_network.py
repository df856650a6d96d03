"""A trained network with all that scoring rows needs besides."""

from typing import Any, NamedTuple, Self

import numpy as np

from kerasae import anomaly
from kerasae._triple import Autoencoder
from kerasae.estimators._saved import Saved, prefixed, without_prefix
from kerasae.estimators._scaling import Scaling, fit_scaling
from kerasae.estimators.autoencoder_transformer import AutoencoderTransformer


class FittedNetwork(NamedTuple):
    """All that scoring rows needs.

    Attributes:
        triple: The trained models.
        scaling: What brings rows to the scale that they take.
        reference: What the training samples look like to them.
        measure: What is measured.
        history: Losses by name.
        epochs: How many epochs were trained.
    """

    triple: Autoencoder
    scaling: Scaling
    reference: anomaly.Reference
    measure: str
    history: dict[str, list[float]]
    epochs: int

    @classmethod
    def train(
        cls,
        x: np.ndarray,
        shape: tuple[int, ...],
        network: AutoencoderTransformer,
        *,
        scaling: str,
        measure: str,
        support_fraction: float,
    ) -> Self:
        """Fit a network to rows, and find out what they look like to it.

        Args:
            x: Array of float64, shape (n, n_features).
            shape: The shape of one sample.
            network: A network that is not fitted, without an input shape.
            scaling: As in `fit_scaling`.
            measure: As in `kerasae.anomaly.scores`.
            support_fraction: As in `kerasae.anomaly.fit_reference`.
        """
        found = fit_scaling(x, scaling, shape[-1] if len(shape) > 1 else None)
        scaled = found.apply(x)
        if len(shape) > 1:
            network.set_params(input_shape=shape)
        triple = network.fit(scaled).autoencoder_
        samples = scaled.reshape(-1, *triple.autoencoder.input_shape[1:])
        reference = anomaly.fit_reference(
            triple, samples, support_fraction=support_fraction
        )
        return cls(triple, found, reference, measure, network.history_, network.n_iter_)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return tuple(self.triple.autoencoder.input_shape[1:])

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Return the scores of rows, shape (n,), larger for more anomalous ones."""
        return anomaly.scores(
            self.triple, self._samples(x), self.measure, reference=self.reference
        )

    def contributions(self, x: np.ndarray) -> np.ndarray:
        """Return the share of each column in the scores of rows."""
        found = anomaly.contributions(
            self.triple, self._samples(x), self.measure, reference=self.reference
        )
        return found.reshape(x.shape)

    def _samples(self, x: np.ndarray) -> np.ndarray:
        return self.scaling.apply(x).reshape(-1, *self.shape)

    def learned(self) -> dict[str, Any]:
        """Return what of it a file holds as text."""
        return {
            "measure": self.measure,
            "history": self.history,
            "epochs": self.epochs,
        }

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what of it a file holds as arrays."""
        return {
            **prefixed("scaling", self.scaling._asdict()),
            **prefixed("reference", self.reference._asdict()),
        }

    @classmethod
    def from_saved(cls, saved: Saved) -> Self:
        """Return what a file holds."""
        learned, arrays = saved.learned, saved.arrays
        return cls(
            saved.triple,
            Scaling(**without_prefix("scaling", arrays)),
            anomaly.Reference(**without_prefix("reference", arrays)),
            learned["measure"],
            learned["history"],
            learned["epochs"],
        )
