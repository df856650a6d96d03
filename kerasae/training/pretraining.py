"""Greedy layer-wise pretraining of deep stacks."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import numpy as np

from kerasae import _checks
from kerasae._arrays import to_floats
from kerasae._triple import as_triple
from kerasae._types import ArrayLike, Corruption, Loss, ModelOrTriple, Optimizer
from kerasae.engine.check_finite import check_finite
from kerasae.engine.compiling import compile as compile_fast
from kerasae.engine.compiling import default_loss
from kerasae.engine.fitting import fit
from kerasae.engine.optimizers import new_optimizer
from kerasae.engine.prediction import predict
from kerasae.engine.samples import checked_samples
from kerasae.layers.apply_corruption import apply_corruption
from kerasae.training._layer_pairs import LayerPair, layer_pairs
from kerasae.training._staged import copied, frozen, progress_callbacks

_ORDERS = ("input", "ends")


def pretrain(
    model: ModelOrTriple,
    x: ArrayLike,
    *,
    order: str = "input",
    epochs: int | Sequence[int] = 10,
    batch_size: int = 128,
    optimizer: Optimizer | list[Optimizer] = "adam",
    loss: Loss | list[Loss] = None,
    corruption: Corruption | list[Corruption] = None,
    dropout: float | Sequence[float] = 0.0,
    validation_split: float = 0.0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    sample_weight: ArrayLike = None,
    seed: int | None = None,
    verbose: int = 1,
) -> list[keras.callbacks.History]:
    """Train an autoencoder's layers one pair after the other, outermost first.

    Each dense layer of the encoder, together with its mirror image in the decoder,
    is trained as a small autoencoder on the codes of the pair outside it. The codes
    are computed once per layer, so the cost is that of training the small
    autoencoders. The weights are the model's own: compile and fit it afterwards to
    fine-tune the whole network. Use it where a deep stack does not learn from
    scratch, or where labels are scarce.

    Arguments that may differ from pair to pair accept a list with one entry per
    pair, outermost first.

    Args:
        model: A triple, or its autoencoder: dense layers, with a decoder that
            mirrors the encoder, as `build_stacked_ae` and `build_deep_ae` build it.
        x: Samples, an array of shape `(n_samples, *input_shape)`.
        order: What each pair reproduces. `"input"`: its own input, the codes of the
            pair outside it, so that only its own two layers take part. `"ends"`: the
            samples themselves, through the decoder layers that are already trained
            and now frozen; the network grows from both ends towards the middle.
            Closer to training the whole network, but each pair costs more than the
            one outside it.
        epochs: Epochs per pair, positive, or a list.
        batch_size: Samples per step.
        optimizer: As in `keras.Model.compile`, or a list. Every pair gets a fresh
            copy.
        loss: As in `keras.Model.compile`, or a list. None means binary
            cross-entropy for a sigmoid output, else the mean squared error.
        corruption: Noise on the input of every pair, which then learns to denoise:
            a name, a pair such as `("masking", 0.3)`, a layer, or a list of these.
            Gaussian noise on codes is not clipped. Noise that the model was built
            with stays in front of the outermost pair.
        dropout: Fraction of each pair's input units dropped during training, in
            [0, 1), or a list.
        validation_split: Fraction at the end of `x` that no pair is trained on;
            histories then include `val_loss`.
        callbacks: Callbacks for every pair's `fit`, such as early stopping.
        sample_weight: Weights of the samples in every pair's loss, of shape
            `(n_samples,)`, without `validation_split`; None for equal ones.
        seed: Makes corruption and dropout repeatable.
        verbose: 0 for silence, otherwise a bar on a terminal and one line per epoch
            elsewhere, both of which say which pair is being trained.

    Returns:
        One `keras.callbacks.History` per pair, outermost first.

    Raises:
        ValueError: If the model is not a mirrored chain of dense layers, the samples
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
    pairs = layer_pairs(autoencoder)
    _checks.one_of("order", order, _ORDERS)
    batch_size = _checks.positive_integer("batch_size", batch_size)
    validation_split = _checks.fraction("validation_split", validation_split)
    settings = _settings_per_layer_pair(
        len(pairs), epochs, optimizer, loss, corruption, dropout, seed
    )
    x = checked_samples(autoencoder, x).values
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}
    if weights and validation_split:
        expected = "0 where there are sample weights"
        text = _checks.argument_error("validation_split", expected, validation_split)
        raise ValueError(text)

    histories = []
    codes = x
    for i, (pair, pair_settings) in enumerate(zip(pairs, settings, strict=True)):
        outer_decoders = (
            [outer_pair.decoder for outer_pair in pairs[:i]] if order == "ends" else []
        )
        label = f"pair {i + 1} of {len(pairs)} ({pair.name})"
        trained_layers = [layer for model in outer_decoders for layer in model.layers]
        with frozen(trained_layers), progress_callbacks(label, verbose) as progress:
            history = fit(
                _small_autoencoder(pair, pair_settings, outer_decoders),
                codes,
                to_floats(x) if outer_decoders else codes,
                epochs=pair_settings.epochs,
                batch_size=batch_size,
                validation_split=validation_split,
                verbose=0,
                callbacks=[*callbacks, *progress],
                **weights,
            )
        check_finite(history, label)
        histories.append(history)
        if pair is not pairs[-1]:
            codes = predict(pair.encoder, codes)
    return histories


