"""The figures that plots return. Imports Matplotlib; `_figure` makes them."""

import io

import matplotlib.figure


class Figure(matplotlib.figure.Figure):
    """A Matplotlib figure that notebooks show, without pyplot or a magic command.

    Example:
        >>> from kerasae.plotting._drawn import Figure
        >>> Figure(figsize=(1, 1))._repr_png_()[1:4]
        b'PNG'
    """

    def _repr_png_(self) -> bytes:
        """Return the figure as a PNG file: IPython asks for it."""
        file = io.BytesIO()
        self.savefig(file, format="png")
        return file.getvalue()
