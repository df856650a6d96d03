"""Which samples do not belong: scores, reasons and thresholds, for any autoencoder."""

from kerasae._public_names import public
from kerasae.anomaly._contributions import contributions
from kerasae.anomaly._measures import MEASURES as MEASURES
from kerasae.anomaly._reference import Reference, fit_reference
from kerasae.anomaly._scores import scores
from kerasae.anomaly._thresholds import (
    benjamini_hochberg,
    conformal_p_values,
    conformal_threshold,
    quantile_threshold,
)
from kerasae.anomaly._thresholds import checked_rate as checked_rate
from kerasae.anomaly._thresholds import needed as needed
from kerasae.anomaly._windows import Windows, windows

# The other names are for the estimators.
__all__ = [
    "Reference",
    "Windows",
    "benjamini_hochberg",
    "conformal_p_values",
    "conformal_threshold",
    "contributions",
    "fit_reference",
    "quantile_threshold",
    "scores",
    "windows",
]

__getattr__, __dir__ = public(__name__, __all__)
