"""Shadows on the ground where nobody says where the sun shines: found by their brightness, to be lifted.

A sunny road is two things in a picture, one lit and one several times darker. Where the brightness of a class of ground
falls into two such heaps, the darker one is in shadow (Otsu, "A threshold selection method from gray-level histograms",
1979, on logarithms). Walls, vehicles and trees keep theirs: their brightness varies too much to tell.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass
from roadmark.relight.images import Floats

_GROUNDS = (SemanticClass.ROADS, SemanticClass.SIDEWALKS, SemanticClass.TERRAIN, SemanticClass.GROUND)
_LEAST_SHARE = 0.04
_RATIOS = (1.9, 9.0)  # of lit over shadowed radiance
_APART = 1.8  # how much farther apart the heaps lie than they are wide
_LEAST_PIXELS = 400
_BAND = (0.3, 0.7)  # part of the way between the heaps that is the shadow's edge


class CastShadows(NamedTuple):
    """Shadows of a frame, for kernels.

    Attributes:
        shade: (H, W) uint8, 0 outside shadows; of a shadowed pixel how deep it lies in it, 255 wholly; (1, 1) where
            none are looked for.
        lift: (256, 3) float32 factor on radiance, by `shade`, that makes it as bright as its surroundings.
    """

    shade: NDArray[np.uint8]
    lift: Floats


NO_SHADOWS = CastShadows(np.zeros((1, 1), np.uint8), np.ones((256, 3), np.float32))


def find_shadows(rgb: NDArray[np.uint8], semantic: NDArray[np.uint8], linear: Floats) -> CastShadows:
    """Find shadows on a frame's ground.

    Args:
        rgb: (H, W, 3) uint8.
        semantic: (H, W) uint8 classes.
        linear: (256,) radiance of 8-bit values.
    """
    gray = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    logs = np.log(linear.astype(np.float64) + 0.003)
    shade = np.zeros(gray.shape, np.uint8)
    factors = []
    known = np.zeros(gray.shape, np.uint8)
    for label in _GROUNDS:
        mask = semantic == label
        levels = np.bincount(gray[mask], minlength=256)
        heaps = _two_heaps(levels, logs)
        if heaps is None:
            continue
        dark, bright = heaps
        depth = np.clip((bright - logs) / (bright - dark), 0.0, 1.0)
        depth = np.clip((depth - _BAND[0]) / (_BAND[1] - _BAND[0]), 0.0, 1.0)
        shade = np.where(mask, np.rint(255.0 * depth).astype(np.uint8)[gray], shade)
        known |= mask.astype(np.uint8)
        factors.append(_color_factor(rgb, mask, shade, linear))
    if not factors:
        return NO_SHADOWS
    _spread_to_lines(shade, known, semantic)
    factor = np.mean(factors, axis=0)
    lift = factor[None, :] ** (np.arange(256)[:, None] / 255.0)
    return CastShadows(shade, lift.astype(np.float32))


def _two_heaps(levels: NDArray[np.int64], logs: NDArray[np.float64]) -> tuple[float, float] | None:
    """Mean logarithms of the darker and the brighter heap; None where there is but one."""
    total = int(levels.sum())
    if total < _LEAST_PIXELS:
        return None
    weight = levels / total
    share = np.cumsum(weight)
    mean = np.cumsum(weight * logs)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mean[-1] * share - mean) ** 2 / (share * (1.0 - share))
    inside = (share > _LEAST_SHARE) & (share < 1.0 - _LEAST_SHARE)
    if not inside.any():
        return None
    cut = int(np.argmax(np.where(inside, between, -1.0))) + 1
    dark, dark_width = _moments(weight[:cut], logs[:cut])
    bright, bright_width = _moments(weight[cut:], logs[cut:])
    step = bright - dark
    plausible = np.log(_RATIOS[0]) < step < np.log(_RATIOS[1])
    return (dark, bright) if plausible and step > _APART * (dark_width + bright_width) else None


def _moments(weight: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float, float]:
    mean = float(np.average(values, weights=weight))
    return mean, float(np.sqrt(np.average((values - mean) ** 2, weights=weight)))


def _color_factor(
    rgb: NDArray[np.uint8], mask: NDArray[np.bool_], shade: NDArray[np.uint8], linear: Floats
) -> NDArray[np.float64]:
    """(3,) lit over shadowed radiance of a class: shadows are bluer than the light around them."""
    dark, bright = rgb[mask & (shade > 250)], rgb[mask & (shade < 5)]
    if not len(dark) or not len(bright):
        return np.ones(3)
    medians = [np.median(linear[part[:: 1 + len(part) // 20000]], axis=0) for part in (dark, bright)]
    return np.asarray(np.clip(medians[1] / np.maximum(medians[0], 1e-4), 1.0, _RATIOS[1]), np.float64)


def _spread_to_lines(shade: NDArray[np.uint8], known: NDArray[np.uint8], semantic: NDArray[np.uint8]) -> None:
    """Shade road lines as the road around them."""
    lines = semantic == SemanticClass.ROAD_LINES
    if not lines.any():
        return
    reach = max(5, shade.shape[0] // 40) | 1
    around = cv2.blur(known.astype(np.float32), (reach, reach))
    spread = cv2.blur((shade * known).astype(np.float32), (reach, reach)) / np.maximum(around, 1e-3)
    shade[lines] = np.clip(spread[lines], 0.0, 255.0).astype(np.uint8)
