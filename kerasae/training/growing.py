"""A deep autoencoder that gets deeper while it trains."""

from collections.abc import Sequence
from typing import Any

import keras

from kerasae import _checks
from kerasae._initial_weights import InitialWeights
from kerasae._layer_names import CODE
from kerasae._triple import Autoencoder, as_triple, split
from kerasae.engine.check_finite import check_finite
from kerasae.engine.checked_samples import checked_samples
from kerasae.engine.compiling import compile as compile_fast
from kerasae.engine.fitting import fit
from kerasae.engine.keras_internals import optimizer_slot
from kerasae.engine.optimizers import new_optimizer
from kerasae.training._layer_pairs import layer_chain
from kerasae.training._staged import append, copied, shown


class GrowthHistory(keras.callbacks.History):
    """The history of a network that grew, over all its stages.

    Attributes:
        epoch: Numbers of the epochs, from 0.
        history: `{metric: one number an epoch}`.
        growth: `{epochs done when the network grew: size of its new code}`.

    Example:
        >>> from kerasae.training import GrowthHistory
        >>> GrowthHistory().growth
        {}
    """

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.growth: dict[int, int] = {}


def add_pair(
    model: Autoencoder | keras.Model,
    latent_dim: int | None = None,
    *,
    seed: int | None = None,
) -> Autoencoder:
    """Return a copy of an autoencoder with a pair of layers more around the code.

    The old code becomes a hidden layer, `encoder_k`; behind it come the new code
    and the layer `decoder_k` that leads back, both with the activation of the old
    code. All other layers keep their weights. A penalty on the code moves to the
    new one.

    Args:
        model: A triple, or its autoencoder; layers in a chain with a dense code, as
            `build_undercomplete_ae`, `build_deep_ae` and `build_stacked_ae` make
            them. It stays as it is.
        latent_dim: Size of the new code, positive. None: half of the old one.
        seed: Makes the new layers' weights repeatable.

    Returns:
        The triple `(autoencoder, encoder, decoder)` of the deeper network, not
        compiled.

    Raises:
        ValueError: If the model is no chain with a dense code, or the code cannot
            be halved.

    Example:
        >>> import kerasae
        >>> from kerasae.training import add_pair
        >>> triple = add_pair(kerasae.build_undercomplete_ae(784, latent_dim=392))
        >>> [layer.name for layer in triple.autoencoder.layers]
        ['input', 'encoder_1', 'code', 'decoder_1', 'reconstruction']
    """
    autoencoder = as_triple(model).autoencoder
    layers, old_code = _chain_with_dense_code(autoencoder)
    if latent_dim is None:
        latent_dim = old_code.units // 2
        if not latent_dim:
            raise ValueError(
                "`latent_dim` must be given where the code has one unit: it cannot be "
                "halved. Received: latent_dim=None."
            )
    latent_dim = _checks.positive_integer("latent_dim", latent_dim)

    at = layers.index(old_code)
    depth = sum(isinstance(layer, keras.layers.Dense) for layer in layers[: at + 1])
    weights = InitialWeights(_unseeded(old_code.kernel_initializer), seed)
    new = {"kernel_initializer": weights.initializer(), "units": latent_dim}
    code = copied(old_code, **new)
    new = {"kernel_initializer": weights.initializer(), "activity_regularizer": None}
    back = copied(old_code, name=f"decoder_{depth}", **new)
    copies = [copied(layer) for layer in layers[1:]]
    copies[at - 1] = copied(
        old_code, name=f"encoder_{depth}", activity_regularizer=None
    )

    inputs = keras.Input(autoencoder.input_shape[1:], name=layers[0].name)
    x = inputs
    for layer in (*copies[:at], code, back, *copies[at:]):
        x = layer(x)
    weights.reinitialize([code, back])
    for layer, copy in zip(layers[1:], copies, strict=True):
        copy.set_weights(layer.get_weights())
    return split(keras.Model(inputs, x, name=autoencoder.name))


