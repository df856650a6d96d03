"""Recurrent layers, which skip padding.

Use it for sequences, of equal or unequal lengths.
"""

from collections.abc import Sequence

import keras
from keras import layers

from kerasae import _checks
from kerasae._initial_weights import InitialWeights
from kerasae._layer_names import CODE, RECONSTRUCTION
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer
from kerasae.builders import _blocks
from kerasae.layers import PaddingMask
from kerasae.models import CheckedModel


def build_lstm_ae(
    input_shape: Sequence[int] = (28, 28),
    *,
    hidden_units: int | Sequence[int] = (),
    latent_dim: int = 32,
    activation: Activation = "tanh",
    output_activation: Activation = "sigmoid",
    mask_value: float | None = None,
    kernel_initializer: Initializer = "glorot_uniform",
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "lstm_ae",
) -> Autoencoder:
    """Build an LSTM that reads a sequence, and one that writes it back.

    The code is the state after the last step: one vector for sequences of any
    length. The decoder receives it at every step. Choose it for sequences of unequal
    lengths, and where a step depends on all steps before it; `build_conv1d_ae` trains
    several times faster on windows of one length.

    Pad sequences of unequal lengths at their ends with a value absent from the data,
    such as -1, and give it as `mask_value`. Padding then changes neither the code nor
    the loss that `kerasae.compile` chooses. The decoder always writes all steps: cut
    them off where the sequence ended.

    Args:
        input_shape: `(steps, channels)` of one sequence, where `steps` is the length
            of the longest. The default takes images of 28x28 pixels row by row.
        hidden_units: Sizes of the LSTMs outside the code, outermost first; the
            decoder mirrors them. With none, the decoder is an LSTM of `latent_dim`.
        latent_dim: As in `build_deep_ae`.
        activation: Activation of all LSTMs, the code included. Only `"tanh"` is
            fast on GPUs.
        output_activation: As in `build_deep_ae`.
        mask_value: The padding value: a step is padding if all its channels equal
            it. None for sequences without padding.
        kernel_initializer: As in `keras.layers.LSTM`.
        corruption: As in `build_deep_ae`. Padding is recognized before the noise.
        seed: As in `build_deep_ae`.
        name: As in `build_deep_ae`.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, steps, channels)` to the
        same, to `(batch, latent_dim)`, and back. With `mask_value`, `fit` and
        `evaluate` of the autoencoder reject arrays in which a sample is nothing but
        padding.

    Raises:
        ValueError: If a size is not positive, the input does not have two
            axes, `mask_value` is not finite, or a name is unknown.

    Reference:
        Srivastava, Mansimov and Salakhutdinov 2015, "Unsupervised Learning of Video
        Representations using LSTMs", ICML; the sequence autoencoder of the Keras
        tutorials (https://blog.keras.io/building-autoencoders-in-keras.html), whose
        decoder writes in the order of the input, as here.

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_lstm_ae((50, 2), latent_dim=8, mask_value=-1.0)
        >>> triple.encoder.output_shape, triple.decoder.output_shape
        ((None, 8), (None, 50, 2))
    """
    steps, channels = _checks.sequence_shape(input_shape)
    hidden = _checks.positive_integers(
        "hidden_units", hidden_units, example="(64,)", empty=True
    )
    latent_dim = _checks.positive_integer("latent_dim", latent_dim)
    _blocks.check_activations(
        activation=activation, output_activation=output_activation
    )
    weights = InitialWeights(kernel_initializer, seed)
    padding = None if mask_value is None else PaddingMask(mask_value, name="padding")

    def lstm(units: int, name: str, *, every_step: bool = True) -> keras.Layer:
        return layers.LSTM(
            units,
            activation=activation,
            kernel_initializer=weights.initializer(),
            return_sequences=every_step,
            name=name,
        )

    inputs, x = _blocks.input_block((steps, channels), corruption, weights, padding)
    for level, units in enumerate(hidden, start=1):
        x = lstm(units, f"encoder_{level}")(x)
    x = lstm(latent_dim, CODE, every_step=False)(x)
    x = layers.RepeatVector(steps, name="repeat")(x)
    mirrored = hidden or (latent_dim,)
    for level, units in reversed(list(enumerate(mirrored, start=1))):
        x = lstm(units, f"decoder_{level}")(x)
    x = layers.Dense(
        channels,
        activation=output_activation,
        kernel_initializer=weights.initializer(),
        name=RECONSTRUCTION,
    )(x)
    # Only padding has to be checked in arrays.
    model_class = keras.Model if padding is None else CheckedModel
    return _blocks.make_triple(inputs, x, name, weights, model_class)
