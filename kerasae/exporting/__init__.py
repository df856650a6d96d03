"""Trained models as files for other programs, compared before they are handed over."""

from kerasae._public_names import public
from kerasae.exporting._export import export
from kerasae.exporting._formats import FORMATS

__all__ = ["FORMATS", "export"]

__getattr__, __dir__ = public(__name__, __all__)
