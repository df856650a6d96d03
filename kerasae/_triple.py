"""The triple every builder returns, and how a model is split into one."""

from collections.abc import Callable, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import keras

from kerasae import _archive, _checks
from kerasae._layer_names import CODE
from kerasae._types import ArrayLike
from kerasae.engine import fitting, prediction
from kerasae.engine.keras_internals import mark_as_called, producer, rename

_ONE_TO_ONE = "an autoencoder with one input, one code and one output"
_HALVES = (
    "Pass the triple, or its first model. A half alone is saved by half.save(path), "
    "and loaded by keras.saving.load_model(path)."
)

# What is asked of a triple and stands elsewhere, by the name that is tried.
_ELSEWHERE = {
    "compile": "kerasae.compile(triple, ...)",
    "train": "triple.fit(x)",
    "encode": "kerasae.predict(triple.encoder, x)",
    "transform": "kerasae.predict(triple.encoder, x)",
    "decode": "kerasae.predict(triple.decoder, codes)",
    "inverse_transform": "kerasae.predict(triple.decoder, codes)",
    "reconstruct": "triple.predict(x)",
    "generate": "kerasae.generation.sample(triple, n)",
    "sample": "kerasae.generation.sample(triple, n)",
    "export": "kerasae.export(triple, folder)",
    "load": "kerasae.load(path)",
    "plot": "kerasae.plot_architecture(triple)",
    "history": "history = triple.fit(x)",
}


class Autoencoder(NamedTuple):
    """An autoencoder with its two halves; the three models share their weights.

    A tuple of the three, with the methods that are asked for first; all others are
    those of the models. Training any of them changes all of them, and
    `decoder(encoder(x))` equals `autoencoder(x)` at inference. A triple can be copied
    with `copy.deepcopy` and pickled, on one backend for another.

    Attributes:
        autoencoder: Model from `(batch, *input_shape)` to the same shape.
        encoder: Model from `(batch, *input_shape)` to the code.
        decoder: Model from the code to `(batch, *input_shape)`.

    Example:
        >>> import kerasae
        >>> autoencoder, encoder, decoder = kerasae.build_undercomplete_ae(784)
        >>> encoder.output_shape, decoder.output_shape
        ((None, 32), (None, 784))
    """

    autoencoder: keras.Model
    encoder: keras.Model
    decoder: keras.Model

    def fit(
        self,
        x: Any,
        y: Any = None,
        *,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        initial_epoch: int = 0,
        **fit_options: Any,
    ) -> keras.callbacks.History:
        """Train the autoencoder on samples that are their own targets.

        The same as `kerasae.fit(triple, x, ...)`, which says more about `x`.

        Args:
            x: Samples of shape `(n_samples, *input_shape)`, the path of a `.npy`
                file of them, or a stream of batches.
            y: Targets, where they are not the samples.
            batch_size: Samples a step, 32 if None; a stream has its own.
            epochs: Number of the last epoch.
            verbose: 0 for silence, 1 for a bar an epoch, 2 for a line an epoch.
            callbacks: As in `keras.Model.fit`.
            validation_split: Fraction of the samples to validate on, in [0, 1).
            validation_data: Samples or a stream to validate on after every epoch.
            shuffle: Whether every epoch takes the samples in a new order.
            initial_epoch: Number of epochs done before.
            **fit_options: What else `keras.Model.fit` takes.

        Returns:
            The history of losses and metrics, as from `keras.Model.fit`.

        Raises:
            TypeError, ValueError: If the samples do not fit the model, or an
                argument is out of range.

        Example:
            >>> import numpy as np
            >>> import kerasae
            >>> triple = kerasae.build_undercomplete_ae(8, latent_dim=2)
            >>> history = triple.fit(np.zeros((16, 8)), epochs=2, verbose=0)
            >>> len(history.history["loss"])
            2
        """
        return fitting.fit(
            self,
            x,
            y,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            initial_epoch=initial_epoch,
            **fit_options,
        )

    def predict(self, x: ArrayLike, *, batch_size: int | None = None) -> Any:
        """Return reconstructions of samples.

        The same as `kerasae.predict(triple, x)`. Codes are
        `kerasae.predict(triple.encoder, x)`.

        Args:
            x: Samples of shape `(n_samples, *input_shape)`.
            batch_size: Samples at once. None for 1,024, fewer where a layer's output
                would be large.

        Returns:
            Array of the shape of `x`.

        Raises:
            TypeError, ValueError: If the samples do not fit the model.

        Example:
            >>> import numpy as np
            >>> import kerasae
            >>> triple = kerasae.build_undercomplete_ae(8, latent_dim=2)
            >>> triple.predict(np.zeros((16, 8))).shape
            (16, 8)
        """
        return prediction.predict(self, x, batch_size=batch_size)

    def summary(self, **options: Any) -> None:
        """Print the layers of the autoencoder, those of encoder and decoder in order.

        Args:
            **options: As in `keras.Model.summary`, such as `show_trainable=True`.

        Example:
            >>> import kerasae
            >>> lines = []
            >>> kerasae.build_undercomplete_ae(784).summary(print_fn=lines.append)
            >>> "code (Dense)" in "".join(lines)
            True
        """
        self.autoencoder.summary(**options)

    def save(self, path: str | Path) -> Path:
        """Save the autoencoder to a `.keras` file, atomically.

        The same as `kerasae.save(triple, path)`; `kerasae.load(path)` gives the
        triple back, on any backend.

        Args:
            path: Name of the file, ending in `.keras`.

        Returns:
            The path that was written.

        Raises:
            ValueError: If `path` does not end in `.keras`.
            OSError: If the folder cannot be written.

        Example:
            >>> import tempfile
            >>> import kerasae
            >>> folder = tempfile.mkdtemp()
            >>> kerasae.build_undercomplete_ae(784).save(f"{folder}/digits.keras").name
            'digits.keras'
        """
        return _archive.write(self.autoencoder, path)

    def __getattr__(self, name: str) -> NoReturn:
        # Only asked for what is not there. Python and other packages probe for names
        # with an underscore, and take a plain answer.
        text = f"{type(self).__name__!r} object has no attribute {name!r}"
        if not name.startswith("_"):
            text += f": it is a triple of Keras models. {_instead(self, name)}"
        raise AttributeError(text)

    def __copy__(self) -> "Autoencoder":
        return self  # as tuples do

    def __reduce__(self) -> tuple[Callable[..., "Autoencoder"], tuple[bytes]]:
        # As one file: models that are pickled one by one share no weights.
        return _from_bytes, (_archive.to_bytes(self.autoencoder),)


