"""Pictures of what an autoencoder does: figures to keep, never windows.

Every function returns what it drew and, given a `path`, writes it there whole or
not at all. Matplotlib and Keras load at the first picture, not at import.
"""

from kerasae._moved import moved
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

__all__ = [
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

# The callback was here until version 0.1.
__getattr__ = moved(__name__, {"MovieFrames": "kerasae.callbacks"})
