"""A small picture of each clip, for the list."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.clip import Clip, ClipEvent
from roadmark.errors import RoadmarkError
from roadmark.media import encode_jpeg, read_video
from roadmark.report.streams import ORIGINAL, Stream

WIDTH, HEIGHT, QUALITY = 128, 72, 60


def thumbnail(clip: Clip | None, events: Sequence[ClipEvent], streams: Sequence[Stream]) -> str:
    """A `data:` address of a JPEG: the clip where its first event begins, else its middle, else a video's first frame.

    Empty where there is no picture.
    """
    try:
        if clip is not None and "rgb" in clip.manifest.folders:
            index = min(events[0].first_frame if events else len(clip) // 2, len(clip) - 1)
            return _address(clip[index].rgb())
        for stream in streams:
            if stream.version == ORIGINAL and stream.kind == "video" and not stream.problem:
                return _address(next(read_video(stream.file)))
    except (RoadmarkError, StopIteration):
        pass  # that the picture is damaged is told where it is shown
    return ""


def _address(picture: NDArray[np.uint8]) -> str:
    height, width = picture.shape[:2]
    scale = min(WIDTH / width, HEIGHT / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(small, QUALITY)).decode()
