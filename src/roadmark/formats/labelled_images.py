"""Frames of clips as images with boxes: what every detection format is written from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.clip import Clip, ClipFrame, ObjectLabel
from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.files import output_errors, write_file
from roadmark.formats.augmented_pictures import AugmentedPictures
from roadmark.formats.placing import Placing, place_file
from roadmark.media import encode_jpeg, encode_rle

CATEGORIES = ("car", "truck", "bus", "train", "motorcycle", "bicycle", "pedestrian", "rider")
"""Categories of clips, in the order of their numbers."""


@dataclass(frozen=True)
class ImageChoice:
    """Which images, and which objects in them.

    Attributes:
        every: Every how many frames of a clip one is taken, beginning with its first.
        categories: Objects that count; their places are the formats' class numbers.
        least_visible: Least visible fraction of an object, where it is known.
        least_side: Least width and height of an object's box, pixels.

    Raises:
        ConfigError: A value that makes no sense.
    """

    every: int = 1
    categories: Sequence[str] = CATEGORIES
    least_visible: float = 0.0
    least_side: int = 1

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ConfigError(f"every must be 1 or more, not {self.every}")
        if not self.categories or len(set(self.categories)) != len(self.categories):
            raise ConfigError(f"categories must be different ones, not {list(self.categories)}")
        if unknown := [name for name in self.categories if name not in CATEGORIES]:
            raise ConfigError(f"category {unknown[0]!r} is not known; use {', '.join(CATEGORIES)}")
        if not 0.0 <= self.least_visible <= 1.0:
            raise ConfigError(f"least_visible must be within 0 and 1, not {self.least_visible}")


@dataclass(frozen=True)
class ImageSource:
    """A clip whose frames are images, or an augmented one, whose labels are another clip's.

    Attributes:
        name: Names it among all, with forward slashes; its images are named after it.
        path: Its folder.
        labels: Of an augmented clip, the folder of the clip with its labels; None for a clip itself.
    """

    name: str
    path: Path
    labels: Path | None = None


def clips_below(root: Path | str, clips: Iterable[Path]) -> Iterator[ImageSource]:
    """Clips by their places below a folder, so that their images' names lead to them from there.

    Args:
        root: A folder above them all.
        clips: Folders, for example those of `find_clips`.

    Raises:
        InputError: A clip is not below the root.
    """
    top = Path(root).resolve()
    for path in clips:
        place = path.resolve()
        if not place.is_relative_to(top) or place == top:
            raise InputError(f"{path}: is not below {root}; name a folder above all clips")
        yield ImageSource(place.relative_to(top).as_posix(), path)


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """A frame of a clip, or of an augmented one.

    Attributes:
        clip: The source's name.
        number: The frame's number in its video.
        frame: The clip's frame with its labels.
        choice: Which of its objects count.
        pictures: Where an augmented clip's picture comes from; None for the clip's own.
    """

    clip: str
    number: int
    frame: ClipFrame
    choice: ImageChoice
    pictures: AugmentedPictures | None = None

    @property
    def name(self) -> str:
        """A name for it among all sources: scenario_0001__000000000007."""
        return f"{self.clip.replace('/', '__')}__{self.number:012d}"

    @property
    def suffix(self) -> str:
        """Ending of its picture's file, with the dot."""
        return self._path.suffix if self.pictures is None else ".jpg"

    @property
    def file_name(self) -> str:
        """Its picture's file below the root, with forward slashes; an augmented clip's is there once it is placed."""
        if self.pictures is not None:
            return f"{self.clip}/frame_{self.number:012d}{self.suffix}"
        return f"{self.clip}/{self._path.relative_to(self.frame.clip.path).as_posix()}"

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.frame.clip.size

    @property
    def seconds(self) -> float:
        """Time since the video's start."""
        if self.pictures is not None:
            return float(self.number / self.pictures.fps)
        return self.frame.time - self.frame.clip.manifest.frames[0].time

    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 picture."""
        return self.frame.rgb() if self.pictures is None else self.pictures.rgb(self.number)

    def objects(self) -> list[ObjectLabel]:
        """The objects that count and, in an augmented picture, can be seen as far as verification knows.

        Raises:
            InputError: The labels are missing.
            FormatError: They are malformed, or of a category no clip has.
        """
        return [label for label in self.frame.labels().objects if self._counts(label)]

    def place(self, target: Path, how: Placing = "copy") -> None:
        """Put the picture's file where nothing is yet; an augmented clip's is encoded anew (JPEG, quality 95).

        Raises:
            InputError: It cannot be read.
            OutputError: It cannot be written.
        """
        if self.pictures is None:
            place_file(self._path, target, how)
            return
        with output_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        write_file(target, encode_jpeg(self.rgb()))

    def offer(self, folder: Path | None, how: Placing) -> None:
        """Put the picture's file under its `file_name` below a folder; with None it must be a file already.

        Raises:
            InputError: It is none, or cannot be read.
            OutputError: It cannot be written.
        """
        if folder is not None:
            self.place(folder / self.file_name, how)
        elif self.pictures is not None:
            raise InputError(f"{self.pictures.video}: its frames are no files yet; name a folder for the images")

    @property
    def _path(self) -> Path:
        return self.frame.file("rgb")

    def _counts(self, label: ObjectLabel) -> bool:
        if label.category not in CATEGORIES:
            raise FormatError(
                f"category {label.category[:40]!r} is not known", path=self.frame.file("odvg"), field="category"
            )
        if self.pictures is not None and self.pictures.hides(label.actor_id, self.number):
            return False
        xmin, ymin, xmax, ymax = label.bbox_2d
        large = min(xmax - xmin, ymax - ymin) + 1 >= self.choice.least_side
        seen = label.visible_fraction is None or label.visible_fraction >= self.choice.least_visible
        return label.category in self.choice.categories and large and seen


def labelled_images(sources: Iterable[ImageSource], choice: ImageChoice | None = None) -> Iterator[LabelledImage]:
    """Frames of clips, one by one, clip by clip.

    Raises:
        InputError: A clip is not whole, or named like another.
        FormatError: One is malformed.
    """
    choice = choice or ImageChoice()
    names: set[str] = set()
    for source in sources:
        if source.name.replace("/", "__") in names:
            raise InputError(f"{source.path}: another clip has this name, with '__' for '/', or it is given twice")
        names.add(source.name.replace("/", "__"))
        if source.labels is None:
            clip = Clip.open(source.path)
            for index in range(0, len(clip), choice.every):
                yield LabelledImage(source.name, index, clip[index], choice)
        else:
            pictures = AugmentedPictures(source.path, source.labels)
            for number in range(0, len(pictures.source_frames), choice.every):
                frame = pictures.clip[pictures.source_frames[number]]
                yield LabelledImage(source.name, number, frame, choice, pictures)


def run_lengths(label: ObjectLabel, size: tuple[int, int]) -> tuple[dict[str, object], int]:
    """COCO run lengths of an object's visible mask, and its area in pixels.

    Of an object without run lengths, as in adopted clips, the outer polygons are filled.

    Args:
        label: The object.
        size: (width, height) of the image.
    """
    if label.mask_rle is not None and label.pixels is not None:
        return dict(label.mask_rle), label.pixels
    xmin, ymin, xmax, ymax = label.bbox_2d
    mask = np.zeros((ymax - ymin + 1, xmax - xmin + 1), np.uint8)
    corner = np.array([xmin, ymin])
    cv2.fillPoly(mask, [np.array(one, np.int32).reshape(-1, 2) - corner for one in label.polygons], 1)
    return encode_rle(mask.astype(np.bool_), (xmin, ymin), size), int(mask.sum())
