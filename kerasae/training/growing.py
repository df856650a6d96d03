"""An autoencoder that grows deeper while it trains."""

from collections.abc import Sequence
from typing import Any

import keras

from kerasae import _checks
from kerasae._initial_weights import InitialWeights
from kerasae._layer_names import CODE
from kerasae._triple import Autoencoder, as_triple, split
from kerasae._types import ArrayLike, Loss, ModelOrTriple, Optimizer
from kerasae.engine.check_finite import check_finite
from kerasae.engine.compiling import compile as compile_fast
from kerasae.engine.fitting import fit
from kerasae.engine.keras_internals import optimizer_slot
from kerasae.engine.optimizers import new_optimizer
from kerasae.engine.samples import checked_samples
from kerasae.training._layer_pairs import layer_chain
from kerasae.training._staged import copied, extend_history, progress_callbacks


class GrowthHistory(keras.callbacks.History):
    """The history of a growing network, over all its stages.

    Attributes:
        epoch: Epoch numbers, from 0.
        history: `{metric: one number per epoch}`.
        growth: `{epochs completed when the network grew: size of its new code}`.

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
    model: ModelOrTriple,
    latent_dim: int | None = None,
    *,
    seed: int | None = None,
) -> Autoencoder:
    """Return a copy of an autoencoder with another pair of layers around the code.

    The old code becomes the hidden layer `encoder_k`. It is followed by the new code
    and by the layer `decoder_k` that leads back, both with the activation of the old
    code. All other layers keep their weights. A penalty on the code moves to the
    new code.

    Args:
        model: A triple, or its autoencoder: a chain of layers with a dense code, as
            `build_undercomplete_ae`, `build_deep_ae` and `build_stacked_ae` build
            it. It is left unchanged.
        latent_dim: Size of the new code, positive. None: half the size of the old one.
        seed: Makes the new layers' weights repeatable.

    Returns:
        The triple `(autoencoder, encoder, decoder)` of the deeper network, not
        compiled.

    Raises:
        ValueError: If the model is not a chain with a dense code, or the code cannot
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
                "`latent_dim` must be given if the code has a single unit, which "
                "cannot be halved. Received: latent_dim=None."
            )
    latent_dim = _checks.positive_integer("latent_dim", latent_dim)

    position = layers.index(old_code)
    depth = sum(isinstance(x, keras.layers.Dense) for x in layers[: position + 1])
    weights = InitialWeights(_unseeded(old_code.kernel_initializer), seed)
    code = copied(old_code, kernel_initializer=weights.initializer(), units=latent_dim)
    decoder_layer = copied(
        old_code,
        name=f"decoder_{depth}",
        kernel_initializer=weights.initializer(),
        activity_regularizer=None,
    )
    copies = [copied(layer) for layer in layers[1:]]
    copies[position - 1] = copied(
        old_code, name=f"encoder_{depth}", activity_regularizer=None
    )

    inputs = keras.Input(autoencoder.input_shape[1:], name=layers[0].name)
    x = inputs
    for layer in (*copies[:position], code, decoder_layer, *copies[position:]):
        x = layer(x)
    weights.reinitialize([code, decoder_layer])
    for layer, copy in zip(layers[1:], copies, strict=True):
        copy.set_weights(layer.get_weights())
    return split(keras.Model(inputs, x, name=autoencoder.name))


