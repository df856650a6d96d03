import functools
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import keras
import pytest
from PIL import Image

import kerasae
from kerasae.builders import VARIANTS
from kerasae.plotting import plot_architecture
from kerasae.plotting.diagrams._graph import PARTS, graph_of

graphviz = pytest.param(
    True,
    marks=pytest.mark.skipif(
        shutil.which("dot") is None, reason="Graphviz's `dot` is not installed"
    ),
    id="graphviz",
)
with_and_without = pytest.mark.parametrize(
    "with_graphviz", [graphviz, pytest.param(False, id="without")]
)


@pytest.fixture
def way(with_graphviz, monkeypatch, tmp_path):
    """Draw with Graphviz, or on a machine that has none."""
    if not with_graphviz:
        monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


@pytest.fixture(scope="module")
def model():
    inputs = keras.Input((4,))
    code = keras.layers.Dense(2, activation="relu", name="code")(inputs)
    return keras.Model(inputs, keras.layers.Dense(4)(code), name="autoencoder")


@pytest.fixture(scope="module")
def branched():
    first, second = keras.Input((4,), name="first"), keras.Input((3,), name="second")
    x = keras.layers.Dense(5, name="wide")(first)
    both = keras.layers.Concatenate(name="both")([x, second])
    return keras.Model([first, second], [keras.layers.Dense(1)(both), both * 2.0])


@pytest.mark.parametrize("variant", sorted(VARIANTS))
@with_and_without
@pytest.mark.usefixtures("way")
def test_every_variant_with_names_and_shapes(variant, with_graphviz, tmp_path):
    triple = VARIANTS[variant]()
    text = plot_architecture(triple, tmp_path / "x.svg").read_text()
    for layer in triple.autoencoder.layers:
        assert layer.name in text
        for output in keras.tree.flatten(layer.output):
            sizes = [str(size) for size in output.shape[1:]]
            shape = ", ".join(["(None", *sizes])  # of one size: "(None, 784)"
            assert (
                shape if with_graphviz else " \N{MULTIPLICATION SIGN} ".join(sizes)
            ) in text
    for part in ("encoder", "code", "decoder"):
        assert PARTS[part].lower() in text.lower()


@with_and_without
@pytest.mark.usefixtures("way")
def test_all_kinds_of_pictures(model, tmp_path):
    path = tmp_path / "new" / "model.png"
    diagram = plot_architecture(model, path)
    assert diagram.path == path
    assert Path(diagram) == path == diagram
    assert str(diagram) == str(path)
    with Image.open(path) as picture:
        picture.load()
        assert min(picture.size) > 100
    triple = SimpleNamespace(autoencoder=model)
    text = plot_architecture(triple, str(tmp_path / "triple.SVG")).read_text()
    assert "relu" in text
    assert plot_architecture(model, tmp_path / "a.pdf").read_bytes()[:4] == b"%PDF"


@with_and_without
@pytest.mark.usefixtures("way")
def test_notebooks_show_diagrams_with_a_file_and_without(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    diagram = plot_architecture(model)
    shown = diagram._repr_svg_()
    assert "<svg" in shown
    assert "code" in shown
    assert diagram.path is None
    assert not list(tmp_path.glob("*.*"))
    with pytest.raises(TypeError, match="give `path` when you draw it"):
        Path(diagram)
    with pytest.raises(AttributeError, match="no attribute 'read_text'"):
        diagram.read_text()
    assert "<svg" in plot_architecture(model, "model.pdf")._repr_svg_()


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_keeps_the_frame_of_an_svg(model, tmp_path):
    # Else browsers crop the drawing, which Graphviz 2 scales but not its frame.
    path = plot_architecture(model, tmp_path / "x.svg")
    assert "scale(1 1)" in path.read_text()


@with_and_without
@pytest.mark.usefixtures("way")
def test_nameless_activations(with_graphviz, tmp_path):
    inputs = keras.Input((4,))
    first = keras.layers.Dense(2, activation=lambda x: x)(inputs)
    clip = functools.partial(keras.ops.clip, x_min=0, x_max=1)
    outputs = keras.layers.Dense(2, activation=clip)(first)
    nameless = keras.Model(inputs, outputs)
    text = plot_architecture(nameless, tmp_path / "model.svg").read_text()
    assert "&lt;lambda&gt;" in text
    assert "0x" not in text
    text = plot_architecture(nameless, tmp_path / "model.mmd").read_text()
    assert "Dense, &lt;lambda&gt;" in text


def test_calls_not_layers_are_the_nodes_of_our_own_diagrams():
    triple = kerasae.build_tied_ae(8, latent_dim=3, corruption="masking")
    graph = graph_of(triple.autoencoder)
    assert [(node.name, node.shape, node.part) for node in graph.nodes] == [
        ("input", "8", "encoder"),
        ("corruption", "8", "encoder"),
        ("tied_1", "3", "encoder"),
        ("code", "3", "code"),
        ("tied_1", "8", "decoder"),
        ("reconstruction", "8", "decoder"),
    ]
    assert graph.edges == [(n, n + 1) for n in range(5)]


def test_branches(branched, tmp_path, monkeypatch):
    graph = graph_of(branched)
    names = [node.name for node in graph.nodes]
    edges = {(names[start], names[end]) for start, end in graph.edges}
    assert {("first", "wide"), ("wide", "both"), ("second", "both")} < edges
    assert len(graph.edges) == 5
    assert {node.part for node in graph.nodes} == {""}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert plot_architecture(branched, tmp_path / "x.png").stat().st_size


def test_sequential_models(tmp_path, monkeypatch):
    layers = [keras.Input((4,)), keras.layers.Dense(2), keras.layers.Dense(1)]
    graph = graph_of(keras.Sequential(layers))
    assert [node.shape for node in graph.nodes] == ["2", "1"]
    assert graph.edges == [(0, 1)]


def test_a_model_of_your_own_class_is_one_box(tmp_path, monkeypatch):
    class Mine(keras.Model):
        def call(self, x):
            return x

    model = Mine(name="mine")
    model(keras.ops.ones((1, 3)))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "mine" in plot_architecture(model, tmp_path / "x.svg").read_text()


def test_texts_need_no_graphviz(model, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    dot = plot_architecture(model, tmp_path / "model.dot").read_text()
    assert dot.startswith("digraph")
    assert dot.count("->") == 2
    mermaid = plot_architecture(model, tmp_path / "model.mmd").read_text()
    lines = mermaid.splitlines()
    assert lines[0] == "flowchart TB"
    assert '  n1["<b>code</b><br>Dense, relu<br>2"]:::code' in lines
    assert len(re.findall(r"^  n\d --> n\d$", mermaid, re.MULTILINE)) == 2


def test_graphviz_that_cannot_draw(model, tmp_path, monkeypatch):
    program = tmp_path / "bin" / "dot"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho half > "$3"\necho no fonts >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(RuntimeError, match="draw 'autoencoder': no fonts"):
        plot_architecture(model, tmp_path / "model.png")
    assert [entry.name for entry in tmp_path.iterdir()] == ["bin"]


def test_bad_input_is_said(model, tmp_path):
    with pytest.raises(TypeError, match="`model` must be a Keras model"):
        plot_architecture([1], tmp_path / "a.png")
    with pytest.raises(ValueError, match="`model` must be built"):
        plot_architecture(keras.Sequential([keras.layers.Dense(1)]), tmp_path / "a.png")
    with pytest.raises(ValueError, match="Known: dot, mmd, pdf, png, svg"):
        plot_architecture(model, tmp_path / "a.jpg")
    assert not list(tmp_path.iterdir())
