"""Models with a loss or with checks of their own."""

from kerasae._public_names import public
from kerasae.models.checked_model import CheckedModel
from kerasae.models.variational_autoencoder import VariationalAutoencoder

__all__ = ["CheckedModel", "VariationalAutoencoder"]

__getattr__, __dir__ = public(__name__, __all__)
