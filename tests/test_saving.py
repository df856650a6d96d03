import tracemalloc
import zipfile

import keras
import pytest

import kerasae


@pytest.fixture
def triple():
    return kerasae.build_undercomplete_ae(6, latent_dim=2)


@pytest.mark.every_backend
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
    with pytest.raises(ValueError, match=r"x\.keras' is damaged, cut off or no"):
        kerasae.load(path)


def rewritten(path, compression=zipfile.ZIP_STORED, **members):
    """Write an archive again with some of its members exchanged; None leaves out."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()} | members
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, value in content.items():
            if value is not None:
                archive.writestr(name, value)


@pytest.mark.every_backend
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_load_says_that_weights_are_damaged(triple, tmp_path, compression):
    path = kerasae.save(triple, tmp_path / "x.keras")
    rewritten(path, compression)
    with zipfile.ZipFile(path) as archive:
        weights = archive.getinfo("model.weights.h5")
    content = bytearray(path.read_bytes())
    middle = weights.header_offset + weights.compress_size // 2
    content[middle : middle + 8] = bytes(8 * [255])
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"x\.keras' is damaged.*kerasae\.save"):
        kerasae.load(path)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"config.json": b"[]"}, "describes no model"),
        ({"config.json": b"{"}, "Expecting property name"),
        ({"config.json": None}, "no item named 'config.json'"),
        ({"model.weights.h5": None}, "no weights in it"),
    ],
)
def test_load_says_what_an_archive_lacks(triple, tmp_path, members, message):
    path = kerasae.save(triple, tmp_path / "x.keras")
    rewritten(path, **members)
    with pytest.raises(ValueError, match=rf"x\.keras' is damaged.*{message}"):
        kerasae.load(path)


def test_load_says_which_layer_a_foreign_model_lacks(tmp_path):
    inputs = keras.Input((6,))
    keras.Model(inputs, keras.layers.Dense(6, name="only")(inputs)).save(
        tmp_path / "x.keras"
    )
    with pytest.raises(ValueError, match=r"x\.keras' .*no layer named 'code'.*only"):
        kerasae.load(tmp_path / "x.keras")


def test_load_says_what_to_do_with_a_sequential_model(tmp_path):
    layers = [keras.Input((6,)), keras.layers.Dense(2, name="code")]
    keras.Sequential(layers).save(tmp_path / "x.keras")
    with pytest.raises(ValueError, match=r"x\.keras' .*pass keras\.Model\(model\.inp"):
        kerasae.load(tmp_path / "x.keras")


class Doubled(keras.layers.Layer):
    """A layer that Keras is not told of."""

    def call(self, inputs):
        return 2 * inputs


@pytest.mark.every_backend
@pytest.mark.parametrize(
    ("layer", "arguments", "error"),
    [
        (Doubled, {"custom_objects": {"Doubled": Doubled}}, TypeError),
        (
            lambda: keras.layers.Lambda(lambda x: 2 * x, output_shape=(2,)),
            {"safe_mode": False},
            ValueError,
        ),
    ],
    ids=["custom_objects", "safe_mode"],
)
def test_load_hands_on_to_keras(layer, arguments, error, tmp_path):
    inputs = keras.Input((6,))
    code = keras.layers.Dense(2, name="code")(inputs)
    keras.Model(inputs, layer()(code)).save(tmp_path / "x.keras")
    with pytest.raises(error, match=r"Doubled|lambda"):
        kerasae.load(tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras", **arguments)
    assert loaded.decoder.output_shape == (None, 2)


@pytest.mark.parametrize("compiled", [False, True])
def test_load_holds_no_weights_in_memory_twice(tmp_path, compiled, monkeypatch):
    triple = kerasae.build_undercomplete_ae(4000, latent_dim=500)  # 16 MB
    if compiled:  # which gives the loader something to rewrite
        kerasae.compile(triple)
    path = kerasae.save(triple, tmp_path / "x.keras")
    monkeypatch.setattr(keras.saving, "load_model", lambda *_, **__: triple.autoencoder)
    tracemalloc.start()
    kerasae.load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4e6


def test_load_copies_only_what_it_has_to_rewrite(triple, tmp_path, monkeypatch):
    opened = []

    def load_model(path, **_):
        opened.append(path)
        return triple.autoencoder

    path = kerasae.save(triple, tmp_path / "x.keras")
    monkeypatch.setattr(keras.saving, "load_model", load_model)
    kerasae.load(path)
    assert opened == [path]


@pytest.mark.every_backend
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
