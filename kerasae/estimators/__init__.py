"""Autoencoders for scikit-learn: pipelines, searches, cross-validation."""

from kerasae.estimators.autoencoder_transformer import AutoencoderTransformer
from kerasae.estimators.stacked_autoencoder import StackedAutoencoder
from kerasae.estimators.stacked_autoencoder_classifier import (
    StackedAutoencoderClassifier,
)

__all__ = [
    "AutoencoderTransformer",
    "StackedAutoencoder",
    "StackedAutoencoderClassifier",
]
