"""Pictures of what an autoencoder does: figures to keep, never windows.

Every function returns what it drew and, given a `path`, writes it there whole or
not at all. Matplotlib and Keras load at the first picture, not at import.
"""

from typing import TYPE_CHECKING, Any

from kerasae.plotting.architecture import plot_architecture
from kerasae.plotting.code_activations import plot_code_activations
from kerasae.plotting.code_map import plot_code_map
from kerasae.plotting.code_plane import plot_code_plane
from kerasae.plotting.codes import plot_codes
from kerasae.plotting.errors import plot_errors
from kerasae.plotting.filters import plot_filters
from kerasae.plotting.history import plot_history
from kerasae.plotting.interpolation import plot_interpolation
from kerasae.plotting.movie import write_movie
from kerasae.plotting.reconstructions import plot_reconstructions
from kerasae.plotting.samples import plot_samples

if TYPE_CHECKING:
    from kerasae.plotting.movie_frames import MovieFrames

__all__ = [
    "MovieFrames",
    "plot_architecture",
    "plot_code_activations",
    "plot_code_map",
    "plot_code_plane",
    "plot_codes",
    "plot_errors",
    "plot_filters",
    "plot_history",
    "plot_interpolation",
    "plot_reconstructions",
    "plot_samples",
    "write_movie",
]


def __getattr__(name: str) -> Any:
    """Load the callback when it is asked for: its base class loads Keras."""
    if name == "MovieFrames":
        from kerasae.plotting.movie_frames import MovieFrames

        return MovieFrames
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
