"""Compiling and training triples."""

from kerasae._public_names import public
from kerasae.engine.compiling import compile
from kerasae.engine.fitting import fit
from kerasae.training.fine_tuning import build_classifier, build_regressor, fine_tune
from kerasae.training.growing import GrowthHistory, add_pair, grow
from kerasae.training.pretraining import pretrain

__all__ = [
    "GrowthHistory",
    "add_pair",
    "build_classifier",
    "build_regressor",
    "compile",
    "fine_tune",
    "fit",
    "grow",
    "pretrain",
]

# Callbacks were here until version 0.1.
_MOVED = dict.fromkeys(("KLWarmUp", "Progress", "TensorBoard"), "kerasae.callbacks")
__getattr__, __dir__ = public(__name__, __all__, moved=_MOVED)
