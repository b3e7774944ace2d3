"""A service's video made ours: checked against the source, H.264 where it is not, in place whole or not at all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.augment.transfer.checks import same_rate
from roadmark.augment.transfer.protocol import TransferError
from roadmark.errors import FormatError
from roadmark.files import atomic_file
from roadmark.media import PICTURE, VideoInfo, VideoWriter, read_video, video_info

MAX_RESULT_BYTES = 2 * 1024**3
"""Largest video that is taken from a service."""


@dataclass(frozen=True)
class Placed:
    """What was done to a service's video.

    Attributes:
        received: What the service sent.
        transcoded: Whether it was encoded anew (another codec, size or rate than the source's).
    """

    received: VideoInfo
    transcoded: bool

    def facts(self) -> dict[str, str | int | bool]:
        """For the output's JSON."""
        received = self.received
        return {
            "received_codec": received.codec,
            "received_size": f"{received.width}x{received.height}",
            "received_fps": str(received.fps),
            "transcoded": self.transcoded,
        }


def place_result(received: Path, output: Path, source: VideoInfo, service: str) -> Placed:
    """Check a service's video and put it in place.

    Every frame of the result stands for the source's frame of the same number, because the labels do; so the count must
    be the same. Size and rate are made the source's where the service has its own (buckets of sizes, whole rates).

    Args:
        received: The downloaded file.
        output: Where it goes.
        source: What the source video holds.
        service: Who made it, for messages.

    Raises:
        TransferError: It is no video, is cut off, or has another number of frames.
        OutputError: It cannot be written.
    """
    try:
        found = video_info(received)
    except FormatError as error:
        raise TransferError(f"{service}: sent no whole video ({error}); run again") from None
    if found.frames != source.frames:
        raise TransferError(
            f"{service}: sent {found.frames} frames for {source.frames}; labels would not fit them; "
            "check the server's settings for frames per chunk"
        )
    fits = (found.width, found.height) == (source.width, source.height) and same_rate(found.fps, source.fps)
    if fits and (found.codec, found.pixel_format) == ("h264", "yuv420p"):
        with atomic_file(output) as partial:
            shutil.copyfile(received, partial)
        return Placed(found, transcoded=False)
    try:
        _transcode(received, output, source)
    except FormatError as error:
        raise TransferError(f"{service}: sent a video that cannot be decoded ({error}); run again") from None
    return Placed(found, transcoded=True)


def _transcode(received: Path, output: Path, source: VideoInfo) -> None:
    with atomic_file(output) as partial:
        video = VideoWriter(partial, source.width, source.height, source.fps, style=PICTURE)
        with video:
            for frame in read_video(received):
                video.write(_resized(frame, source.width, source.height))
        if video.frames != source.frames:
            raise FormatError(f"{video.frames} of {source.frames} frames can be decoded", path=received)


def _resized(frame: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    if frame.shape[:2] == (height, width):
        return frame
    shrinks = frame.shape[0] > height
    kind = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cv2.resize(frame, (width, height), interpolation=kind)  # type: ignore[return-value]
