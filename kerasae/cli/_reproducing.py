"""The command that reproduces the sources."""

from pathlib import Path
from typing import Annotated

import typer

from kerasae import _checks
from kerasae.cli._backend_choice import native_messages_hidden, use_backend
from kerasae.cli._commands import Backend, app
from kerasae.cli._table import print_table
from kerasae.reproduce import (
    SOURCES,
    comparison,
    default_folder,
    find_source,
    reproduce,
)


@app.command("reproduce")
def reproduce_source(
    source: Annotated[str, typer.Argument(help=f"One of: {', '.join(SOURCES)}.")],
    only: Annotated[
        str | None,
        typer.Option(help="Names of experiments, with commas. Default: all."),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Digits and an epoch or few: under a minute."),
    ] = False,
    backend: Backend = None,
    seed: Annotated[int, typer.Option(help="Makes it repeatable.")] = 0,
    output: Annotated[
        Path | None, typer.Option(help="Default: runs/reproduce/SOURCE.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Keep what is finished, go on with the rest."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Do again what is finished.")
    ] = False,
) -> None:
    """Run a source's experiments on MNIST, and set ours beside what it published."""
    found = find_source(source)
    use_backend(backend)
    import keras

    with native_messages_hidden():
        # Keras seeds TensorFlow too where it is installed, and so imports it.
        keras.utils.set_random_seed(_checks.required_seed(seed))
    names = [name.strip() for name in only.split(",")] if only else []
    folder = output or default_folder(source, quick=quick)
    try:
        results = reproduce(
            source,
            folder,
            only=names,
            quick=quick,
            seed=seed,
            resume=resume,
            force=force,
        )
    except KeyboardInterrupt:
        print("interrupted; the same command with --resume goes on")
        raise SystemExit(130) from None
    print()
    table, remarks = [("", "published", "ours", "off")], []
    for row in comparison.rows(found, results):
        if (row.experiment, "", "", "") not in table:
            table.append((row.experiment, "", "", ""))
        (ours,) = row.ours.values()
        off = "" if quick else comparison.difference(row.published, ours)
        said, measured = comparison.shown(row.published), comparison.shown(ours)
        table.append((f"  {row.value}", said, measured, off))
        word = row.remark if quick else comparison.remark(row)
        if word:
            remarks.append(f"{row.experiment}, {row.value}: {word}")
    print_table(table)
    print()
    for line in remarks:
        print(line)
    if quick:
        print("Digits and few epochs: not to be compared with what was published.")
    print(f"results and pictures in {folder}")
