"""Results that are known without training anything: PCA, closed forms."""

import keras
import numpy as np
import pytest
from sklearn.decomposition import PCA

import kerasae
from kerasae.data import load_dataset
from kerasae.metrics import pca_error, reconstruction_error


def train_linear(build, latent_dim, epochs, **options):
    digits = load_dataset("digits")
    x = digits.x_train.reshape(len(digits.x_train), -1)
    triple = build(
        64,
        latent_dim=latent_dim,
        activation="linear",
        output_activation="linear",
        **options,
    )
    rate = keras.optimizers.schedules.CosineDecay(0.01, epochs * (len(x) // 64 + 1))
    kerasae.compile(triple, keras.optimizers.Adam(rate))
    triple.autoencoder.fit(x, x, batch_size=64, epochs=epochs, verbose=0)
    return triple, x, digits.x_test.reshape(len(digits.x_test), -1)


@pytest.mark.every_backend
def test_a_linear_undercomplete_model_reaches_the_error_of_pca():
    triple, train, test = train_linear(kerasae.build_undercomplete_ae, 8, 60)
    best, best_on_test = pca_error(train, test, 8)
    predict = triple.autoencoder.predict
    found = reconstruction_error(train, predict(train, verbose=0))
    assert best - 1e-6 <= found < 1.05 * best
    found = reconstruction_error(test, predict(test, verbose=0))
    assert found < 1.05 * best_on_test


def test_a_linear_tied_model_spans_the_subspace_of_pca():
    triple, train, _ = train_linear(
        kerasae.build_tied_ae, 4, 250, kernel_initializer="glorot_uniform"
    )
    learned = np.linalg.qr(triple.encoder.get_layer("tied_1").get_weights()[0])[0]
    cosines = np.linalg.svd(PCA(4).fit(train).components_ @ learned)[1]
    largest_angle = np.degrees(np.arccos(np.clip(cosines.min(), 0, 1)))
    assert largest_angle < 10


@pytest.mark.every_backend
@pytest.mark.parametrize("rows", [1, 4, 64])
def test_the_l1_penalty_equals_its_sum_per_sample(rows, images):
    x = images(rows, 20)
    triple = kerasae.build_sparse_ae(20, latent_dim=5, activity_regularizer=("l1", 0.3))
    plain = kerasae.build_undercomplete_ae(20, latent_dim=5)
    plain.autoencoder.set_weights(triple.autoencoder.get_weights())
    by_hand = 0.3 * np.abs(triple.encoder.predict(x, verbose=0)).sum(axis=1).mean()
    assert added_loss(triple, plain, x) == pytest.approx(by_hand, rel=1e-4)


@pytest.mark.every_backend
@pytest.mark.parametrize("rows", [1, 4, 64])
def test_the_kl_penalty_equals_its_closed_form(rows, images):
    x = images(rows, 20)
    target, weight = 0.1, 0.7
    triple = kerasae.build_sparse_ae(
        20,
        latent_dim=5,
        activation="sigmoid",
        activity_regularizer=kerasae.regularizers.KLSparsity(target, weight),
    )
    plain = kerasae.build_undercomplete_ae(20, latent_dim=5, activation="sigmoid")
    plain.autoencoder.set_weights(triple.autoencoder.get_weights())
    mean = triple.encoder.predict(x, verbose=0).mean(axis=0, dtype="float64")
    by_hand = weight * np.sum(
        target * np.log(target / mean)
        + (1 - target) * np.log((1 - target) / (1 - mean))
    )
    assert added_loss(triple, plain, x) == pytest.approx(by_hand, rel=1e-4)


@pytest.mark.every_backend
@pytest.mark.parametrize(
    "penalty", [("l1", 0.3), ("l2", 0.3), ("kl_sparsity", 0.1)], ids=str
)
def test_penalties_do_not_change_with_the_batch_size(penalty, images):
    # One sample repeated: every batch has the same mean activation.
    x = np.repeat(images(1, 20), 64, axis=0)
    triple = kerasae.build_sparse_ae(
        20, latent_dim=5, activation="sigmoid", activity_regularizer=penalty
    )
    triple.autoencoder.compile("sgd", "mse")
    losses = [
        triple.autoencoder.evaluate(x, x, batch_size=size, verbose=0)
        for size in (1, 8, 64)
    ]
    np.testing.assert_allclose(losses, losses[0], rtol=1e-5)


def added_loss(triple, plain, x):
    """Return what the penalty adds to the evaluated loss."""
    evaluated = []
    for autoencoder in (triple.autoencoder, plain.autoencoder):
        autoencoder.compile("sgd", "mse")
        evaluated.append(autoencoder.evaluate(x, x, batch_size=len(x), verbose=0))
    return evaluated[0] - evaluated[1]
