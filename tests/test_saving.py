import keras
import pytest

import kerasae


@pytest.fixture
def triple():
    return kerasae.build_undercomplete_ae(6, latent_dim=2)


def test_save_makes_folders_and_leaves_one_file(triple, tmp_path):
    path = kerasae.save(triple, tmp_path / "new" / "x.keras")
    assert [path] == list((tmp_path / "new").iterdir())
    assert kerasae.load(path).encoder.output_shape == (None, 2)


def test_save_asks_for_the_suffix(triple, tmp_path):
    with pytest.raises(ValueError, match="keras"):
        kerasae.save(triple, tmp_path / "x.h5")
    assert not list(tmp_path.iterdir())


def test_a_failed_save_keeps_the_earlier_file(triple, tmp_path, monkeypatch):
    path = kerasae.save(triple, tmp_path / "x.keras")
    before = path.read_bytes()

    def fail(self, filepath, *args, **kwargs):
        filepath.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.Model, "save", fail)
    with pytest.raises(KeyboardInterrupt):
        kerasae.save(triple, path)
    assert path.read_bytes() == before
    assert [path] == list(tmp_path.iterdir())


def test_load_says_that_there_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*missing\.keras"):
        kerasae.load(tmp_path / "missing.keras")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_load_says_that_a_file_is_cut_off(triple, tmp_path, share):
    path = kerasae.save(triple, tmp_path / "x.keras")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match=r"is cut off or is no `\.keras` file"):
        kerasae.load(path)


def test_load_says_which_layer_a_foreign_model_lacks(tmp_path):
    inputs = keras.Input((6,))
    keras.Model(inputs, keras.layers.Dense(6, name="only")(inputs)).save(
        tmp_path / "x.keras"
    )
    with pytest.raises(ValueError, match=r"no layer named 'code'.*only"):
        kerasae.load(tmp_path / "x.keras")


@pytest.mark.parametrize(
    "optimizer",
    ["adam", "sgd", "rmsprop", "adamw", "nadam", "adagrad", "adamax", "adadelta"],
)
def test_every_optimizer_goes_on_from_where_it_was(triple, tmp_path, optimizer, images):
    x = images(32, 6)
    triple.autoencoder.compile(optimizer, "mse")
    triple.autoencoder.fit(x, x, verbose=0)
    triple.autoencoder.save(tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras").autoencoder
    assert type(loaded.optimizer) is type(triple.autoencoder.optimizer)
    for model in (triple.autoencoder, loaded):
        keras.utils.set_random_seed(0)
        model.fit(x, x, shuffle=False, verbose=0)
    for ours, theirs in zip(
        loaded.get_weights(), triple.autoencoder.get_weights(), strict=True
    ):
        assert ours == pytest.approx(theirs, abs=1e-6)
