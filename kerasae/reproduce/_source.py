"""A source, its experiments and its published values. Needs no Keras."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerasae.reproduce._work import Work


@dataclass(frozen=True)
class Experiment:
    """One model of a source, at the source's settings.

    Attributes:
        name: Its name on the command line.
        settings: The settings, for people to read.
        run: Trains with the help of a `Work`, and returns the measured values by name.
        epochs: Total number of epochs.
        batch_size: Samples per step.
        quick_epochs: Epochs with `--quick`.
        published: The source's values by name: numbers, or a description in words.
        remarks: Remarks by name of a value: where it comes from, or why ours differs.
        data: Name of the data.
        quick_data: Name of the data with `--quick`.
    """

    name: str
    settings: str
    run: Callable[["Work"], dict[str, float]]
    epochs: int
    batch_size: int
    quick_epochs: int = 1
    published: Mapping[str, float | str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    data: str = "mnist"
    quick_data: str = "digits"


@dataclass(frozen=True)
class Grid:
    """A table of values that several experiments share, such as methods on data sets.

    Attributes:
        title: What the numbers are.
        rows: Headings of the rows.
        columns: Headings of the columns.
        cell: Returns the name of an experiment, and that of a value of it, measured or
            published, for the headings of a row and a column.
        mean: Whether the last row is the mean of the others.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cell: Callable[[str, str], tuple[str, str]]
    mean: bool = False


@dataclass(frozen=True)
class Source:
    """An article, or a job that others have measured, and its experiments.

    Attributes:
        name: Its name on the command line.
        title: Its subject, author or library.
        experiments: Its experiments, in its order.
        grids: Tables of values that would not read well one by one.
    """

    name: str
    title: str
    experiments: tuple[Experiment, ...]
    grids: tuple[Grid, ...] = ()

    def experiment(self, name: str) -> Experiment:
        """Return the experiment of a name."""
        return next(e for e in self.experiments if e.name == name)
