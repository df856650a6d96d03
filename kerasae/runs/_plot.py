"""The pictures of a run."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from kerasae import generation, plotting
from kerasae._arrays import valid_steps
from kerasae._triple import Autoencoder
from kerasae.engine.generators import generator_states, set_generator_states
from kerasae.engine.prediction import predict
from kerasae.layers.apply_corruption import corruption_layers
from kerasae.layers.padding_mask import padding_value
from kerasae.models import VariationalAutoencoder
from kerasae.runs._load import load_with_samples
from kerasae.runs.run import ARCHITECTURE, CURVES, RECONSTRUCTIONS, SAMPLES, Run


def plot(
    folder: str | Path,
    *,
    data: str | None = None,
    log: Callable[[str], None] = print,
) -> list[Path]:
    """Draw the pictures of a finished run again, as `train` does at its end.

    Args:
        folder: The run's folder.
        data: As in `kerasae.data.load_dataset`, in the shape that the model takes;
            its test samples are reconstructed. None means the run's own data.
        log: Receives messages, a line at a time: how the data were scaled, and which
            picture could not be drawn.

    Returns:
        The paths of the pictures that were drawn.

    Raises:
        FileNotFoundError: If the folder holds no finished run or no history, or
            there is no such data.
        ValueError: If a file is damaged, or the data do not fit the model.

    Example:
        >>> import contextlib, io, tempfile
        >>> from kerasae.runs import plot, train
        >>> folder = tempfile.mkdtemp()
        >>> with contextlib.redirect_stdout(io.StringIO()):
        ...     record = train(folder, "undercomplete", epochs=1)
        ...     paths = plot(folder)
        >>> [path.name for path in paths[:2]]
        ['reconstructions.png', 'curves.png']
    """
    run = Run(folder)
    run.read_finished()
    run.history()  # raises where there is none
    triple, x_test, _ = load_with_samples(folder, data=data, split="test", log=log)
    return draw(run, triple, x_test, log)


def draw(
    run: Run, triple: Autoencoder, x_test: np.ndarray, log: Callable[[str], None]
) -> list[Path]:
    """Draw reconstructions, learning curves, the architecture and any new samples.

    A picture that cannot be drawn is only logged: the run is finished by then.
    """

    def reconstructions() -> Path:
        originals = x_test[:10]
        noisy = corrupted(triple, originals) if denoises(triple) else None
        inputs = originals if noisy is None else noisy
        path = run.path(RECONSTRUCTIONS)
        plotting.plot_reconstructions(
            originals,
            predict(triple, inputs),
            corrupted=noisy,
            path=path,
        )
        return path

    def curves() -> Path:
        path = run.path(CURVES)
        plotting.plot_history(run.history(), path=path)
        return path

    def architecture() -> Path:
        path = run.path(ARCHITECTURE)
        plotting.plot_architecture(triple, path)
        return path

    def samples() -> Path:
        path = run.path(SAMPLES)
        generated = generation.sample(triple, 60, seed=0)
        plotting.plot_samples(generated, columns=12, path=path)
        return path

    pictures = [reconstructions, curves, architecture]
    if isinstance(triple.autoencoder, VariationalAutoencoder):
        pictures.append(samples)
    paths = []
    for picture in pictures:
        try:
            paths.append(picture())
        except (ValueError, RuntimeError, ImportError, OSError) as error:
            log(f"no picture of the {picture.__name__}: {error}")
    return paths


def denoises(triple: Autoencoder) -> bool:
    """Tell whether training corrupts the model's input."""
    return bool(corruption_layers(triple.autoencoder))


def corrupted(triple: Autoencoder, x: np.ndarray) -> np.ndarray:
    """Return what a denoising model sees in training; its own noise is not used up."""
    noisy = x
    states = generator_states(triple.autoencoder)
    for layer in corruption_layers(triple.autoencoder):
        noisy = layer(noisy, training=True)
    set_generator_states(triple.autoencoder, states)
    noisy = keras.ops.convert_to_numpy(noisy)
    padding = padding_value(triple.autoencoder)
    if padding is None:
        return noisy
    # The model would take noisy padding for data.
    return np.where(valid_steps(x, padding)[..., np.newaxis], noisy, x)
