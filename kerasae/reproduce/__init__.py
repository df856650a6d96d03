"""The experiments of the five sources, at their settings: published beside ours."""

from kerasae.reproduce._reproduce import SOURCES as SOURCES
from kerasae.reproduce._reproduce import reproduce

__all__ = ["reproduce"]
