"""Reconstruction error and the error of PCA, against known answers."""

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from kerasae import metrics
from kerasae.data import load_dataset
from kerasae.metrics import pca_error, reconstruction_error

HAS_MNIST = Path(os.environ.get("KERASAE_DATA") or "/nowhere", "mnist.npz").is_file()


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_reconstruction_error_is_the_mean_over_samples_and_features(dtype):
    x = np.array([[[0.0, 1.0]], [[0.5, 0.5]]], dtype)
    reconstructed = np.array([[[0.5, 1.0]], [[0.5, 0.0]]], dtype)
    error = reconstruction_error(x, reconstructed)
    assert isinstance(error, float)
    assert error == pytest.approx((0.25 + 0 + 0 + 0.25) / 4)


def test_unsigned_integers_do_not_wrap_around():
    x, reconstructed = np.zeros((2, 3), "uint8"), np.full((2, 3), 2, "uint8")
    expected = pytest.approx((2 / 255) ** 2)
    assert reconstruction_error(x, reconstructed) == expected
    assert reconstruction_error(reconstructed, x) == expected


def test_booleans_count_as_0_and_1():
    assert reconstruction_error(np.ones((2, 3), bool), np.zeros((2, 3), bool)) == 1.0


def test_the_arguments_stay_as_they_are():
    x, reconstructed = np.ones((2, 3), "float32"), np.zeros((2, 3), "float32")
    reconstruction_error(x, reconstructed)
    assert x.min() == 1.0
    assert reconstructed.max() == 0.0


def test_many_samples_lose_no_precision():
    x = np.full((200_000, 100), 0.1, "float32")
    assert reconstruction_error(x, np.zeros_like(x)) == pytest.approx(0.01, rel=1e-6)


def test_a_missing_channel_axis_is_not_broadcast():
    with pytest.raises(ValueError, match=r"`reconstructed` must be .*reshape"):
        reconstruction_error(np.zeros((4, 8, 8, 1)), np.zeros((4, 8, 8)))


def test_empty_arrays_have_no_error():
    with pytest.raises(ValueError, match="`x` must be a non-empty array"):
        reconstruction_error(np.zeros((0, 4)), np.zeros((0, 4)))


@pytest.mark.parametrize(
    ("n_components", "expected"),
    [(2, 0.05279), (8, 0.02450), (16, 0.01152), (32, 0.00262)],
)
def test_pca_error_on_digits_is_the_known_one(digits, n_components, expected):
    train, test = pca_error(digits.x_train, digits.x_test, n_components)
    assert test == pytest.approx(expected, abs=5e-6)
    assert 0 < train < test


@pytest.mark.mnist
@pytest.mark.skipif(not HAS_MNIST, reason="KERASAE_DATA names no folder with mnist.npz")
def test_pca_error_on_mnist_is_the_known_one():
    mnist = load_dataset("mnist")
    known = {2: 0.05567, 10: 0.03407, 16: 0.02686, 32: 0.01683}
    found = {n: pca_error(mnist.x_train, mnist.x_test, n)[1] for n in known}
    assert found == pytest.approx(known, abs=5e-6)


@pytest.mark.parametrize("n_components", [64, 65, 10_000])
def test_as_many_components_as_features_lose_nothing(digits, n_components):
    errors = pca_error(digits.x_train, digits.x_test, n_components)
    assert errors == pytest.approx((0, 0), abs=1e-9)


def test_fewer_samples_than_features_clamp_the_components():
    x = np.random.default_rng(0).random((5, 4, 4, 3), dtype=np.float32)
    train, test = pca_error(x, x[:2], 30)
    assert (train, test) == pytest.approx((0, 0), abs=1e-9)


@pytest.mark.parametrize("shape", [(600, 700), (700, 600)], ids=["wide", "tall"])
@pytest.mark.parametrize("n_components", [3, 200])
def test_data_of_any_size_get_the_exact_pca(shape, n_components, monkeypatch):
    monkeypatch.setattr(metrics, "_LARGEST_COVARIANCE", 500)
    x = np.random.default_rng(0).random(shape)
    centred = x - x.mean(axis=0)
    rest = np.linalg.svd(centred, compute_uv=False)[n_components:]
    expected = float((rest**2).sum() / x.size)
    assert pca_error(x, x, n_components)[0] == pytest.approx(expected, rel=1e-9)


def test_wide_data_are_not_copied_many_times():
    x = np.random.default_rng(0).random((200, 30_000), dtype=np.float32)
    pca_error(x[:, :300], x[:5, :300], 4)  # imports scikit-learn
    tracemalloc.start()
    pca_error(x, x[:5], 4)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.5 * x.nbytes


@pytest.mark.parametrize("shape", [(10, 4), (30, 90)], ids=["tall", "wide"])
def test_constant_data_are_kept_without_a_warning(shape):
    x = np.full(shape, 0.5, "float32")
    assert pca_error(x, x, 2) == pytest.approx((0, 0), abs=1e-12)


@pytest.mark.parametrize(
    ("n_components", "error"), [(0, ValueError), (-1, ValueError), (True, ValueError)]
)
def test_bad_n_components_are_named(digits, n_components, error):
    with pytest.raises(error, match="`n_components` must be a positive integer"):
        pca_error(digits.x_train, digits.x_test, n_components)


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        ((10, 4), (10, 5), "`x_test` must be samples of 4 features"),
        ((1, 4), (10, 4), "`x_train` must be .* 2 samples or more"),
        ((10, 4), (0, 4), "`x_test` must be a non-empty array"),
        (
            (10,),
            (10,),
            r"`x_train` must be a non-empty array of shape \(n_samples, n_features\)",
        ),
        ((10, 0), (10, 0), "`x_train` must be"),
    ],
)
def test_arrays_that_do_not_fit_are_named(train, test, message):
    with pytest.raises(ValueError, match=message):
        pca_error(np.zeros(train), np.zeros(test), 2)
