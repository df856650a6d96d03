"""The documentation: complete, true to the scripts, and its notebooks run."""

import importlib
import importlib.util
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import keras
import nbformat
import pytest
from mkdocs.exceptions import PluginError
from mkdocs.utils import meta

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
MODULES = (
    "kerasae",
    "kerasae.data",
    "kerasae.estimators",
    "kerasae.generation",
    "kerasae.layers",
    "kerasae.losses",
    "kerasae.metrics",
    "kerasae.models",
    "kerasae.plotting",
    "kerasae.regularizers",
    "kerasae.reproduce",
    "kerasae.runs",
    "kerasae.training",
)
# Annotations for other signatures, with nothing to call.
TYPES = {"Source"}
# These notebooks run always; the others with `-m slow`.
QUICK = {"undercomplete", "own_builder"}


def hook(name):
    """Return a module of the site's own hooks."""
    path = DOCS / "_extensions" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"site_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tutorials = hook("tutorials")
formulas = hook("formulas")


def scripts():
    """Return the Markdown of each page that walks through a script, by the script."""
    found = {}
    for page in PAGES:
        markdown, data = meta.get_data(page.read_text())
        if "script" in data:
            found[data["script"]] = markdown
    return found


def public():
    """Yield (name, object) for everything that is public."""
    for module in map(importlib.import_module, MODULES):
        names = getattr(module, "__all__", None) or [
            name
            for name, thing in vars(module).items()
            if name[0] != "_" and getattr(thing, "__module__", "") == module.__name__
        ]
        for name in names:
            thing = getattr(module, name)
            if not isinstance(thing, types.ModuleType):
                yield f"{module.__name__}.{name}", thing


def test_every_public_name_has_an_example():
    # The stage "doctests" of matrix.py runs them.
    lacking = [
        name
        for name, thing in public()
        if name.rpartition(".")[2] not in TYPES and ">>>" not in (thing.__doc__ or "")
    ]
    assert not lacking


def test_the_reference_has_every_public_name():
    reference = "".join(page.read_text() for page in (DOCS / "api").glob("*.md"))
    entries = re.findall(r"^::: (kerasae[\w.]*)\.(\w+)$", reference, re.MULTILINE)
    there = [getattr(importlib.import_module(room), name) for room, name in entries]
    lacking = [
        name for name, thing in public() if not any(thing is other for other in there)
    ]
    assert not lacking
    assert len(set(entries)) == len(entries)


@pytest.mark.parametrize("script", scripts())
def test_a_tutorial_shows_its_whole_script(script):
    tutorials.check_shown(scripts()[script], script, tutorials.cells(script))


def test_every_script_in_cells_has_its_page():
    in_cells = {
        path.stem
        for path in (ROOT / "examples").glob("*.py")
        if re.search(r"^# %%", path.read_text(), re.MULTILINE)
    }
    assert in_cells == set(scripts())


def test_pages_name_only_scripts_that_exist():
    for page in (*PAGES, ROOT / "README.md"):
        for name in re.findall(r"\bexamples/[\w/]+\.py\b", page.read_text()):
            assert (ROOT / name).is_file(), f"{page.name} names {name}"


