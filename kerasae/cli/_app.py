"""The application: its commands, in the order in which `--help` lists them."""

import inspect
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

import typer

from kerasae.cli._export_command import export
from kerasae.cli._model_commands import detect, encode, reconstruct
from kerasae.cli._reproduce_command import reproduce_source
from kerasae.cli._run_commands import compare, diagnose, evaluate, plot, publish, report
from kerasae.cli._train_command import train
from kerasae.cli._variant_commands import list_variants, summary

_WITH_VARIANT_OPTIONS = {"allow_extra_args": True, "ignore_unknown_options": True}

# Click's error for words that it does not understand. Newer releases of typer carry
# click within themselves, and hand on nothing but kinds of this error.
_USAGE_ERROR: Any = typer.BadParameter.__base__

app = typer.Typer(
    # Plain text: in typer's boxes a switch looks as if it took a value, and a narrow
    # terminal breaks every word.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "token_normalize_func": lambda word: word.replace("_", "-"),
    },
)


def main() -> None:
    """Run the command line; turn errors into one line and an exit code."""
    try:
        code = app(standalone_mode=False)
    except _USAGE_ERROR as error:
        text = error.format_message().removesuffix(".")
        command = error.ctx.command_path if error.ctx else "kerasae"
        print(f"Error: {text}. See: {command} --help", file=sys.stderr)
        code = error.exit_code
    except (ValueError, TypeError, OSError, ImportError, RuntimeError) as error:
        if os.environ.get("KERASAE_TRACEBACK"):
            raise
        print(f"Error: {error}", file=sys.stderr)
        code = 1
    raise SystemExit(code or 0)


def _print_version(requested: bool) -> None:
    if requested:
        print(f"kerasae {version('kerasae')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def kerasae(
    context: typer.Context,
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
    if context.invoked_subcommand is None:
        print(context.get_help(), file=sys.stderr)
        raise typer.Exit(2)


def _add(
    function: Callable[..., None],
    name: str | None = None,
    settings: dict[str, bool] | None = None,
) -> None:
    """Add a command, with the first line of its docstring for the list of them all."""
    first_line = (inspect.getdoc(function) or "").partition("\n")[0]
    # A `short_help` is not cut off on narrow terminals.
    app.command(name, short_help=first_line, context_settings=settings)(function)


_add(train, settings=_WITH_VARIANT_OPTIONS)
_add(list_variants, "list")
_add(summary, settings=_WITH_VARIANT_OPTIONS)
_add(plot)
_add(compare)
_add(evaluate)
_add(diagnose)
_add(report)
_add(reconstruct)
_add(encode)
_add(detect)
_add(publish)
_add(export)
_add(reproduce_source, "reproduce")
