"""What experiments share: data, resumable training, pictures."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae import metrics, plotting, saving, training
from kerasae._triple import Autoencoder
from kerasae._types import Loss, Optimizer
from kerasae.builders import VARIANTS
from kerasae.callbacks import MovieFrames
from kerasae.data import Dataset, load_dataset
from kerasae.engine.optimizers import new_optimizer
from kerasae.engine.prediction import predict
from kerasae.runs import Run
from kerasae.runs.resumable import fit_in_folder
from kerasae.runs.run import MODEL

_FRAMES = "frames"


class Work:
    """Everything one experiment needs, so that its own code is only its settings.

    Args:
        source: Name of the source.
        experiment: Name of the experiment.
        folder: The folder for the run, the model and the pictures.
        data: Name of the data.
        epochs: Number of epochs.
        batch_size: Samples per step.
        quick: Use few epochs and seeds.
        seed: Makes the experiment repeatable.
        resume: Whether to continue after the last full epoch in `folder`.

    Attributes:
        data_name: Name of the data.
        epochs: Number of epochs.
        batch_size: Samples per step.
        quick: Whether data, epochs and seeds are few.
        seed: The seed.
        seconds: Seconds of training so far.
    """

    def __init__(
        self,
        source: str,
        experiment: str,
        folder: Path,
        *,
        data: str,
        epochs: int,
        batch_size: int,
        quick: bool,
        seed: int,
        resume: bool,
    ) -> None:
        self.data_name = data
        self.epochs = epochs
        self.batch_size = batch_size
        self.quick = quick
        self.seed = seed
        self.seconds = 0.0
        self._name = experiment
        self._resume = resume
        self._run = Run(folder)
        self._settings = {
            "source": source,
            "experiment": experiment,
            "data": data,
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "seed": seed,
        }

    @cached_property
    def data(self) -> Dataset:
        """The images, of shape `(n, height, width, 1)` in [0, 1], and their labels."""
        return load_dataset(self.data_name)

    def path(self, name: str) -> Path:
        """Return the path of a file in the experiment's folder."""
        return self._run.path(name)

    def stage_epochs(self, number: int) -> int:
        """Return the number of epochs of one stage of training: 1 in quick mode."""
        return 1 if self.quick else number

    def seeds(self, number: int) -> range:
        """Return the seeds of an experiment that is repeated: one in quick mode."""
        return range(self.seed, self.seed + (1 if self.quick else number))

    def build(self, variant: str, **options: Any) -> Autoencoder:
        """Build the variant of that name, for the data."""
        keras.utils.set_random_seed(self.seed)
        shape = self.data.x_train.shape[1:]
        return VARIANTS[variant](shape, seed=self.seed, **options)

    def train(
        self,
        variant: str,
        x: np.ndarray,
        seed: int,
        *,
        loss: Loss = None,
        **options: Any,
    ) -> Autoencoder:
        """Build a variant for samples and train it on them, one model of many.

        Args:
            variant: Name of the variant.
            x: The samples.
            seed: That of this model.
            loss: As in `kerasae.compile`.
            **options: Arguments of the builder.
        """
        keras.utils.set_random_seed(seed)
        triple = VARIANTS[variant](x.shape[1:], seed=seed, **options)
        training.compile(triple, "adam", loss)
        with self.timed():
            training.fit(
                triple,
                x,
                epochs=self.epochs,
                batch_size=self.batch_size,
                verbose=0,
            )
        return triple

    def fit(
        self,
        triple: Autoencoder,
        x: np.ndarray | None = None,
        *,
        optimizer: Optimizer = "adam",
        learning_rate: float | None = None,
        loss: Loss = None,
        metrics: Sequence[str] = (),
        validate: bool = True,
        validation_data: Any = None,
        shuffle: bool = True,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> tuple[Autoencoder, dict[str, list[float]]]:
        """Compile and train, or continue an interrupted training if asked to.

        Args:
            triple: The triple, not compiled.
            x: Samples; None means the training samples.
            optimizer: A Keras optimizer, or its name.
            learning_rate: Its learning rate; None means its own.
            loss: As in `kerasae.compile`.
            metrics: As in `keras.Model.compile`.
            validate: Whether to validate after every epoch.
            validation_data: As in `kerasae.fit`; None means the test samples.
            shuffle: Whether every epoch takes the samples in a new order.
            callbacks: Further callbacks.

        Returns:
            The trained triple, which is not `triple` after a resumption, and the
            losses of all epochs.
        """
        optimizer = new_optimizer(optimizer, learning_rate)
        training.compile(triple, optimizer, loss, metrics=list(metrics))
        run = self._run
        resume = self._resume and run.exists
        if resume and run.read()["finished"]:
            triple = run.load()
        else:
            if validate and validation_data is None:
                validation_data = self.data.x_test
            triple = fit_in_folder(
                run,
                triple,
                self.data.x_train if x is None else x,
                settings=self._settings,
                resume=resume,
                label=self._name,
                callbacks=callbacks,
                validation_data=validation_data if validate else None,
                shuffle=shuffle,
            )
            run.finish(triple)
        self.seconds += run.read()["seconds"]
        return triple, run.history()

    def save(self, triple: Autoencoder) -> None:
        """Save a triple that was not trained by `fit`."""
        saving.save(triple, self.path(MODEL))

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count the duration of the block as training."""
        start = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - start

    def codes(self, triple: Autoencoder, count: int | None = None) -> np.ndarray:
        """Return the codes of the test images, or of the first `count` of them."""
        return predict(triple.encoder, self.data.x_test[:count])

    def errors(
        self, triple: Autoencoder, dimensions: int | None = None
    ) -> dict[str, float]:
        """Return the mean squared error per pixel of the test images, and PCA's.

        Args:
            triple: The trained triple.
            dimensions: Dimensions of the principal component analysis; None leaves
                it out.
        """
        x = self.data.x_test
        error = metrics.reconstruction_error(x, _reconstruct(triple, x))
        errors = {"mean squared error per pixel, test": error}
        if dimensions is not None:
            dimensions = min(dimensions, x[0].size)
            pca = metrics.pca_error(self.data.x_train, x, dimensions)[1]
            errors[f"the same of PCA, {dimensions} dimensions"] = pca
        return errors

    def movie_frames(self) -> keras.callbacks.Callback:
        """Return a callback that draws ten test images after every epoch."""
        folder = self.path(_FRAMES)
        return MovieFrames(self.data.x_test, folder, overwrite=True)

    def write_movie(self) -> None:
        """Join the frames into a movie."""
        plotting.write_movie(self.path(_FRAMES), self.path("movie.gif"))

    def draw(
        self,
        triple: Autoencoder,
        history: Any,
        *,
        metric: str = "loss",
        noisy: np.ndarray | None = None,
    ) -> None:
        """Draw ten test images with their reconstructions, and the learning curves."""
        originals = self.data.x_test[:10]
        inputs = originals if noisy is None else noisy[:10]
        plotting.plot_reconstructions(
            originals,
            _reconstruct(triple, inputs),
            corrupted=None if noisy is None else inputs,
            path=self.path("reconstructions.png"),
        )
        plotting.plot_history(history, metric=metric, path=self.path("curves.png"))


def _reconstruct(triple: Autoencoder, images: np.ndarray) -> np.ndarray:
    """Return reconstructions of images, also if the triple takes them flattened."""
    x = images.reshape(-1, *triple.autoencoder.input_shape[1:])
    return predict(triple, x).reshape(images.shape)