def run(code, folder):
    """Run code as a notebook's kernel does: of no file, in an empty folder."""
    done = subprocess.run(
        [sys.executable, "-"],
        input=code,
        cwd=folder,
        env=os.environ
        | {"KERAS_BACKEND": keras.backend.backend(), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_lines_on_the_home_page_run(tmp_path):
    home = (DOCS / "index.md").read_text()
    code = re.search(r"^```python\n(.*?)^```$", home, re.MULTILINE | re.DOTALL)[1]
    run(code.replace("epochs=120", "epochs=1"), tmp_path)
    assert (tmp_path / "digits.png").is_file()


@pytest.mark.parametrize(
    "script",
    [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in scripts()
    ],
)
def test_a_notebook_runs(script, tmp_path):
    notebook = tutorials.notebook(scripts()[script], script)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    code = "\n\n".join(cells)
    options = ["--epochs", "1"]
    if '"--data"' in code:
        options += ["--data", "digits"]
    assert code.count("parser.parse_args([])") == 1
    code = code.replace("parse_args([])", f"parse_args({options})")
    run(code, tmp_path)


class TestTutorials:
    @pytest.fixture
    def script(self, tmp_path, monkeypatch):
        text = '"""What it does."""\n\n# %% First\nx = 1\n\n# %% Then, more\ny = 2\n'
        (tmp_path / "short.py").write_text(text)
        monkeypatch.setattr(tutorials, "EXAMPLES", tmp_path)
        return "short"

    def test_cells_have_titles(self, script):
        assert tutorials.cells(script) == {"First": "x = 1", "Then, more": "y = 2"}

    @pytest.mark.parametrize(
        ("page", "message"),
        [
            ("{{ cell First }}", r"No page shows the cell 'Then, more'"),
            ("{{ cell Last }}", r"no cell 'Last'; it has 'First', 'Then, more'"),
            ("{{ cell First }}\n{{ cell First }}", r"'First' .* is shown twice"),
            ("{{ cell Then, more }}\n{{ cell First }}", r"in another order"),
        ],
    )
    def test_a_page_must_show_them_all(self, script, page, message):
        with pytest.raises(PluginError, match=message):
            tutorials.check_shown(page, script, tutorials.cells(script))

    def test_cells_need_a_script(self):
        page = types.SimpleNamespace(meta={}, file=types.SimpleNamespace(src_uri="x"))
        with pytest.raises(PluginError, match="no script in its front matter"):
            tutorials.on_page_markdown("{{ cell First }}", page)
        assert tutorials.on_page_markdown("{{ speed }}", page) == "{{ speed }}"

    def test_a_notebook_has_text_and_code_and_no_output(self, script):
        page = (
            "# Title\n\nSee [there](there.md#x), [Keras](https://keras.io) and $x_1$.\n"
            '\n{{ cell First }}\n\n```console\n$ python x.py\n1\n```\n\n!!! note "Why"'
            "\n\n    Because.\n\n![A picture](x.png){ width=10 }\n\nText.\n\n"
            '??? example "Box"\n\n    ``` {.python}\n    --8<-- "x.py"\n    ```\n\n'
            "{{ cell Then, more }}\n"
        )
        notebook = tutorials.notebook(page, script)
        nbformat.validate(notebook)
        cells = notebook.cells
        assert cells[0].source.startswith("# Title\n")
        assert [cell.source for cell in cells[1:]] == [
            "See there, [Keras](https://keras.io) and $x_1$.",
            "# First\nx = 1",
            "> **Why**\n> \n> Because.\n\nText.",
            "# Then, more\ny = 2",
        ]

    def test_a_page_shows_the_titles_of_cells(self, script):
        page = types.SimpleNamespace(meta={"script": script})
        shown = tutorials.on_page_markdown(
            "# Title\n\n{{ cell First }}\n\n{{ cell Then, more }}\n", page
        )
        assert '```{.python title="First"}\nx = 1\n```\n' in shown
        assert '```{.python title="Then, more"}\ny = 2\n```\n' in shown


class TestFormulas:
    def rendered(self, html):
        page = types.SimpleNamespace(file=types.SimpleNamespace(src_uri="page.md"))
        return formulas.on_page_content(html, page)

    def test_they_become_mathml(self):
        made = self.rendered(r'<p>A <span class="arithmatex">\(x &lt; 1\)</span></p>')
        assert made.startswith('<p>A <span class="formula"><math')
        assert "<mo>&lt;</mo>" in made or "<mo>&#x0003C;</mo>" in made

    def test_an_unknown_command_is_an_error(self):
        with pytest.raises(PluginError, match=r"page\.md.*nonsense"):
            self.rendered(r'<span class="arithmatex">\(\nonsense x\)</span>')
