"""The frames that are judged."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.clip import Clip
from roadmark.errors import FormatError
from roadmark.media import DecodedFrame, decode_video
from roadmark.verify.frames import ComparedFrame, Moment
from roadmark.verify.pictures import Picture
from roadmark.verify.truth import FrameTruth


def source_frames(clip: Clip) -> Iterator[DecodedFrame]:
    """The source's pictures: its video, which is what was augmented, else its images."""
    if "rgb" in clip.manifest.videos:
        return decode_video(clip.video("rgb"))
    return (DecodedFrame.of(frame.rgb()) for frame in clip)


def compared_frames(
    clip: Clip, video: Path, frame_map: Sequence[int] | None, every: int
) -> Iterator[tuple[int, ComparedFrame]]:
    """Every `every`-th frame of a video beside its source and labels, by its number; all frames are decoded.

    Raises:
        InputError: A file is missing or unreadable.
        FormatError: A video breaks off, or a label file is malformed.
    """
    source = _Walk(source_frames(clip), clip)
    before: Moment | None = None
    for number, decoded in enumerate(decode_video(video)):
        judged, next_judged = number % every == 0, (number + 1) % every == 0
        if not (judged or next_judged):
            continue
        index = number if frame_map is None else frame_map[number]
        now = Moment(source.at(index), Picture.of(decoded, clip.size), FrameTruth(clip[index]))
        if judged:
            now.truth.load()
            yield number, ComparedFrame(now, before)
        before = now if next_judged else None


class _Walk:
    """Pictures of a source that are asked for in ascending order."""

    def __init__(self, frames: Iterator[DecodedFrame], clip: Clip) -> None:
        self._frames, self._size, self._path = enumerate(frames), clip.size, clip.path
        self._last: tuple[int, Picture] | None = None

    def at(self, index: int) -> Picture:
        """The picture of a frame.

        Raises:
            FormatError: The source has fewer.
        """
        while self._last is None or self._last[0] < index:
            number, frame = next(self._frames, (-1, None))
            if frame is None:
                raise FormatError(f"the clip's rgb video has no frame {index}; simulate it again", path=self._path)
            if number == index:
                self._last = number, Picture.of(frame, self._size)
        return self._last[1]


def strangers(video: Path, size: tuple[int, int], count: int) -> list[Picture]:
    """The first pictures of another video, in gray, scaled to a size (width, height)."""
    frames = itertools.islice(decode_video(video), count)
    return [Picture(_resized(frame.gray(), size), frame) for frame in frames]


def _resized(gray: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return cv2.resize(gray, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]  # cv2 keeps uint8


def mirrored(picture: Picture) -> Picture:
    """A picture turned left to right, in gray."""
    return Picture(np.ascontiguousarray(picture.gray[:, ::-1]), picture.stored)
