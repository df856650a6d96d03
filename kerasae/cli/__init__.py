"""The command line: parse, call, print."""

from kerasae.cli._commands import app, main

__all__ = ["app", "main"]
