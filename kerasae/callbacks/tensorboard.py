"""TensorBoard on every backend, without TensorFlow."""

import os
from collections.abc import Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae._arrays import as_samples, fits, shape_error
from kerasae._checks import Description, argument_error, non_negative_integer
from kerasae._layer_names import CODE
from kerasae._triple import split
from kerasae._types import ArrayLike
from kerasae.callbacks._projector import Projector, thumbnail_side
from kerasae.callbacks._summaries import (
    checked_hyperparameters,
    histogram,
    image_of_pairs,
    layer_table,
)
from kerasae.engine.epoch_counter import EpochCounter
from kerasae.engine.prediction import predict_float32
from kerasae.plotting.rendering.pictures import (
    checked_labels,
    picture_shape,
    value_range,
)
from kerasae.plotting.rendering.pixels import thumbnails

_SHOWN = 10  # reconstructions in a picture
_COLUMNS = 5
_SIDE = 64  # pixels, about, of each
# One process may open several files per second: each gets a name of its own.
_files = count()
_frequency = partial(non_negative_integer, kind="a number of epochs")


class TensorBoard(keras.callbacks.Callback):
    """Logs a run for TensorBoard, on every backend.

    `keras.callbacks.TensorBoard` needs TensorFlow, and knows nothing of codes and
    reconstructions. This one needs `pip install "kerasae[tensorboard]"`. Runs logged
    by either can be compared: both use the subfolders `train` and `validation`, and
    the same names and steps. Use Keras's own for profiles and for values after every
    batch.

    The losses, the metrics and the learning rate are written after every epoch, a
    table of the layers once, and reconstructions, histograms of codes and weights,
    and codes for the projector as often as the arguments say.

    One callback may be used in several `fit` calls, even with other models that take
    the same samples, such as a network that grows. It goes on counting epochs,
    whether or not `fit` is given `initial_epoch`.

    Args:
        log_dir: The run's folder. Start TensorBoard on it, or on the folder that
            holds it and other runs: `tensorboard --logdir logs`.
        samples: What the model takes, an array of shape (n, *input_shape). The
            first 10 are shown with their reconstructions, as lines if they are
            signals (n, steps, channels), and all of them as points in the projector.
            With None there are neither, and any Keras model can be logged.
        labels: What the projector calls the samples, such as their classes; one per
            sample.
        image_shape: The shape to draw each sample in: (height, width), or
            (height, width, 3), for images kept as vectors; (size,) for a line.
            The default takes the samples' own shape.
        images_freq: Epochs from one picture of reconstructions to the next; there is
            always one of the last epoch. 0 draws none.
        histogram_freq: Epochs from one set of histograms of codes and weights to
            the next. 0 writes none.
        embeddings_freq: Epochs from one set of codes in the projector to the next.
            0 writes only those at the end of training.
        hyperparameters: `{name: value}` for the table of hyperparameters. Values
            are numbers, booleans or strings; others are converted to strings, and
            None is left out.

    Raises:
        ImportError: If tensorboardX is missing.
        ValueError: If an argument is out of range, or the samples cannot be drawn;
            when training begins, if they do not fit the model, or it has no layer
            named `code`.
        TypeError: If an argument is of another type; when training begins, if there
            are samples and the model is not Functional.

    Example:
        >>> import tempfile
        >>> import kerasae
        >>> from kerasae.callbacks import TensorBoard
        >>> x = kerasae.data.load_dataset("digits").x_train
        >>> triple = kerasae.build_undercomplete_ae((8, 8, 1))
        >>> kerasae.compile(triple)
        >>> board = TensorBoard(tempfile.mkdtemp(), samples=x[:100])
        >>> _ = triple.autoencoder.fit(x, x, epochs=2, verbose=0, callbacks=[board])
        >>> sorted(path.name for path in board.log_dir.iterdir())
        ['train']
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        *,
        samples: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        image_shape: int | tuple[int, ...] | None = None,
        images_freq: int = 1,
        histogram_freq: int = 1,
        embeddings_freq: int = 0,
        hyperparameters: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._summary_writer = _tensorboardx()
        self.log_dir = Path(log_dir)
        self.images_freq = _frequency("images_freq", images_freq)
        self.histogram_freq = _frequency("histogram_freq", histogram_freq)
        self.embeddings_freq = _frequency("embeddings_freq", embeddings_freq)
        self.hyperparameters = checked_hyperparameters(hyperparameters)
        self.samples: Any = None if samples is None else as_samples("samples", samples)
        if self.samples is not None:
            names = checked_labels("labels", labels, len(self.samples))
            self._shape = picture_shape(self.samples.shape[1:], image_shape, "samples")
            self._limits = value_range(self.samples)
            self._originals = self._thumbnails(self.samples[:_SHOWN], _SIDE)
            tiles = self._thumbnails(self.samples, thumbnail_side(len(self.samples)))
            self._projector = Projector(self.log_dir / "train", tiles, names)
        elif labels is not None:
            fix = "Pass the samples that they belong to."
            expected, received = "None without `samples`", Description("labels")
            raise ValueError(argument_error("labels", expected, received, fix))
        self._writers: dict[str, Any] = {}
        self._encoder: Any = None
        self._first_fit = True
        self._epochs = EpochCounter()
        self._begin = 0

    # Keras's hooks

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Check that the samples fit the model."""
        self.close()  # what an interrupted `fit` left open
        self._encoder = None
        if self.samples is not None:
            self._encoder = split(self.model).encoder
            expected = tuple(self.model.input_shape[1:])
            if not fits(self.samples.shape[1:], expected):
                text = f"of the shape that the model takes, {('n', *expected)}"
                raise ValueError(shape_error("samples", text, self.samples.shape))

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Open the files, before the first epoch."""
        self._epochs.begin(epoch)
        if self._in_fit:
            return
        self._begin = self._epochs.epoch
        if self._first_fit and self.samples is not None:
            self._projector.keep(self._begin)
        self._first_fit = False
        self._writer("train")
        if self.hyperparameters:
            self._add_hyperparameters("start")

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write all that is due after an epoch."""
        self._epochs.end()
        if self._step == self._begin:  # some models are built only now
            table = layer_table(self.model)
            self._writer("train").add_text("architecture", table, self._step)
        self._add_scalars(logs or {})
        if self._is_due(self.histogram_freq):
            self._add_histograms()
        if self.samples is not None:
            if self._is_due(self.images_freq):
                self._add_images()
            if self._is_due(self.embeddings_freq):
                self._projector.add(self._codes(), self._epochs.done)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Write what is still due for the last epoch, and close the files."""
        if not self._in_fit:  # no epoch was left to train
            return
        if self.samples is not None:
            if self.images_freq and not self._is_due(self.images_freq):
                self._add_images()
            if not self._is_due(self.embeddings_freq):
                self._projector.add(self._codes(), self._epochs.done)
        if self.hyperparameters:
            self._add_hyperparameters("end")
        self.close()

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Write the results of an evaluation at the training steps so far."""
        in_fit = self._in_fit
        iterations = int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))
        for name, value in (logs or {}).items():
            tag = f"evaluation_{name}_vs_iterations"
            self._writer("validation").add_scalar(tag, float(value), iterations)
        if not in_fit:
            self.close()

    def close(self) -> None:
        """Close the files, also after an interruption; `fit` opens new ones."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    # What is written

    @property
    def _step(self) -> int:
        return self._epochs.epoch

    @property
    def _in_fit(self) -> bool:
        """Whether an epoch was begun and the files are not closed yet."""
        return "train" in self._writers

    def _writer(self, part: str) -> Any:
        if part not in self._writers:
            # Hides what an earlier run logged for these epochs in the same folder.
            # Evaluations count training steps instead: hidden if all begins anew.
            purge = part == "train" or (self._in_fit and self._begin == 0)
            self._writers[part] = self._summary_writer(
                str(self.log_dir / part),
                purge_step=self._begin if purge else None,
                max_queue=1000,
                flush_secs=10,
                filename_suffix=f".{os.getpid()}.{next(_files):06d}",
            )
        return self._writers[part]

    def _is_due(self, frequency: int) -> bool:
        return bool(frequency) and self._step % frequency == 0

    def _add_scalars(self, logs: Mapping[str, Any]) -> None:
        for name, value in logs.items():
            part = "validation" if name.startswith("val_") else "train"
            tag = f"epoch_{name.removeprefix('val_')}"
            self._writer(part).add_scalar(tag, float(value), self._step)
        optimizer = self.model.optimizer
        # In mixed precision it is wrapped in an optimizer that scales the loss.
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        self._writer("train").add_scalar("epoch_learning_rate", rate, self._step)

    def _add_histograms(self) -> None:
        for layer in self.model.layers:
            for weight in layer.weights:
                values = keras.ops.convert_to_numpy(weight)
                self._add_histogram(weight.path.replace(":", "_"), values)
        if self.samples is not None:
            self._add_histogram(CODE, self._codes())

    def _add_histogram(self, name: str, values: Any) -> None:
        found = histogram(values)
        if found is not None:
            tag = f"{name}/histogram"
            self._writer("train").add_histogram_raw(
                tag, **found, global_step=self._step
            )

    def _add_images(self) -> None:
        made = predict_float32(self.model, self.samples[:_SHOWN])
        below = self._thumbnails(made, _SIDE)
        image = image_of_pairs(self._originals, below, _COLUMNS)
        self._writer("train").add_image(
            "reconstructions", image, self._step, dataformats="HWC"
        )

    def _thumbnails(self, samples: np.ndarray, side: int) -> np.ndarray:
        return thumbnails(samples, self._shape, self._limits, side)

    def _codes(self) -> np.ndarray:
        return predict_float32(self._encoder, self.samples)

    def _add_hyperparameters(self, moment: str) -> None:
        from tensorboardX.summary import hparams  # type: ignore[import-untyped]

        # The first of the three would declare metrics, which TensorBoard finds itself.
        _, start, end = hparams(self.hyperparameters, {})
        writer = self._writer("").file_writer
        writer.add_summary(start if moment == "start" else end)


def _tensorboardx() -> Any:
    try:
        from tensorboardX import SummaryWriter  # type: ignore[import-untyped]
    except ImportError as error:
        raise ImportError(
            'TensorBoard needs tensorboardX: pip install "kerasae[tensorboard]".'
        ) from error
    return SummaryWriter
