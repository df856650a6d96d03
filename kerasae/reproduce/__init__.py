"""The experiments of the sources: their published results and ours."""

from kerasae._public_names import public
from kerasae.reproduce._reproduce import SOURCES as SOURCES
from kerasae.reproduce._reproduce import default_folder as default_folder
from kerasae.reproduce._reproduce import find_source as find_source
from kerasae.reproduce._reproduce import reproduce

# The other names are for the command line and the site.
__all__ = ["reproduce"]

__getattr__, __dir__ = public(__name__, __all__)
