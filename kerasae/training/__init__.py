"""Compiling and training triples."""

from kerasae.training.compiling import compile
from kerasae.training.progress import Progress

__all__ = ["Progress", "compile"]
