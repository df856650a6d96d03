"""The command that trains a variant."""

from pathlib import Path
from typing import Annotated

import typer

from kerasae._checks import counted
from kerasae.cli import _variant_options
from kerasae.cli._arguments import Backend, Seed, Variant
from kerasae.cli._printing import error_cell, print_table, variant_word
from kerasae.cli._process import exit_on_interrupt, set_seed, use_backend


def train(
    context: typer.Context,
    variant: Variant,
    data: Annotated[
        str,
        typer.Option(
            help="digits, mnist, fashion_mnist, an .npy or .npz file, or a folder of "
            "images. Values outside [0, 1] need --output-activation linear."
        ),
    ] = "digits",
    epochs: Annotated[int, typer.Option(help="Total number of epochs.")] = 50,
    batch_size: Annotated[int, typer.Option(help="Samples per step.")] = 128,
    optimizer: Annotated[str, typer.Option(help="A Keras optimizer.")] = "adam",
    learning_rate: Annotated[
        float | None, typer.Option(help="Default: the optimizer's own.")
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            help="A Keras loss, such as mean_squared_error. Default: the one that "
            "suits the model's output."
        ),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            metavar="EPOCHS",
            help="Stop when the validation loss has not fallen for so many epochs, and "
            "keep the model of the best one. Default: train for all epochs.",
        ),
    ] = None,
    backend: Backend = None,
    seed: Seed = 0,
    output: Annotated[
        Path | None, typer.Option(help="Default: runs/VARIANT-DATA.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue after the last finished epoch.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a run in the folder.")
    ] = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Also write logs for TensorBoard.")
    ] = False,
) -> None:
    """Train a variant, compare it with PCA, and draw its reconstructions.

    Options of the variant go by their Python names: --latent-dim 16,
    --filters 16,8,8, --corruption masking,0.3. `kerasae summary VARIANT` lists
    them.
    """
    use_backend(backend)
    from kerasae import runs
    from kerasae.builders import VARIANTS

    name = _variant_options.variant_name(variant)
    command_options = [option for p in context.command.params for option in p.opts]
    options = _variant_options.parse(VARIANTS[name], context.args, command_options)
    folder = output or Path("runs") / f"{variant_word(name)}-{Path(data).stem}"
    set_seed(seed)
    run = runs.Run(folder)
    with exit_on_interrupt(lambda: run.exists and not run.read()["finished"]):
        record = runs.train(
            folder,
            name,
            options=options,
            data=data,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            learning_rate=learning_rate,
            loss=loss,
            patience=patience,
            seed=seed,
            resume=resume,
            force=force,
            tensorboard=tensorboard,
        )
    rows = [
        (model, error_cell(errors["train"]), error_cell(errors["test"]))
        for model, errors in record["errors"].items()
    ]
    print()
    print_table([("mean squared error per feature", "train", "test"), *rows])
    print(
        f"\n{counted(record['epochs'], 'epoch')}, {record['seconds']:.1f} s of "
        f"training on {record['backend']}, {record['parameters']:,} parameters"
    )
    if "best_epoch" in record:
        best = f"model of epoch {record['best_epoch']}"
        print(f"{best}, which had the lowest validation loss")
    print(f"files in {folder}:")
    for path in sorted(folder.iterdir()):
        if not path.name.startswith("."):
            print(f"  {path.name}")
    if tensorboard:
        print(f"look at it with: tensorboard --logdir {folder / 'tensorboard'}")
