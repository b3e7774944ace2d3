"""Which blocks of a still picture something that changed can touch: its boxes, its mirror images, its light."""

from __future__ import annotations

import math

import numpy as np

from roadmark.render.bounds import DIRECTIONS, HIGHLIGHTS
from roadmark.render.jit import Array, Scalar, device_function_inlined, kernel

HIGHLIGHT_ANGLE = math.pi / 3.0 + 0.01
"""Between a lamp and the mirror direction, as in `lamps`, and a little more."""


@kernel
def mark_boxes(boxes: Array, bounds: Array, first: int, stale: Array) -> None:
    """Mark the blocks whose points are within boxes.

    Args:
        boxes: (N, 6) float64 lowest and highest of three coordinates.
        bounds: (blocks, 24) float32; columns as in `bounds`.
        first: Column of the bounds where the points begin.
        stale: (blocks,) uint8, set to 1.
    """
    for block in range(bounds.shape[0]):
        row = 0
        while not stale[block] and row < boxes.shape[0]:
            apart = False
            for axis in range(0, 6, 2):
                apart |= bounds[block, first + axis] > boxes[row, axis + 1]
                apart |= bounds[block, first + axis + 1] < boxes[row, axis]
            if not apart:
                stale[block] = 1
            row += 1


@kernel
def mark_mirrored(boxes: Array, bounds: Array, stale: Array) -> None:
    """Mark the blocks whose mirror rays may meet boxes: rays from their points, in their bounds of directions.

    Arguments as `mark_boxes`.
    """
    for block in range(bounds.shape[0]):
        if bounds[block, DIRECTIONS] > bounds[block, DIRECTIONS + 1]:
            continue  # no mirror rays
        row = 0
        while not stale[block] and row < boxes.shape[0]:
            if _may_meet(boxes, row, bounds, block):
                stale[block] = 1
            row += 1


@device_function_inlined
def _may_meet(boxes: Array, row: Scalar, bounds: Array, block: Scalar) -> bool:
    """Whether each axis leaves a span of ways along a mirror ray on which it can be within a box."""
    least, most = 0.0, np.inf
    for axis in range(0, 6, 2):
        for side in range(2):
            sign = 1.0 - 2.0 * side
            # slope * way <= room
            room = sign * (boxes[row, axis + 1 - side] - np.float64(bounds[block, axis + side]))
            slope = sign * np.float64(bounds[block, DIRECTIONS + axis + side])
            if slope > 0.0:
                most = min(most, room / slope)
            elif slope < 0.0:
                least = max(least, room / slope)
            elif room < 0.0:
                most = -1.0
    return bool(least <= most)


@kernel
def mark_lit(lamps: Array, bounds: Array, first: int, widening: float, slack: float, stale: Array) -> None:
    """Mark the blocks whose points lamps may light.

    Args:
        lamps: (N, 12) float64 rows of `lighting.LAMP_COLUMNS`, along the axes of the bounds.
        bounds: As of `mark_boxes`.
        first: The same.
        widening: How much the cosine of the cones is lowered.
        slack: Metres that points may lie beside their bounds.
        stale: As of `mark_boxes`.
    """
    for block in range(bounds.shape[0]):
        if bounds[block, first] > bounds[block, first + 1]:
            continue  # no points
        row = 0
        while not stale[block] and row < lamps.shape[0]:
            if _may_light(lamps, row, bounds, block, first, widening, slack):
                stale[block] = 1
            row += 1


@device_function_inlined
def _may_light(
    lamps: Array, row: Scalar, bounds: Array, block: Scalar, first: Scalar, widening: Scalar, slack: Scalar
) -> bool:
    """Whether a block's box is within the range of a lamp, and the ball around it meets its cone."""
    outside = radius = distance = along = 0.0
    for axis in range(3):
        low = np.float64(bounds[block, first + 2 * axis])
        high = np.float64(bounds[block, first + 2 * axis + 1])
        gap = max(low - lamps[row, axis], lamps[row, axis] - high, 0.0)
        half = 0.5 * (high - low)
        middle = low + half - lamps[row, axis]
        outside += gap * gap
        radius += half * half
        distance += middle * middle
        along += middle * lamps[row, 3 + axis]
    reach = lamps[row, 11] + slack
    if outside > reach * reach:
        return False
    cosine = lamps[row, 10] - widening - 1e-3
    if cosine <= 0.0:
        return True
    radius = np.sqrt(radius) + slack
    across = np.sqrt(max(distance - along * along, 0.0))
    return bool(across * cosine - along * np.sqrt(1.0 - cosine * cosine) <= radius and along >= -radius)


@kernel
def mark_highlights(lamps: Array, bounds: Array, widening: float, slack: float, stale: Array) -> None:
    """Mark the blocks on whose wet ground lamps may show. Arguments as `mark_lit`."""
    for block in range(bounds.shape[0]):
        if bounds[block, HIGHLIGHTS] > bounds[block, HIGHLIGHTS + 1]:
            continue  # nothing faces up
        row = 0
        while not stale[block] and row < lamps.shape[0]:
            if _may_light(lamps, row, bounds, block, 0, widening, slack) and _may_show(
                lamps, row, bounds, block, slack
            ):
                stale[block] = 1
            row += 1


@device_function_inlined
def _may_show(lamps: Array, row: Scalar, bounds: Array, block: Scalar, slack: Scalar) -> bool:
    """Whether a lamp may be near a mirror direction of a block: balls around its points and around its directions."""
    radius = distance = spread = length = along = 0.0
    for axis in range(3):
        low = np.float64(bounds[block, 2 * axis])
        high = np.float64(bounds[block, 2 * axis + 1])
        towards = lamps[row, axis] - 0.5 * (low + high)
        radius += 0.25 * (high - low) * (high - low)
        distance += towards * towards
        low = np.float64(bounds[block, HIGHLIGHTS + 2 * axis])
        high = np.float64(bounds[block, HIGHLIGHTS + 2 * axis + 1])
        middle = 0.5 * (low + high)
        spread += 0.25 * (high - low) * (high - low)
        length += middle * middle
        along += towards * middle
    radius = math.sqrt(radius) + slack
    distance = math.sqrt(distance)
    spread = math.sqrt(spread) + 1e-3
    length = math.sqrt(length)
    if radius >= distance or spread >= length:
        return True
    apart = math.acos(min(max(along / (distance * length), -1.0), 1.0))
    return bool(apart - math.asin(radius / distance) - math.asin(spread / length) <= HIGHLIGHT_ANGLE)
