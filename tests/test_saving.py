import json
import resource
import time
import tracemalloc
import warnings
import zipfile

import keras
import pytest

import kerasae
from kerasae import _archive
from kerasae.engine.generators import generator_states


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
    with pytest.raises(ValueError, match=r"x\.keras' .*Pass keras\.Model\(model\.inp"):
        kerasae.load(tmp_path / "x.keras")


class Doubled(keras.layers.Layer):
    """A layer that Keras is not told of."""

    def call(self, inputs):
        return 2 * inputs


@pytest.mark.every_backend
@pytest.mark.parametrize(
    ("layer", "arguments", "message"),
    [
        (
            Doubled,
            {"custom_objects": {"Doubled": Doubled}},
            r"x\.keras' needs 'Doubled' .*custom_objects={'Doubled': Doubled}",
        ),
        (
            lambda: keras.layers.Lambda(lambda x: 2 * x, output_shape=(2,)),
            {"safe_mode": False},
            r"x\.keras' holds Python code.*safe_mode=False",
        ),
    ],
    ids=["custom_objects", "safe_mode"],
)
def test_load_hands_on_to_keras(layer, arguments, message, tmp_path):
    inputs = keras.Input((6,))
    code = keras.layers.Dense(2, name="code")(inputs)
    keras.Model(inputs, layer()(code)).save(tmp_path / "x.keras")
    with pytest.raises(ValueError, match=message):
        kerasae.load(tmp_path / "x.keras")
    loaded = kerasae.load(tmp_path / "x.keras", **arguments)
    assert loaded.decoder.output_shape == (None, 2)


@keras.saving.register_keras_serializable("test_saving")
class Forgetful(keras.layers.Layer):
    """A layer whose configuration lacks an argument."""

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs

    def get_config(self):
        return super().get_config()


def test_load_says_whose_configuration_is_incomplete(tmp_path):
    inputs = keras.Input((6,))
    code = keras.layers.Dense(2, name="code")(inputs)
    keras.Model(inputs, Forgetful(2)(code)).save(tmp_path / "x.keras")
    with pytest.raises(ValueError, match=r"cannot make .*`get_config` of Forgetful"):
        kerasae.load(tmp_path / "x.keras")


def my_loss(y, prediction):
    """A loss that Keras is not told of."""
    return keras.ops.mean(keras.ops.square(y - prediction), axis=-1)


@pytest.mark.every_backend
@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (my_loss, "needs 'my_loss'"),
        (lambda y, prediction: my_loss(y, prediction), "holds Python code"),
    ],
    ids=["function", "lambda"],
)
def test_load_goes_without_a_loss_that_is_not_at_hand(loss, message, triple, tmp_path):
    triple.autoencoder.compile("adam", loss)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*includes a `lambda`")
        path = kerasae.save(triple, tmp_path / "x.keras")
    with pytest.raises(ValueError, match=rf"{message}.*load\(path, compile=False\)"):
        kerasae.load(path)
    loaded = kerasae.load(path, compile=False)
    assert not loaded.autoencoder.compiled
    for ours, theirs in zip(
        loaded.autoencoder.get_weights(), triple.autoencoder.get_weights(), strict=True
    ):
        assert ours == pytest.approx(theirs)


def config_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


@pytest.mark.every_backend
@pytest.mark.parametrize(
    ("build", "layer", "size"),
    [
        (kerasae.build_deep_ae, "encoder_2", "units"),
        (lambda: kerasae.build_conv_ae((8, 8, 1)), "encoder_2", "filters"),
        (lambda: kerasae.build_lstm_ae((5, 2)), "code", "units"),
        (lambda: kerasae.build_tied_ae(6), "tied_1", "units"),
    ],
    ids=["dense", "convolution", "recurrent", "tied"],
)
def test_sizes_without_weights_take_no_memory(build, layer, size, tmp_path):
    path = kerasae.save(build(), tmp_path / "x.keras")
    kerasae.load(path)
    config = config_of(path)
    for described in config["config"]["layers"]:
        if described["config"]["name"] == layer:
            described["config"][size] = 10**9
    rewritten(path, **{"config.json": json.dumps(config)})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    with pytest.raises(
        ValueError, match=r"x\.keras' is damaged.*layers need [\d,]{14}"
    ):
        kerasae.load(path)
    assert time.process_time() - started < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB
    # What was not built is not built later either.
    assert kerasae.build_undercomplete_ae(
        6, corruption="masking"
    ).encoder.count_params()


