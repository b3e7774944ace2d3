"""Drawing on a video's frame as it is stored: luma, and chroma of half the size, without a way over RGB.

Everything that is filled begins and ends at even pixels, where both have their edges, so colours do not bleed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.marks.label_folder import Polyline
from roadmark.media import DecodedFrame, YuvPlanes

Color = tuple[int, int, int]

DARK: Color = (16, 16, 16)
_SHIFT = 4
_FARTHEST = 8192.0
"""Pixels beyond which lines are cut; OpenCV draws in 16-bit coordinates."""


class Yuv(NamedTuple):
    """A colour as a video stores it."""

    y: int
    u: int
    v: int


@lru_cache(maxsize=256)
def stored_color(color: Color) -> Yuv:
    """A colour (sRGB) as a video stores it."""
    planes = DecodedFrame.of(np.full((2, 2, 3), color, np.uint8)).planes
    return Yuv(int(planes.y[0, 0]), int(planes.u[0, 0]), int(planes.v[0, 0]))


class Canvas:
    """A frame to draw on; the one given is not changed.

    Attributes:
        planes: The picture, BT.709, studio range, of even size.
    """

    def __init__(self, frame: DecodedFrame) -> None:
        height, width = frame.planes.y.shape
        if frame.bt601 or frame.full_range or height % 2 or width % 2:
            self.planes = DecodedFrame.of(frame.rgb()).planes
        else:
            self.planes = YuvPlanes(*(plane.copy() for plane in frame.planes))

    @property
    def size(self) -> tuple[int, int]:
        """(width, height), even."""
        height, width = self.planes.y.shape
        return width, height

    def fill(self, x0: int, y0: int, x1: int, y1: int, color: Yuv) -> None:
        """Fill a rectangle; all four even, the last two exclusive; what lies outside is left out."""
        width, height = self.size
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
        if x0 < x1 and y0 < y1:
            self.planes.y[y0:y1, x0:x1] = color.y
            self.planes.u[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2] = color.u
            self.planes.v[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2] = color.v

    def frame(self, x0: int, y0: int, x1: int, y1: int, line: int, color: Yuv) -> None:
        """Draw a rectangle's border, `line` pixels wide, around x0..x1, y0..y1; all even."""
        self.fill(x0 - line, y0 - line, x1 + line, y0, color)
        self.fill(x0 - line, y1, x1 + line, y1 + line, color)
        self.fill(x0 - line, y0, x0, y1, color)
        self.fill(x1, y0, x1 + line, y1, color)

    def lines(self, lines: Sequence[Polyline], line: int, color: Yuv, *, closed: bool = False) -> None:
        """Draw lines through points (N, 2), continuous pixels."""
        whole, half = [], []
        for points in lines:
            near = np.clip(points, -_FARTHEST, _FARTHEST)
            whole.append(np.rint((near - 0.5) * (1 << _SHIFT)).astype(np.int32))
            half.append(np.rint((near / 2.0 - 0.5) * (1 << _SHIFT)).astype(np.int32))
        y, u, v = self.planes
        cv2.polylines(y, whole, closed, color.y, line, cv2.LINE_AA, _SHIFT)
        for plane, value in ((u, color.u), (v, color.v)):
            cv2.polylines(plane, half, closed, value, max(line // 2, 1), cv2.LINE_AA, _SHIFT)

    def tint(self, polygons: Sequence[Polyline], alpha: float, color: Yuv) -> None:
        """Mix a colour into the inside of an object's polygons, each (N, 2) continuous pixels."""
        corners = np.concatenate(polygons)
        width, height = self.size
        x0, y0 = (max(int(low) // 2 * 2, 0) for low in corners.min(axis=0))
        x1, y1 = (min(int(high) // 2 * 2 + 2, side) for high, side in zip(corners.max(axis=0), self.size, strict=True))
        if x0 >= min(x1, width) or y0 >= min(y1, height):
            return
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        points = [np.rint((part - (x0, y0) - 0.5) * (1 << _SHIFT)).astype(np.int32) for part in polygons]
        cv2.fillPoly(mask, points, 255, cv2.LINE_8, _SHIFT)
        half = cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) >= 128
        for plane, where, value, scale in zip(self.planes, (mask > 0, half, half), color, (1, 2, 2), strict=True):
            part = plane[y0 // scale : y1 // scale, x0 // scale : x1 // scale]
            mixed = cv2.LUT(part, _mixing(alpha, value))
            np.copyto(part, mixed, where=where)

    def paste(self, x: int, y: int, picture: YuvPlanes) -> None:
        """Put a small picture at an even place; it must lie within the frame."""
        for plane, part, scale in zip(self.planes, picture, (1, 2, 2), strict=True):
            height, width = part.shape
            plane[y // scale : y // scale + height, x // scale : x // scale + width] = part


@lru_cache(maxsize=1024)
def _mixing(alpha: float, value: int) -> NDArray[np.uint8]:
    table: NDArray[np.uint8] = np.rint((1.0 - alpha) * np.arange(256) + alpha * value).astype(np.uint8)
    return table


def even(value: float) -> int:
    """The nearest even number."""
    return 2 * int(np.floor(value / 2.0 + 0.5))


def number_plate(text: str, color: Color, cap_height: int) -> YuvPlanes:
    """A plate with a number: filled with a colour, a dark edge, and ink that stands out from it.

    Args:
        text: Digits.
        color: Of the plate, sRGB.
        cap_height: Pixels of a digit's height.

    Returns:
        The picture, of even size.
    """
    ink = _ink(text, cap_height)
    padding = max(cap_height // 4, 3)
    width, height = (side + side % 2 for side in (ink.shape[1] + 2 * padding, ink.shape[0] + 2 * padding))
    cover = np.zeros((height, width, 1), np.float32)
    top, left = (height - ink.shape[0]) // 2, (width - ink.shape[1]) // 2
    cover[top : top + ink.shape[0], left : left + ink.shape[1], 0] = ink
    bright = 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2] > 110.0
    picture = np.array(color) * (1.0 - cover) + np.array((0, 0, 0) if bright else (255, 255, 255)) * cover
    edge = max(cap_height // 16, 1)
    for part in (picture[:edge], picture[-edge:], picture[:, :edge], picture[:, -edge:]):
        part[:] = DARK
    return DecodedFrame.of(np.rint(picture).astype(np.uint8)).planes


def _ink(text: str, cap_height: int) -> NDArray[Any]:
    """(cap_height, w) share of every pixel that bold digits cover: drawn large, cut to their ink, and reduced."""
    font, scale, weight = cv2.FONT_HERSHEY_SIMPLEX, 3.0, 14
    (width, height), below = cv2.getTextSize(text, font, scale, weight)
    drawn = np.zeros((2 * height + 2 * below + 80, width + 120), np.uint8)
    cv2.putText(drawn, text, (60, height + below + 60), font, scale, 255, weight, cv2.LINE_AA)
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    drawn = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    width = max(round(drawn.shape[1] * cap_height / drawn.shape[0]), 1)
    return cv2.resize(drawn, (width, cap_height), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255.0)
