"""The package as a whole: its public names, its layers of imports, its weight."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import grimp
import keras
import pytest

import kerasae
from kerasae.builders import SAMPLE_AXES, SUMMARIES, VARIANTS

ROOT = Path(kerasae.__file__).parent
# These take what other packages make, and import them only then.
OF_BACKENDS = {
    "data/_stream_adapters.py",
    "engine/_jax.py",
    "engine/_tensorflow.py",
    "engine/_torch.py",
    "exporting/_saved_model.py",
    "exporting/_torch.py",
}
# The builders come on top.
FIXED = [
    "Autoencoder",
    "anomaly",
    "builders",
    "callbacks",
    "compile",
    "data",
    "diagnose",
    "estimators",
    "evaluate",
    "evaluation",
    "export",
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
    "reproduce",
    "runs",
    "save",
    "split",
    "training",
]
PUBLIC = [*FIXED, *kerasae.builders.__all__]


@pytest.fixture(scope="module")
def imports():
    """Return the pairs (importing module, imported module) within the package."""
    graph = grimp.build_graph("kerasae", cache_dir=None)
    return [
        (module, other)
        for module in sorted(graph.modules)
        for other in sorted(graph.find_modules_directly_imported_by(module))
    ]


# That imports point down, without circles, is a contract of import-linter's: see
# pyproject.toml, and run `lint-imports`.


def test_private_modules_are_imported_in_their_own_room_only(imports):
    wrong = [
        f"{module} imports {other}"
        for module, other in imports
        if re.search(r"\.\w+\._\w+$", other)
        and not module.startswith(other[: other.rindex("._")])
    ]
    assert not wrong


def test_variants_never_import_each_other(imports):
    variant = re.compile(rf"kerasae\.builders\.({'|'.join(VARIANTS)})$")
    pairs = [pair for pair in imports if all(map(variant.match, pair))]
    assert not pairs


def test_builders_need_no_data_and_no_metrics(imports):
    rooms = {other.split(".")[1] for module, other in imports if ".builders." in module}
    assert not rooms & {"data", "metrics"}


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


def test_every_module_of_the_builders_is_a_variant():
    modules = {path.stem for path in (ROOT / "builders").glob("[!_]*.py")}
    assert modules == set(VARIANTS), "a builder is not named after its module"
    assert sorted(f"kerasae.builders.{name}" for name in VARIANTS) == sorted(
        build.__module__ for build in VARIANTS.values()
    )
    assert "nothing" not in VARIANTS
    with pytest.raises(KeyError, match="nothing"):
        VARIANTS["nothing"]


def test_variants_are_in_groups_by_the_samples_they_take():
    axes = [len(SAMPLE_AXES.get(name, ())) for name in VARIANTS]
    assert axes == sorted(axes, key=(0, 3, 2).index)
    for name, build in VARIANTS.items():
        rank = len(build().autoencoder.input_shape) - 1
        assert rank == len(SAMPLE_AXES.get(name, "1"))
        assert build.__doc__.startswith(SUMMARIES[name])
        assert SUMMARIES[name].startswith("Build ")


def test_a_builder_is_public_before_the_stub_names_it(monkeypatch):
    monkeypatch.setattr(kerasae.builders, "__all__", ["build_new_ae"])
    monkeypatch.setattr(kerasae.builders, "build_new_ae", "it", raising=False)
    assert kerasae.build_new_ae == "it"
    assert "build_new_ae" in dir(kerasae)
    with pytest.raises(AttributeError, match=r"build_newer_ae.*mean 'build_new_ae'"):
        _ = kerasae.build_newer_ae


ROOMS = [name for name in FIXED if isinstance(getattr(kerasae, name), ModuleType)]


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_show_their_public_names_alone(room):
    module = getattr(kerasae, room)
    shown = dir(module)
    assert set(module.__all__) <= set(shown)
    assert not [name for name in shown if name.startswith("_")]
    assert not [name for name in shown if isinstance(getattr(module, name), ModuleType)]
    nearly = f"{module.__all__[0]}s"
    message = rf"'kerasae\.{room}' has no attribute '{nearly}'\. Did you mean '"
    with pytest.raises(AttributeError, match=message):
        getattr(module, nearly)
    assert not hasattr(module, "_nothing")


def test_the_package_suggests_the_nearest_name():
    message = r"no attribute 'build_gru_ae'\. Did you mean 'build_\w+'\? Known: build_"
    with pytest.raises(AttributeError, match=message):
        _ = kerasae.build_gru_ae
    with pytest.raises(AttributeError, match=r"no attribute 'predit'.*mean 'predict'"):
        _ = kerasae.predit


def test_what_follows_from_the_variants_is_written_down():
    path = ROOT.parent / "docs" / "_extensions" / "variants.py"
    spec = importlib.util.spec_from_file_location("site_variants", path)
    variants = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(variants)
    for path, text in variants.files():
        missing = set(text.splitlines()) - set(path.read_text().splitlines())
        advice = "run docs/_extensions/variants.py, or add by hand:\n"
        assert path.read_text() == text, f"{path.name}: {advice}" + "\n".join(missing)


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    ).stdout


# A machine without some of the backends, on which none was chosen.
WITHOUT = """
import importlib.machinery, sys
class Without(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, *rest):
        hidden = name.partition(".")[0] in {absent!r}
        return None if hidden else super().find_spec(name, *rest)
