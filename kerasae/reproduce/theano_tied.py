"""Tied weights, with and without masking noise, and the filters they learn.

Settings and published values are those of an article that follows the denoising
autoencoders of the Theano deep learning tutorials, on a tenth of MNIST.
"""

from functools import partial
from typing import TYPE_CHECKING

from kerasae.reproduce._source import Experiment, Source

if TYPE_CHECKING:
    from kerasae._types import Corruption
    from kerasae.reproduce._work import Work

# The article's training set, a tenth of 50,000 images; ours are the first of MNIST.
_IMAGES = 5_000
_PLAIN = (
    *(132.518026, 80.232354, 75.058689, 73.097621, 72.148517, 71.565361, 71.142682),
    *(70.810096, 70.536880, 70.316258, 70.139160, 69.992795, 69.867721, 69.757125),
    *(69.657424, 69.567555, 69.485009, 69.409063, 69.339174, 69.275876),
)
_NOISY = (
    *(138.405057, 87.162786, 83.476929, 81.844325, 80.727820, 79.953129, 79.360116),
    *(78.839937, 78.408522, 77.952378, 77.572687, 77.342092, 77.164052, 76.968730),
    *(76.653768, 76.618222, 76.326465, 76.133495, 76.044698, 75.996942),
)


def _published(costs: tuple[float, ...]) -> dict[str, float]:
    return {f"cost in epoch {10 * n}": cost for n, cost in enumerate(costs)}


def _tied(work: "Work", corruption: "Corruption") -> dict[str, float]:
    from kerasae import plotting
    from kerasae.losses import SummedBinaryCrossentropy

    triple, history = work.fit(
        work.build("tied", corruption=corruption),
        work.data.x_train[:_IMAGES],
        optimizer="sgd",
        learning_rate=0.1,
        loss=SummedBinaryCrossentropy(),
        validate=False,
        shuffle=False,  # the source takes the images in their order
    )
    work.draw(triple, history)
    plotting.plot_filters(triple, path=work.path("filters.png"))
    costs = history["loss"]
    every_tenth = {f"cost in epoch {n}": costs[n] for n in range(0, len(costs), 10)}
    return {**every_tenth, **work.errors(triple, 100)}


_SETTINGS = (
    "784-100-784, sigmoids, cross-entropy summed over the pixels, SGD with learning "
    "rate 0.1, 200 epochs, batch 20, 5,000 images"
)

_experiment = partial(Experiment, epochs=200, batch_size=20, quick_epochs=11)

SOURCE = Source(
    name="theano-tied",
    title="Tied weights, from the Theano tutorials",
    experiments=(
        _experiment(
            name="tied",
            settings=_SETTINGS,
            run=partial(_tied, corruption=None),
            published=_published(_PLAIN),
        ),
        _experiment(
            name="tied-denoising",
            settings="the same with 30 % of the pixels set to 0",
            run=partial(_tied, corruption=("masking", 0.3)),
            published=_published(_NOISY),
        ),
    ),
)
