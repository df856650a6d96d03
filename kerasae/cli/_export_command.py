"""The command that writes trained models for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from kerasae._checks import one_of
from kerasae.cli._arguments import Backend, RunData, RunFolder
from kerasae.cli._printing import print_table
from kerasae.cli._process import native_messages_hidden, use_backend

_FORMATS = ("onnx", "openvino", "litert", "saved_model", "torch")


def _formats() -> list[str]:
    return list(_FORMATS)


def export(
    run: RunFolder,
    format: Annotated[
        str,
        typer.Option(help=f"One of: {', '.join(_FORMATS)}.", autocompletion=_formats),
    ] = "onnx",
    output: Annotated[
        Path | None,
        typer.Option(help="The folder to write. Default: RUN/FORMAT."),
    ] = None,
    quantize: Annotated[
        bool,
        typer.Option("--quantize", help="Add ONNX models in eight bits."),
    ] = False,
    data: RunData = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier export.")
    ] = False,
    backend: Backend = None,
) -> None:
    """Write the models of a run for programs that have no Keras.

    Encoder, decoder and autoencoder, with a README and a script that runs them. Each
    is compared with the trained model on test samples of the run's data: one that is
    off by more than 1e-4 is an error.
    """
    chosen = one_of("format", format.replace("-", "_"), _FORMATS)
    use_backend(backend)
    from kerasae import exporting, runs

    notes: list[str] = []
    triple, x, _ = runs.load_with_samples(
        run, data=data, split="test", log=notes.append
    )
    scalings = [note for note in notes if not note.startswith("split:")]
    folder = output or run / chosen
    with native_messages_hidden():
        record = exporting.export(
            triple,
            folder,
            chosen,
            samples=x,
            scaling="; ".join(scalings) or None,
            quantize=quantize,
            force=force,
        )
    rows = [("file", "largest difference")]
    for about in record["parts"].values():
        rows.append((about["file"], f"{about['largest_difference']:.1e}"))
    print_table(rows)
    if quantize:
        print()
        table = [("in eight bits", "size", "in float32", "mean difference", "largest")]
        for about in record["quantized"].values():
            sizes = (f"{about[key]:,}" for key in ("bytes", "bytes_float32"))
            off = (f"{about[f'{key}_difference']:.1e}" for key in ("mean", "largest"))
            table.append((about["file"], *sizes, *off))
        print_table(table)
    print(f"\ncompared on {record['samples']} samples")
    print(f"written: {folder}, with a README.md; to try it: python {folder}/infer.py")
