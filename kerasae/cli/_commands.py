"""The commands.

Keras is imported inside them: `--help` needs no backend, and `--backend` has to be
set before Keras is.
"""

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from kerasae import _checks
from kerasae._files import checked_path, replacing
from kerasae.cli import _variant_options
from kerasae.cli._backend_choice import native_messages_hidden, use_backend
from kerasae.cli._table import print_table

_EXTRA_OPTIONS = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Variant = Annotated[
    str, typer.Argument(help="Which autoencoder; `kerasae list` names them.")
]
Backend = Annotated[
    str | None,
    typer.Option(
        help="tensorflow, jax or torch. Default: the one Keras is set to, "
        "else the first that is installed."
    ),
]
RunFolder = Annotated[
    Path, typer.Argument(metavar="RUN", help="A folder that `kerasae train` wrote.")
]
Data = Annotated[
    str,
    typer.Option(
        help="digits, mnist, fashion_mnist, an .npy or .npz file, or a folder of "
        "images."
    ),
]
RunData = Annotated[
    str | None, typer.Option(help="As for `train`. Default: the run's own data.")
]
Split = Annotated[str, typer.Option(help="Which samples: all, train or test.")]


def main() -> None:
    """Run the command line; turn our errors into one line and an exit code."""
    try:
        app()
    except (ValueError, TypeError, OSError, ImportError, RuntimeError) as error:
        if os.environ.get("KERASAE_TRACEBACK"):
            raise
        print(f"Error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _print_version(asked: bool) -> None:
    if asked:
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
            help="Say which version this is.",
        ),
    ] = False,
) -> None:
    """Autoencoders for Keras 3, on TensorFlow, JAX and PyTorch."""


def _variant(name: str) -> str:
    """Return the variant's name as Python writes it, or say what is near."""
    from kerasae.builders import VARIANTS

    name = name.replace("-", "_")
    if name not in VARIANTS:
        raise ValueError(
            f"There is no variant {name!r}. {_checks.nearest(name, VARIANTS)} "
            "The variant comes first, options after it."
        )
    return name


@app.command(context_settings=_EXTRA_OPTIONS)
def train(
    context: typer.Context,
    variant: Variant,
    data: Data = "digits",
    epochs: Annotated[int, typer.Option(help="Epochs in all.")] = 50,
    batch_size: Annotated[int, typer.Option(help="Samples a step.")] = 128,
    optimizer: Annotated[str, typer.Option(help="A Keras optimizer.")] = "adam",
    learning_rate: Annotated[
        float | None, typer.Option(help="Default: the optimizer's own.")
    ] = None,
    backend: Backend = None,
    seed: Annotated[int, typer.Option(help="Makes the run repeatable.")] = 0,
    output: Annotated[
        Path | None, typer.Option(help="Default: runs/VARIANT-DATA.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last finished epoch.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is in the folder.")
    ] = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write what TensorBoard shows, too.")
    ] = False,
) -> None:
    """Train a variant, judge it against PCA, and draw what it does.

    Options of the variant go by their Python names: --latent-dim 16,
    --filters 16,8,8, --corruption masking,0.3. `kerasae summary VARIANT` lists
    them.
    """
    use_backend(backend)
    import keras

    from kerasae import runs
    from kerasae.builders import VARIANTS

    name = _variant(variant)
    ours = tuple(option for p in context.command.params for option in p.opts)
    options = _variant_options.parse(VARIANTS[name], context.args, ours)
    folder = output or Path("runs") / f"{name}-{Path(data).stem}"
    with native_messages_hidden():
        # Keras seeds TensorFlow too where it is installed, and so imports it.
        keras.utils.set_random_seed(_checks.required_seed(seed))
    try:
        record = runs.train(
            folder,
            name,
            options=options,
            data=data,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            learning_rate=learning_rate,
            seed=seed,
            resume=resume,
            force=force,
            tensorboard=tensorboard,
        )
    except KeyboardInterrupt:
        run = runs.Run(folder)
        unfinished = run.exists and not run.read()["finished"]
        advice = "; the same command with --resume goes on" if unfinished else ""
        print(f"interrupted{advice}", file=sys.stderr)
        raise SystemExit(130) from None
    rows = [
        (name, *(_error(parts[part]) for part in ("train", "test")))
        for name, parts in record["errors"].items()
    ]
    print()
    print_table([("mean squared error per feature", "train", "test"), *rows])
    print(
        f"\n{record['epochs']} epochs, {record['seconds']:.1f} s of training on "
        f"{record['backend']}, {record['parameters']:,} parameters"
    )
    print(f"files in {folder}:")
    for path in sorted(folder.iterdir()):
        if not path.name.startswith("."):
            print(f"  {path.name}")
    if tensorboard:
        print(f"look at it with: tensorboard --logdir {folder / 'tensorboard'}")


