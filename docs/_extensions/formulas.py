"""Turns formulas into MathML when the site is built: browsers need nothing to show it.

`pymdownx.arithmatex` finds them, `$...$` within a line and `$$` around a block.
"""

import html as entities
import re
from typing import Any

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page

SPACE = '<mspace width="0.17em"/>'
# Spaces and signs that TeX would set: "x log y" but "2(log(y))", "= -1" but "2 - 1".
MENDED = (
    (r"(</(?:mi|mn|msub|msup|mrow)>)(<mi>[a-z]{2,}</mi>)", rf"\1{SPACE}\2"),
    (r"(<mi>[a-z]{2,}</mi>)(?!</m|<mo)", rf"\1{SPACE}"),
    (
        r"(<mo[^>]*>(?:&#x0003D;|&#x00028;|=|\(|\[)</mo>)<mo>(&#x02212;|-)</mo>",
        r'\1<mo form="prefix">\2</mo>',
    ),
)
FOUND = re.compile(
    r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', flags=re.DOTALL
)


def on_page_content(html: str, page: Page, **kwargs: Any) -> str:
    """Replace the formulas of a page."""

    def rendered(found: re.Match[str]) -> str:
        kind, formula = found[1], entities.unescape(found[2]).strip()
        display = "block" if kind == "div" else "inline"
        made = convert(formula, display=display)
        if "\\" in made:
            raise PluginError(f"{page.file.src_uri}: what is in {formula!r}?")
        for pattern, replacement in MENDED:
            made = re.sub(pattern, replacement, made)
        return f'<{kind} class="formula">{made}</{kind}>'

    return FOUND.sub(rendered, html)
