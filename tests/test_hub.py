"""The Hugging Face Hub: a stand-in that keeps repositories in a folder.

Every call is bound to the signature of the real package's function.
"""

import inspect
import json
import shutil
from pathlib import Path

import huggingface_hub
import keras
import numpy as np
import pytest
from huggingface_hub.errors import RepositoryNotFoundError

import kerasae
from kerasae import runs

CREATE = inspect.signature(huggingface_hub.HfApi.create_repo)
UPLOAD = inspect.signature(huggingface_hub.HfApi.upload_folder)
DOWNLOAD = inspect.signature(huggingface_hub.snapshot_download)
START = inspect.signature(huggingface_hub.HfApi.__init__)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """The folder of all repositories."""
    root = tmp_path / "hub"

    class Api:
        def __init__(self, *args, **kwargs):
            START.bind(self, *args, **kwargs)

        def create_repo(self, *args, **kwargs):
            given = CREATE.bind(self, *args, **kwargs).arguments
            (root / given["repo_id"]).mkdir(parents=True, exist_ok=given["exist_ok"])
            return huggingface_hub.RepoUrl(f"https://huggingface.co/{given['repo_id']}")

        def upload_folder(self, *args, **kwargs):
            given = UPLOAD.bind(self, *args, **kwargs).arguments
            target = root / given["repo_id"]
            shutil.copytree(given["folder_path"], target, dirs_exist_ok=True)

    def snapshot_download(*args, **kwargs):
        given = DOWNLOAD.bind(*args, **kwargs).arguments
        folder = root / given["repo_id"]
        if not folder.is_dir():
            text = "404 Client Error.\nRequest ID: 1"
            raise RepositoryNotFoundError(text, response=FakeResponse())
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "HfApi", Api)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    # Keras looks when it is imported, which may be before this package was.
    library = pytest.importorskip("keras.src.saving.saving_lib")
    monkeypatch.setattr(library, "huggingface_hub", huggingface_hub)
    return root


class FakeResponse:
    headers = {}  # noqa: RUF012 - as the real one's
    request = None
    status_code = 404


@pytest.mark.every_backend
def test_there_and_back(hub, digits):
    triple = kerasae.build_conv_ae((8, 8, 1), filters=(4, 2), seed=0)
    kerasae.fit(triple, digits[:32], epochs=1, verbose=0)
    address = kerasae.save(triple, "hf://me/digits")
    assert address == "https://huggingface.co/me/digits"
    again = kerasae.load("hf://me/digits")
    expected = kerasae.predict(triple, digits)
    np.testing.assert_allclose(kerasae.predict(again, digits), expected, atol=1e-6)
    assert again.autoencoder.optimizer is not None  # ready to go on
    # What the card says of Keras alone.
    plain = keras.saving.load_model("hf://me/digits", compile=False)
    np.testing.assert_allclose(kerasae.predict(plain, digits), expected, atol=1e-6)


def test_what_keras_wrote_is_read(hub, digits):
    triple = kerasae.build_undercomplete_ae((8, 8, 1), latent_dim=2, seed=0)
    keras.saving.save_model(triple.autoencoder, "hf://me/plain")
    again = kerasae.load("hf://me/plain")
    np.testing.assert_allclose(
        kerasae.predict(again, digits), kerasae.predict(triple, digits), atol=1e-6
    )


def test_the_card_tells_how_to_load(hub):
    kerasae.save(kerasae.build_vae(20, hidden_units=8, latent_dim=3), "hf://me/vae")
    card = (hub / "me" / "vae" / "README.md").read_text()
    assert card.startswith("---\nlibrary_name: keras\n")
    assert "# vae" in card
    assert "| code | 3 |" in card
    assert 'kerasae.load("hf://me/vae")' in card
    assert "shape `(n, 20)`" in card


def test_a_run_with_its_errors_and_pictures(hub, tmp_path, capsys):
    x = np.random.default_rng(0).random((60, 12))
    (tmp_path / "private").mkdir()
    np.save(tmp_path / "private" / "pumps.npy", x)
    folder = tmp_path / "run"
    data = str(tmp_path / "private" / "pumps.npy")
    record = runs.train(folder, "deep", data=data, epochs=2)
    runs.publish(folder, "hf://me/pumps")
    repository = hub / "me" / "pumps"
    card = (repository / "README.md").read_text()
    assert "| data | pumps.npy |" in card
    assert "private" not in card
    assert f"| {record['errors']['autoencoder']['test']:.5f} |" in card
    assert "| variant | `deep` |" in card
    assert "2 epochs" in card
    settings = card.split("```json\n")[1].split("```")[0]
    assert json.loads(settings)["optimizer"] == "adam"
    for name in ("reconstructions.png", "curves.png"):
        assert f"({name})" in card
        assert (repository / name).read_bytes()[:4] == b"\x89PNG"
    np.testing.assert_allclose(
        kerasae.predict(kerasae.load("hf://me/pumps"), x),
        kerasae.predict(kerasae.load(folder / "model.keras"), x),
        atol=1e-6,
    )
    # A second time it is replaced.
    runs.publish(folder, "hf://me/pumps")


@pytest.mark.parametrize("path", ["hf://digits", "hf://me/digits/more", "hf://"])
def test_names_of_repositories(path, hub):
    triple = kerasae.build_undercomplete_ae(4, latent_dim=2)
    for call in (lambda: kerasae.save(triple, path), lambda: kerasae.load(path)):
        with pytest.raises(ValueError, match="hf://user/name"):
            call()
    assert not hub.exists()


def test_a_repository_that_is_not_there(hub):
    with pytest.raises(OSError, match=r"'me/none' cannot be used: 404 .*hf auth login"):
        kerasae.load("hf://me/none")


def test_a_repository_of_something_else(hub):
    (hub / "me" / "text").mkdir(parents=True)
    (hub / "me" / "text" / "model.safetensors").touch()
    with pytest.raises(ValueError, match=r"no Keras model.*model\.safetensors"):
        kerasae.load("hf://me/text")


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)
    with pytest.raises(ImportError, match=r'pip install "kerasae\[hub\]"'):
        kerasae.load("hf://me/digits")


def test_a_path_is_never_a_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    triple = kerasae.build_undercomplete_ae(4, latent_dim=2)
    kerasae.save(triple, Path("hf:/me/digits.keras"))
    assert (tmp_path / "hf:" / "me" / "digits.keras").is_file()
