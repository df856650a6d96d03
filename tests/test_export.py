"""Exports to other formats: what the files compute, and what stands beside them."""

import json
import os
import re
import subprocess
import sys

import keras
import numpy as np
import pytest

import kerasae
from kerasae.exporting import FORMATS, _export, _formats, _parts
from kerasae.exporting._graph import inference_graph

BACKEND = keras.backend.backend()
# What its exporters stumble over on one backend or another, and one that none does.
MODELS = {
    "dense": lambda: kerasae.build_undercomplete_ae((4, 3), latent_dim=2, seed=0),
    # Pooling rounds 5x7 up.
    "conv": lambda: kerasae.build_conv_ae((5, 7, 1), filters=(3, 2), seed=0),
    "sparse": lambda: kerasae.build_sparse_ae(9, latent_dim=6, seed=0),
    "vae": lambda: kerasae.build_vae(9, hidden_units=(5,), latent_dim=2, seed=0),
    "lstm": lambda: kerasae.build_lstm_ae(
        (5, 2), latent_dim=3, mask_value=-1.0, seed=0
    ),
    "gelu": lambda: kerasae.build_deep_ae(9, hidden_units=(5,), activation="gelu"),
}
# Formats that a backend writes itself.
OWN = {
    "tensorflow": ("saved_model", "litert"),
    "jax": ("saved_model",),
    "torch": ("torch", "openvino"),
}


def run_onnx(path, x):
    import onnxruntime

    session = onnxruntime.InferenceSession(path)
    assert [given.shape[0] for given in session.get_inputs()] == ["batch"]
    assert [made.name for made in session.get_outputs()] == ["output"]
    (made,) = session.run(None, {session.get_inputs()[0].name: x})
    return made


@pytest.fixture
def dense():
    return MODELS["dense"]()


@pytest.fixture
def alone(monkeypatch):
    """Let no other backend help."""
    monkeypatch.setattr("kerasae._backend_choice.installed", lambda: [BACKEND])


@pytest.mark.every_backend
@pytest.mark.parametrize("model", MODELS)
def test_the_parts_compute_what_the_models_do(model, alone, tmp_path):
    triple = MODELS[model]()
    record = kerasae.export(triple, tmp_path / "onnx")
    assert record["written_by"] == record["backend"] == BACKEND
    x = np.random.default_rng(3).random((3, *triple.autoencoder.input_shape[1:]))
    x = x.astype("float32")
    if model == "lstm":
        x[1, 2:] = -1.0
    codes = kerasae.predict(triple.encoder, x)
    for part, given in (("encoder", x), ("decoder", codes), ("autoencoder", x)):
        about = record["parts"][part]
        assert 0 <= about["largest_difference"] <= 1e-4
        made = run_onnx(tmp_path / "onnx" / about["file"], given)
        expected = kerasae.predict(getattr(triple, part), given)
        np.testing.assert_allclose(made, expected, atol=1e-5)


