"""The package as a whole: its public names, its layers of imports, its weight."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import kerasae

ROOT = Path(kerasae.__file__).parent
# A room imports from the lines above its own, and from itself.
LINES = (
    ("_checks", "_arrays", "_names", "_files", "_triple", "_backend", "_prediction"),
    ("layers", "regularizers", "losses", "metrics", "data"),
    ("models",),
    ("builders",),
    ("generation", "training", "plotting", "saving"),
    ("estimators",),
    ("runs",),
    ("reproduce",),
    ("cli",),
    ("__main__",),
)
LINE = {room: number for number, rooms in enumerate(LINES) for room in rooms}
# Rooms that lean on another of their line, or on one below, each with its reason.
SIDEWAYS = {
    ("_arrays", "_checks"): "errors have one template",
    ("_files", "_checks"): "errors have one template",
    ("_names", "_checks"): "errors have one template",
    ("_prediction", "_arrays"): "samples are checked as everywhere",
    ("_prediction", "_checks"): "errors have one template",
    ("_prediction", "_triple"): "a triple is taken for its autoencoder",
    ("_triple", "_checks"): "errors have one template",
    ("_triple", "saving"): "a pickled triple is a file in memory",
}
# These take what other packages make, and import them only then.
OF_BACKENDS = {"data/_streams.py", "training/_loops.py", "_prediction.py"}
PUBLIC = [
    "Autoencoder",
    "build_conv1d_ae",
    "build_contractive_ae",
    "build_conv_ae",
    "build_conv_vae",
    "build_deep_ae",
    "build_denoising_ae",
    "build_lstm_ae",
    "build_sparse_ae",
    "build_stacked_ae",
    "build_strided_conv_ae",
    "build_tied_ae",
    "build_undercomplete_ae",
    "build_vae",
    "compile",
    "data",
    "estimators",
    "fit",
    "generation",
    "layers",
    "load",
    "losses",
    "metrics",
    "models",
    "plot_architecture",
    "plotting",
    "predict",
    "regularizers",
    "save",
    "split",
    "training",
]


def imports():
    """Yield (file, room, imported room) for every import of ours."""
    for path in sorted(ROOT.rglob("*.py")):
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module == "kerasae":
                names = [f"kerasae.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: imports are absolute"
                names = [node.module or ""]
            for name in names:
                top, _, rest = name.partition(".")
                if top == "kerasae" and room != "__init__":
                    yield path, room, rest.partition(".")[0]


def test_every_room_has_a_line():
    rooms = {path.stem for path in ROOT.iterdir() if path.suffix in ("", ".py")}
    assert rooms - {"__init__", "__pycache__", "py"} <= set(LINE)


def test_imports_point_down():
    wrong = [
        f"{path.relative_to(ROOT)} imports {other}"
        for path, room, other in imports()
        if room != other and (room, other) not in SIDEWAYS and LINE[other] >= LINE[room]
    ]
    assert not wrong


def test_builders_need_no_data_and_no_metrics():
    others = {other for _, room, other in imports() if room == "builders"}
    assert not others & {"data", "metrics"}


def test_variants_never_import_each_other():
    for path in (ROOT / "builders").glob("[!_]*.py"):
        found = re.findall(r"from kerasae\.builders\.([a-z]\w*)", path.read_text())
        assert not found, path


def test_no_backend_is_imported_outside_its_modules():
    pattern = re.compile(r"^\s*(import|from) (tensorflow|jax|torch)\b", re.MULTILINE)
    named = [p for p in ROOT.rglob("*.py") if pattern.search(p.read_text())]
    assert {p.relative_to(ROOT).as_posix() for p in named} <= OF_BACKENDS
    at_the_top = re.compile(pattern.pattern.replace(r"\s*", ""), re.MULTILINE)
    assert not [p for p in named if at_the_top.search(p.read_text())]


def test_the_public_names_are_these():
    assert sorted(kerasae.__all__) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(kerasae, name).__doc__, name


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    ).stdout


def test_importing_is_light():
    heavy = ("matplotlib", "sklearn", "typer", "rich", "PIL", "pydot")
    # Estimators are scikit-learn's. Keras itself brings some along; ours add none.
    names = [name for name in PUBLIC if name != "estimators"]
    code = (
        "import sys, keras; before = set(sys.modules);"
        "import kerasae;"
        f"[getattr(kerasae, name) for name in {names!r}];"
        "print(*(set(sys.modules) - before))"
    )
    added = {name.partition(".")[0] for name in run(code).split()}
    assert "kerasae" in added
    assert not added & set(heavy)


def test_the_command_line_describes_itself_without_a_backend():
    code = (
        "import sys; from kerasae.cli import app;"
        "from typer.testing import CliRunner;"
        "assert CliRunner().invoke(app, ['train', '--help']).exit_code == 0;"
        "print('keras' in sys.modules)"
    )
    assert run(code).strip() == "False"


def test_keras_alone_loads_our_files_where_the_package_is_imported(tmp_path):
    path = tmp_path / "x.keras"
    kerasae.build_tied_ae(6, corruption="masking").autoencoder.save(path)
    code = (
        "import keras, kerasae;"
        f"print(keras.saving.load_model({str(path)!r}).get_layer('tied_1').units)"
    )
    assert run(code).strip() == "100"