@pytest.mark.parametrize(
    "name", ["model.weights.h5", "config.json", "assets/x", "notes.txt"]
)
def test_a_member_that_is_blown_up_is_not_read(triple, tmp_path, name):
    path = kerasae.save(triple, tmp_path / "x.keras")
    rewritten(path, zipfile.ZIP_DEFLATED, **{name: bytes(10**8)})
    started = time.process_time()
    with pytest.raises(ValueError, match=rf"damaged.*\({name} claims 100,000,000 byt"):
        kerasae.load(path)
    assert time.process_time() - started < 0.1  # it takes that long to check a checksum


@pytest.mark.every_backend
@pytest.mark.parametrize("depth", [150, 250, 900, 100_000])
def test_nested_configurations_are_damaged_files(triple, tmp_path, depth):
    path = kerasae.save(triple, tmp_path / "x.keras")
    config = config_of(path)
    config["config"]["layers"][1]["config"]["kernel_initializer"] = {
        "module": "keras.initializers",
        "class_name": "Constant",
        "config": {"value": "nested"},
        "registered_name": None,
    }
    nested = "[" * depth + "1" + "]" * depth
    content = json.dumps(config).replace('"nested"', nested)
    rewritten(path, **{"config.json": content})
    with pytest.raises(ValueError, match=r"x\.keras' is damaged, cut off"):
        kerasae.load(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"module": "os", "class_name": "system"}, "needs 'system' of the module 'os'"),
        ({"module": "keras.utils", "class_name": "get_file"}, "damaged.*get_file"),
        ({"module": "keras.layers", "class_name": "No"}, "damaged.*No"),
        ({"module": 7}, "needs 'Dense' of the module '7'"),
        ({"config": 7}, "damaged"),
    ],
)
def test_hostile_and_foreign_classes_are_answered_by_name(
    triple, tmp_path, change, message
):
    path = kerasae.save(triple, tmp_path / "x.keras")
    config = config_of(path)
    config["config"]["layers"][1] |= change
    rewritten(path, **{"config.json": json.dumps(config)})
    with pytest.raises(ValueError, match=rf"x\.keras' .*{message}"):
        kerasae.load(path)


@pytest.mark.parametrize(
    "compile_config", ["text", [1], {"optimizer": "no"}, {"loss": {"class_name": 7}}]
)
def test_a_damaged_compile_config_can_be_left_out(triple, tmp_path, compile_config):
    path = kerasae.save(triple, tmp_path / "x.keras")
    config = config_of(path) | {"compile_config": compile_config}
    rewritten(path, **{"config.json": json.dumps(config)})
    with pytest.raises(ValueError, match=r"cannot be compiled.*compile=False"):
        kerasae.load(path)
    assert not kerasae.load(path, compile=False).autoencoder.compiled


def test_what_else_is_in_an_archive_is_left_there(triple, tmp_path):
    """A file packed anew on a Mac, say."""
    path = kerasae.save(triple, tmp_path / "x.keras")
    rewritten(path, **{"__MACOSX/._config.json": b"\x00"})
    assert kerasae.load(path).encoder.output_shape == (None, 2)


@pytest.mark.every_backend
def test_what_is_in_hdf5_is_told_how_to_go_on(triple, tmp_path, recwarn):
    path = tmp_path / "x.h5"
    triple.autoencoder.save(path)
    with pytest.raises(ValueError, match=r"x\.h5' is an HDF5 .*kerasae\.split\(keras"):
        kerasae.load(path)
    again = kerasae.split(keras.saving.load_model(path))
    assert again.encoder.output_shape == (None, 2)
    path = tmp_path / "x.weights.h5"
    triple.autoencoder.save_weights(path)
    with pytest.raises(ValueError, match=r"weights alone.*autoencoder\.load_weights"):
        kerasae.load(path)
    again.autoencoder.load_weights(path)


def unet():
    """Return a model with a connection past its code."""
    inputs = keras.Input((6,))
    wide = keras.layers.Dense(4, name="wide")(inputs)
    code = keras.layers.Dense(2, name="code")(wide)
    joined = keras.layers.Concatenate(name="join")([keras.layers.Dense(4)(code), wide])
    return keras.Model(inputs, keras.layers.Dense(6)(joined), name="unet")