@pytest.mark.every_backend
def test_a_model_of_half_precision_is_exported_in_float32(tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        triple = MODELS["sparse"]()
    finally:
        keras.config.set_dtype_policy("float32")
    record = kerasae.export(triple, tmp_path / "onnx")
    assert record["parts"]["autoencoder"]["largest_difference"] < 1e-5


@pytest.mark.every_backend
@pytest.mark.parametrize("format", OWN[BACKEND])
def test_other_formats(format, alone, tmp_path):
    if format == "saved_model":
        pytest.importorskip("tensorflow")
    record = kerasae.export(MODELS["dense"](), tmp_path / "out", format)
    assert record["written_by"] == BACKEND
    for about in record["parts"].values():
        assert (tmp_path / "out" / about["file"]).exists()


@pytest.mark.skipif(BACKEND != "torch", reason="torch leaves LiteRT to TensorFlow")
def test_another_backend_writes_what_this_one_cannot(dense, tmp_path):
    pytest.importorskip("tensorflow")
    record = kerasae.export(dense, tmp_path / "out", "litert")
    assert record["written_by"] == "tensorflow"
    text = (tmp_path / "out" / "README.md").read_text()
    assert "written on tensorflow" in text
    assert "one sample at a time" in text


@pytest.mark.every_backend
def test_keras_exports_the_parts_of_a_trained_autoencoder_itself(dense, tmp_path):
    dense.autoencoder.compile("sgd", "mean_squared_error")
    x = np.zeros((4, 4, 3), "float32")
    dense.autoencoder.fit(x, x, verbose=0)
    path = tmp_path / "encoder.onnx"
    with _parts.quiet():
        dense.encoder.export(path, format="onnx", verbose=False)
    assert path.stat().st_size


def test_exporting_changes_neither_the_model_nor_random_numbers(tmp_path):
    import random

    triple = MODELS["sparse"]()
    code = triple.autoencoder.get_layer("code")
    before, state = code.activity_regularizer, random.getstate()
    weights = triple.autoencoder.get_weights()
    kerasae.export(triple, tmp_path / "onnx")
    assert code.activity_regularizer is before is not None
    assert random.getstate() == state
    for one, other in zip(weights, triple.autoencoder.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert kerasae.split(triple.autoencoder)  # its layers have no second call


def test_a_layer_that_cannot_be_copied_is_exported_as_it_is(tmp_path):
    class Twice(keras.layers.Layer):
        def call(self, x):
            return x * 2.0

        def get_config(self):
            raise NotImplementedError

    inputs = keras.Input((4,))
    code = keras.layers.Dense(2, name="code")(inputs)
    model = keras.Model(inputs, Twice()(keras.layers.Dense(4)(code)))
    kerasae.export(model, tmp_path / "onnx")
    assert inference_graph(model, "input").layers[-1] is model.layers[-1]


def infer(folder, *words):
    """Run the script where neither Keras nor kerasae can be imported."""
    blocked = "import sys, runpy; sys.modules.update(keras=None, kerasae=None); "
    run = "sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')"
    path = str(folder / "infer.py")
    return subprocess.run(
        [sys.executable, "-c", blocked + run, path, *map(str, words)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    ).stdout


def test_the_script_runs_without_keras(tmp_path):
    folder = tmp_path / "onnx"
    kerasae.export(MODELS["conv"](), folder)
    printed = "codes (4, 2, 2, 2) reconstructions (4, 5, 7, 1)\n"
    assert infer(folder) == printed
    np.save(tmp_path / "x.npy", np.full((4, 5, 7, 1), 255, np.uint8))
    assert infer(folder, tmp_path / "x.npy") == printed
    statements = re.findall(r"^ *[^\s\"#].*$", (folder / "infer.py").read_text(), re.M)
    assert len(statements) <= 12


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_has_a_script_that_python_understands(format):
    from kerasae.exporting._texts import script

    compile(script(format, (5, 7, 1)), "infer.py", "exec")


def test_the_readme_says_what_goes_in_and_what_comes_out(tmp_path):
    triple = kerasae.build_vae((4, 3), latent_dim=2, corruption="masking")
    kerasae.export(triple, tmp_path / "onnx", scaling="integers were divided by 16")
    text = (tmp_path / "onnx" / "README.md").read_text()
    row = r"\| encoder \| `encoder.onnx` \| input, \(n, 4, 3\) \| \(n, 2\) \| \d\.\de"
    assert re.search(row, text)
    for words in (
        "Samples are in [0, 1]",
        "Bytes (`uint8`) are divided by 255",
        "Those of the training: integers were divided by 16.",
        "the mean of its distribution",
        "The noise of the training is off",
        f"- keras {keras.__version__}",
    ):
        assert words in text
    record = json.loads((tmp_path / "onnx" / "export.json").read_text())
    assert record["parts"]["decoder"]["input"] == [None, 2]
    linear = kerasae.build_lstm_ae((3, 2), output_activation="linear", mask_value=-9.0)
    kerasae.export(linear, tmp_path / "lstm")
    text = (tmp_path / "lstm" / "README.md").read_text()
    assert "scaled as those of the training were" in text
    assert "all equal -9 is padding" in text


def test_eight_bits_stand_beside(tmp_path):
    triple = kerasae.build_deep_ae(64, hidden_units=(300,), latent_dim=8, seed=0)
    record = kerasae.export(triple, tmp_path / "onnx", quantize=True)
    for part, about in record["quantized"].items():
        assert about["file"] == f"{part}-8bit.onnx"
        assert about["bytes"] == (tmp_path / "onnx" / about["file"]).stat().st_size
        assert about["bytes"] < about["bytes_float32"] / 2
        assert 0 < about["mean_difference"] < about["largest_difference"] < 0.2
    assert "## In eight bits" in (tmp_path / "onnx" / "README.md").read_text()


def test_samples_of_ones_own_are_compared_on(dense, tmp_path):
    record = kerasae.export(dense, tmp_path / "a", samples=np.zeros((300, 4, 3)))
    assert record["samples"] == 256
    with pytest.raises(ValueError, match="`samples` must be"):
        kerasae.export(dense, tmp_path / "b", samples=np.zeros((3, 4, 4)))
    assert not (tmp_path / "b").exists()


def test_arguments_are_checked(dense, tmp_path):
    with pytest.raises(ValueError, match=r"`format` must be .* Did you mean 'onnx'"):
        kerasae.export(dense, tmp_path / "out", "onx")
    with pytest.raises(ValueError, match="`quantize` must be False where the format"):
        kerasae.export(dense, tmp_path / "out", "torch", quantize=True)
    with pytest.raises(TypeError, match="`force` must be True or False"):
        kerasae.export(dense, tmp_path / "out", force="yes")
    with pytest.raises(ValueError, match="a whole autoencoder"):
        kerasae.export(dense.encoder, tmp_path / "out")
    with pytest.raises(TypeError, match="`model` must be"):
        kerasae.export("model.keras", tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_only_exports_are_replaced(dense, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()  # empty: nothing to lose
    kerasae.export(dense, folder)
    (folder / "old").touch()
    with pytest.raises(FileExistsError, match=r"exists already.*force=True"):
        kerasae.export(dense, folder)
    kerasae.export(dense, folder, force=True)
    assert not (folder / "old").exists()
    (folder / "export.json").unlink()
    with pytest.raises(FileExistsError, match=r"holds no export\.json"):
        kerasae.export(dense, folder, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError, match=r"file' exists, and"):
        kerasae.export(dense, tmp_path / "file", force=True)


def test_files_that_are_off_are_not_handed_over(dense, alone, monkeypatch, tmp_path):
    monkeypatch.setattr(_export, "TOLERANCE", -1.0)
    message = rf"to ONNX\. {BACKEND}: the autoencoder is off by .*Another format"
    with pytest.raises(RuntimeError, match=message):
        kerasae.export(dense, tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("format", "absent", "message"),
    [
        ("onnx", "onnx", r"ONNX on \w+ needs onnx.*pip install \"kerasae\[export\]\""),
        ("openvino", "openvino", r"pip install \"kerasae\[export-openvino\]\""),
        ("litert", "ai_edge_litert", r"pip install \"kerasae\[export-litert\]\""),
    ],
)
def test_a_missing_package_is_told_with_its_command(
    format, absent, message, dense, monkeypatch, tmp_path
):
    find = _formats.importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == absent else find(name)
    )
    with pytest.raises(ImportError, match=message):
        kerasae.export(dense, tmp_path / "out", format)
    assert not list(tmp_path.iterdir())