def split(model: keras.Model) -> Autoencoder:
    """Split an autoencoder at the layer named `code`.

    Works on every model that a builder made, freshly built, trained or loaded,
    and on any Functional model of your own whose bottleneck is a layer named
    `code`. Nothing is copied: the encoder and the decoder are models over the
    same layers.

    Args:
        model: A Functional model with one input, one output and a layer named
            `code` that every path from input to output passes through.

    Returns:
        The triple `(autoencoder, encoder, decoder)`; `autoencoder` is `model`.

    Raises:
        TypeError: If `model` is not a Functional Keras model.
        ValueError: If it has no layer named `code`, several inputs or outputs,
            a path around the code, or is an encoder.

    Example:
        >>> import keras
        >>> import kerasae
        >>> inputs = keras.Input((20,))
        >>> code = keras.layers.Dense(3, name="code")(inputs)
        >>> outputs = keras.layers.Dense(20)(code)
        >>> triple = kerasae.split(keras.Model(inputs, outputs, name="mine"))
        >>> triple.encoder.name, triple.decoder.input_shape
        ('mine_encoder', (None, 3))
    """
    check_splittable(model)
    code = model.get_layer(CODE).output
    encoder = keras.Model(model.inputs[0], code, name=f"{model.name}_encoder")
    decoder = keras.Model(code, model.outputs[0], name=f"{model.name}_decoder")
    # Keras names the new input after a tensor; summaries and diagrams show it.
    names = [layer.name for layer in decoder.layers[1:]]
    free = chain([f"{CODE}_input"], (f"{CODE}_input_{n}" for n in count(1)))
    rename(decoder.layers[0], next(name for name in free if name not in names))
    # So that Keras's own `encoder.export(path)` works, whatever was trained or loaded.
    mark_as_called(model, encoder, decoder)
    return Autoencoder(model, encoder, decoder)


