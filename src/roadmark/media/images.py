"""Image files in and out: arrays are RGB and keep their depth, files are what every tool reads."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError, InputError
from roadmark.media.png import SIGNATURE

MAX_IMAGE_SIDE = 16384
"""Largest width and height of an image or a video, libx264's own limit."""
MAX_PIXELS = MAX_IMAGE_SIDE**2
"""Largest image that is read: a header can claim any size."""


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
        InputError: The file is missing or unreadable.
        FormatError: It is no image, is damaged, or claims more than `MAX_PIXELS`.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    return decode_image(data, path)


def decode_image(data: bytes, path: Path | str | None = None) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Decode an image held in memory; see `read_image`. `path` only names it in errors."""
    if data.startswith(SIGNATURE) and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        if width * height > MAX_PIXELS:
            raise FormatError(f"claims {width} x {height} pixels, more than is read", path=path)
    if not data:
        raise FormatError("the file is empty, not an image", path=path)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise FormatError(f"not a readable image: {error.err}", path=path) from None
    if image is None:
        raise FormatError("not a readable image: damaged, or no image at all", path=path)
    if image.dtype not in (np.uint8, np.uint16):
        raise FormatError(f"pixels of type {image.dtype} are not supported", path=path)
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGRA2RGB if image.shape[2] == 4 else cv2.COLOR_BGR2RGB)
    return image  # type: ignore[return-value]  # the two types were checked above
