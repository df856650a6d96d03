"""Training runs, each in a folder of its own."""

from kerasae._public_names import public
from kerasae.runs._compare import compare
from kerasae.runs._detect import Detection, detect
from kerasae.runs._detect import feature_word as feature_word
from kerasae.runs._judge import diagnose, evaluate
from kerasae.runs._load import load_with_samples
from kerasae.runs._plot import plot
from kerasae.runs._publish import publish
from kerasae.runs._report import report
from kerasae.runs._train import train
from kerasae.runs.checkpoint import Checkpoint
from kerasae.runs.run import Run

# The other name is for the command line.
__all__ = [
    "Checkpoint",
    "Detection",
    "Run",
    "compare",
    "detect",
    "diagnose",
    "evaluate",
    "load_with_samples",
    "plot",
    "publish",
    "report",
    "train",
]

__getattr__, __dir__ = public(__name__, __all__)
