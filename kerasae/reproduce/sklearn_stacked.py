"""A stacked autoencoder with scikit-learn's interface, and a classifier on top.

The sizes and settings are those that the article on the Chainer library zChainer
shows. It publishes no numbers; the epochs of the whole stack and of the classifier are
ours.
"""

from typing import TYPE_CHECKING

from kerasae.reproduce._source import Experiment, Source

if TYPE_CHECKING:
    from kerasae.reproduce._work import Work

_ACCURACY = "accuracy of a classifier on the code, test"


def _stacked(work: "Work") -> dict[str, float]:
    import numpy as np

    from kerasae.engine.prediction import predict
    from kerasae.estimators import StackedAutoencoder
    from kerasae.training import build_classifier, fine_tune

    data = work.data
    x_train, x_test = (x.reshape(len(x), -1) for x in (data.x_train, data.x_test))
    stack = StackedAutoencoder(
        (200,),
        100,
        output_activation="relu",
        dropout=0.5,
        pretrain_epochs=work.epochs,
        epochs=work.stage_epochs(50),
        batch_size=work.batch_size,
        random_state=work.seed,
        log_path=work.path("log.csv"),
        export_path=work.path("stack.keras"),
    )
    with work.timed():
        stack.fit(x_train)
    triple = stack.autoencoder_
    work.save(triple)
    values = work.errors(triple, 100)
    work.draw(triple, stack.history_)

    classifier = build_classifier(triple, 10, seed=work.seed)
    with work.timed():
        fine_tune(
            classifier,
            x_train,
            data.y_train,
            epochs=work.stage_epochs(20),
            batch_size=work.batch_size,
        )
    predicted = predict(classifier, x_test).argmax(axis=1)
    return {**values, _ACCURACY: float(np.mean(predicted == data.y_test))}


SOURCE = Source(
    name="sklearn-stacked",
    title="A stacked autoencoder in four lines, from zChainer",
    experiments=(
        Experiment(
            name="stacked",
            settings="784-200-100, dropout, Adam, pairs of layers 100 epochs each, the "
            "whole 50, the classifier 20, batch 100",
            run=_stacked,
            epochs=100,
            batch_size=100,
            published={_ACCURACY: "no numbers"},
        ),
    ),
)