def grow(
    model: ModelOrTriple,
    x: ArrayLike,
    *,
    pairs: int = 3,
    latent_dims: Sequence[int] | None = None,
    every: int = 4,
    epochs: int = 20,
    batch_size: int = 128,
    optimizer: Optimizer = "adam",
    loss: Loss = None,
    metrics: Any = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    seed: int | None = None,
    verbose: int = 1,
    **fit_options: Any,
) -> tuple[Autoencoder, GrowthHistory]:
    """Train an autoencoder that gains a pair of layers every few epochs.

    Trained weights are kept as the network grows, and so is the optimizer's state
    for them (momenta, step count); see `add_pair` for the layers. Each new pair sets
    the loss back for an epoch or two before it learns. Use it to see what depth
    does, or where a deep network does not learn from scratch; `pretrain` trains each
    pair separately instead.

    Args:
        model: A triple, or its autoencoder: a chain of layers with a dense code, as
            `build_undercomplete_ae(784, latent_dim=392)` builds it. It is left
            unchanged: a copy is trained from the start.
        x: Samples, an array of shape `(n_samples, *input_shape)`.
        pairs: How many pairs of layers to add, each of which halves the code; 0 or
            more.
        latent_dims: Sizes of the successive codes, as an alternative to `pairs`.
        every: Epochs between additions, positive.
        epochs: Epochs in total, more than `every` times the number of additions.
        batch_size: Samples per step.
        optimizer: As in `keras.Model.compile`.
        loss: As in `keras.Model.compile`. None means binary cross-entropy for a
            sigmoid output, else the mean squared error.
        metrics: As in `keras.Model.compile`.
        callbacks: Callbacks for every stage's `fit`: `set_model` hands them the
            deeper model, and epoch numbers continue.
        seed: Makes the new layers' weights repeatable.
        verbose: 0 for silence, otherwise a bar on a terminal and one line per epoch
            elsewhere.
        **fit_options: Further arguments of `keras.Model.fit`: `validation_data` and
            so on.

    Returns:
        The deepest triple, compiled, and the history of all epochs, whose `growth`
        records after how many epochs the network grew, and to which code.

    Raises:
        ValueError: If the model is not a chain with a dense code, the samples do not
            fit it, the epochs end before the last addition, or training diverges.

    Reference:
        "chainer de Auto Encoder", an article on the chainer-autoencoders repository
        (https://github.com/ShigekiKarita/chainer-autoencoders), which trains eight
        layers this way.

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
    checked_samples(triple.autoencoder, x)
    every = _checks.positive_integer("every", every)
    epochs = _checks.positive_integer("epochs", epochs)
    sizes = _sizes(triple, pairs, latent_dims)
    if epochs <= every * len(sizes):
        pace = "epoch" if every == 1 else f"{every} epochs"
        fix = f"The network grows {_checks.counted(len(sizes), 'time')}, every {pace}."
        expected = f"larger than {every * len(sizes)}"
        raise ValueError(_checks.argument_error("epochs", expected, epochs, fix))

    whole_history = GrowthHistory()
    triple = _copied(triple)
    seeds = InitialWeights("zeros", seed)
    previous_optimizer = None
    for stage in range(len(sizes) + 1):
        epochs_done = every * stage
        if stage:
            triple = add_pair(triple, sizes[stage - 1], seed=seeds.seed())
            whole_history.growth[epochs_done] = sizes[stage - 1]
        stage_optimizer = new_optimizer(optimizer)
        compile_fast(triple, stage_optimizer, loss, metrics=metrics)
        if previous_optimizer is not None:
            stage_optimizer.build(triple.autoencoder.trainable_variables)
            _carry_over(previous_optimizer, stage_optimizer, triple.autoencoder)
        label = f"code of {triple.autoencoder.get_layer(CODE).units}"
        with progress_callbacks(label, verbose) as progress:
            history = fit(
                triple,
                x,
                initial_epoch=epochs_done,
                epochs=epochs if stage == len(sizes) else epochs_done + every,
                batch_size=batch_size,
                verbose=0,
                callbacks=[*callbacks, *progress],
                **fit_options,
            )
        check_finite(history, label)
        extend_history(whole_history, history)
        # Not `stage_optimizer`: Keras may have wrapped it.
        previous_optimizer = triple.autoencoder.optimizer
    whole_history.set_model(triple.autoencoder)
    return triple, whole_history


def _chain_with_dense_code(
    autoencoder: keras.Model,
) -> tuple[list[keras.Layer], keras.layers.Dense]:
    """Return the layers in order, and the code among them."""
    layers = layer_chain(autoencoder)
    code = autoencoder.get_layer(CODE)
    if not isinstance(code, keras.layers.Dense):
        raise ValueError(
            f"`model` must have a dense layer {CODE!r}. Received: "
            f"{autoencoder.name!r}, in which it is a {type(code).__name__}. "
            "build_undercomplete_ae, build_deep_ae and build_stacked_ae build such "
            "models."
        )
    return layers, code


def _sizes(
    triple: Autoencoder, pairs: int, latent_dims: Sequence[int] | None
) -> tuple[int, ...]:
    """Return the sizes of the successive codes."""
    if latent_dims is not None:
        return _checks.positive_integers(
            "latent_dims", latent_dims, example="(196, 98, 49)", empty=True
        )
    pairs = _checks.positive_integer("pairs", pairs) if pairs else 0
    units = triple.encoder.output_shape[-1]
    sizes = tuple(units // 2**n for n in range(1, pairs + 1))
    if sizes and not sizes[-1]:
        fix = f"A code of {units} units cannot be halved so often; pass `latent_dims`."
        expected = f"{units.bit_length() - 1} at most"
        raise ValueError(_checks.argument_error("pairs", expected, pairs, fix))
    return sizes


def _copied(triple: Autoencoder) -> Autoencoder:
    """Return a triple with the same configuration and weights."""
    copy = keras.models.clone_model(triple.autoencoder)
    copy.set_weights(triple.autoencoder.get_weights())
    return split(copy)


def _unseeded(initializer: Any) -> Any:
    """Return an initializer that does not repeat its earlier values."""
    config = initializer.get_config()
    return type(initializer).from_config(
        {**config, "seed": None} if "seed" in config else config
    )


def _carry_over(
    old: keras.optimizers.Optimizer,
    new: keras.optimizers.Optimizer,
    autoencoder: keras.Model,
) -> None:
    """Copy the optimizer state of all weights that were there before the last pair."""
    old, new = (getattr(x, "inner_optimizer", x) for x in (old, new))
    names = [x.name for x in autoencoder.layers if isinstance(x, keras.layers.Dense)]
    position = names.index(CODE)
    former_code, decoder_layer = names[position - 1], names[position + 1]
    old_variables = {optimizer_slot(variable): variable for variable in old.variables}
    for variable in new.variables:
        name = optimizer_slot(variable)
        if name.startswith((f"{CODE}_", f"{decoder_layer}_")):
            continue  # belongs to the new pair
        if name.startswith(f"{former_code}_"):
            name = name.replace(former_code, CODE, 1)
        old_variable = old_variables.get(name)
        if old_variable is not None and old_variable.shape == variable.shape:
            variable.assign(old_variable)
