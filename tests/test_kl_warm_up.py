"""The weight of the KL term over the epochs."""

import numpy as np
import pytest

import kerasae
from kerasae.callbacks import KLWarmUp

pytestmark = pytest.mark.every_backend


@pytest.fixture
def vae():
    triple = kerasae.build_vae((8, 8, 1), latent_dim=2, beta=4, seed=0)
    kerasae.compile(triple)
    return triple.autoencoder


def test_the_weight_rises_to_beta(vae, digits):
    warm_up = KLWarmUp(4, start=0.25)
    history = vae.fit(
        digits,
        digits,
        validation_data=(digits, digits),
        epochs=6,
        verbose=0,
        callbacks=[warm_up],
    ).history
    assert history["kl_weight"] == [1.0, 1.75, 2.5, 3.25, 4.0, 4.0]
    weight = np.array(history["kl_weight"])
    for prefix in ("", "val_"):
        loss, reconstruction, divergence = (
            np.array(history[prefix + name])
            for name in ("loss", "reconstruction_loss", "kl_loss")
        )
        np.testing.assert_allclose(
            loss, reconstruction + weight * divergence, rtol=1e-5
        )


def test_a_run_that_goes_on_knows_its_epoch(vae, digits):
    fit = vae.fit(digits, initial_epoch=3, epochs=4, verbose=0, callbacks=[KLWarmUp(4)])
    assert fit.history["kl_weight"] == [3.0]


def test_other_models_are_refused(digits):
    triple = kerasae.build_deep_ae((8, 8, 1))
    kerasae.compile(triple)
    with pytest.raises(ValueError, match=r"deep_ae' has no KL term"):
        triple.autoencoder.fit(digits, digits, verbose=0, callbacks=[KLWarmUp()])
    with pytest.raises(ValueError, match="`epochs` must be"):
        KLWarmUp(0)
    with pytest.raises(ValueError, match="`start` must be"):
        KLWarmUp(start=1.0)
