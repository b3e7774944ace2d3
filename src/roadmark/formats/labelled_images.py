"""Frames of clips as images with boxes: what every detection format is written from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from roadmark.clip import Clip, ClipFrame, ObjectLabel
from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.files import read_bounded, write_file
from roadmark.media import encode_rle

CATEGORIES = ("car", "truck", "bus", "train", "motorcycle", "bicycle", "pedestrian", "rider")
"""Categories of clips, in the order of their numbers."""

MAX_IMAGE_BYTES = 256 * 1024 * 1024


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


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """A frame of a clip.

    Attributes:
        clip: Where the clip is, relative to the root, with forward slashes.
        frame: The frame.
        choice: Which of its objects count.
    """

    clip: str
    frame: ClipFrame
    choice: ImageChoice

    @property
    def name(self) -> str:
        """A name for it among all clips: scenario_0001__000000000007."""
        return f"{self.clip.replace('/', '__')}__{self.frame.index:012d}"

    @property
    def file_name(self) -> str:
        """Its picture, relative to the root, with forward slashes."""
        return f"{self.clip}/{self.path.relative_to(self.frame.clip.path).as_posix()}"

    @property
    def path(self) -> Path:
        """Its picture."""
        return self.frame.file("rgb")

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.frame.clip.size

    def objects(self) -> list[ObjectLabel]:
        """The objects that count.

        Raises:
            InputError: The labels are missing.
            FormatError: They are malformed, or of a category no clip has.
        """
        return [label for label in self.frame.labels().objects if self._counts(label)]

    def copy(self, target: Path) -> None:
        """Copy the picture's file.

        Raises:
            InputError: It cannot be read.
            OutputError: The copy cannot be written.
        """
        write_file(target, read_bounded(self.path, MAX_IMAGE_BYTES))

    def _counts(self, label: ObjectLabel) -> bool:
        if label.category not in CATEGORIES:
            raise FormatError(
                f"category {label.category[:40]!r} is not known", path=self.frame.file("odvg"), field="category"
            )
        xmin, ymin, xmax, ymax = label.bbox_2d
        large = min(xmax - xmin, ymax - ymin) + 1 >= self.choice.least_side
        seen = label.visible_fraction is None or label.visible_fraction >= self.choice.least_visible
        return label.category in self.choice.categories and large and seen


def labelled_images(
    clips: Iterable[Path], root: Path | str, choice: ImageChoice | None = None
) -> Iterator[LabelledImage]:
    """Frames of clips, one by one, clip by clip.

    Args:
        clips: Folders, for example those of `find_clips`.
        root: A folder above them all; names are relative to it.
        choice: Which images and objects.

    Raises:
        InputError: A clip is not whole, not below the root, or named like another.
        FormatError: One is malformed.
    """
    choice = choice or ImageChoice()
    top = Path(root).resolve()
    names: set[str] = set()
    for path in clips:
        place = path.resolve()
        if not place.is_relative_to(top) or place == top:
            raise InputError(f"{path}: is not below {root}; name a folder above all clips")
        name = place.relative_to(top).as_posix()
        if name.replace("/", "__") in names:
            raise InputError(f"{path}: another clip has this name, with '__' for '/', or it is given twice")
        names.add(name.replace("/", "__"))
        clip = Clip.open(path)
        for index in range(0, len(clip), choice.every):
            yield LabelledImage(name, clip[index], choice)


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
