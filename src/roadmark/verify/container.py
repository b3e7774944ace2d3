"""What must hold of the file itself before its pictures are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.clip import Clip
from roadmark.errors import InputError
from roadmark.media import VideoInfo, video_info
from roadmark.verify.frames import ComparedFrame

BLACK = 16
"""Gray level that one pixel in a hundred of any picture reaches, the darkest night's too."""
CHANGED = 12
"""Gray levels that compression alone does not change."""
MOVING_PIXELS = 30
"""Changed pixels of the source from which something surely moves."""
STILL = 0.5
"""Mean change in gray levels, where the source moves, of a picture that stands still."""
TEXTURED = 2.0
"""Gray levels per pixel of gradient, where the source moves, from which motion could be seen in the result."""
_RATE_TOLERANCE = Fraction(1, 200)


def check_video(clip: Clip, video: Path, frame_map: Sequence[int] | None) -> tuple[VideoInfo, list[str]]:
    """Compare a video's size, rate and length with its source's.

    Args:
        clip: The source.
        video: The augmented video.
        frame_map: Source frame of every frame; None is one to one.

    Returns:
        What the file is, and what is wrong with it.

    Raises:
        InputError: It cannot be read, or the map does not fit the source.
    """
    info = video_info(video)
    width, height = clip.size
    faults = []
    if (info.width - info.width % 2, info.height - info.height % 2) != (width - width % 2, height - height % 2) and (
        info.width,
        info.height,
    ) != (width + width % 2, height + height % 2):
        faults.append(f"is {info.width} x {info.height}, its source {width} x {height}: labels do not fit it")
    if frame_map is not None:
        _check_map(frame_map, len(clip), video)
    expected = len(clip) if frame_map is None else len(frame_map)
    if info.frames != expected:
        whose = "its source has" if frame_map is None else "its frame map has"
        faults.append(f"has {info.frames} frames, {whose} {expected}")
    if abs(info.fps - clip.fps) > clip.fps * _RATE_TOLERANCE:
        faults.append(f"has {float(info.fps):g} frames per second, its source {float(clip.fps):g}")
    return info, faults


def _check_map(frame_map: Sequence[int], frames: int, video: Path) -> None:
    if any(later < earlier for earlier, later in pairwise(frame_map)):
        raise InputError(f"{video}: its frame map goes back in time; frames must follow their source's order")
    if frame_map and not 0 <= min(frame_map) <= max(frame_map) < frames:
        raise InputError(f"{video}: its frame map names source frames beyond 0 to {frames - 1}")


class Liveliness:
    """Whether there is a picture, and whether it moves where its source does."""

    def __init__(self) -> None:
        self._black: list[int] = []
        self._frozen: list[int] = []
        self._moving = 0

    def add(self, frame: ComparedFrame, number: int) -> None:
        """Take a frame into account by its number in the video."""
        if _bright(frame.result.gray) < BLACK <= _bright(frame.source.gray):
            self._black.append(number)
        if frame.before is None:
            return
        moving = cv2.absdiff(frame.source.gray, frame.before.source.gray) > CHANGED
        if np.count_nonzero(moving) < MOVING_PIXELS or frame.result.gradient[moving].mean() < TEXTURED:
            return
        self._moving += 1
        if cv2.absdiff(frame.result.gray, frame.before.result.gray)[moving].mean() < STILL:
            self._frozen.append(number)

    def faults(self) -> list[str]:
        """What is wrong, in words."""
        faults = []
        if self._black:
            faults.append(f"is black at frame {self._black[0]}" + _more(self._black))
        if len(self._frozen) >= 2 or (self._frozen and len(self._frozen) == self._moving):
            faults.append(f"stands still at frame {self._frozen[0]}, where its source moves" + _more(self._frozen))
        return faults


def _more(numbers: list[int]) -> str:
    return f" and {len(numbers) - 1} more of those looked at" if len(numbers) > 1 else ""


def _bright(gray: NDArray[np.uint8]) -> float:
    """The gray level that one pixel in a hundred exceeds."""
    return float(np.percentile(gray[::4, ::4], 99.0))
