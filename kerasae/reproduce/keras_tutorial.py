"""The autoencoders of the Keras tutorials: undercomplete to denoising.

Settings and published values are those of "Keras de manabu Autoencoder" (Shinya
Yuki, 2016), which follows "Building Autoencoders in Keras" on the Keras blog.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from kerasae.reproduce._source import Experiment, Source

if TYPE_CHECKING:
    from kerasae._triple import Autoencoder
    from kerasae.reproduce._work import Work

_TRAIN, _TEST = "loss, training", "loss, test"
_ACTIVATION = "mean activation of the code"


def _train(
    work: "Work",
    variant: str,
    *,
    test_loss: str = "val_loss",
    noisy: Any = None,
    **fit_options: Any,
) -> tuple["Autoencoder", dict[str, float]]:
    """Train and draw; return the triple and its last losses."""
    triple, history = work.fit(work.build(variant), **fit_options)
    work.draw(triple, history, noisy=noisy)
    return triple, {_TRAIN: history["loss"][-1], _TEST: history[test_loss][-1]}


def _dense(work: "Work", variant: str, **fit_options: Any) -> dict[str, float]:
    triple, losses = _train(work, variant, **fit_options)
    activation = float(work.codes(triple).mean())
    return {**losses, _ACTIVATION: activation, **work.errors(triple, 32)}


def _sparse(work: "Work") -> dict[str, float]:
    from kerasae import plotting

    unpenalized = "binary_crossentropy"
    triple, losses = _train(
        work, "sparse", metrics=[unpenalized], test_loss=f"val_{unpenalized}"
    )
    codes = work.codes(triple)
    plotting.plot_code_activations(codes, path=work.path("activations.png"))
    activation = float(codes.mean())
    return {**losses, _ACTIVATION: activation, **work.errors(triple, 32)}


def _conv(work: "Work") -> dict[str, float]:
    from kerasae import plotting

    triple, losses = _train(work, "conv")
    codes = work.codes(triple, 10)
    plotting.plot_codes(codes, path=work.path("codes.png"))
    plotting.plot_architecture(triple, work.path("architecture.png"))
    return {**losses, **work.errors(triple)}


def _denoising(work: "Work") -> dict[str, float]:
    from kerasae import metrics, plotting
    from kerasae.data import corrupt
    from kerasae.engine.prediction import predict

    clean = work.data.x_test
    noisy = corrupt(clean, "gaussian", 0.5, seed=work.seed)
    triple, losses = _train(
        work, "denoising", validation_data=(noisy, clean), noisy=noisy
    )
    plotting.plot_architecture(triple, work.path("architecture.png"))
    error = metrics.reconstruction_error
    return {
        **losses,
        "mean squared error per pixel, noisy": error(clean, noisy),
        "mean squared error per pixel, denoised": error(clean, predict(triple, noisy)),
    }


SOURCE = Source(
    name="keras-tutorial",
    title="Autoencoders of the Keras tutorials",
    experiments=(
        Experiment(
            name="undercomplete-adadelta",
            settings="784-32-784, Adadelta with learning rate 1, 50 epochs, batch 256",
            # The learning rate that the name "adadelta" meant at the time.
            run=partial(
                _dense, variant="undercomplete", optimizer="adadelta", learning_rate=1.0
            ),
            epochs=50,
            batch_size=256,
            published={_TRAIN: 0.10, _TEST: 0.10},
        ),
        Experiment(
            name="undercomplete-adam",
            settings="the same with Adam",
            run=partial(_dense, variant="undercomplete"),
            epochs=50,
            batch_size=256,
            published={_TRAIN: 0.092, _TEST: 0.092, _ACTIVATION: 8.86},
        ),
        Experiment(
            name="sparse",
            settings="the same with an L1 penalty of 1e-4 on the code, 100 epochs",
            run=_sparse,
            epochs=100,
            batch_size=256,
            published={_TRAIN: 0.097, _TEST: 0.092, _ACTIVATION: 1.28},
            remarks={_TEST: "without the penalty, as Keras reported it then"},
        ),
        Experiment(
            name="deep",
            settings="784-128-64-32 and back, Adam, 100 epochs, batch 256",
            run=partial(_dense, variant="deep"),
            epochs=100,
            batch_size=256,
            published={_TRAIN: 0.082, _TEST: 0.082},
        ),
        Experiment(
            name="conv",
            settings="16, 8 and 8 filters, upsampling, Adam, 50 epochs, batch 128",
            run=_conv,
            epochs=50,
            batch_size=128,
            published={_TEST: 0.094},
            remarks={_TEST: "published by the Keras blog, with Adadelta"},
        ),
        Experiment(
            name="denoising",
            settings="32 and 32 filters, noise of deviation 0.5, Adam, 100 epochs, "
            "batch 128",
            run=_denoising,
            epochs=100,
            batch_size=128,
            published={_TEST: "pictures: noise removed"},
            remarks={
                _TRAIN: "noise sampled anew at every step, not once for all epochs",
                _TEST: "of noisy images",
            },
        ),
    ),
)
