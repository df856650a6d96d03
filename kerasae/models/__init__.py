"""Models with a loss or with checks of their own."""

from kerasae.models.checked_model import CheckedModel
from kerasae.models.variational_autoencoder import VariationalAutoencoder

__all__ = ["CheckedModel", "VariationalAutoencoder"]
