"""TensorBoard on every backend, without TensorFlow."""

import numbers
import os
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerasae._checks import Description, argument_error
from kerasae._layer_names import CODE
from kerasae._triple import split
from kerasae.callbacks._projector import Projector, thumbnail_side
from kerasae.callbacks._summaries import histogram, layer_table
from kerasae.callbacks._thumbnails import (
    pairs_of,
    picture_shape,
    thumbnails,
    value_range,
)
from kerasae.engine.epoch_counter import EpochCounter

_SHOWN = 10  # reconstructions in a picture
_COLUMNS = 5
_SIDE = 64  # pixels, about, of each
_BATCH = 256
# One process may open several files in a second: each gets a name of its own.
_files = count()


class TensorBoard(keras.callbacks.Callback):
    """Writes what TensorBoard shows, on every backend.

    `keras.callbacks.TensorBoard` needs TensorFlow, and knows nothing of codes and
    reconstructions. This one needs `pip install "kerasae[tensorboard]"`. Where both
    write, their runs lie over each other: the same subfolders `train` and
    `validation`, the same names and steps. Take Keras's own for profiles and for
    values after every batch.

    Written are, after every epoch, the losses, the metrics and the learning rate;
    once a table of the layers; and as often as the arguments say,
    reconstructions, histograms of codes and weights, and codes for the projector.

    One callback may serve several `fit` calls, also of other models that take the
    same samples: a network that grows, say. Its epochs count on, whether or not
    `fit` is given `initial_epoch`.

    Args:
        log_dir: The run's folder. TensorBoard is started on it, or on the folder
            that holds it and other runs: `tensorboard --logdir logs`.
        samples: What the model takes, an array of shape (n, *input_shape). The
            first 10 are shown with their reconstructions, as lines if they are
            signals (n, steps, channels), all of them as points in the projector.
            None shows none; then any Keras model can be logged.
        labels: What the projector calls the samples, their classes say, one each.
        image_shape: The shape to draw each sample in: (height, width), or
            (height, width, 3), for images kept as vectors; (size,) for a line.
            The default takes the samples' own shape.
        images_freq: Epochs from one picture of reconstructions to the next; the
            last one is always drawn. 0 draws none.
        histogram_freq: Epochs from one set of histograms of codes and weights to
            the next. 0 writes none.
        embeddings_freq: Epochs from one set of codes in the projector to the next.
            0 writes only those at the end of training.
        hyperparameters: `{name: value}` for the table of hyperparameters. Values
            are numbers, truth values or words; others are written as words, and
            None is left out.

    Raises:
        ImportError: If tensorboardX is missing.
        ValueError: If an argument is out of range, the samples cannot be drawn, do
            not fit the model, or the model has no layer named `code`.
        TypeError: If an argument is of another kind, or the model that samples are
            for is not Functional.

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
        samples: Any = None,
        labels: Any = None,
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
        self.hyperparameters = _checked_hyperparameters(hyperparameters)
        self.samples: Any = None if samples is None else _checked_samples(samples)
        names = _checked_labels(labels, self.samples)
        if self.samples is not None:
            self._shape = picture_shape(self.samples.shape[1:], image_shape)
            self._limits = value_range(self.samples)
            self._originals = self._drawn(self.samples[:_SHOWN], _SIDE)
            tiles = self._drawn(self.samples, thumbnail_side(len(self.samples)))
            self._projector = Projector(self.log_dir / "train", tiles, names)
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
            if not _fits(self.samples.shape[1:], expected):
                received = f"samples.shape={self.samples.shape}"
                text = f"of the shape that the model takes, {('n', *expected)}"
                raise ValueError(argument_error("samples", text, Description(received)))

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
        """Write what is still missing of the last epoch, and close the files."""
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
        """Write the results of an evaluation over the steps trained until then."""
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
            # Hides what an earlier run left of these epochs in the folder. Evaluations
            # go by training steps instead: they are hidden if all begins anew.
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
        # In mixed precision it is wrapped in one that scales the loss.
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
        made = _predicted(self.model, self.samples[:_SHOWN])
        image = pairs_of(self._originals, self._drawn(made, _SIDE), _COLUMNS)
        self._writer("train").add_image(
            "reconstructions", image, self._step, dataformats="HWC"
        )

    def _drawn(self, samples: np.ndarray, side: int) -> np.ndarray:
        return thumbnails(samples, self._shape, self._limits, side)

    def _codes(self) -> np.ndarray:
        return _predicted(self._encoder, self.samples)

    def _add_hyperparameters(self, moment: str) -> None:
        from tensorboardX.summary import hparams  # type: ignore[import-untyped]

        # The first of the three would declare metrics; TensorBoard finds them.
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


def _predicted(model: keras.Model, samples: np.ndarray) -> np.ndarray:
    # Not by `predict`: on torch it draws random numbers, and training would go on
    # with other ones.
    parts = range(0, len(samples), _BATCH)
    made = [model.predict_on_batch(samples[part : part + _BATCH]) for part in parts]
    # Half-precision models predict bfloat16, which is not NumPy's own.
    return np.concatenate([np.asarray(part, dtype="float32") for part in made])


def _frequency(argument: str, value: Any) -> int:
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or value < 0:
        expected = "a number of epochs, 0 or larger"
        raise (ValueError if whole else TypeError)(
            argument_error(argument, expected, value)
        )
    return int(value)


def _checked_samples(samples: Any) -> np.ndarray:
    if not hasattr(samples, "shape"):
        fix = "Lists become one with numpy.asarray(samples)."
        kind = f"a {type(samples).__name__}"
        expected = "an array of samples"
        raise TypeError(argument_error("samples", expected, Description(kind), fix))
    array = keras.ops.convert_to_numpy(samples)
    if array.ndim < 2 or not array.size:
        fix = "For a single sample write samples[None]."
        received = f"samples.shape={array.shape}"
        expected = "a non-empty array whose first axis counts samples"
        raise ValueError(
            argument_error("samples", expected, Description(received), fix)
        )
    if array.dtype.kind not in "buif" or not np.isfinite(array).all():
        received = f"an array of {array.dtype}"
        received += "" if array.dtype.kind not in "buif" else " with NaN or infinity"
        expected = "an array of finite real numbers"
        raise ValueError(argument_error("samples", expected, Description(received)))
    return array


def _checked_labels(labels: Any, samples: np.ndarray | None) -> list[str] | None:
    if labels is None:
        return None
    if samples is None:
        fix = "Pass the samples that they belong to."
        raise ValueError(
            argument_error(
                "labels", "None without `samples`", Description("labels"), fix
            )
        )
    if isinstance(labels, str) or not hasattr(labels, "__len__"):
        expected = "a sequence, one label a sample"
        raise TypeError(argument_error("labels", expected, labels))
    if len(labels) != len(samples):
        expected = f"one label a sample, {len(samples)} in all"
        received = f"{len(labels)} labels"
        raise ValueError(argument_error("labels", expected, Description(received)))
    return [str(label) for label in labels]


def _checked_hyperparameters(values: Any) -> dict[str, bool | float | str]:
    if values is None:
        return {}
    if not isinstance(values, Mapping) or not all(isinstance(k, str) for k in values):
        expected = "a mapping {name: value}"
        raise TypeError(argument_error("hyperparameters", expected, values))
    return {k: _plain(value) for k, value in values.items() if value is not None}


def _plain(value: Any) -> bool | float | str:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    return float(value) if isinstance(value, numbers.Real) else str(value)


def _fits(sample: tuple[int, ...], shape: tuple[int | None, ...]) -> bool:
    return len(sample) == len(shape) and all(
        size in (None, given) for given, size in zip(sample, shape, strict=True)
    )
