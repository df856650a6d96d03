"""The application: its commands, in the order in which `--help` lists them."""

import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from kerasae.cli._model_commands import encode, reconstruct
from kerasae.cli._reproduce_command import reproduce_source
from kerasae.cli._run_commands import compare, plot
from kerasae.cli._train_command import train
from kerasae.cli._variant_commands import list_variants, summary

_WITH_VARIANT_OPTIONS = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; turn our errors into one line and an exit code."""
    try:
        app()
    except (ValueError, TypeError, OSError, ImportError, RuntimeError) as error:
        if os.environ.get("KERASAE_TRACEBACK"):
            raise
        print(f"Error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _print_version(requested: bool) -> None:
    if requested:
        print(f"kerasae {version('kerasae')}")
        raise typer.Exit


@app.callback()
def kerasae(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Show the version.",
        ),
    ] = False,
) -> None:
    """Autoencoders for Keras 3, on TensorFlow, JAX and PyTorch."""


app.command(context_settings=_WITH_VARIANT_OPTIONS)(train)
app.command("list")(list_variants)
app.command(context_settings=_WITH_VARIANT_OPTIONS)(summary)
app.command()(plot)
app.command()(compare)
app.command()(reconstruct)
app.command()(encode)
app.command("reproduce")(reproduce_source)
