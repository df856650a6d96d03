"""The command that reproduces the sources."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from kerasae.cli._arguments import Backend, Seed
from kerasae.cli._printing import print_table
from kerasae.cli._process import exit_on_interrupt, set_seed, use_backend
from kerasae.reproduce import (
    SOURCES,
    comparison,
    default_folder,
    find_source,
    reproduce,
)


def reproduce_source(
    source: Annotated[str, typer.Argument(help=f"One of: {', '.join(SOURCES)}.")],
    only: Annotated[
        str | None,
        typer.Option(help="Names of experiments, separated by commas. Default: all."),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Small data, a few epochs: under a minute."),
    ] = False,
    backend: Backend = None,
    seed: Seed = 0,
    output: Annotated[
        Path | None, typer.Option(help="Default: runs/reproduce/SOURCE.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Keep what is finished, and continue the rest."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Repeat what is finished.")
    ] = False,
) -> None:
    """Run a source's experiments, and compare with its published results."""
    article = find_source(source)
    use_backend(backend)
    set_seed(seed)
    folder = output or default_folder(source, quick=quick)
    with exit_on_interrupt(lambda: True):
        results = reproduce(
            source,
            folder,
            only=[name.strip() for name in only.split(",")] if only else [],
            quick=quick,
            seed=seed,
            resume=resume,
            force=force,
        )
    for title, lines in comparison.grid_tables(article, results, spread=False):
        print(f"\n{title}")
        print_table(lines)
    _print_results(comparison.rows(article, results), quick=quick)
    print(f"results and pictures in {folder}")


def _print_results(rows: Iterable[comparison.Row], *, quick: bool) -> None:
    """Print values of one backend beside the published ones, then the remarks."""
    table, remarks = [("", "published", "ours", "off")], []
    for row in rows:
        heading = (row.experiment, "", "", "")
        if heading not in table:
            table.append(heading)
        (ours,) = row.ours.values()
        off = "" if quick else comparison.difference(row.published, ours)
        values = (comparison.value_text(row.published), comparison.value_text(ours))
        table.append((f"  {row.value}", *values, off))
        remark = row.remark if quick else comparison.remark(row)
        if remark:
            remarks.append(f"{row.experiment}, {row.value}: {remark}")
    print()
    if len(table) > 1:
        print_table(table)
        print()
    for remark in remarks:
        print(remark)
    if quick:
        print("Small data and few epochs: not comparable with what was published.")
