"""What was written for version 0.1, in code and in files, goes on working."""

import importlib
import io
import pickle
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

import kerasae

# Small trained models, one a variant, which version 0.1 wrote on torch, with samples
# and what it made of them.
FILES = Path(__file__).parent / "files" / "version_0_1.zip"
with zipfile.ZipFile(FILES) as archive:
    VARIANTS = sorted(
        name.removesuffix(".keras")
        for name in archive.namelist()
        if name.endswith(".keras")
    )
NAMES = {
    "kerasae": """
        Autoencoder build_contractive_ae build_conv1d_ae build_conv_ae build_conv_vae
        build_deep_ae build_denoising_ae build_lstm_ae build_sparse_ae
        build_stacked_ae build_strided_conv_ae build_tied_ae build_undercomplete_ae
        build_vae compile data estimators fit generation layers load losses metrics
        models plot_architecture plotting predict regularizers save split training""",
    "kerasae.builders": """
        build_contractive_ae build_conv1d_ae build_conv_ae build_conv_vae
        build_deep_ae build_denoising_ae build_lstm_ae build_sparse_ae
        build_stacked_ae build_strided_conv_ae build_tied_ae build_undercomplete_ae
        build_vae""",
    "kerasae.cli": "app main",
    "kerasae.data": """
        Binarized Dataset Source binarize corrupt load_dataset load_samples pairs
        scale""",
    "kerasae.estimators": """
        AutoencoderTransformer StackedAutoencoder StackedAutoencoderClassifier""",
    "kerasae.generation": """
        GaussianMixtureSampler active_units interpolate log_likelihood posterior
        sample traverse""",
    "kerasae.layers": """
        Bernoulli Bias ClippedGaussianNoise ContractiveDense Corruption Gaussian
        GaussianSampling KSparse Likelihood MaskingNoise PaddingMask Penalty
        SaltAndPepperNoise TiedDense""",
    "kerasae.losses": "MaskedMeanSquaredError SummedBinaryCrossentropy",
    "kerasae.metrics": "pca_error reconstruction_error",
    "kerasae.models": "CheckedModel VariationalAutoencoder",
    "kerasae.plotting": """
        MovieFrames plot_architecture plot_code_activations plot_code_map
        plot_code_plane plot_codes plot_errors plot_filters plot_history
        plot_interpolation plot_reconstructions plot_samples write_movie""",
    "kerasae.regularizers": "InFloat32 KLSparsity",
    "kerasae.reproduce": "reproduce",
    "kerasae.runs": "Checkpoint Run compare load_with_samples plot train",
    "kerasae.saving": "load save",
    "kerasae.training": """
        GrowthHistory KLWarmUp Progress TensorBoard add_pair build_classifier
        build_regressor compile fine_tune fit grow pretrain""",
}


@pytest.mark.parametrize("module", NAMES)
def test_public_names_are_where_they_were(module):
    found = importlib.import_module(module)
    for name in NAMES[module].split():
        assert getattr(found, name) is not None


def test_callbacks_are_the_same_at_their_old_and_their_new_address():
    assert kerasae.training.TensorBoard is kerasae.callbacks.TensorBoard
    assert kerasae.training.Progress is kerasae.callbacks.Progress
    assert kerasae.training.KLWarmUp is kerasae.callbacks.KLWarmUp
    assert kerasae.plotting.MovieFrames is kerasae.callbacks.MovieFrames
    with pytest.raises(AttributeError, match=r"kerasae\.training.*Tensorboard"):
        _ = kerasae.training.Tensorboard


@pytest.mark.parametrize("variant", VARIANTS)
def test_files_load_and_train(variant, tmp_path):
    with zipfile.ZipFile(FILES) as archive:
        path = Path(archive.extract(f"{variant}.keras", tmp_path))
        arrays = np.load(io.BytesIO(archive.read(f"{variant}.npz")))
        x, expected = arrays["x"], arrays["y"]
    triple = kerasae.load(path)
    made = triple.decoder(triple.encoder(x, training=False), training=False)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(made), expected, atol=1e-5)
    optimizer = triple.autoencoder.optimizer
    assert int(optimizer.iterations) == 2
    triple.autoencoder.fit(x, x, verbose=0)
    assert int(optimizer.iterations) == 3


def test_a_pickle_names_functions_that_are_still_there():
    triple = kerasae.build_deep_ae(8, hidden_units=(5,), latent_dim=3)
    from kerasae import _archive, saving

    class Version01:
        def __reduce__(self):
            return saving.from_bytes, (_archive.to_bytes(triple.autoencoder),)

    again = pickle.loads(pickle.dumps(Version01()))
    assert isinstance(again, kerasae.Autoencoder)
    x = np.ones((2, 8), "float32")
    np.testing.assert_allclose(
        *(keras.ops.convert_to_numpy(one.autoencoder(x)) for one in (again, triple))
    )