def _error(value: float | None) -> str:
    return "-" if value is None else f"{value:.5f}"


@app.command("list")
def list_variants() -> None:
    """List the variants: for samples of any shape, for images, for sequences."""
    from kerasae.builders import SUMMARIES

    width = max(map(len, SUMMARIES))
    for name, summary in SUMMARIES.items():
        print(f"{name.replace('_', '-'):{width}}  {summary}")


@app.command(context_settings=_EXTRA_OPTIONS)
def summary(
    context: typer.Context,
    variant: Variant,
    input_shape: Annotated[
        str | None, typer.Option(help="Shape of one sample, such as 28,28,1 or 784.")
    ] = None,
    backend: Backend = None,
) -> None:
    """Show a variant's layers, and the options it takes with their defaults."""
    use_backend(backend)
    from kerasae.builders import VARIANTS

    builder = VARIANTS[_variant(variant)]
    ours = ("--input-shape", "--backend")
    options = _variant_options.parse(builder, context.args, ours)
    if input_shape is not None:
        options["input_shape"] = _variant_options.value(input_shape)
    builder(**options).autoencoder.summary()
    print("Options:")
    for name, parameter in _variant_options.parameters(builder).items():
        print(f"  {name}  (default: {_variant_options.shown(parameter.default)})")


@app.command()
def plot(run: RunFolder, data: RunData = None, backend: Backend = None) -> None:
    """Draw the pictures of a run again."""
    use_backend(backend)
    from kerasae import runs

    for path in runs.plot(run, data=data):
        print(f"written: {path}")


@app.command()
def compare(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Folders that `kerasae train` wrote."),
    ],
    output: Annotated[
        Path, typer.Option(help="A picture of all learning curves.")
    ] = Path("compare.png"),
    backend: Backend = None,
) -> None:
    """Put runs side by side: their settings, errors and learning curves."""
    use_backend(backend)
    from kerasae import runs

    rows = runs.compare(folders, path=output)
    models = [
        (
            row["run"],
            row["variant"].replace("_", "-"),
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
            *(_error(row[f"{part}_error"]) for part in ("train", "test", "pca")),
        )
        for row in rows
    ]
    # Two tables of few columns, for a terminal 80 characters wide.
    print_table([("run", "variant", "backend", "code", "parameters"), *models], words=3)
    print()
    heads = ("run", "epochs", "seconds", "train error", "test error", "PCA error")
    print_table([heads, *results])
    print("\nErrors are mean squares per feature. PCA has codes of the same size; its")
    print("error is that on the test data.")
    if len({row["data"] for row in rows}) > 1:
        print("The runs have different data: their errors do not compare.")
    print(f"\nwritten: {output}")


@app.command()
def reconstruct(
    run: RunFolder,
    data: RunData = None,
    split: Split = "test",
    output: Annotated[
        Path | None,
        typer.Option(
            help="A picture (.png, .svg, .pdf) or all reconstructions (.npy). "
            "Default: a picture in the run's folder."
        ),
    ] = None,
    backend: Backend = None,
) -> None:
    """Reconstruct data with a trained model, and say how far off it is."""
    use_backend(backend)
    from kerasae import metrics, plotting, runs
    from kerasae.engine.prediction import predict

    triple, x, name = runs.load_with_samples(run, data=data, split=split)
    output = output or run / f"reconstructions-{name}.png"
    reconstructed = predict(triple, x)
    if output.suffix == ".npy":
        _save_array(output, reconstructed)
    else:
        plotting.plot_reconstructions(x[:10], reconstructed[:10], path=output)
    error = metrics.reconstruction_error(x, reconstructed)
    print(f"{len(x)} samples, mean squared error per feature {error:.5f}")
    print(f"written: {output}")


@app.command()
def encode(
    run: RunFolder,
    output: Annotated[Path, typer.Option(help="Where the codes go, an .npy file.")],
    data: RunData = None,
    split: Split = "all",
    backend: Backend = None,
) -> None:
    """Write the codes of data, one row a sample, in the data's order."""
    use_backend(backend)
    from kerasae import runs
    from kerasae.engine.prediction import predict

    checked_path(output, ("npy",))
    triple, x, _ = runs.load_with_samples(run, data=data, split=split)
    codes = predict(triple.encoder, x)
    _save_array(output, codes)
    print(f"codes of shape {codes.shape} written: {output}")


def _save_array(path: Path, array: Any) -> None:
    """Write an `.npy` file, whole or not at all."""
    import numpy as np

    with replacing(path, ("npy",)) as temporary:
        np.save(temporary, array)
