"""Movies: many frames in one file."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasae import _checks
from kerasae._checks import Description, argument_error
from kerasae._files import checked_path, replacing

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("gif", "mp4")
# GIF delays are hundredths of a second, and viewers slow down those below two.
_FASTEST_GIF = 50
# ffmpeg's default, 23, blurs the edges of drawings; lower values make larger files.
_QUALITY = "18"


def write_movie(frames: Any, path: str | os.PathLike[str], *, fps: float = 4) -> Path:
    """Write frames as an animated GIF or as an MP4 video.

    Frames are read one at a time, so a long movie needs no more memory than a short
    one, and the file is written atomically. GIF plays everywhere, but is limited to
    256 colors per frame; MP4 needs `pip install "kerasae[movies]"`.

    Args:
        frames: A folder, whose PNG files are taken in the order of their names, as
            `MovieFrames` writes them; or an iterable of picture files, of Pillow
            images, or of arrays of bytes (uint8) of shape (height, width) or
            (height, width, 3). All must have the same size.
        path: The file to write, ending in .gif or .mp4.
        fps: Frames per second, above 0; a GIF shows 50 at most.

    Returns:
        The path. A GIF plays in a loop.

    Raises:
        ValueError: If there is no frame, sizes differ, the suffix is unknown, or
            `fps` is out of range.
        TypeError: If a frame is not a picture.
        ImportError: If an MP4 is asked for and imageio or ffmpeg is missing.
        OSError: If a frame cannot be read or `path` cannot be written.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> from PIL import Image
        >>> frames = [np.full((16, 24), gray, "uint8") for gray in (0, 128, 255)]
        >>> path = write_movie(frames, f"{tempfile.mkdtemp()}/brighter.gif", fps=2)
        >>> with Image.open(path) as movie:
        ...     movie.n_frames, movie.size, movie.info["duration"]
        (3, (24, 16), 500)
    """
    kind = checked_path(path, FORMATS).suffix[1:].lower()
    fps = _checks.positive("fps", fps)
    if kind == "gif" and fps > _FASTEST_GIF:
        fix = "Write an MP4, or leave out some frames."
        raise ValueError(argument_error("fps", f"{_FASTEST_GIF} at most", fps, fix))
    ffmpeg = _ffmpeg() if kind == "mp4" else ""
    images = _checked_frames(frames)
    # Read before the file is begun: most mistakes show at the first frame.
    first = next(images, None)
    if first is None:
        where = f" in {os.fspath(frames)!r}" if _is_path(frames) else ""
        fix = "For example, train with the callback MovieFrames first."
        expected = "at least one picture"
        received = f"no PNG file{where}" if where else "none"
        raise ValueError(argument_error("frames", expected, Description(received), fix))
    images = chain([first], images)
    with replacing(path, FORMATS) as temporary:
        if kind == "gif":
            _write_gif(images, temporary, fps)
        else:
            _write_mp4(images, temporary, fps, ffmpeg)
    return Path(path)


def _is_path(frames: Any) -> bool:
    return isinstance(frames, (str, os.PathLike))


def _checked_frames(frames: Any) -> Iterator["Image"]:
    """Yield the frames as RGB images of one size."""
    if _is_path(frames):
        folder = Path(frames)
        if not folder.is_dir():
            fix = "Name the folder that MovieFrames wrote to."
            raise ValueError(argument_error("frames", "a folder", str(frames), fix))
        # Names that begin with a dot are files being written.
        frames = sorted(p for p in folder.glob("*.png") if p.name[0] != ".")
    elif not isinstance(frames, Iterable):
        raise TypeError(argument_error("frames", "a folder, or several frames", frames))
    size = None
    for number, frame in enumerate(frames):
        image = _image(frame, number)
        if size is None:
            size = image.size
        if image.size != size:
            name = f", {str(frame)!r}," if _is_path(frame) else ""
            raise ValueError(
                f"`frames` must be of one size. Received: {_by(size)} pixels for the "
                f"first, {_by(image.size)} for frame {number}{name}. Frames of "
                "another run belong in another folder."
            )
        yield image


def _by(size: tuple[int, int]) -> str:
    return "x".join(map(str, size))


def _image(frame: Any, number: int) -> "Image":
    from PIL import Image

    if _is_path(frame):
        with Image.open(frame) as image:
            return image.convert("RGB")
    if isinstance(frame, Image.Image):
        return frame.convert("RGB")
    expected = (
        "a picture file, a Pillow image, or an array of bytes of shape (height, "
        "width) or (height, width, 3)"
    )
    if not isinstance(frame, np.ndarray):
        raise TypeError(argument_error(f"frames[{number}]", expected, frame))
    color = frame.ndim == 3 and frame.shape[-1] == 3
    if frame.dtype != np.uint8 or not (frame.ndim == 2 or color) or not frame.size:
        fix = "For values from 0 to 1: (frame * 255).astype('uint8')."
        received = f"an array of {frame.dtype} of shape {frame.shape}"
        raise TypeError(
            argument_error(f"frames[{number}]", expected, Description(received), fix)
        )
    return Image.fromarray(frame).convert("RGB")


def _write_gif(images: Iterator["Image"], path: Path, fps: float) -> None:
    """Write the frames one by one, of each only what changed.

    `Image.save` with `append_images` would keep all frames in memory.
    """
    from PIL.GifImagePlugin import getdata, getheader

    # Delays are whole hundredths of a second, rounded so that no lag accumulates.
    delays = (b - a for a, b in pairwise(round(n * 100 / fps) for n in count()))
    before: Image | None = None
    with path.open("wb") as file:
        for image, delay in zip(images, delays, strict=False):
            left, top, right, bottom = _changed(before, image)
            part = _reduced(image.crop((left, top, right, bottom)))
            if before is None:
                file.writelines(getheader(part, info={"loop": 0})[0])
            options = {"duration": 10 * delay, "include_color_table": True}
            file.writelines(getdata(part, (left, top), **options))
            before = image
        file.write(b";")


def _changed(before: "Image | None", image: "Image") -> tuple[int, int, int, int]:
    """Return the box around all that differs, one pixel if nothing does."""
    from PIL import ImageChops

    if before is None:
        return 0, 0, *image.size
    return ImageChops.difference(before, image).getbbox() or (0, 0, 1, 1)


def _reduced(image: "Image") -> "Image":
    """Return an image of 256 colors at most; shades of gray are kept exactly."""
    from PIL import Image

    red, green, blue = (np.asarray(channel) for channel in image.split())
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return image.convert("L").convert("P")
    # Dithering would make flat areas flicker from frame to frame.
    return image.quantize(256, dither=Image.Dither.NONE)


def _write_mp4(images: Iterator["Image"], path: Path, fps: float, ffmpeg: str) -> None:
    """Send the frames to ffmpeg through a pipe.

    imageio's own writer forks, which JAX warns about.
    """
    first = _even(next(images))
    height, width = first.shape[:2]
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}")
    # Browsers play 4:2:0, and with "faststart" before the file has fully arrived.
    video = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", _QUALITY)
    command = (ffmpeg, "-y", "-loglevel", "error", *raw, "-r", f"{fps}", "-i", "-")
    with subprocess.Popen(
        (*command, *video, "-movflags", "+faststart", path),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        pipe: Any = process.stdin
        with suppress(BrokenPipeError):  # ffmpeg gave up, and says why
            for pixels in chain([first], map(_even, images)):
                pipe.write(pixels.tobytes())
        _, errors = process.communicate()
    if process.returncode:
        reason = errors.decode(errors="replace").strip()
        raise OSError(f"ffmpeg could not write the movie: {reason}")


def _even(image: "Image") -> np.ndarray:
    """Repeat the last row and column where their number is odd, for the codec."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    return np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _ffmpeg() -> str:
    """Return the path of the program that encodes videos."""
    try:
        from imageio_ffmpeg import get_ffmpeg_exe  # type: ignore[import-untyped]

        return get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise ImportError(
            'An MP4 needs ffmpeg: pip install "kerasae[movies]". A .gif does not.'
        ) from error