def grow(
    model: Autoencoder | keras.Model,
    x: Any,
    *,
    pairs: int = 3,
    latent_dims: Sequence[int] | None = None,
    every: int = 4,
    epochs: int = 20,
    batch_size: int = 128,
    optimizer: Any = "adam",
    loss: Any = None,
    metrics: Any = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    seed: int | None = None,
    verbose: int = 1,
    **fit_options: Any,
) -> tuple[Autoencoder, GrowthHistory]:
    """Train an autoencoder that gets a pair of layers more every few epochs.

    Trained weights are kept as the network grows, and so is what the optimizer
    knows of them (momenta, the step count); see `add_pair` for the layers. A new
    pair throws the loss back for an epoch or two before it learns. Take it to see
    what depth does, or where a deep network does not learn from scratch; `pretrain`
    trains each pair apart instead.

    Args:
        model: A triple, or its autoencoder: layers in a chain with a dense code, as
            `build_undercomplete_ae(784, latent_dim=392)` makes them. It stays as it
            is; the network trained is a copy from the start.
        x: Samples, an array of shape `(n_samples, *input_shape)`.
        pairs: How often the network grows, each time to half the code; 0 or more.
        latent_dims: Sizes of the codes to grow to instead, one for each time.
        every: Epochs between one growth and the next, positive.
        epochs: Epochs in all, more than `every` times the number of growths.
        batch_size: Samples a step.
        optimizer: As in `keras.Model.compile`.
        loss: As in `keras.Model.compile`. None means binary cross-entropy for a
            sigmoid output, else the mean squared error.
        metrics: As in `keras.Model.compile`.
        callbacks: Callbacks of every stage's `fit`: each gets the deeper model by
            `set_model`, and epochs that count on.
        seed: Makes the new layers' weights repeatable.
        verbose: 0 for silence, else a line an epoch, or a bar on a terminal.
        **fit_options: What else `keras.Model.fit` takes: `validation_data` and so on.

    Returns:
        The deepest triple, compiled, and the history of all epochs, whose `growth`
        says after how many epochs the network grew to which code.

    Raises:
        ValueError: If the model is no chain with a dense code, the samples do not
            fit it, the epochs end before the last growth, or training diverges.

    Reference:
        "chainer de Auto Encoder", an article on the chainer-autoencoders repository
        (https://github.com/ShigekiKarita/chainer-autoencoders), which trains eight
        layers in this way.

    Example:
        >>> import kerasae
        >>> from kerasae.training import grow
        >>> x = kerasae.data.load_dataset("digits").x_train
        >>> start = kerasae.build_undercomplete_ae((8, 8, 1), latent_dim=32)
        >>> triple, history = grow(start, x, pairs=2, every=1, epochs=3, verbose=0)
        >>> triple.encoder.output_shape, history.growth, history.epoch
        ((None, 8), {1: 16, 2: 8}, [0, 1, 2])
    """
    triple = as_triple(model)
    _chain_with_dense_code(triple.autoencoder)
    x = checked_samples(triple.autoencoder, x)
    every = _checks.positive_integer("every", every)
    epochs = _checks.positive_integer("epochs", epochs)
    sizes = _sizes(triple, pairs, latent_dims)
    if epochs <= every * len(sizes):
        fix = f"The network grows {len(sizes)} times, every {every} epochs."
        expected = f"larger than {every * len(sizes)}"
        raise ValueError(_checks.argument_error("epochs", expected, epochs, fix))

    whole = GrowthHistory()
    triple = _copied(triple)
    seeds = InitialWeights("zeros", seed)
    old_optimizer = None
    for stage in range(len(sizes) + 1):
        done = every * stage
        if stage:
            triple = add_pair(triple, sizes[stage - 1], seed=seeds.seed())
            whole.growth[done] = sizes[stage - 1]
        optimizer_here = new_optimizer(optimizer)
        compile_fast(triple, optimizer_here, loss, metrics=metrics)
        if old_optimizer is not None:
            optimizer_here.build(triple.autoencoder.trainable_variables)
            _carry_over(old_optimizer, optimizer_here, triple.autoencoder)
        label = f"code of {triple.autoencoder.get_layer(CODE).units}"
        with shown(label, verbose) as progress:
            history = fit(
                triple,
                x,
                initial_epoch=done,
                epochs=epochs if stage == len(sizes) else done + every,
                batch_size=batch_size,
                verbose=0,
                callbacks=[*callbacks, *progress],
                **fit_options,
            )
        check_finite(history, label)
        append(whole, history)
        # Keras may have wrapped the one it was given.
        old_optimizer = triple.autoencoder.optimizer
    whole.set_model(triple.autoencoder)
    return triple, whole


def _chain_with_dense_code(
    autoencoder: keras.Model,
) -> tuple[list[keras.Layer], keras.layers.Dense]:
    """Return the layers in their order, and which is the code."""
    layers = layer_chain(autoencoder)
    code = autoencoder.get_layer(CODE)
    if not isinstance(code, keras.layers.Dense):
        raise ValueError(
            f"`model` must have a dense layer {CODE!r}. Received: "
            f"{autoencoder.name!r}, in which it is a {type(code).__name__}. "
            "build_undercomplete_ae, build_deep_ae and build_stacked_ae make such "
            "models."
        )
    return layers, code


def _sizes(
    triple: Autoencoder, pairs: int, latent_dims: Sequence[int] | None
) -> tuple[int, ...]:
    """Return the sizes of the codes to come."""
    if latent_dims is not None:
        return _checks.positive_integers(
            "latent_dims", latent_dims, example="(196, 98, 49)", empty=True
        )
    pairs = _checks.positive_integer("pairs", pairs) if pairs else 0
    units = triple.encoder.output_shape[-1]
    sizes = tuple(units // 2**n for n in range(1, pairs + 1))
    if sizes and not sizes[-1]:
        fix = f"A code of {units} units cannot be halved as often; give `latent_dims`."
        expected = f"{units.bit_length() - 1} at most"
        raise ValueError(_checks.argument_error("pairs", expected, pairs, fix))
    return sizes


def _copied(triple: Autoencoder) -> Autoencoder:
    """Return a triple of the same configuration and weights."""
    copy = keras.models.clone_model(triple.autoencoder)
    copy.set_weights(triple.autoencoder.get_weights())
    return split(copy)


def _unseeded(initializer: Any) -> Any:
    """Return an initializer that does not repeat the values it gave before."""
    config = initializer.get_config()
    return type(initializer).from_config(
        {**config, "seed": None} if "seed" in config else config
    )


def _carry_over(
    old: keras.optimizers.Optimizer,
    new: keras.optimizers.Optimizer,
    autoencoder: keras.Model,
) -> None:
    """Give an optimizer what another knew of the weights that were there before."""
    old, new = (getattr(x, "inner_optimizer", x) for x in (old, new))
    layers = [x.name for x in autoencoder.layers if isinstance(x, keras.layers.Dense)]
    at = layers.index(CODE)
    hidden, back = layers[at - 1], layers[at + 1]
    known = {optimizer_slot(variable): variable for variable in old.variables}
    for variable in new.variables:
        name = optimizer_slot(variable)
        if name.startswith((f"{CODE}_", f"{back}_")):
            continue  # of the new pair
        if name.startswith(f"{hidden}_"):
            name = name.replace(hidden, CODE, 1)
        before = known.get(name)
        if before is not None and before.shape == variable.shape:
            variable.assign(before)
