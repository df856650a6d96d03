"""The commands that look at finished runs."""

from pathlib import Path
from typing import Annotated

import typer

from kerasae._files import checked_path
from kerasae.cli._arguments import Backend, RunData, RunFolder
from kerasae.cli._printing import error_cell, print_table, variant_word
from kerasae.cli._process import use_backend


def plot(run: RunFolder, data: RunData = None, backend: Backend = None) -> None:
    """Draw the pictures of a run again."""
    use_backend(backend)
    from kerasae import runs

    for path in runs.plot(run, data=data):
        print(f"written: {path}")


def evaluate(
    run: RunFolder,
    data: RunData = None,
    num_samples: Annotated[
        int,
        typer.Option(
            help="Codes sampled for the log-likelihood of a variational model; 0 for "
            "none."
        ),
    ] = 0,
    output: Annotated[
        Path | None, typer.Option(help="A .json file for all numbers.")
    ] = None,
    backend: Backend = None,
) -> None:
    """Measure a run's model: reconstruction, code, likelihood, labels."""
    use_backend(backend)
    from kerasae import runs

    if output is not None:
        checked_path(output, ("json",))
    found = runs.evaluate(run, data=data, num_samples=num_samples)
    print(f"\n{found}")
    if output is not None:
        print(f"\nwritten: {found.save(output)}")


def diagnose(
    run: RunFolder,
    data: RunData = None,
    output: Annotated[
        Path | None, typer.Option(help="A .json file for the findings.")
    ] = None,
    backend: Backend = None,
) -> None:
    """Look for what went wrong in a run, and say what to change."""
    use_backend(backend)
    from kerasae import runs

    if output is not None:
        checked_path(output, ("json",))
    found = runs.diagnose(run, data=data)
    print(f"\n{found}")
    if output is not None:
        print(f"\nwritten: {found.save(output)}")


def report(
    run: RunFolder,
    output: Annotated[
        Path | None, typer.Option(help="The .html file. Default: report.html in RUN.")
    ] = None,
    data: RunData = None,
    backend: Backend = None,
) -> None:
    """Write one HTML file about a run, with pictures to move, that needs no network."""
    use_backend(backend)
    from kerasae import runs

    print(f"written: {runs.report(run, path=output, data=data)}")


def publish(
    run: RunFolder,
    repository: Annotated[
        str, typer.Argument(metavar="HUB", help="Where: hf://USER/NAME.")
    ],
    backend: Backend = None,
) -> None:
    """Publish the model of a run on the Hugging Face Hub, with a model card."""
    use_backend(backend)
    from kerasae import runs

    print(f"published: {runs.publish(run, repository)}")


def compare(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Folders written by `kerasae train`."),
    ],
    output: Annotated[
        Path, typer.Option(help="Where to draw all learning curves.")
    ] = Path("compare.png"),
    backend: Backend = None,
) -> None:
    """Compare runs: their models, errors and learning curves."""
    use_backend(backend)
    from kerasae import runs

    rows = runs.compare(folders, path=output)
    models = [
        (
            row["run"],
            variant_word(row["variant"]),
            row["backend"],
            str(row["code_size"]),
            f"{row['parameters']:,}",
        )
        for row in rows
    ]
    results = [
        (
            row["run"],
            str(row["epochs"]),
            f"{row['seconds']:.1f}",
            *(error_cell(row[f"{part}_error"]) for part in ("train", "test", "pca")),
        )
        for row in rows
    ]
    # Two tables of few columns, for a terminal 80 characters wide.
    print_table(
        [("run", "variant", "backend", "code", "parameters"), *models], text_columns=3
    )
    print()
    errors = ("train error", "test error", "PCA error")
    print_table([("run", "epochs", "seconds", *errors), *results])
    print("\nErrors are mean squared errors per feature. PCA uses codes of the same")
    print("size; its error is that on the test data.")
    if len({row["data"] for row in rows}) > 1:
        print("The runs have different data: their errors are not comparable.")
    print(f"\nwritten: {output}")