def two_inputs():
    """Return a model that takes two arrays."""
    inputs = [keras.Input((4,)), keras.Input((2,))]
    code = keras.layers.Dense(2, name="code")(keras.layers.Concatenate()(inputs))
    return keras.Model(inputs, keras.layers.Dense(6)(code))


@keras.saving.register_keras_serializable("test_saving")
class Subclassed(keras.Model):
    """A model whose graph is known to itself alone."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(6)

    def build(self, input_shape):
        self.dense.build(input_shape)

    def call(self, inputs):
        return self.dense(inputs)


def subclassed():
    model = Subclassed()
    model.build((None, 6))
    return model


@pytest.mark.every_backend
@pytest.mark.parametrize(
    ("build", "message"),
    [
        (unet, "needs? more than the code: wide -> join. Remove the skip"),
        (two_inputs, "2 inputs and 1 outputs. Join"),
        (lambda: kerasae.build_deep_ae(6).encoder, "an encoder.*Pass the triple"),
        (lambda: kerasae.build_deep_ae(6).decoder, "a decoder.*Pass the triple"),
        (subclassed, "Functional.*Of a subclassed model, pass"),
        (
            lambda: keras.Sequential([keras.Input((6,)), keras.layers.Dense(6)]),
            r"pass keras\.Model\(model\.inputs, model\.outputs\)",
        ),
    ],
    ids=["skip", "two inputs", "encoder", "decoder", "subclassed", "sequential"],
)
def test_save_says_at_once_what_load_will_refuse(build, message, tmp_path):
    model = build()
    with pytest.warns(UserWarning, match=rf"saved, but .*(?i:{message})"):
        path = kerasae.save(model, tmp_path / "x.keras")
    with pytest.raises(ValueError, match=rf"cannot be split.*(?i:{message})"):
        kerasae.load(path)
    again = keras.saving.load_model(path)  # nothing is lost
    for ours, theirs in zip(again.get_weights(), model.get_weights(), strict=True):
        assert ours == pytest.approx(theirs)


def test_save_takes_models(tmp_path):
    with pytest.raises(TypeError, match="`model` must be an Autoencoder, or a Keras"):
        kerasae.save({"weights": 3}, tmp_path / "x.keras")
    assert not list(tmp_path.iterdir())


@pytest.mark.every_backend
def test_a_model_with_skip_connections_goes_without_the_triple(images):
    model, x = unet(), images(8, 6)
    kerasae.fit(model, x, verbose=0)
    assert kerasae.predict(model, x).shape == (8, 6)


@pytest.mark.every_backend
def test_models_of_several_inputs_and_without_shapes_are_told_apart(images):
    x = images(8, 6)
    for use in (kerasae.fit, kerasae.predict):
        with pytest.raises(
            ValueError, match=r"one input. Received: 2 inputs, \(None, 4"
        ):
            use(two_inputs(), x)
    with pytest.raises(TypeError, match=r"a Subclassed without an input shape.*its"):
        kerasae.fit(subclassed(), x)
    inputs = keras.Input((6,))  # as the message says
    model = keras.Model(inputs, subclassed()(inputs))
    assert len(kerasae.fit(model, x, verbose=0).history["loss"]) == 1


@pytest.mark.every_backend
def test_noise_goes_on_from_where_it_was_if_that_is_kept(tmp_path, images):
    triple = kerasae.build_deep_ae(6, corruption="masking", dropout=0.1, seed=0)
    triple.autoencoder(images(8, 6), training=True)
    states = generator_states(triple.autoencoder)
    assert [state[1] for state in states] == 5 * [1]  # each was asked once
    path = _archive.write(triple.autoencoder, tmp_path / "x.keras", generators=True)
    assert generator_states(kerasae.load(path).autoencoder) == states
    assert keras.saving.load_model(path).count_params()  # Keras overlooks them
    begun = kerasae.load(kerasae.save(triple, tmp_path / "y.keras")).autoencoder
    assert generator_states(begun) == [[seed, 0] for seed, _ in states]
    for wrong in (b"[[1, 2]]", b"[[1]]", b"3", b"{"):
        rewritten(path, **{"generators.json": wrong})
        with pytest.raises(ValueError, match=r"x\.keras' is damaged"):
            kerasae.load(path)


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
