"""Pictures of what an autoencoder does: figures to keep, never windows.

Every function returns what it drew and, given a `path`, writes it there whole or
not at all. Matplotlib and Keras load at the first picture, not at import.
"""

from kerasae.plotting.architecture import plot_architecture
from kerasae.plotting.history import plot_history
from kerasae.plotting.reconstructions import plot_reconstructions

__all__ = ["plot_architecture", "plot_history", "plot_reconstructions"]
