"""The command line: parse, call, print.

Keras is imported inside the commands: `--help` needs no backend, and `--backend`
has to be set before Keras is.
"""

import importlib.util
import inspect
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from kerasae import _checks
from kerasae._files import checked_path, replacing

BACKENDS = ("tensorflow", "jax", "torch")
_EXTRA_OPTIONS = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    help="Autoencoders for Keras 3, on TensorFlow, JAX and PyTorch.",
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


def _use_backend(backend: str | None) -> None:
    """Choose the backend, before anything imports Keras."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if backend is not None:
        _checks.one_of("backend", backend, BACKENDS)
    else:
        backend = os.environ.get("KERAS_BACKEND") or _configured_backend()
        if backend is not None:
            _checks.one_of("KERAS_BACKEND", backend, BACKENDS)
    if backend is None:
        installed = [name for name in BACKENDS if importlib.util.find_spec(name)]
        backend = installed[0] if installed else "tensorflow"
    if importlib.util.find_spec(backend) is None:
        raise ImportError(
            f"The backend {backend!r} is not installed. Install it with: "
            f'pip install "kerasae[{backend}]"'
        )
    os.environ["KERAS_BACKEND"] = backend
    with _native_messages_hidden():
        import keras  # noqa: F401


@contextmanager
def _native_messages_hidden() -> Iterator[None]:
    """Keep what TensorFlow's C++ prints at its start off the terminal.

    It does so below Python, whatever its log level; nothing of it is about us.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _configured_backend() -> str | None:
    """Return the backend that Keras's configuration file names, if it is there."""
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    try:
        backend = json.loads((home / "keras.json").read_text()).get("backend")
    except (OSError, ValueError):
        return None
    # Keras writes the file by itself; only an installed backend was a choice.
    return backend if backend and importlib.util.find_spec(backend) else None


def _value(text: str) -> Any:
    """Return `16`, `0.5`, `16,8,8`, `masking,0.3` or `relu` as Python values."""
    if "," in text:
        return tuple(_value(part.strip()) for part in text.split(",") if part.strip())
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"none": None, "true": True, "false": False}.get(text.lower(), text)


def _parameters(builder: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the builder's parameters by the names of their options."""
    return {
        f"--{name.replace('_', '-')}": parameter
        for name, parameter in inspect.signature(builder).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and name not in ("seed", "name")
    }


def _options(
    builder: Callable[..., Any], arguments: list[str], ours: tuple[str, ...]
) -> dict[str, Any]:
    """Return the builder's keyword arguments that the command line names."""
    known = _parameters(builder)
    options = {}
    words = list(arguments)
    while words:
        word, equals, text = words.pop(0).partition("=")
        if word not in known:
            hint = _checks.nearest(word, (*known, *(o for o in ours if o[:2] == "--")))
            raise ValueError(f"This variant has no option {word!r}. {hint}")
        parameter = known[word]
        if parameter.default is False and not equals:
            options[parameter.name] = True
            continue
        if not equals:
            if not words or words[0] in known:
                raise ValueError(f"The option {word} needs a value.")
            text = words.pop(0)
        options[parameter.name] = _value(text)
    return options


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
) -> None:
    """Train a variant, judge it against PCA, and draw what it does.

    Options of the variant go by their Python names: --latent-dim 16,
    --filters 16,8,8, --corruption masking,0.3. `kerasae summary VARIANT` lists
    them.
    """
    _use_backend(backend)
    import keras

    from kerasae import runs
    from kerasae.builders import VARIANTS

    name = _variant(variant)
    ours = tuple(option for p in context.command.params for option in p.opts)
    options = _options(VARIANTS[name], context.args, ours)
    folder = output or Path("runs") / f"{name}-{Path(data).stem}"
    with _native_messages_hidden():
        # Keras seeds TensorFlow too where it is installed, and so imports it.
        keras.utils.set_random_seed(seed)
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
        )
    except KeyboardInterrupt:
        print("interrupted; the same command with --resume goes on", file=sys.stderr)
        raise SystemExit(130) from None
    _print_errors(record["errors"])
    print(
        f"\n{record['epochs']} epochs, {record['seconds']:.1f} s of training on "
        f"{record['backend']}, {record['parameters']:,} parameters"
    )
    print(f"files in {folder}:")
    for path in sorted(folder.iterdir()):
        if not path.name.startswith("."):
            print(f"  {path.name}")


def _print_errors(errors: dict[str, dict[str, float]]) -> None:
    """Print mean squared errors as a table."""
    width = max(len(name) for name in errors)
    print(f"\n{'mean squared error per feature':{width}}  {'train':>8}  {'test':>8}")
    width = max(width, len("mean squared error per feature"))
    for name, parts in errors.items():
        print(f"{name:{width}}  {parts['train']:8.5f}  {parts['test']:8.5f}")


@app.command("list")
def list_variants() -> None:
    """List the variants, a line each."""
    _use_backend(None)
    from kerasae.builders import VARIANTS

    width = max(map(len, VARIANTS))
    for name, builder in VARIANTS.items():
        line = (inspect.getdoc(builder) or "").splitlines()[0]
        print(f"{name.replace('_', '-'):{width}}  {line}")


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
    _use_backend(backend)
    from kerasae.builders import VARIANTS

    builder = VARIANTS[_variant(variant)]
    options = _options(builder, context.args, ("--input-shape", "--backend"))
    if input_shape is not None:
        options["input_shape"] = _value(input_shape)
    builder(**options).autoencoder.summary()
    print("Options:")
    for name, parameter in _parameters(builder).items():
        default = parameter.default
        if isinstance(default, tuple):
            default = ",".join(map(str, default)) or "none"
        print(f"  {name}  (default: {default})")


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
    _use_backend(backend)
    from kerasae import metrics, plotting

    triple, x, name = _samples(run, data, split)
    output = output or run / f"reconstructions-{name}.png"
    reconstructed = triple.autoencoder.predict(x, verbose=0)
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
    _use_backend(backend)
    checked_path(output, ("npy",))
    triple, x, _ = _samples(run, data, split)
    codes = triple.encoder.predict(x, verbose=0)
    _save_array(output, codes)
    print(f"codes of shape {codes.shape} written: {output}")


def _samples(folder: Path, data: str | None, split: str) -> tuple[Any, Any, str]:
    """Return a run's triple, samples in the shape it takes, and the data's name."""
    from kerasae.data import load_samples
    from kerasae.runs import Run

    run = Run(folder)
    triple = run.load()
    data = data or run.read()["settings"]["data"]
    x, _, notes = load_samples(data, split=split)
    for note in notes:
        print(note)
    shape = triple.autoencoder.input_shape[1:]
    # Vectors for images and the other way round, or a missing channel axis.
    alike = {x.shape[1:], (*x.shape[1:], 1), (math.prod(x.shape[1:]),)}
    if shape not in alike and x.shape[1:] != (math.prod(shape),):
        raise ValueError(
            f"The model in {str(folder)!r} takes samples of shape {shape}. Received: "
            f"samples of shape {x.shape[1:]} from {data!r}."
        )
    return triple, x.reshape(len(x), *shape), Path(data).stem


def _save_array(path: Path, array: Any) -> None:
    """Write an `.npy` file, whole or not at all."""
    import numpy as np

    with replacing(path, ("npy",)) as temporary:
        np.save(temporary, array)


if __name__ == "__main__":
    main()
