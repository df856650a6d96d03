"""The command line: parse, call, print."""

from kerasae.cli import _reproducing  # noqa: F401 - adds its command
from kerasae.cli._commands import app, main

__all__ = ["app", "main"]
