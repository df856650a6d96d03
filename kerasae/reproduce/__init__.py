"""The experiments of the five sources: their published results and ours."""

from kerasae.reproduce._reproduce import (
    SOURCES,
    default_folder,
    find_source,
    reproduce,
)

__all__ = ["SOURCES", "default_folder", "find_source", "reproduce"]
