"""What a camera of a drive recorded: a video, or a folder of images, one picture per frame."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from roadmark.errors import FormatError
from roadmark.files import has_file, input_errors
from roadmark.media import read_image, video_info

IMAGE_ENDINGS = frozenset((".jpg", ".jpeg", ".png"))
MAX_IMAGES = 1_000_000
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True)
class VideoFile:
    """A video whose k-th picture is the camera's k-th frame."""

    path: Path

    def measure(self) -> tuple[int, int, int]:
        """Number of pictures, counted without decoding them, and their width and height in pixels.

        Raises:
            InputError: The video is missing, unreadable or breaks off.
        """
        info = video_info(self.path)
        return info.frames, info.width, info.height


@dataclass(frozen=True)
class ImageFiles:
    """Images of a camera, the k-th of its k-th frame.

    Attributes:
        paths: In the order of the frames.
    """

    paths: tuple[Path, ...]

    @property
    def path(self) -> Path:
        """Their folder."""
        return self.paths[0].parent

    def measure(self) -> tuple[int, int, int]:
        """Number of images, and width and height of the first in pixels.

        Raises:
            InputError: The first is missing or no image.
        """
        height, width = read_image(self.paths[0]).shape[:2]
        return len(self.paths), width, height


Footage = VideoFile | ImageFiles


def find_footage(*places: Path) -> Footage | None:
    """The video, or the folder of images, at the first of these places where there is one.

    Args:
        places: Videos with their ending; a folder has the same name without it. Images are in the order of the last
            number in their names.

    Raises:
        InputError: Something else has that name.
        FormatError: A folder without images, or with two of the same number.
    """
    for video in places:
        if has_file(video):
            return VideoFile(video)
        folder = video.with_suffix("")
        with input_errors(folder):
            if folder.is_dir():
                return ImageFiles(_images(folder))
    return None


def _images(folder: Path) -> tuple[Path, ...]:
    found: dict[int, Path] = {}
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if Path(entry.name).suffix.lower() not in IMAGE_ENDINGS or entry.name.startswith("."):
                continue
            numbers = _NUMBERS.findall(Path(entry.name).stem)
            if not numbers:
                raise FormatError("an image's name needs the number of its frame", path=folder / entry.name)
            if int(numbers[-1]) in found:
                raise FormatError(f"{entry.name} and {found[int(numbers[-1])].name} are one frame", path=folder)
            if len(found) >= MAX_IMAGES:
                raise FormatError(f"more than {MAX_IMAGES} images", path=folder)
            found[int(numbers[-1])] = folder / entry.name
    if not found:
        raise FormatError("holds no .jpg or .png images of the camera", path=folder)
    return tuple(found[number] for number in sorted(found))
