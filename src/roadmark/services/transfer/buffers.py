"""Control videos read back: gray to metres, colours to classes."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import PALETTE

_CUBE_BITS = 5  # of a colour's channels that choose the class: finer than the palette's least distance, 32768 entries
_SMOOTHING = 9  # pixels: the steps of 8 bits are wider only where everything is far
_SAME_SURFACE = 4.0  # gray levels: two pixels further apart than that are not one surface


def depth_from_gray(picture: NDArray[np.uint8], near: float) -> NDArray[np.float32]:
    """Metres of a depth control video's frame.

    8 bits make steps out of slopes. Inverse depth is linear on a plane, so smoothing it within surfaces gives planes
    back as planes.

    Args:
        picture: (H, W, 3) uint8, gray linear in inverse depth, black is infinity.
        near: Metres shown white.

    Returns:
        (H, W) float32 metres, inf where nothing was hit.
    """
    gray = picture[..., 1].astype(np.float32)
    smooth = cv2.bilateralFilter(gray, _SMOOTHING, _SAME_SURFACE, _SMOOTHING / 2.0)
    metres = np.full(gray.shape, np.inf, np.float32)
    hit = gray >= 1.0
    metres[hit] = np.float32(255.0 * near) / np.maximum(smooth[hit], 1.0)
    return metres


def classes_from_colors(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) classes whose palette colours are nearest to a segmentation control video's frame (H, W, 3)."""
    reduced = (picture >> (8 - _CUBE_BITS)).astype(np.int32)
    index = (reduced[..., 0] << (2 * _CUBE_BITS)) | (reduced[..., 1] << _CUBE_BITS) | reduced[..., 2]
    return np.take(_nearest_class(), index)


@cache
def _nearest_class() -> NDArray[np.uint8]:
    """Class of every reduced colour; of classes that share a colour, the first."""
    steps = 1 << _CUBE_BITS
    centres = (np.arange(steps, dtype=np.float64) + 0.5) * (256 / steps)
    red, green, blue = np.meshgrid(centres, centres, centres, indexing="ij")
    colors = np.stack([red.ravel(), green.ravel(), blue.ravel()], axis=-1)
    distance = ((colors[:, None, :] - PALETTE[None].astype(np.float64)) ** 2).sum(axis=-1)
    return np.argmin(distance, axis=1).astype(np.uint8)
