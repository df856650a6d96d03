"""What callbacks want of single batches."""

import keras

_BATCH_HOOKS = [
    f"on_{kind}batch_{moment}"
    for kind in ("", "train_", "test_")
    for moment in ("begin", "end")
]


def has_batch_hooks(callback: keras.callbacks.Callback) -> bool:
    """Tell whether a callback is to be called on batches."""
    return any(
        hook in vars(callback)
        or getattr(type(callback), hook) is not getattr(keras.callbacks.Callback, hook)
        for hook in _BATCH_HOOKS
    )


def acts_on_batches(callback: keras.callbacks.Callback) -> bool:
    """Tell whether a callback has to be called after every single batch."""
    if isinstance(callback, keras.callbacks.ModelCheckpoint):
        return bool(callback.save_freq != "epoch")
    only_watches = isinstance(callback, keras.callbacks.ProgbarLogger)
    only_watches = only_watches or getattr(callback, "only_watches", False)
    return not only_watches and has_batch_hooks(callback)
