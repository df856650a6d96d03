"""Data sets, files, folders of images; scaling, corrupted copies and streams."""

from kerasae._public_names import public
from kerasae.data.binarized import Binarized, binarize
from kerasae.data.corruption import corrupt
from kerasae.data.datasets import Dataset, Source, load_dataset, load_samples
from kerasae.data.pairs import pairs
from kerasae.data.scaling import scale

__all__ = [
    "Binarized",
    "Dataset",
    "Source",
    "binarize",
    "corrupt",
    "load_dataset",
    "load_samples",
    "pairs",
    "scale",
]

__getattr__, __dir__ = public(__name__, __all__)
