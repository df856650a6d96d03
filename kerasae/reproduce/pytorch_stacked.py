"""Ten layers that learn only after pretraining, and an image in ten numbers.

After an article on autoencoders in PyTorch, which shows pictures and does not state
epochs and optimizers; those here are ours. Its deep network starts from weights of
N(0, 0.01), as in Xie et al. 2016 (arXiv:1511.06335).
"""

from functools import partial
from typing import TYPE_CHECKING

from kerasae.reproduce._source import Experiment, Source

if TYPE_CHECKING:
    from kerasae._types import Initializer
    from kerasae.reproduce._work import Work

_ERROR = "mean squared error per pixel, test"
_MEAN = "the same of the mean image"
_HIDDEN = (500, 250, 100, 50)
_CODE = 10


def _small_weights() -> "Initializer":
    import keras

    return keras.initializers.RandomNormal(stddev=0.01)


def _shallow(work: "Work") -> dict[str, float]:
    triple, history = work.fit(
        work.build(
            "undercomplete", latent_dim=_CODE, kernel_initializer=_small_weights()
        ),
        loss="mean_squared_error",
    )
    work.draw(triple, history)
    return work.errors(triple, _CODE)


def _deep(work: "Work", order: str | None) -> dict[str, float]:
    """Train ten layers, after pretraining in an order or from scratch."""
    from kerasae import metrics
    from kerasae.training import pretrain

    triple = work.build(
        "stacked",
        hidden_units=_HIDDEN,
        latent_dim=_CODE,
        code_activation="linear",
        output_activation="linear",
        kernel_initializer=_small_weights(),
        dropout=0.0,
    )
    if order is not None:
        with work.timed():
            pretrain(
                triple,
                work.data.x_train,
                order=order,
                epochs=work.stage_epochs(6),
                batch_size=work.batch_size,
                seed=work.seed,
            )
    triple, history = work.fit(triple)
    work.draw(triple, history)
    mean = work.data.x_train.mean(axis=0, keepdims=True)
    x = work.data.x_test
    baseline = metrics.reconstruction_error(x, mean.repeat(len(x), axis=0))
    return {**work.errors(triple, _CODE), _MEAN: baseline}


def _strided(work: "Work") -> dict[str, float]:
    # With the mean squared error, all sigmoids end at 0: the pictures stay black.
    triple, history = work.fit(work.build("strided_conv"), loss="binary_crossentropy")
    work.draw(triple, history)
    return work.errors(triple, _CODE)


_experiment = partial(Experiment, batch_size=256)

SOURCE = Source(
    name="pytorch-stacked",
    title="Stacked and strided autoencoders, from PyTorch",
    experiments=(
        _experiment(
            name="shallow",
            settings="784-10-784, weights from N(0, 0.01), Adam, 20 epochs, batch 256",
            run=_shallow,
            epochs=20,
            published={_ERROR: "pictures: digits"},
        ),
        _experiment(
            name="deep",
            settings="784-500-250-100-50-10 and back, weights from N(0, 0.01), Adam, "
            "60 epochs, batch 256",
            run=partial(_deep, order=None),
            epochs=60,
            published={_ERROR: "does not learn"},
        ),
        _experiment(
            name="stacked",
            settings="the same, pairs of layers pretrained from the input side, "
            "6 epochs each, then 30 epochs",
            run=partial(_deep, order="input"),
            epochs=30,
            published={_ERROR: "learns"},
        ),
        _experiment(
            name="stacked-both-ends",
            settings="the same, pretrained from both ends",
            run=partial(_deep, order="ends"),
            epochs=30,
            published={_ERROR: "learns"},
        ),
        _experiment(
            name="strided-conv",
            settings="32, 64 and 128 filters with strides, code of 10, "
            "cross-entropy, Adam, 10 epochs, batch 256",
            run=_strided,
            epochs=10,
            published={_ERROR: "pictures: clean digits"},
        ),
    ),
)
