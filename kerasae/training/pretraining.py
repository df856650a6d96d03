"""Layer by layer first, as deep networks were trained to begin with."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import numpy as np

from kerasae import _checks
from kerasae._triple import Autoencoder, as_triple
from kerasae.engine.check_finite import check_finite
from kerasae.engine.checked_samples import checked_samples
from kerasae.engine.compiling import compile as compile_fast
from kerasae.engine.compiling import default_loss
from kerasae.engine.fitting import fit
from kerasae.engine.optimizers import new_optimizer
from kerasae.engine.prediction import predict
from kerasae.layers.apply_corruption import apply_corruption
from kerasae.training._layer_pairs import LayerPair, layer_pairs
from kerasae.training._staged import copied, frozen, shown

_ORDERS = ("input", "ends")


def pretrain(
    model: Autoencoder | keras.Model,
    x: Any,
    *,
    order: str = "input",
    epochs: int | Sequence[int] = 10,
    batch_size: int = 128,
    optimizer: Any = "adam",
    loss: Any = None,
    corruption: Any = None,
    dropout: float | Sequence[float] = 0.0,
    validation_split: float = 0.0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    seed: int | None = None,
    verbose: int = 1,
) -> list[keras.callbacks.History]:
    """Train an autoencoder's layers one pair after the other, outermost first.

    Each dense layer of the encoder and the one of the decoder that mirrors it are
    trained as a small autoencoder on the codes of the pair outside. The codes are
    computed once a layer, so the cost is that of training the small autoencoders.
    The weights are the model's own: compile and fit it afterwards to fine-tune the
    whole. Take it where a deep stack does not learn from scratch, or where labels
    are few.

    Where an argument may differ from pair to pair, give a list with one entry a
    pair, outermost first.

    Args:
        model: A triple, or its autoencoder: dense layers, the decoder a mirror of
            the encoder, as `build_stacked_ae` and `build_deep_ae` make them.
        x: Samples, an array of shape `(n_samples, *input_shape)`.
        order: What a pair is to reproduce. `"input"`: the codes that go into it, so
            that only its own two layers take part. `"ends"`: the samples
            themselves, through the layers of the decoder that are trained already
            and kept as they are; both ends of the network grow towards the middle.
            Closer to the whole, but every pair costs more than the one outside it.
        epochs: Epochs a pair, positive, or a list.
        batch_size: Samples a step.
        optimizer: As in `keras.Model.compile`, or a list. Every pair gets a fresh
            copy.
        loss: As in `keras.Model.compile`, or a list. None means binary
            cross-entropy where the output is a sigmoid, else the mean squared
            error.
        corruption: Noise on the input of every pair, which then learns to denoise:
            a name, a pair such as `("masking", 0.3)`, a layer, or a list of these.
            Gaussian noise on codes is not clipped. The noise a model was built
            with stays in front of the outermost pair.
        dropout: Fraction of every pair's input units dropped in training, in
            [0, 1), or a list.
        validation_split: Fraction of `x`, taken off its end, that no pair is
            trained on: histories then have a `val_loss`.
        callbacks: Callbacks of every pair's `fit`; early stopping, say.
        seed: Makes corruption and dropout repeatable.
        verbose: 0 for silence, else a line an epoch, or a bar on a terminal, that
            say which pair of how many is trained.

    Returns:
        One `keras.callbacks.History` a pair, outermost first.

    Raises:
        ValueError: If the model is no mirrored chain of dense layers, the samples
            do not fit it, a list has the wrong length, or training diverges.

    Reference:
        Bengio et al. 2007, "Greedy Layer-Wise Training of Deep Networks"; Vincent
        et al. 2010, "Stacked Denoising Autoencoders", Journal of Machine Learning
        Research 11 (corruption); Xie et al. 2016, "Unsupervised Deep Embedding for
        Clustering Analysis" (dropout).

    Example:
        >>> import kerasae
        >>> from kerasae.training import pretrain
        >>> x = kerasae.data.load_dataset("digits").x_train
        >>> triple = kerasae.build_stacked_ae((8, 8, 1), hidden_units=(50,), seed=0)
        >>> histories = pretrain(triple, x, epochs=[3, 2], verbose=0)
        >>> [len(history.epoch) for history in histories]
        [3, 2]
    """
    autoencoder = as_triple(model).autoencoder
    found = layer_pairs(autoencoder)
    _checks.one_of("order", order, _ORDERS)
    batch_size = _checks.positive_integer("batch_size", batch_size)
    validation_split = _checks.fraction("validation_split", validation_split)
    settings = _settings_of_pairs(
        len(found), epochs, optimizer, loss, corruption, dropout, seed
    )
    x = checked_samples(autoencoder, x)

    histories = []
    codes = x
    for number, (pair, setting) in enumerate(zip(found, settings, strict=True)):
        outside = [outer.decoder for outer in found[:number]] if order == "ends" else []
        label = f"pair {number + 1} of {len(found)} ({pair.name})"
        kept = [layer for model in outside for layer in model.layers]
        with frozen(kept), shown(label, verbose) as progress:
            history = fit(
                _small_autoencoder(pair, setting, outside),
                codes,
                x if outside else codes,
                epochs=setting.epochs,
                batch_size=batch_size,
                validation_split=validation_split,
                verbose=0,
                callbacks=[*callbacks, *progress],
            )
        check_finite(history, label)
        histories.append(history)
        if pair is not found[-1]:
            codes = predict(pair.encoder, codes)
    return histories


class _PairSettings(NamedTuple):
    """How one pair is trained."""

    epochs: int
    optimizer: Any
    loss: Any
    corruption: Any
    clip: tuple[float, float] | None
    dropout: float
    seed: int | None


def _settings_of_pairs(
    count: int,
    epochs: Any,
    optimizer: Any,
    loss: Any,
    corruption: Any,
    dropout: Any,
    seed: int | None,
) -> list[_PairSettings]:
    """Return what each pair takes of the arguments."""
    seeds = [None] * count
    if seed is not None:
        seeds = np.random.default_rng(seed).integers(2**31, size=count).tolist()
    return [
        _PairSettings(
            epochs=_checks.positive_integer(
                "epochs", _of_pair("epochs", epochs, i, count)
            ),
            optimizer=new_optimizer(_of_pair("optimizer", optimizer, i, count)),
            loss=_of_pair("loss", loss, i, count),
            corruption=_own(_of_pair("corruption", corruption, i, count)),
            # Codes may lie beyond the range of the data.
            clip=None if i else (0.0, 1.0),
            dropout=_checks.fraction("dropout", _of_pair("dropout", dropout, i, count)),
            seed=seeds[i],
        )
        for i in range(count)
    ]


def _own(corruption: Any) -> Any:
    """Return noise that no other pair uses; names stay names."""
    is_layer = isinstance(corruption, keras.Layer)
    return copied(corruption) if is_layer else corruption


def _of_pair(argument: str, value: Any, number: int, count: int) -> Any:
    """Return the entry of a pair where a list was given, else what serves all."""
    if not isinstance(value, list):
        return value
    if len(value) != count:
        expected = f"one value, or a list of {count}, one for each pair of layers"
        raise ValueError(_checks.argument_error(argument, expected, value))
    return value[number]


def _small_autoencoder(
    pair: LayerPair, setting: _PairSettings, outside: Sequence[keras.Model]
) -> keras.Model:
    """Return a compiled model of the pair, and of decoders outside that lead on."""
    inputs = keras.Input(pair.encoder.input_shape[1:])
    x = inputs
    if setting.corruption is not None:
        x = apply_corruption(x, setting.corruption, setting.seed, clip=setting.clip)
    if setting.dropout:
        x = keras.layers.Dropout(setting.dropout, seed=setting.seed)(x)
    x = pair.encoder(x)
    decoders = (pair.decoder, *reversed(outside))
    for decoder in decoders:
        x = decoder(x)
    model = keras.Model(inputs, x)
    loss = default_loss(decoders[-1]) if setting.loss is None else setting.loss
    compile_fast(model, setting.optimizer, loss)
    return model
