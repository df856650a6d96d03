"""One builder a variant; each returns the triple of models.

A new variant is a module of this folder; `_registry` says how it is found. Builders
are imported when they are used, so that names and summaries need no backend.
"""

from kerasae._public_names import no_attribute
from kerasae.builders import _registry
from kerasae.builders._registry import SAMPLE_AXES as SAMPLE_AXES
from kerasae.builders._registry import SUMMARIES as SUMMARIES
from kerasae.builders._registry import VARIANTS as VARIANTS
from kerasae.builders._registry import describe as describe

_BUILDERS = {_registry.builder_name(name): name for name in _registry.sources()}
__all__ = sorted(_BUILDERS)


def __getattr__(name: str) -> _registry.Builder:
    if name in _BUILDERS:
        return VARIANTS[_BUILDERS[name]]
    raise no_attribute(__name__, name, __dir__)


def __dir__() -> list[str]:
    return sorted([*__all__, "SAMPLE_AXES", "SUMMARIES", "VARIANTS", "describe"])
