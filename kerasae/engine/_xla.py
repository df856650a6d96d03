"""Which layers XLA is slow at."""

import keras

# On a CPU, XLA slows convolutions down (TensorFlow: by a factor of two) and does
# nothing for recurrent layers; dense models gain a factor of two.
_SLOW = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
    keras.layers.DepthwiseConv1D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv1D,
    keras.layers.SeparableConv2D,
    keras.layers.RNN,
)


def suits_xla(model: keras.Model) -> bool:
    """Tell whether XLA is fast on all layers of a model on a CPU."""
    return all(
        suits_xla(layer)
        if isinstance(layer, keras.Model)
        else not isinstance(layer, _SLOW)
        for layer in model.layers
    )
