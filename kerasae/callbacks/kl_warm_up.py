"""A KL term whose weight rises step by step."""

from typing import Any

import keras

from kerasae import _checks
from kerasae._layer_names import CODE
from kerasae.layers import GaussianSampling


class KLWarmUp(keras.callbacks.Callback):
    """Raises the weight of a variational autoencoder's KL term from 0 to `beta`.

    At full weight from the start, the KL term can switch off dimensions of the code
    before the decoder has found a use for them. The logs hold the weight of each
    epoch as `kl_weight`; `loss` and `val_loss` of different warm-up epochs weight the
    KL term differently and cannot be compared.

    Args:
        epochs: Epochs until the weight reaches `beta`: epochs are counted from 0, and
            epoch 0 has the fraction `start` of it, epoch `epochs` and later ones all
            of it.
        start: Fraction of `beta` in the first epoch, in [0, 1).

    Raises:
        ValueError: If `epochs` is not positive or `start` not in [0, 1); when
            training begins, if the model's code is not a
            `kerasae.layers.GaussianSampling` layer.

    Reference:
        Bowman et al. 2016, "Generating Sentences from a Continuous Space", CoNLL;
        Sonderby et al. 2016, "Ladder Variational Autoencoders", NeurIPS.

    Example:
        >>> import numpy as np
        >>> import kerasae
        >>> from kerasae.callbacks import KLWarmUp
        >>> vae, _, _ = kerasae.build_vae(20, beta=4)
        >>> kerasae.compile(vae)
        >>> x = np.random.default_rng(0).random((64, 20))
        >>> history = vae.fit(x, epochs=4, verbose=0, callbacks=[KLWarmUp(epochs=2)])
        >>> history.history["kl_weight"]
        [0.0, 2.0, 4.0, 4.0]
    """

    def __init__(self, epochs: int = 10, start: float = 0.0) -> None:
        super().__init__()
        self.epochs = _checks.positive_integer("epochs", epochs)
        self.start = _checks.fraction("start", start)

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Find the layer that holds the weight."""
        names = [layer.name for layer in self.model.layers]
        layer = self.model.get_layer(CODE) if CODE in names else None
        if not isinstance(layer, GaussianSampling):
            raise ValueError(
                "KLWarmUp is for variational autoencoders, such as build_vae and "
                f"build_conv_vae return. {self.model.name!r} has no KL term."
            )
        self._layer: Any = layer

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Set the weight of this epoch."""
        share = min(1.0, self.start + (1.0 - self.start) * epoch / self.epochs)
        self._layer.kl_weight.assign(share * self._layer.beta)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Log the weight."""
        if logs is not None:
            logs["kl_weight"] = float(keras.ops.convert_to_numpy(self._layer.kl_weight))
