"""Which pixels of a facade are window glass: those darker than the wall around them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass

SHRINK = 2
"""Pixels of the picture per cell of the mask."""

_CELL = 2  # cells of the mask per cell in which walls are averaged
_WALL_SHARE = 1 / 16  # of the picture's height: how far around a window its wall is looked for
_DARKER = 0.70  # than the wall, in encoded gray


def window_glass(picture: NDArray[np.uint8], semantic: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Find dark, compact parts of buildings.

    Args:
        picture: (H, W, 3) uint8 albedo, or the picture itself where there is none.
        semantic: (H, W) uint8 classes.

    Returns:
        (h, w) uint8, 255 on glass, `SHRINK` pixels per cell.
    """
    building = (semantic[::SHRINK, ::SHRINK] == SemanticClass.BUILDING).astype(np.uint8)
    height, width = building.shape
    gray = cv2.cvtColor(np.ascontiguousarray(picture[::SHRINK, ::SHRINK]), cv2.COLOR_RGB2GRAY)
    size = (-(-width // _CELL), -(-height // _CELL))
    reach = 2 * max(1, round(height * _WALL_SHARE / _CELL)) + 1
    share = cv2.blur(cv2.resize(building.astype(np.float32), size, interpolation=cv2.INTER_AREA), (reach, reach))
    lit = cv2.resize((gray * building).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    wall = cv2.blur(lit, (reach, reach)) / np.maximum(share, 1e-3)
    wall = cv2.resize(wall, (width, height), interpolation=cv2.INTER_LINEAR)
    dark = ((gray < _DARKER * wall) & (building > 0)).astype(np.uint8) * 255
    # Joints are thinner than windows; cornices, gutters and balconies are wider.
    tall = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((max(2, height // 110), max(1, height // 360)), np.uint8))
    wide = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, max(3, height // 14)), np.uint8))
    return np.where(np.asarray(wide) > 0, np.uint8(0), np.asarray(tall, np.uint8))
