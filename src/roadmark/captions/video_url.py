"""A video as an address that goes into a request: its bytes, or its place on a disk that the service shares."""

from __future__ import annotations

import base64
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from roadmark.errors import InputError
from roadmark.files import input_errors, open_input, read_bounded
from roadmark.media import VideoStyle, VideoWriter, read_video, video_info

INLINE_LIMIT = 20 * 1024 * 1024
"""Bytes of a video that is sent as it is; larger ones are made smaller first."""

_WIDTH, _FPS, _STYLE = 640, 4, VideoStyle("veryfast", 28)
"""What models look at anyway: a few small frames per second."""


def file_url(path: Path) -> str:
    """A file:// address; the service must see the same disk and allow the folder (`--allowed-local-media-path`).

    Raises:
        InputError: There is no such file.
    """
    with input_errors(path):
        open_input(path).close()
        return path.resolve().as_uri()


def inline_url(path: Path, limit: int = INLINE_LIMIT) -> str:
    """A data: address with the video's bytes.

    Args:
        path: An .mp4.
        limit: Bytes above which it is made smaller first: 640 pixels wide, 4 frames per second.

    Raises:
        InputError: It cannot be read.
        FormatError: It is no video.
    """
    with input_errors(path):
        size = path.stat().st_size
    if size <= limit:
        return _data_url(read_bounded(path, limit))
    with TemporaryDirectory(prefix="roadmark-") as folder:
        smaller = Path(folder) / "video.mp4"
        _reduce(path, smaller)
        if smaller.stat().st_size > limit:
            raise InputError(
                f"{path}: has {size} bytes, and {smaller.stat().st_size} at {_WIDTH} pixels and {_FPS} frames per "
                f"second; more than the {limit} that are sent. Cut it, or share the disk with the service (file URLs)"
            )
        return _data_url(read_bounded(smaller, limit))


def _data_url(data: bytes) -> str:
    return f"data:video/mp4;base64,{base64.b64encode(data).decode('ascii')}"


def _reduce(path: Path, smaller: Path) -> None:
    """Write a few small frames per second, each the first at or after its time."""
    info = video_info(path)
    fps = min(Fraction(_FPS), info.fps)
    width = min(_WIDTH, info.width)
    size = (width, max(2, round(info.height * width / info.width)))
    with VideoWriter(smaller, *size, fps, style=_STYLE) as video:
        for number, image in enumerate(read_video(path)):
            if Fraction(number) / info.fps >= Fraction(video.frames) / fps:
                video.write(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8))
