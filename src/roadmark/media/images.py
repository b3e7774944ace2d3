"""Image files in and out: arrays are RGB and keep their depth, files are what every tool reads."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError
from roadmark.files import read_bounded
from roadmark.media.png import SIGNATURE

MAX_IMAGE_SIDE = 16384
"""Largest width and height of an image or a video, libx264's own limit."""
MAX_PIXELS = MAX_IMAGE_SIDE**2
"""Largest image that is read: a header can claim any size."""
MAX_IMAGE_BYTES = 1 << 30
"""Largest image file that is read."""

_JPEG = b"\xff\xd8\xff"
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA
_BARE_MARKERS = frozenset((0x01, *range(0xD0, 0xD9)))  # without a segment
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # tables, an extension, tables


def encode_jpeg(rgb: NDArray[np.uint8], quality: int = 95) -> bytes:
    """Encode a picture as baseline JPEG (4:2:0).

    Args:
        rgb: (H, W, 3) uint8.
        quality: 1 to 100.

    Raises:
        ValueError: The array is no RGB picture.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or rgb.size == 0:
        raise ValueError(f"a JPEG holds (H, W, 3) uint8 pixels, not {rgb.shape} {rgb.dtype}")
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def read_image(path: Path | str) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Read an image as it is stored: gray stays gray, 16 bit stays 16 bit, colours (palettes too) come as RGB.

    Returns:
        (H, W) or (H, W, 3), uint8 or uint16. Transparency is dropped.

    Raises:
        InputError: The file is missing, unreadable or no regular file.
        FormatError: It is neither PNG nor JPEG, is damaged, or claims more than `MAX_PIXELS`.
    """
    path = Path(path)
    return decode_image(read_bounded(path, MAX_IMAGE_BYTES), path)


def decode_image(data: bytes, path: Path | str | None = None) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Decode an image held in memory; see `read_image`. `path` only names it in errors."""
    if not data:
        raise FormatError("the file is empty, not an image", path=path)
    size = image_size(data)
    if size is None:
        raise FormatError("not a readable image: neither PNG nor JPEG, or damaged", path=path)
    if size[0] * size[1] > MAX_PIXELS:
        raise FormatError(f"claims {size[0]} x {size[1]} pixels, more than is read", path=path)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise FormatError(f"not a readable image: {error.err}", path=path) from None
    if image is None:
        raise FormatError("not a readable image: damaged, or no image at all", path=path)
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGRA2RGB if image.shape[2] == 4 else cv2.COLOR_BGR2RGB)
    return image  # type: ignore[return-value]  # the two types were checked above


def image_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) that a PNG's or JPEG's header claims; None for any other format or a damaged header."""
    if data.startswith(SIGNATURE):
        if len(data) < 24 or data[12:16] != b"IHDR":
            return None
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    return _jpeg_size(data) if data.startswith(_JPEG) else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Size in a JPEG's first frame header, found as libjpeg finds it (it skips bytes between segments)."""
    at = 2
    while (at := data.find(b"\xff", at)) >= 0:
        while data[at : at + 1] == b"\xff":
            at += 1
        marker = data[at] if at < len(data) else _END_OF_IMAGE
        at += 1
        if marker == 0 or marker in _BARE_MARKERS:
            continue
        if marker in (_END_OF_IMAGE, _START_OF_SCAN) or at + 7 > len(data):
            return None
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", data, at + 3)
            return width, height
        at += max(struct.unpack_from(">H", data, at)[0], 2)
    return None
