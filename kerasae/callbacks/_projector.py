"""Codes in the files that TensorBoard's projector reads."""

import math
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kerasae._files import replacing
from kerasae.plotting.rendering.pixels import arranged, padded

_CONFIG = "projector_config.pbtxt"
_PART = "embedding.pbtxt"  # the part of the configuration about one set
_FOLDER = "projector"
_SIDE = 32  # pixels; smaller pictures look blurred on the screen
# TensorBoard shows no larger sheet of pictures.
_LARGEST_SHEET = 8192


def thumbnail_side(count: int) -> int:
    """Return the side in pixels for thumbnails of so many samples."""
    return min(_SIDE, _LARGEST_SHEET // _columns(count) // 2)


def _columns(count: int) -> int:
    return math.ceil(math.sqrt(count))


class Projector:
    """A run's sets of codes, each in a folder of its own with labels and pictures.

    Args:
        folder: The folder of the run, as TensorBoard lists it.
        tiles: One small picture per sample, `(n, height, width, 3)` in bytes.
        labels: One per sample, or None.
    """

    def __init__(
        self, folder: Path, tiles: np.ndarray, labels: Sequence[str] | None
    ) -> None:
        self._folder = folder
        height, width = tiles.shape[1:3]
        side = max(height, width)
        # The projector would stretch them to squares.
        self._tiles = padded(tiles, side - height, side - width, 255)
        self._labels = labels

    def add(self, codes: np.ndarray, epoch: int) -> None:
        """Write the codes after an epoch, counted from 1."""
        name = f"{_FOLDER}/epoch-{epoch:06d}"
        folder = self._folder / name
        lines = [f'tensor_path: "{name}/codes.tsv"']
        flat = np.nan_to_num(codes.reshape(len(codes), -1))
        if flat.shape[1] == 1:  # the projector shows two dimensions or more
            flat = np.pad(flat, ((0, 0), (0, 1)))
        with replacing(folder / "codes.tsv") as temporary:
            np.savetxt(temporary, flat, fmt="%.7g", delimiter="\t")
        if self._labels is not None:
            lines.append(f'metadata_path: "{name}/labels.tsv"')
            with replacing(folder / "labels.tsv") as temporary:
                text = "".join(f"{_one_line(label)}\n" for label in self._labels)
                temporary.write_text(text, encoding="utf-8")
        side = self._tiles.shape[1]
        lines.append(f'sprite {{ image_path: "{name}/thumbnails.png"')
        lines.append(f"single_image_dim: {side} single_image_dim: {side} }}")
        self._save_sheet(folder / "thumbnails.png")
        with replacing(folder / _PART) as temporary:
            temporary.write_text("".join(f"  {line}\n" for line in lines))
        self._list()

    def keep(self, epochs: int) -> None:
        """Remove the codes of later epochs, which an earlier run left."""
        later = [folder for folder in self._sets() if _epoch_of(folder) > epochs]
        for folder in later:
            shutil.rmtree(folder)
        if later:
            self._list()

    def _sets(self) -> list[Path]:
        """Return the folders of all sets, the latest first."""
        found = (self._folder / _FOLDER).glob(f"epoch-{'[0-9]' * 6}")
        return sorted((p for p in found if (p / _PART).is_file()), reverse=True)

    def _list(self) -> None:
        """Tell TensorBoard which sets there are."""
        text, word = "", "codes after"
        for folder in self._sets():
            # TensorBoard sorts by name and shows the first: the latest has to be it.
            epoch = f"{_epoch_of(folder)}".rjust(6 if text else 0, "0")
            inner = (folder / _PART).read_text()
            name = f'  tensor_name: "{word} epoch {epoch}"\n'
            text += f"embeddings {{\n{name}{inner}}}\n"
            word = "earlier, after"
        with replacing(self._folder / _CONFIG) as temporary:
            temporary.write_text(text)

    def _save_sheet(self, path: Path) -> None:
        from PIL import Image

        with replacing(path) as temporary:
            sheet = arranged(self._tiles, _columns(len(self._tiles)), fill=0)
            Image.fromarray(sheet).save(temporary)


def _epoch_of(folder: Path) -> int:
    return int(folder.name.partition("-")[2])


def _one_line(label: str) -> str:
    """Return a label without tabs and line breaks, and never empty."""
    return " ".join(label.split()) or "-"
