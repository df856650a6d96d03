"""Models whose loss or whose checks are more than Keras's own."""

from kerasae.models.checked_model import CheckedModel
from kerasae.models.variational_autoencoder import VariationalAutoencoder

__all__ = ["CheckedModel", "VariationalAutoencoder"]
