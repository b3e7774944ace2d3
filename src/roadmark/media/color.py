"""Pixels for video encoders: BT.709 Y'CbCr 4:2:0, studio range, from pictures, gray levels or class ids.

swscale converts too, but the tables below turn a label image into planes in a tenth of the time of a picture, and one
matrix, stated here, makes the result independent of a library's defaults. Chroma is the mean of its 2 x 2 pixels.

Source: ITU-R BT.709-6, 3 and 4 (8-bit quantisation).
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

_BT709_WEIGHTS = (0.2126, 0.0722)
_BT601_WEIGHTS = (0.299, 0.114)


def _yuv_from_rgb(red: float, blue: float, *, full_range: bool = False) -> NDArray[np.float32]:
    """(3, 4) affine map of 8-bit RGB to 8-bit Y'CbCr with the luma weights `red` and `blue`."""
    luma, chroma, offset = (255.0, 255.0, 0.0) if full_range else (219.0, 224.0, 16.0)
    y = np.array([red, 1.0 - red - blue, blue])
    cb = (np.array([0.0, 0.0, 1.0]) - y) / (2.0 * (1.0 - blue))
    cr = (np.array([1.0, 0.0, 0.0]) - y) / (2.0 * (1.0 - red))
    matrix = np.stack([y * luma, cb * chroma, cr * chroma]) / 255.0
    return np.concatenate([matrix, [[offset], [128.0], [128.0]]], axis=1).astype(np.float32)


YUV_FROM_RGB = _yuv_from_rgb(*_BT709_WEIGHTS)
"""(3, 4) affine map of 8-bit RGB to 8-bit studio-range BT.709."""

LUMA_OF_GRAY: Plane = np.rint(16.0 + np.arange(256) * 219.0 / 255.0).astype(np.uint8)
"""(256,) studio-range luma of full-range gray."""

GRAY_OF_LUMA: Plane = np.rint(np.clip((np.arange(256) - 16.0) * 255.0 / 219.0, 0.0, 255.0)).astype(np.uint8)
"""(256,) full-range gray of studio-range luma."""


class YuvPlanes(NamedTuple):
    """One frame: luma (H, W) and both chroma planes (H / 2, W / 2), uint8, even H and W."""

    y: Plane
    u: Plane
    v: Plane


def even_size(image: Plane) -> Plane:
    """Pad an image (H, W, ...) to even height and width by repeating its last row or column."""
    height, width = image.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return image
    padding = [(0, height % 2), (0, width % 2)] + [(0, 0)] * (image.ndim - 2)
    return np.pad(image, padding, mode="edge")


def planes_from_rgb(rgb: Plane) -> YuvPlanes:
    """Planes of a picture (H, W, 3), padded to even size."""
    rgb = even_size(rgb)
    height, width = rgb.shape[:2]
    luma = cv2.extractChannel(cv2.transform(rgb, YUV_FROM_RGB), 0)
    half = cv2.resize(rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    chroma = cv2.transform(half, YUV_FROM_RGB)
    u, v = cv2.extractChannel(chroma, 1), cv2.extractChannel(chroma, 2)
    return YuvPlanes(luma, u, v)  # type: ignore[arg-type]  # cv2 keeps uint8


def planes_from_gray(gray: Plane) -> YuvPlanes:
    """Planes of a gray image (H, W), full range, padded to even size."""
    luma = cv2.LUT(even_size(gray), LUMA_OF_GRAY)
    height, width = luma.shape
    neutral = np.full((height // 2, width // 2), 128, np.uint8)
    return YuvPlanes(luma, neutral, neutral)  # type: ignore[arg-type]  # cv2 keeps uint8


def planes_from_indices(indices: Plane, palette: Plane) -> YuvPlanes:
    """Planes of palette colours.

    Args:
        indices: (H, W) uint8.
        palette: (N, 3) uint8 RGB; indices from N on are shown black.

    Returns:
        Planes padded to even size.
    """
    table = np.zeros((256, 3), np.uint8)
    table[: len(palette)] = palette
    yuv = cv2.transform(table[None], YUV_FROM_RGB)[0]
    indices = even_size(indices)
    height, width = indices.shape
    luma, u, v = (cv2.LUT(indices, np.ascontiguousarray(yuv[:, k])) for k in range(3))
    half = (width // 2, height // 2)
    return YuvPlanes(
        luma,  # type: ignore[arg-type]  # cv2 keeps uint8
        cv2.resize(u, half, interpolation=cv2.INTER_AREA),  # type: ignore[arg-type]  # cv2 keeps uint8
        cv2.resize(v, half, interpolation=cv2.INTER_AREA),  # type: ignore[arg-type]  # cv2 keeps uint8
    )


def rgb_from_planes(planes: YuvPlanes, *, bt601: bool = False, full_range: bool = False) -> Plane:
    """Picture (H, W, 3) of decoded planes, chroma interpolated linearly; undoes `planes_from_rgb` by default."""
    height, width = planes.y.shape
    u, v = (cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in (planes.u, planes.v))
    forward = _yuv_from_rgb(*(_BT601_WEIGHTS if bt601 else _BT709_WEIGHTS), full_range=full_range)
    inverse = np.linalg.inv(forward[:, :3])
    affine = np.concatenate([inverse, -inverse @ forward[:, 3:]], axis=1)
    return cv2.transform(cv2.merge([planes.y, u, v]), affine)  # type: ignore[return-value]  # cv2 keeps uint8
