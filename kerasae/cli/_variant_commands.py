"""The commands that describe variants."""

from typing import Annotated

import typer

from kerasae.cli import _variant_options
from kerasae.cli._arguments import Backend, Variant
from kerasae.cli._printing import print_explained, variant_word
from kerasae.cli._process import use_backend


def list_variants() -> None:
    """List the variants: for samples of any shape, for images, for sequences."""
    from kerasae.builders import SUMMARIES

    width = max(map(len, SUMMARIES))
    for name, summary in SUMMARIES.items():
        print(f"{variant_word(name):{width}}  {summary}")


def summary(
    context: typer.Context,
    variant: Variant,
    input_shape: Annotated[
        str | None, typer.Option(help="Shape of one sample, such as 28,28,1 or 784.")
    ] = None,
    backend: Backend = None,
) -> None:
    """Show a variant's layers, and explain the options that it takes."""
    use_backend(backend)
    from kerasae.builders import VARIANTS

    builder = VARIANTS[_variant_options.variant_name(variant)]
    command_options = ("--input-shape", "--backend")
    options = _variant_options.parse(builder, context.args, command_options)
    if input_shape is not None:
        options["input_shape"] = _variant_options.parse_value(input_shape)
    builder(**options).autoencoder.summary()
    print("Options, here and for `kerasae train`:")
    explained = _variant_options.explanations(builder)
    for option, parameter in _variant_options.parameters(builder).items():
        default = _variant_options.option_text(parameter.default)
        print_explained(f"{option}  (default: {default})", explained[parameter.name])
