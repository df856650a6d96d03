"""Convolutions and pooling along the steps of a sequence.

Use it for windows of signals.
"""

from collections.abc import Sequence

from kerasae import _checks
from kerasae._triple import Autoencoder
from kerasae._types import Activation, Corruption, Initializer, Regularizer
from kerasae.builders import _convolutions


def build_conv1d_ae(
    input_shape: Sequence[int] = (28, 28),
    *,
    filters: int | Sequence[int] = (32, 16),
    kernel_size: int | Sequence[int] = 7,
    latent_dim: int | None = None,
    activation: Activation = "relu",
    output_activation: Activation = "sigmoid",
    kernel_initializer: Initializer = "glorot_uniform",
    activity_regularizer: Regularizer = None,
    batch_normalization: bool = False,
    corruption: Corruption = None,
    seed: int | None = None,
    name: str = "conv1d_ae",
) -> Autoencoder:
    """Build Conv1D and MaxPooling1D down, Conv1D and UpSampling1D up.

    For windows of a signal, this is what `build_conv_ae` is for images. It recognizes
    shapes wherever they occur in the window, and trains several times faster than
    `build_lstm_ae`, which is for sequences of unequal lengths and for steps that
    depend on all steps before them.

    Args:
        input_shape: `(steps, channels)` of one window, channels last. Lengths that
            pooling does not divide are restored exactly. The default takes images of
            28x28 pixels row by row.
        filters: Filters of the encoder's convolutions, outermost first; each is
            followed by a pooling that halves the steps, rounded up. The decoder
            mirrors them.
        kernel_size: Steps that a kernel spans, one for all or one for each level.
        latent_dim: As in `build_conv_ae`.
        activation: As in `build_conv_ae`.
        output_activation: As in `build_conv_ae`.
        kernel_initializer: As in `keras.layers.Conv1D`.
        activity_regularizer: As in `build_conv_ae`.
        batch_normalization: As in `build_conv_ae`.
        corruption: As in `build_conv_ae`.
        seed: As in `build_conv_ae`.
        name: As in `build_conv_ae`.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, steps, channels)` to the
        same, to `(batch, code_steps, filters[-1])` or `(batch, latent_dim)`, and
        back.

    Raises:
        ValueError: If a size is not positive, `filters` is empty, the input does
            not have two axes, or a name is unknown.

    Reference:
        The convolutional autoencoder of the Keras tutorials
        (https://blog.keras.io/building-autoencoders-in-keras.html), along one axis;
        filters and kernels of Keras's anomaly detection in time series
        (https://keras.io/examples/timeseries/timeseries_anomaly_detection/).

    Example:
        >>> import kerasae
        >>> triple = kerasae.build_conv1d_ae((125, 3), latent_dim=8)
        >>> triple.encoder.output_shape, triple.autoencoder.output_shape
        ((None, 8), (None, 125, 3))
    """
    return _convolutions.pooled_autoencoder(
        _checks.window_shape(input_shape),
        filters=filters,
        kernel_size=kernel_size,
        latent_dim=latent_dim,
        activation=activation,
        output_activation=output_activation,
        kernel_initializer=kernel_initializer,
        regularizer=activity_regularizer,
        batch_normalization=batch_normalization,
        corruption=corruption,
        seed=seed,
        name=name,
    )
