"""Makes links of the builders that docstrings name.

Arguments that builders share are explained once, and elsewhere "As in `build_deep_ae`."
"""

import re
import sys
from pathlib import Path
from typing import Any

import griffe

sys.path.insert(0, str(Path(__file__).parents[2]))

from kerasae import builders

NAMED = re.compile(rf"`({'|'.join(builders.__all__)})`")


class BuilderLinks(griffe.Extension):
    """Puts the links in before the docstrings are parsed."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Put the links into one object's docstring, but none to itself."""
        if obj.docstring:
            obj.docstring.value = NAMED.sub(
                lambda found: (
                    found[0]
                    if found[1] == obj.name
                    else f"[{found[0]}][kerasae.{found[1]}]"
                ),
                obj.docstring.value,
            )