def check_splittable(model: keras.Model) -> None:
    """Raise if a model cannot be split; nothing is built.

    Raises:
        TypeError, ValueError: As `split` does.
    """
    # A Sequential model has no operations, and a subclassed one no graph of them.
    if not isinstance(model, keras.Model) or not hasattr(model, "operations"):
        if isinstance(model, keras.Sequential):
            fix = "Pass keras.Model(model.inputs, model.outputs)."
            if not model.built:
                fix += " Let it begin with a keras.Input."
        elif isinstance(model, keras.Model):
            fix = (
                "Of a subclassed model, pass keras.Model(inputs, outputs) over tensors "
                "of its own layers: inputs = keras.Input(shape), and so on."
            )
        else:
            fix = "Pass the first of the three models that a builder returns."
        raise TypeError(
            _checks.argument_error(
                "model",
                "a Functional keras.Model",
                _checks.Description(type(model).__name__),
                fix,
            )
        )
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        received = f"{len(model.inputs)} inputs and {len(model.outputs)} outputs"
        fix = (
            "Join several inputs into one, with keras.ops.concatenate before training "
            "say, and leave other outputs to a model of their own."
        )
        raise ValueError(_error(_ONE_TO_ONE, received, fix))
    names = [layer.name for layer in model.layers]
    if CODE not in names and names[0].startswith(f"{CODE}_input"):
        received = f"{model.name!r}, a decoder: its input is the code"
        raise ValueError(_error("a whole autoencoder", received, _HALVES))
    if CODE not in names:
        raise ValueError(
            f"`model` has no layer named {CODE!r}, so there is no place to split it. "
            f"Its layers: {', '.join(names)}. Give the bottleneck layer name={CODE!r}."
        )
    code = model.get_layer(CODE).output
    if isinstance(code, (list, tuple)):
        fix = "Give that name to a layer behind it that joins them."
        received = f"a layer {CODE!r} with {len(code)} outputs"
        raise ValueError(_error(_ONE_TO_ONE, received, fix))
    if model.outputs[0] is code:
        received = f"{model.name!r}, an encoder: it ends in the layer {CODE!r}"
        raise ValueError(_error("a whole autoencoder", received, _HALVES))
    if skips := _paths_around(model, code):
        raise ValueError(
            f"`model` has a path from input to output around the layer {CODE!r}, so "
            f"its decoder would need more than the code: {', '.join(skips)}. Remove "
            "the skip connection, or go without the triple: kerasae.fit and "
            "kerasae.predict take such a model as it is, and "
            "keras.saving.load_model loads it."
        )


def _error(expected: str, received: str, fix: str) -> str:
    return _checks.argument_error("model", expected, _checks.Description(received), fix)


def _paths_around(model: keras.Model, code: keras.KerasTensor) -> list[str]:
    """Return the steps, "from -> to", by which the output sees more than the code."""
    output = model.outputs[0]
    sees_code = {id(code): True}
    steps, waiting = set(), [output]
    while waiting:  # depth first: a tensor after those that it is made of
        tensor = waiting[-1]
        operation, call = producer(tensor)
        unknown = [x for x in call.input_tensors if id(x) not in sees_code]
        if id(tensor) not in sees_code and unknown:
            waiting.extend(unknown)
            continue
        waiting.pop()
        if id(tensor) in sees_code:
            continue
        if operation.name == CODE:
            received = f"a layer {CODE!r} that is called several times"
            fix = "Give that name to a layer that is called once."
            raise ValueError(_error(_ONE_TO_ONE, received, fix))
        seen = [sees_code[id(source)] for source in call.input_tensors]
        sees_code[id(tensor)] = any(seen)
        if any(seen):
            others = (x for x in call.input_tensors if not sees_code[id(x)])
            steps |= {f"{producer(x)[0].name} -> {operation.name}" for x in others}
    if not sees_code[id(output)]:
        steps.add(f"{model.layers[0].name} -> {producer(output)[0].name}")
    return sorted(steps)


def _instead(triple: Autoencoder, name: str) -> str:
    """Return what to write for a name that a triple does not have."""
    if name in _ELSEWHERE:
        return f"Write {_ELSEWHERE[name]}."
    if name in dir(triple.autoencoder):
        return f"Write triple.autoencoder.{name}, or that of the encoder or decoder."
    own = [word for word in dir(Autoencoder) if not word.startswith("_")]
    return _checks.nearest(name, own)


def _from_bytes(content: bytes) -> Autoencoder:
    return split(_archive.from_bytes(content))


def as_triple(model: Autoencoder | keras.Model) -> Autoencoder:
    """Return a triple as it is, and split an autoencoder into one.

    Raises:
        TypeError: If `model` is neither.
        ValueError: If it is an encoder, or cannot be split.
    """
    if isinstance(model, Autoencoder):
        return model
    if not isinstance(model, keras.Model):
        expected = "an Autoencoder, or a Keras model with a layer named 'code'"
        raise TypeError(_checks.argument_error("model", expected, model))
    return split(model)
