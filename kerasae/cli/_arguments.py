"""Arguments and options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

Variant = Annotated[
    str, typer.Argument(help="Which autoencoder; `kerasae list` names them.")
]
RunFolder = Annotated[
    Path, typer.Argument(metavar="RUN", help="A folder written by `kerasae train`.")
]
Backend = Annotated[
    str | None,
    typer.Option(
        help="tensorflow, jax or torch. Default: the one Keras is set to, "
        "otherwise the first one installed."
    ),
]
RunData = Annotated[
    str | None, typer.Option(help="As for `train`. Default: the run's own data.")
]
Seed = Annotated[int, typer.Option(help="Makes the run repeatable.")]
Split = Annotated[str, typer.Option(help="Which samples: all, train or test.")]
