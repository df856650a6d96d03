"""Training runs, each kept in a folder."""

from kerasae.runs._train import train
from kerasae.runs.checkpoint import Checkpoint
from kerasae.runs.run import Run

__all__ = ["Checkpoint", "Run", "train"]
