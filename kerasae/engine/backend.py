"""What differs between backends, in one place."""

import keras

# XLA on a CPU slows convolutions down (TensorFlow: by a factor of two) and does
# nothing for recurrent layers; dense models gain a factor of two.
_NOT_FOR_XLA = (
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


def execution_settings(model: keras.Model) -> dict[str, bool | int | str]:
    """Return the fast `jit_compile` and `steps_per_execution` for this backend.

    TensorFlow runs dense models fastest under XLA with many steps a call, and
    convolutions without XLA on a CPU; JAX is at its best with Keras's own
    settings; torch admits one step a call and no XLA.
    """
    backend = keras.backend.backend()
    if backend == "torch":
        return {"jit_compile": False, "steps_per_execution": 1}
    if backend == "tensorflow" and not _contains(model, _NOT_FOR_XLA):
        return {"jit_compile": True, "steps_per_execution": 32}
    # Keras's own choice: XLA for JAX, and for TensorFlow on a GPU only.
    return {"jit_compile": "auto", "steps_per_execution": 1}


def loops_are_fast(model: keras.Model) -> bool:
    """Tell whether XLA's loops are as fast as what is in them.

    Inside of a loop XLA runs the convolutions of a CPU on a single core, three times
    slower than outside.
    """
    return has_accelerator() or not _contains(model, _NOT_FOR_XLA)


def _contains(model: keras.Model, kinds: tuple[type, ...]) -> bool:
    return any(
        _contains(layer, kinds)
        if isinstance(layer, keras.Model)
        else isinstance(layer, kinds)
        for layer in model.layers
    )


def has_accelerator() -> bool:
    """Tell whether the backend computes on something else than the CPU."""
    return "cpu" not in str(keras.ops.zeros((1,)).device).lower()
