"""Figures of what an autoencoder does, which never open a window.

Every function returns what it drew and, given a `path`, writes it there atomically.
Matplotlib and Keras load at the first picture, not at import.
"""

from kerasae._public_names import public
from kerasae.plotting.charts.code_activations import plot_code_activations
from kerasae.plotting.charts.code_map import plot_code_map
from kerasae.plotting.charts.contributions import plot_contributions
from kerasae.plotting.charts.errors import plot_errors
from kerasae.plotting.charts.history import plot_history
from kerasae.plotting.charts.scores import plot_scores
from kerasae.plotting.charts.series import plot_series
from kerasae.plotting.diagrams.architecture import plot_architecture
from kerasae.plotting.grids.anomaly_maps import plot_anomaly_maps
from kerasae.plotting.grids.code_plane import plot_code_plane
from kerasae.plotting.grids.codes import plot_codes
from kerasae.plotting.grids.filters import plot_filters
from kerasae.plotting.grids.interpolation import plot_interpolation
from kerasae.plotting.grids.reconstructions import plot_reconstructions
from kerasae.plotting.grids.samples import plot_samples
from kerasae.plotting.movies.movie import write_movie

__all__ = [
    "plot_anomaly_maps",
    "plot_architecture",
    "plot_code_activations",
    "plot_code_map",
    "plot_code_plane",
    "plot_codes",
    "plot_contributions",
    "plot_errors",
    "plot_filters",
    "plot_history",
    "plot_interpolation",
    "plot_reconstructions",
    "plot_samples",
    "plot_scores",
    "plot_series",
    "write_movie",
]

# The callback was here until version 0.1.
_MOVED = {"MovieFrames": "kerasae.callbacks"}
__getattr__, __dir__ = public(__name__, __all__, moved=_MOVED)
