"""Frames that show what an autoencoder makes of some samples as it learns."""

import os
from pathlib import Path
from typing import Any

import keras

from kerasae._arrays import as_samples, fits, shape_error
from kerasae._checks import argument_error, positive_integer
from kerasae._files import replacing
from kerasae._types import ArrayLike
from kerasae.engine.epoch_counter import EpochCounter
from kerasae.engine.prediction import predict_float32
from kerasae.plotting.movies.frame_renderer import FrameRenderer
from kerasae.plotting.rendering.pictures import picture_shape

_WIDEST = "epoch 000000, batch 000000   loss -0.000e+00"


class MovieFrames(keras.callbacks.Callback):
    """Draws the same samples after every epoch, as the frames of a movie.

    Originals are shown above their reconstructions, with the epoch and the training
    loss in the corner. Every frame becomes a PNG file at once, so that memory does
    not grow with the number of epochs and a run that is killed keeps its frames.
    `write_movie` makes a GIF or an MP4 of them.

    One callback may be used in several `fit` calls, even with other models that take
    the same samples, such as a network that grows. It goes on counting epochs,
    whether or not `fit` is given `initial_epoch`. A new callback continues in an old
    folder if `initial_epoch` is beyond the epochs of all frames there.

    Args:
        samples: What to feed to the model and draw, an array of shape
            (n, *input_shape): images, gray or in color, vectors or signals.
        folder: Where the frames go: frame-000001.png for the first epoch and so on.
        freq: `"epoch"`, or the number of batches from one frame to the next,
            counted anew in each epoch. At most one frame is drawn per
            `steps_per_execution` batches, 32 where `kerasae.compile` found that
            fastest.
        image_shape: The shape to draw each sample in: (height, width), or
            (height, width, 3), for images kept as vectors; (size,) for a line.
            The default takes the samples' own shape.
        columns: How many samples to draw at most, from the first on; a positive
            integer.
        overwrite: Whether to remove frames of epochs that are still to come.
            Otherwise such frames stop the training before it begins.

    Raises:
        ValueError: If the samples cannot be drawn, or do not fit the model.
        TypeError: If an argument is of another type.
        FileExistsError: When training begins, if `folder` holds frames of epochs
            that are still to come.

    Example:
        >>> import tempfile
        >>> import kerasae
        >>> from kerasae.callbacks import MovieFrames
        >>> from kerasae.plotting import write_movie
        >>> x = kerasae.data.load_dataset("digits").x_train
        >>> triple = kerasae.build_undercomplete_ae((8, 8, 1))
        >>> kerasae.compile(triple)
        >>> frames = MovieFrames(x[:10], tempfile.mkdtemp())
        >>> _ = triple.autoencoder.fit(x, x, epochs=2, verbose=0, callbacks=[frames])
        >>> sorted(path.name for path in frames.folder.iterdir())
        ['frame-000001.png', 'frame-000002.png']
        >>> write_movie(frames.folder, frames.folder / "digits.gif").name
        'digits.gif'
    """

    def __init__(
        self,
        samples: ArrayLike,
        folder: str | os.PathLike[str] = "frames",
        *,
        freq: int | str = "epoch",
        image_shape: int | tuple[int, ...] | None = None,
        columns: int = 10,
        overwrite: bool = False,
    ) -> None:
        super().__init__()
        samples = as_samples("samples", samples)
        shape = picture_shape(samples.shape[1:], image_shape, "samples")
        self.folder = Path(folder)
        self.freq = freq if freq == "epoch" else _checked_freq(freq)
        self.overwrite = overwrite
        # Without frames within an epoch the batch hook does nothing, so Keras may run
        # it in a thread of its own, and `kerasae.fit` need not wait for it.
        self.async_safe = self.only_watches = freq == "epoch"
        self._samples = samples[: positive_integer("columns", columns)]
        self._originals = self._samples.reshape(len(self._samples), *shape)
        self._renderer: FrameRenderer | None = None
        self._first_fit = True
        self._epochs = EpochCounter()
        self._batch = 0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Check that the samples fit the model."""
        sample = self._samples.shape
        for word in ("input", "output"):
            shape = getattr(self.model, f"{word}_shape", None)
            if shape is not None and not fits(sample[1:], shape[1:]):
                expected = f"of the shape of the model's {word}, {('n', *shape[1:])}"
                raise ValueError(shape_error("samples", expected, sample))

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note the epoch; before the very first, deal with frames of other runs."""
        if self._first_fit:
            self._make_room(epoch)
        self._first_fit = False
        self._epochs.begin(epoch)
        self._batch = 0

    def on_train_batch_end(
        self, batch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Draw a frame if enough batches have passed."""
        if isinstance(self.freq, str):
            return
        # With several steps per execution some numbers are never seen.
        if (batch + 1) // self.freq > self._batch // self.freq:
            name = f"frame-{self._epoch:06d}-{batch + 1:06d}.png"
            self._draw(name, f"epoch {self._epoch}, batch {batch + 1}", logs)
        self._batch = batch + 1

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Draw the frame of the epoch."""
        self._epochs.end()
        if self.freq == "epoch":
            name = f"frame-{self._epoch:06d}.png"
            self._draw(name, f"epoch {self._epoch}", logs)

    @property
    def _epoch(self) -> int:  # from 1, as people count
        return self._epochs.epoch + 1

    def _draw(self, name: str, caption: str, logs: dict[str, float] | None) -> None:
        loss = (logs or {}).get("loss")
        if loss is not None:
            caption += f"   loss {float(loss):#.4g}"
        made = predict_float32(self.model, self._samples)
        made = made.reshape(self._originals.shape)
        if self._renderer is None:
            self._renderer = FrameRenderer(self._originals, _WIDEST)
        image = self._renderer.draw(made, caption)
        with replacing(self.folder / name) as temporary:
            image.save(temporary, compress_level=1)

    def _make_room(self, done: int) -> None:
        """Remove frames of epochs still to come, or raise if there are any."""
        later = [p for p in self.folder.glob("frame-*.png") if _epoch_of(p) > done]
        if later and not self.overwrite:
            raise FileExistsError(
                f"{str(self.folder)!r} holds {len(later)} frames of an earlier run. "
                "overwrite=True removes them; another folder keeps them. To continue "
                "after them, pass the number of their epochs to fit as initial_epoch."
            )
        for path in later:
            path.unlink()


def _checked_freq(freq: Any) -> int:
    if isinstance(freq, str):
        expected = "'epoch' or a positive number of batches"
        raise ValueError(argument_error("freq", expected, freq))
    return positive_integer("freq", freq)


def _epoch_of(path: Path) -> int:
    """Return the epoch in a frame's name, 0 for files with other names."""
    epoch = path.stem.split("-")[1]
    return int(epoch) if epoch.isdecimal() else 0
