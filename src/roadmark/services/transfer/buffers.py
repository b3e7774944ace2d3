"""Control videos read back: gray to metres, colours to classes."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import PALETTE

_CUBE_BITS = 5  # of a colour's channels that choose the class: finer than the palette's least distance, 32768 entries
_OF_A_CLASS = 14.0  # levels from a palette colour: half a step of the cube and the codec's own loss
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
    """Classes of a segmentation control video's frame.

    Videos hold half the colour's resolution: along every outline lie colours of no class, or of a wrong one. They take
    the class of the nearest pixel whose colour is a class's.

    Args:
        picture: (H, W, 3) uint8 palette colours, blurred by the codec.

    Returns:
        (H, W) uint8 classes.
    """
    reduced = (picture >> (8 - _CUBE_BITS)).astype(np.int32)
    index = (reduced[..., 0] << (2 * _CUBE_BITS)) | (reduced[..., 1] << _CUBE_BITS) | reduced[..., 2]
    nearest, sure = _classes_of_colors()
    classes, unsure = np.take(nearest, index), ~np.take(sure, index)
    if not unsure.any() or unsure.all():
        return classes
    _, labels = cv2.distanceTransformWithLabels(
        unsure.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3, labelType=cv2.DIST_LABEL_PIXEL
    )
    class_of_label = np.zeros(int(labels.max()) + 1, np.uint8)
    class_of_label[labels[~unsure]] = classes[~unsure]
    return np.take(class_of_label, labels)


@cache
def _classes_of_colors() -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Class of every reduced colour, and whether it is that class's colour and no mixture."""
    steps = 1 << _CUBE_BITS
    centres = (np.arange(steps, dtype=np.float64) + 0.5) * (256 / steps)
    red, green, blue = np.meshgrid(centres, centres, centres, indexing="ij")
    colors = np.stack([red.ravel(), green.ravel(), blue.ravel()], axis=-1)
    distance = np.sqrt(((colors[:, None, :] - PALETTE[None].astype(np.float64)) ** 2).sum(axis=-1))
    return np.argmin(distance, axis=1).astype(np.uint8), distance.min(axis=1) < _OF_A_CLASS
