"""Makes tutorials of pages and scripts: the code in the page, and a notebook of both.

A page whose front matter says `script: NAME` shows every cell of `examples/NAME.py`,
each in place of a line `{{ cell Title }}`. Text and cells together are offered as
`NAME.ipynb` beside the page.
"""

import re
import textwrap
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import meta

EXAMPLES = Path(__file__).parents[2] / "examples"
SHOWN = re.compile(r"^\{\{ cell (.+?) \}\}[ ]*$", re.MULTILINE)
HEADING = re.compile(r"^# (.+)$", re.MULTILINE)
PARSED = "parser.parse_args()"
NOTE = """\
# {title}

This is the tutorial "{title}" of kerasae's documentation as a notebook. It needs the
package: in a copy of the repository, with the backend you want, type
`pip install ".[tensorflow]"` (or `[jax]`, or `[torch]`)."""
OPTIONS = '# Options go between the brackets, for example: ["--epochs", "2"]'
# What only the site shows, and what takes its place in a notebook.
PLAINER: tuple[tuple[str, Any], ...] = (
    (r"^<!--[^>]*-->\n", ""),
    (r"^``` ?console\n(?:.*\n)*?```$", ""),
    (r"^```.*\n--8<--.*\n```$", ""),
    (r"^--8<--.*$", ""),
    (r"^\?\?\?.*\n(?:(?:    .*)?\n)*", ""),
    (r"^\{\{ .* \}\}$", ""),
    (r"^!!! \w+(?: \"(.*)\")?\n((?:(?:    .*)?\n)*)", lambda box: _quoted(box)),
    (r"^``` ?\{\.(\w+).*\}$", r"```\1"),
    (r"^(#+ .*) \{.*\}$", r"\1"),
    (r"^:   ", ""),
    (r"!\[[^\]]*\]\([^)]*\)(\{[^}]*\})?", ""),
    (r"\[([^\]]+)\]\((?!https?:)[^)]*\)(\{[^}]*\})?", r"\1"),
    (r"\n{3,}", "\n\n"),
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a notebook for each tutorial."""
    for file in list(files.documentation_pages()):
        markdown, data = meta.get_data(file.content_string)
        if script := data.get("script"):
            uri = f"{file.src_uri.rpartition('/')[0]}/{script}.ipynb".lstrip("/")
            content = nbformat.writes(notebook(markdown, script)) + "\n"
            files.append(File.generated(config, uri, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, **kwargs: Any) -> str:
    """Put the cells into a tutorial, and a line about the notebook at its top."""
    if not (script := page.meta.get("script")):
        if SHOWN.search(markdown):
            uri = page.file.src_uri
            raise PluginError(f"{uri} shows a cell, of no script in its front matter.")
        return markdown
    found = cells(script)
    check_shown(markdown, script, found)
    markdown = SHOWN.sub(lambda at: _titled(at[1], found[at[1]]), markdown)
    line = (
        f"The code of this page is the script `examples/{script}.py`, which writes its "
        "pictures to the folder `out`. Take it along "
        f'[as a notebook]({script}.ipynb){{ download="{script}.ipynb" }}.\n'
        "{ .take-along }"
    )
    return HEADING.sub(lambda title: f"{title[0]}\n\n{line}", markdown, count=1)


def cells(script: str) -> dict[str, str]:
    """Return the code of each titled cell of a script, in order."""
    path = EXAMPLES / f"{script}.py"
    if not path.is_file():
        raise PluginError(f"There is no script examples/{script}.py.")
    found: dict[str, str] = {}
    for number, cell in enumerate(jupytext.read(path, fmt="py:percent").cells):
        title = cell.metadata.get("title")
        if title in found:
            raise PluginError(f"{path.name} has two cells {title!r}.")
        if title:
            found[title] = cell.source
        elif number or not cell.source.startswith('"""'):
            raise PluginError(f"{path.name} has a cell without a title.")
    return found


def check_shown(markdown: str, script: str, found: dict[str, str]) -> None:
    """Raise unless a page shows all the cells, in order, each once."""
    shown = SHOWN.findall(markdown)
    for title in shown:
        if title not in found:
            has = ", ".join(map(repr, found))
            raise PluginError(f"{script}.py has no cell {title!r}; it has {has}.")
        if shown.count(title) > 1:
            raise PluginError(f"The cell {title!r} of {script}.py is shown twice.")
    for title in found:
        if title not in shown:
            raise PluginError(f"No page shows the cell {title!r} of {script}.py.")
    if shown != list(found):
        raise PluginError(f"The page shows the cells of {script}.py in another order.")


def notebook(markdown: str, script: str) -> nbformat.NotebookNode:
    """Return the notebook of a tutorial: its text and the script's cells."""
    found = cells(script)
    check_shown(markdown, script, found)
    if not (heading := HEADING.search(markdown)):
        raise PluginError(f"The page of {script}.py has no heading.")
    made = [nbformat.v4.new_markdown_cell(NOTE.format(title=heading[1]))]
    # Every second part is a title, for the pattern has one group.
    for number, part in enumerate(SHOWN.split(markdown[heading.end() :])):
        if number % 2:
            made.append(nbformat.v4.new_code_cell(_runnable(part, found[part])))
        elif text := _prose(part):
            made.append(nbformat.v4.new_markdown_cell(text))
    for number, cell in enumerate(made):
        cell.id = f"cell-{number}"  # the same in every build
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})


def _titled(title: str, code: str) -> str:
    """Return a cell as a page shows it, under its title."""
    return f'```{{.python title="{title}"}}\n{code}\n```'


def _runnable(title: str, code: str) -> str:
    """Return a cell under its title, without the command line that there is not."""
    lines = [f"# {title}"]
    for line in code.splitlines():
        if PARSED in line:
            lines.append(OPTIONS)
            line = line.replace(PARSED, f"{PARSED[:-1]}[])")
        lines.append(line)
    return "\n".join(lines)


def _prose(markdown: str) -> str:
    """Return text as any reader of Markdown shows it, without what a run prints."""
    text = markdown
    for pattern, replacement in PLAINER:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    return text.strip()


def _quoted(box: re.Match[str]) -> str:
    """Return a note as a quotation, which every reader of Markdown can show."""
    title = f"**{box[1]}**\n\n" if box[1] else ""
    body = title + textwrap.dedent(box[2]).strip()
    return textwrap.indent(body, "> ", lambda line: True) + "\n\n"
