"""Data sets, files, folders of images; scaling and corrupted copies."""

from kerasae.data.corruption import corrupt
from kerasae.data.datasets import Dataset, Source, load_dataset, load_samples
from kerasae.data.scaling import scale

__all__ = [
    "Dataset",
    "Source",
    "corrupt",
    "load_dataset",
    "load_samples",
    "scale",
]
