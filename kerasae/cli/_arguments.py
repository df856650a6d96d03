"""Arguments and options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from kerasae._backend_choice import BACKENDS
from kerasae.builders import SUMMARIES
from kerasae.cli._printing import variant_word


def _variants() -> list[tuple[str, str]]:
    """Return what a shell completes a variant from, without a backend."""
    return [(variant_word(name), summary) for name, summary in SUMMARIES.items()]


def _backends() -> list[str]:
    return list(BACKENDS)


Variant = Annotated[
    str,
    typer.Argument(
        metavar="VARIANT",
        help="Which autoencoder; `kerasae list` names them.",
        autocompletion=_variants,
    ),
]
RunFolder = Annotated[
    Path, typer.Argument(metavar="RUN", help="A folder written by `kerasae train`.")
]
Backend = Annotated[
    str | None,
    typer.Option(
        help="tensorflow, jax or torch. Default: the one Keras is set to, "
        "otherwise the first one installed.",
        autocompletion=_backends,
    ),
]
RunData = Annotated[
    str | None, typer.Option(help="As for `train`. Default: the run's own data.")
]
Seed = Annotated[int, typer.Option(help="Makes the run repeatable.")]
Split = Annotated[str, typer.Option(help="Which samples: all, train or test.")]
