"""Lets the API pages show our docstrings' examples as code.

Griffe knows the heading `Examples`; ours, one example each, are headed `Example`.
What follows a heading's colon is the title that is shown.
"""

import re
from typing import Any

import griffe


class ExampleSections(griffe.Extension):
    """Renames the headings before the docstrings are parsed."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Rename the heading in one object's docstring."""
        if obj.docstring:
            text = obj.docstring.value
            renamed = re.sub(r"^Example:$", "Examples: Example:", text, flags=re.M)
            obj.docstring.value = renamed