class _LayerPairSettings(NamedTuple):
    """How one pair of layers is trained."""

    epochs: int
    optimizer: Optimizer
    loss: Loss
    corruption: Corruption
    clip: tuple[float, float] | None
    dropout: float
    seed: int | None


def _settings_per_layer_pair(
    count: int,
    epochs: Any,
    optimizer: Any,
    loss: Any,
    corruption: Any,
    dropout: Any,
    seed: int | None,
) -> list[_LayerPairSettings]:
    """Return the settings that the arguments hold for each pair of layers."""
    seeds = [None] * count
    if seed is not None:
        seeds = np.random.default_rng(seed).integers(2**31, size=count).tolist()
    return [
        _LayerPairSettings(
            epochs=_checks.positive_integer(
                "epochs", _entry("epochs", epochs, i, count)
            ),
            optimizer=new_optimizer(_entry("optimizer", optimizer, i, count)),
            loss=_entry("loss", loss, i, count),
            corruption=_own(_entry("corruption", corruption, i, count)),
            # Codes may lie outside the range of the data.
            clip=None if i else (0.0, 1.0),
            dropout=_checks.fraction("dropout", _entry("dropout", dropout, i, count)),
            seed=seeds[i],
        )
        for i in range(count)
    ]


def _own(corruption: Corruption) -> Corruption:
    """Return noise that no other pair uses; a name stays a name."""
    is_layer = isinstance(corruption, keras.Layer)
    return copied(corruption) if is_layer else corruption


def _entry(argument: str, value: Any, index: int, count: int) -> Any:
    """Return one pair's entry of a list, or the value that all pairs share."""
    if not isinstance(value, list):
        return value
    if len(value) != count:
        expected = f"one value, or a list of {count}, one for each pair of layers"
        raise ValueError(_checks.argument_error(argument, expected, value))
    return value[index]


def _small_autoencoder(
    pair: LayerPair, settings: _LayerPairSettings, outer_decoders: Sequence[keras.Model]
) -> keras.Model:
    """Return a compiled model of the pair, followed by the decoders outside it."""
    inputs = keras.Input(pair.encoder.input_shape[1:])
    x = inputs
    if settings.corruption is not None:
        x = apply_corruption(x, settings.corruption, settings.seed, clip=settings.clip)
    if settings.dropout:
        x = keras.layers.Dropout(settings.dropout, seed=settings.seed)(x)
    x = pair.encoder(x)
    decoders = (pair.decoder, *reversed(outer_decoders))
    for decoder in decoders:
        x = decoder(x)
    model = keras.Model(inputs, x)
    loss = default_loss(decoders[-1]) if settings.loss is None else settings.loss
    compile_fast(model, settings.optimizer, loss)
    return model
