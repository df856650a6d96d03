"""Training runs, each kept in a folder."""

from kerasae.runs.checkpoint import Checkpoint
from kerasae.runs.run import Run
from kerasae.runs.train import train

__all__ = ["Checkpoint", "Run", "train"]
