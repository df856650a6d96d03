"""Training runs, each in a folder of its own."""

from kerasae._public_names import public
from kerasae.runs._compare import compare
from kerasae.runs._load import load_with_samples
from kerasae.runs._plot import plot
from kerasae.runs._train import train
from kerasae.runs.checkpoint import Checkpoint
from kerasae.runs.run import Run

__all__ = ["Checkpoint", "Run", "compare", "load_with_samples", "plot", "train"]

__getattr__, __dir__ = public(__name__, __all__)
