"""Writes down what follows from the variants: their table, and the type stub.

In the site, a line `{{ variants }}` becomes the table. README and the stub, from which
editors complete names, are files that this writes:

    python docs/_extensions/variants.py
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
STUB = ROOT / "kerasae" / "__init__.pyi"
sys.path.insert(0, str(ROOT))

from kerasae.builders import VARIANTS, describe  # noqa: E402

HEADS = ("Builder", "What it is", "Use it for")


def on_page_markdown(markdown: str, **kwargs: Any) -> str:
    """Fill the table in."""
    return markdown.replace("{{ variants }}", linked_table())


def linked_table() -> str:
    """Return the table for the home page, with links to reference and tutorials."""
    shown = tutorials()
    rows = []
    for variant in VARIANTS:
        name, *cells = row(variant)
        page = shown.get(variant)
        link = f"[{name}](api/builders.md#kerasae.{name.strip('`')})"
        rows.append((link, *cells, f"[{page[1]}](tutorials/{page[0]})" if page else ""))
    return table((*HEADS, "Tutorial"), rows)


def tutorials() -> dict[str, tuple[str, str]]:
    """Return the page and the title of the tutorial on each variant that has one.

    The front matter of a tutorial names the variants that it is about.
    """
    found = {}
    for page in sorted((ROOT / "docs" / "tutorials").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        names = re.search(r"^variants: (.+)$", text, re.MULTILINE)
        title = re.search(r"^# (.+)$", text, re.MULTILINE)
        if names and title:
            pages = dict.fromkeys(names[1].split(", "), (page.name, title[1]))
            if unknown := pages.keys() - set(VARIANTS):
                raise ValueError(f"{page.name} names no variant: {unknown}")
            found |= pages
    return found


def row(variant: str) -> tuple[str, str, str]:
    """Return a variant's builder, what it is, and what to use it for."""
    about = describe(variant)
    what, use = about.what, about.use.removeprefix("Use it for ")
    if not what or use == about.use:
        raise ValueError(
            f"The docstring of builders/{variant}.py must have two paragraphs: what "
            'the variant is, and "Use it for ...".'
        )
    return f"`{about.builder}`", what.removesuffix("."), use.removesuffix(".")


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = (heads, ["---"] * len(heads), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def readme() -> str:
    """Return README with the table of today."""
    made = table(HEADS, [row(variant) for variant in VARIANTS])
    return re.sub(
        r"(<!-- variants: .* -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}{made}\n{found[2]}",
        README.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )


def stub() -> str:
    """Return the type stub with the builders of today."""
    lines = STUB.read_text(encoding="utf-8").splitlines()
    others = [line for line in lines if not line.startswith("from .builders.")]
    builders = [
        f"from .builders.{variant} import {name} as {name}"
        for variant, name in ((v, describe(v).builder) for v in VARIANTS)
    ]
    return "".join(f"{line}\n" for line in sorted((*others, *builders)))


def files() -> Iterator[tuple[Path, str]]:
    """Yield each file that follows from the variants, with its text of today."""
    yield README, readme()
    yield STUB, stub()


if __name__ == "__main__":
    for path, text in files():
        path.write_text(text, encoding="utf-8")
