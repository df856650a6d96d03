"""Five autoencoders side by side, one of which grows while it trains.

Settings are those of an article on the Chainer repository chainer-autoencoders and
of that repository. It shows curves and movies, but publishes no numbers.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from kerasae.reproduce._source import Experiment, Source

if TYPE_CHECKING:
    from kerasae._types import Optimizer
    from kerasae.reproduce._work import Work

_TEST = "cross-entropy per pixel, test"
_BEFORE = "cross-entropy, test, before growing"
_AFTER = "cross-entropy, test, an epoch later"
_NATS = "loss, test"
# The value reported. The loss is the sum over the pixels, as in the repository: next
# to the gradients of their mean, Adadelta's epsilon is not small, and learning is slow.
_METRIC = "binary_crossentropy"
# The network grows to the 784-256-128-64-32 of the repository.
_CODES = (256, 128, 64, 32)


def _adadelta() -> "Optimizer":
    """Return Adadelta with Chainer's defaults."""
    import keras

    return keras.optimizers.Adadelta(1.0, epsilon=1e-6)


def _train(work: "Work", variant: str, **options: Any) -> dict[str, float]:
    """Train one variant, draw its movie, and return its values."""
    from kerasae.losses import SummedBinaryCrossentropy

    triple, history = work.fit(
        work.build(variant, **options),
        optimizer=_adadelta(),
        loss=SummedBinaryCrossentropy(),
        metrics=[_METRIC],
        callbacks=[work.movie_frames()],
    )
    work.write_movie()
    work.draw(triple, history, metric=_METRIC)
    return {_TEST: history[f"val_{_METRIC}"][-1], **work.errors(triple)}


def _deep(work: "Work") -> dict[str, float]:
    from kerasae.losses import SummedBinaryCrossentropy
    from kerasae.training import grow

    every = work.stage_epochs(4)
    with work.timed():
        triple, history = grow(
            work.build("undercomplete", latent_dim=_CODES[0]),
            work.data.x_train,
            latent_dims=_CODES[1:],
            every=every,
            epochs=work.epochs,
            batch_size=work.batch_size,
            optimizer=_adadelta(),
            loss=SummedBinaryCrossentropy(),
            metrics=[_METRIC],
            validation_data=work.data.x_test,
            callbacks=[work.movie_frames()],
            seed=work.seed,
        )
    work.save(triple)
    work.write_movie()
    work.draw(triple, history, metric=_METRIC)
    losses = history.history[f"val_{_METRIC}"]
    return {
        _BEFORE: losses[every - 1],
        _AFTER: losses[every],
        _TEST: losses[-1],
        **work.errors(triple),
    }


def _variational(work: "Work") -> dict[str, float]:
    from kerasae import generation, plotting

    triple, history = work.fit(
        work.build("vae", latent_dim=32),
        optimizer=_adadelta(),
        callbacks=[work.movie_frames()],
    )
    work.write_movie()
    work.draw(triple, history)
    images = generation.sample(triple, 60, seed=work.seed)
    plotting.plot_samples(images, columns=12, path=work.path("samples.png"))
    return {_NATS: history["val_loss"][-1], **work.errors(triple)}


_experiment = partial(Experiment, epochs=20, batch_size=2_048)

SOURCE = Source(
    name="chainer-growing",
    title="Five variants side by side, from chainer-autoencoders",
    experiments=(
        _experiment(
            "simple",
            "784-32-784, cross-entropy summed over the pixels, Adadelta with Chainer's "
            "settings, 20 epochs, batch 2,048",
            partial(_train, variant="undercomplete"),
            published={_TEST: "grainy"},
        ),
        _experiment(
            "sparse",
            "the same with an L1 penalty of 0.01",
            partial(_train, variant="sparse", activity_regularizer=("l1", 0.01)),
        ),
        _experiment(
            "deep",
            "784-256-784, grown to codes of 128, 64, 32 every 4 epochs, else the same",
            _deep,
            quick_epochs=4,
            published={_AFTER: "blurs the pictures"},
        ),
        _experiment(
            "conv",
            "16, 8 and 8 filters, upsampling, else the same",
            partial(_train, variant="conv"),
            published={_TEST: "clearly the best"},
            remarks={_TEST: "not here: far from converged after 600 steps"},
        ),
        _experiment(
            "variational",
            "784-500-32, tanh, else the same",
            _variational,
            remarks={_NATS: "in nats: cross-entropy summed over the pixels, plus KL"},
        ),
    ),
)
