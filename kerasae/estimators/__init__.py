"""Autoencoders for scikit-learn: pipelines, searches, cross-validation."""

from kerasae._public_names import public
from kerasae.estimators.anomaly_detector import AnomalyDetector
from kerasae.estimators.autoencoder_transformer import AutoencoderTransformer
from kerasae.estimators.stacked_autoencoder import StackedAutoencoder
from kerasae.estimators.stacked_autoencoder_classifier import (
    StackedAutoencoderClassifier,
)

__all__ = [
    "AnomalyDetector",
    "AutoencoderTransformer",
    "StackedAutoencoder",
    "StackedAutoencoderClassifier",
]

__getattr__, __dir__ = public(__name__, __all__)
