"""Convolutions and pooling along the steps of a sequence."""

from collections.abc import Sequence
from typing import Any

from kerasae import _checks
from kerasae._triple import Autoencoder
from kerasae.builders import _convolutions


def build_conv1d_ae(
    input_shape: Sequence[int] = (28, 28),
    *,
    filters: int | Sequence[int] = (32, 16),
    kernel_size: int | Sequence[int] = 7,
    latent_dim: int | None = None,
    activation: Any = "relu",
    output_activation: Any = "sigmoid",
    kernel_initializer: Any = "glorot_uniform",
    activity_regularizer: Any = None,
    batch_normalization: bool = False,
    corruption: Any = None,
    seed: int | None = None,
    name: str = "conv1d_ae",
) -> Autoencoder:
    """Build Conv1D and MaxPooling1D down, Conv1D and UpSampling1D up.

    The variant for windows of a signal: what `build_conv_ae` is for images. It sees
    shapes that may stand anywhere in the window, and trains several times faster than
    `build_lstm_ae`, which is the one for sequences of unequal lengths and for what
    depends on all steps before.

    Args:
        input_shape: `(steps, channels)` of one window. Lengths that pooling does not
            divide are restored exactly. The default takes images of 28x28 row by
            row.
        filters: Filters of the encoder's convolutions, outermost first; each is
            followed by a pooling that halves the steps, rounded up. The decoder
            mirrors them.
        kernel_size: Steps that a kernel spans, one for all or one a level.
        latent_dim: Size of a dense code between the halves; None leaves the last
            feature map as the code.
        activation: Activation of the code and of all hidden layers.
        output_activation: `"sigmoid"` for data in [0, 1], `"linear"` for others.
        kernel_initializer: As in `keras.layers.Conv1D`.
        activity_regularizer: Penalty on the code, as in `build_sparse_ae`; None
            for none.
        batch_normalization: Whether hidden layers normalize before they activate.
        corruption: Makes the model a denoising one: `"gaussian"`, `"masking"`,
            `"salt_and_pepper"`, a pair such as `("masking", 0.3)`, or a layer.
        seed: Makes the weights and the corruption repeatable; the weights are the
            same on every backend for uniform and normal initializers. None leaves
            all that to `keras.utils.set_random_seed`.
        name: Name of the autoencoder.

    Returns:
        `(autoencoder, encoder, decoder)`, shapes `(batch, steps, channels)` to the
        same, to `(batch, code_steps, filters[-1])` or `(batch, latent_dim)`, and
        back.

    Raises:
        ValueError: If a size is not positive, `filters` is empty, the input has no
            two axes, or a name is unknown.

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
        _checks.sequence_shape(input_shape),
        filters=filters,
        kernel_size=kernel_size,
        latent_dim=latent_dim,
        activation=activation,
        output_activation=output_activation,
        kernel_initializer=kernel_initializer,
        activity_regularizer=activity_regularizer,
        batch_normalization=batch_normalization,
        corruption=corruption,
        seed=seed,
        name=name,
    )
