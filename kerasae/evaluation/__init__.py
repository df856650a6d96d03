"""How good a trained autoencoder is, and what went wrong with it."""

from kerasae._public_names import public
from kerasae.evaluation._diagnose import diagnose
from kerasae.evaluation._evaluate import evaluate
from kerasae.evaluation._evaluation import Evaluation
from kerasae.evaluation._evaluation import words as words
from kerasae.evaluation._findings import Finding, Findings

# The other name is for reports.
__all__ = ["Evaluation", "Finding", "Findings", "diagnose", "evaluate"]

__getattr__, __dir__ = public(__name__, __all__)
