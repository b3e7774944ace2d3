"""What pixels alone say of a video."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.media import read_video, video_info

MOST_FRAMES = 3000
"""Frames that are decoded; longer videos are described by their beginning."""

_WIDTH: Final = 160
_REC709: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)


def describe_pixels(path: Path) -> str:
    """Brightness, colours and movement of a video, in words that say where they come from.

    Raises:
        InputError: The file cannot be read.
        FormatError: It is no video.
    """
    info = video_info(path)
    means: list[NDArray[np.float32]] = []
    moved: list[float] = []
    before: NDArray[np.float32] | None = None
    for image in islice(read_video(path), MOST_FRAMES):
        small = _small(image)
        means.append(small.reshape(-1, 3).mean(axis=0))
        if before is not None:
            moved.append(float(np.abs(small - before).mean()))
        before = small
    light = float((np.array(means) @ _REC709).mean())
    red, _, blue = np.array(means).mean(axis=0)
    motion = sum(moved) / len(moved) if moved else 0.0
    return (
        "This description comes from pixel statistics alone; what the video shows is not known. "
        f"It has {info.width} x {info.height} pixels and lasts {info.duration:.1f} seconds at "
        f"{float(info.fps):g} frames per second. "
        f"The picture is {_brightness(light)} (mean {light:.0f} of 255), its colours are {_warmth(red, blue)}, and "
        f"{_movement(motion)}."
    )


def _small(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    height = max(1, round(image.shape[0] * _WIDTH / image.shape[1]))
    return np.asarray(cv2.resize(image, (_WIDTH, height), interpolation=cv2.INTER_AREA), np.float32)


def _brightness(light: float) -> str:
    return "very dark" if light < 25 else "dark" if light < 60 else "of middle brightness" if light < 140 else "bright"


def _warmth(red: float, blue: float) -> str:
    ratio = (red + 1.0) / (blue + 1.0)
    return "warm" if ratio > 1.12 else "cool" if ratio < 0.9 else "neutral"


def _movement(motion: float) -> str:
    if motion < 0.05:
        return "nothing moves"
    return "little moves" if motion < 1.5 else "parts of it move" if motion < 6.0 else "most of it moves"
