"""The experiments of the five sources, at their settings: published beside ours."""

from kerasae.reproduce._reproduce import SOURCES, reproduce

__all__ = ["SOURCES", "reproduce"]