place = sys.meta_path.index(importlib.machinery.PathFinder)
sys.meta_path[place] = Without
"""
BACKENDS = ("tensorflow", "jax", "torch")


def on_a_machine_with(backends, code, folder, **environment):
    """Run code where only some backends are installed; return what it printed."""
    absent = [name for name in BACKENDS if name not in backends]
    environment = {"KERAS_BACKEND": "", "KERAS_HOME": str(folder), **environment}
    return run(WITHOUT.format(absent=absent) + code, **environment).strip()


BUILD = """
import kerasae
code = kerasae.build_undercomplete_ae(8, latent_dim=2).encoder.output_shape
import keras
print(keras.backend.backend(), code)
"""


@pytest.mark.every_backend
def test_the_only_backend_is_taken(tmp_path):
    backend = keras.backend.backend()
    printed = on_a_machine_with([backend], BUILD, tmp_path)
    assert printed == f"{backend} (None, 2)"
    # Keras has written down a backend that nobody chose.
    assert "tensorflow" in (tmp_path / "keras.json").read_text()
    code = "import os, kerasae; print(os.environ['KERAS_BACKEND'] or 'tensorflow')"
    assert on_a_machine_with([backend], code, tmp_path) == backend


def test_a_backend_is_taken_after_keras_failed_for_want_of_one(tmp_path):
    first = (
        "try:\n    import keras\nexcept ImportError as error:\n    print(error.name)"
    )
    printed = on_a_machine_with(["torch"], first + BUILD, tmp_path)
    assert printed.splitlines() == ["tensorflow", "torch (None, 2)"]


def test_what_was_chosen_stays(tmp_path):
    code = "import os, kerasae; print(os.environ['KERAS_BACKEND'])"
    machine = (["jax", "torch"], code, tmp_path)
    assert on_a_machine_with(*machine) == "jax"
    assert on_a_machine_with(*machine, KERAS_BACKEND="torch") == "torch"
    (tmp_path / "keras.json").write_text('{"backend": "torch"}')
    assert on_a_machine_with(*machine) == ""  # Keras reads it
    (tmp_path / "keras.json").write_text("[]")
    assert on_a_machine_with(*machine) == "jax"
    assert on_a_machine_with(BACKENDS, code, tmp_path) == ""
    # A folder of that name is no backend.
    (tmp_path / "tensorflow").mkdir()
    where = f"import os; os.chdir({str(tmp_path)!r});"
    assert on_a_machine_with(["jax"], where + code, tmp_path) == "jax"


@pytest.mark.parametrize(
    ("backends", "advice"),
    [
        (["torch"], "Or take torch, which is installed: KERAS_BACKEND=torch"),
        ([], 'or another one, with: pip install "kerasae[tensorflow]"'),
    ],
)
def test_a_missing_backend_is_said_in_a_line(backends, advice, tmp_path):
    code = (
        "import kerasae\n"
        "try:\n    kerasae.build_vae()\nexcept ImportError as error:\n    print(error)"
    )
    told = {"KERAS_BACKEND": "tensorflow"} if backends else {}
    printed = on_a_machine_with(backends, code, tmp_path, **told)
    assert printed.startswith("The backend 'tensorflow' is not installed.")
    assert printed.endswith(advice)


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


@pytest.mark.parametrize("arguments", [["train", "--help"], ["list"]])
def test_the_command_line_describes_itself_without_a_backend(arguments):
    code = (
        "import sys; from kerasae.cli import app;"
        "from typer.testing import CliRunner;"
        f"assert CliRunner().invoke(app, {arguments!r}).exit_code == 0;"
        "print('keras' in sys.modules)"
    )
    assert run(code).strip() == "False"


def test_variants_are_named_without_a_backend():
    code = (
        "import sys; from kerasae.builders import SAMPLE_AXES, SUMMARIES, VARIANTS;"
        "names = [*VARIANTS, *SAMPLE_AXES.items(), *SUMMARIES.items()];"
        "print('keras' in sys.modules, VARIANTS['conv'].__name__)"
    )
    assert run(code).strip() == "False build_conv_ae"


def test_keras_alone_loads_our_files_where_the_package_is_imported(tmp_path):
    path = tmp_path / "x.keras"
    kerasae.build_tied_ae(6, corruption="masking").autoencoder.save(path)
    code = (
        "import keras, kerasae;"
        f"print(keras.saving.load_model({str(path)!r}).get_layer('tied_1').units)"
    )
    assert run(code).strip() == "100"
