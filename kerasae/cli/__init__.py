"""The command line: parse, call, print."""

from kerasae.cli._app import app, main

__all__ = ["app", "main"]
