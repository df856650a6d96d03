"""Compiling and training triples."""

from kerasae.training.compiling import compile
from kerasae.training.fine_tuning import build_classifier, build_regressor, fine_tune
from kerasae.training.fitting import fit
from kerasae.training.growing import GrowthHistory, add_pair, grow
from kerasae.training.kl_warm_up import KLWarmUp
from kerasae.training.pretraining import pretrain
from kerasae.training.progress import Progress
from kerasae.training.tensorboard import TensorBoard

__all__ = [
    "GrowthHistory",
    "KLWarmUp",
    "Progress",
    "TensorBoard",
    "add_pair",
    "build_classifier",
    "build_regressor",
    "compile",
    "fine_tune",
    "fit",
    "grow",
    "pretrain",
]
