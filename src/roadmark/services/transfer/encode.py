"""Frames into the files that each service sends: H.264, or VP9 in MP4 as the NIM does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.media import PICTURE, VideoWriter

Picture = NDArray[np.uint8]


def without_last(frames: Iterable[Picture]) -> Iterator[Picture]:
    """All frames but the last: a result of another length."""
    held: Picture | None = None
    for frame in frames:
        if held is not None:
            yield held
        held = frame


def write_h264(path: Path, frames: Iterable[Picture], size: tuple[int, int], fps: Fraction) -> None:
    """Write frames of any size as a video of one.

    Raises:
        OutputError: It cannot be written, or there is no frame.
    """
    with VideoWriter(path, *size, fps, style=PICTURE) as video:
        for frame in frames:
            fits = (frame.shape[1], frame.shape[0]) == size
            video.write(frame if fits else cv2.resize(frame, size, interpolation=cv2.INTER_AREA))  # type: ignore[arg-type]


def write_vp9(path: Path, frames: Iterable[Picture], size: tuple[int, int], fps: Fraction) -> None:
    """Write frames of one even size as VP9 in MP4."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libvpx-vp9", rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.options = {"deadline": "realtime", "cpu-used": "8", "crf": "20", "b": "0"}
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))
