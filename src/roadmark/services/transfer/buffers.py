"""Control videos read back: gray to metres, colours to classes."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import PALETTE, SemanticClass

_CUBE_BITS = 5  # of a colour's channels that choose the class: finer than the palette's least distance, 32768 entries
_OF_A_CLASS = 14.0  # levels from a palette colour: half a step of the cube and the codec's own loss
_SMOOTHING = 9  # pixels: the steps of 8 bits are wider only where everything is far
_WINDOW = 19  # pixels: enough to hide a gray level's steps, less than a curb's distance to the next lane
_SAME_SURFACE = 4.0  # gray levels: two pixels further apart than that are not one surface

_GROUND = np.array(
    [
        SemanticClass.ROADS,
        SemanticClass.ROAD_LINES,
        SemanticClass.SIDEWALKS,
        SemanticClass.GROUND,
        SemanticClass.TERRAIN,
    ],
    np.uint8,
)


def depth_from_gray(
    picture: NDArray[np.uint8], near: float, semantic: NDArray[np.uint8] | None = None
) -> NDArray[np.float32]:
    """Metres of a depth control video's frame.

    8 bits and a codec make steps out of slopes. Inverse depth is linear in the picture on every plane: fitting planes
    to it, or smoothing it, within surfaces gives the slopes back.

    Args:
        picture: (H, W, 3) uint8, gray linear in inverse depth, black is infinity.
        near: Metres shown white.
        semantic: (H, W) classes; the ground, where they say it is, is fitted over a wider window.

    Returns:
        (H, W) float32 metres, inf where nothing was hit.
    """
    gray = picture[..., 1].astype(np.float32)
    smooth = cv2.bilateralFilter(gray, _SMOOTHING, _SAME_SURFACE, _SMOOTHING / 2.0)
    hit = gray >= 1.0
    if semantic is not None:
        ground = np.isin(semantic, _GROUND) & hit
        smooth = np.where(ground, _plane_fit(gray, ground), smooth)
    metres = np.full(gray.shape, np.inf, np.float32)
    metres[hit] = np.float32(255.0 * near) / np.maximum(smooth[hit], 1.0)
    return metres


def _plane_fit(values: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Values (H, W) of the planes fitted to them in a window around every pixel, over the mask's pixels only."""
    height, width = values.shape
    v, u = np.mgrid[0:height, 0:width].astype(np.float64)
    weight = mask.astype(np.float64)
    count = np.maximum(_sums(weight), 1e-6)

    def mean(field: NDArray[np.float64]) -> NDArray[np.float64]:
        return _sums(weight * field) / count

    gray = values.astype(np.float64)
    mean_u, mean_v, mean_gray = mean(u), mean(v), mean(gray)
    uu, vv, uv = mean(u * u) - mean_u**2, mean(v * v) - mean_v**2, mean(u * v) - mean_u * mean_v
    ug, vg = mean(u * gray) - mean_u * mean_gray, mean(v * gray) - mean_v * mean_gray
    determinant = uu * vv - uv * uv
    flat = determinant < 1.0  # fewer pixels than a plane needs
    safe = np.where(flat, 1.0, determinant)
    slope_u = np.where(flat, 0.0, (ug * vv - vg * uv) / safe)
    slope_v = np.where(flat, 0.0, (vg * uu - ug * uv) / safe)
    fitted = mean_gray + slope_u * (u - mean_u) + slope_v * (v - mean_v)
    return np.asarray(fitted, np.float32)


def _sums(field: NDArray[np.float64]) -> NDArray[np.float64]:
    summed = cv2.boxFilter(field, cv2.CV_64F, (_WINDOW, _WINDOW), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(summed, np.float64)


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
    return np.take(class_of_label, np.asarray(labels, np.int32))


@cache
def _classes_of_colors() -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Class of every reduced colour, and whether it is that class's colour and no mixture."""
    steps = 1 << _CUBE_BITS
    centres = (np.arange(steps, dtype=np.float64) + 0.5) * (256 / steps)
    red, green, blue = np.meshgrid(centres, centres, centres, indexing="ij")
    colors = np.stack([red.ravel(), green.ravel(), blue.ravel()], axis=-1)
    distance = np.sqrt(((colors[:, None, :] - PALETTE[None].astype(np.float64)) ** 2).sum(axis=-1))
    return np.argmin(distance, axis=1).astype(np.uint8), distance.min(axis=1) < _OF_A_CLASS
