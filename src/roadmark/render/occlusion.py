"""Ambient occlusion: the pattern of directions, and the filter that turns one ray per pixel into a smooth share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.render.jit import Array, kernel_with_memory

f32 = np.float32

RADIUS = 2
"""The filter's window is 5 x 5 with half weights at its border: every direction of a 4 x 4 tile counts once."""

DEPTH_TOLERANCE = 0.04
"""Pixels whose inverse depth differs by more than this share belong to other surfaces."""

FLOOR = 0.3
"""Open share left in the deepest corner: light that bounces."""

_ORDER = (0, 8, 3, 11, 13, 5, 14, 6, 2, 10, 1, 9, 15, 7, 12, 4)  # neighbours in a tile get directions far apart


def sphere_pattern() -> NDArray[np.float32]:
    """(16, 3) float32 points spread over the unit sphere (Fibonacci lattice), in the order of a tile's pixels.

    A surface normal plus such a point is a direction with cosine distribution over the hemisphere.
    """
    index = np.arange(16) + 0.5
    polar = np.arccos(1 - 2 * index / 16)
    azimuth = np.pi * (1 + 5**0.5) * index
    points = np.stack([np.cos(azimuth) * np.sin(polar), np.sin(azimuth) * np.sin(polar), np.cos(polar)], axis=1)
    return (0.98 * points[list(_ORDER)]).astype(np.float32)


@kernel_with_memory
def filter_rows(depth: Array, raw: Array, openness: Array, first: int, last: int) -> None:
    """Average the occlusion rays of neighbouring pixels on the same surface.

    Args:
        depth: (H, W) float32; infinite where nothing was hit.
        raw: (H, W) uint8, 1 where the pixel's ray got away.
        openness: (H, W) uint8, written: open share of the hemisphere * 255.
        first: First row.
        last: Row after the last.
    """
    height, width = depth.shape
    padded = width + 2 * RADIUS
    inverse = np.zeros((2 * RADIUS + 1, padded), np.float32)
    away = np.zeros((2 * RADIUS + 1, padded), np.float32)
    total = np.empty(width, np.float32)
    weight = np.empty(width, np.float32)
    size = 2 * RADIUS + 1
    for start in range(first - RADIUS, last + RADIUS):
        slot = (start + size) % size
        if 0 <= start < height:
            for x in range(width):
                inverse[slot, RADIUS + x] = f32(1.0) / depth[start, x]
                away[slot, RADIUS + x] = f32(raw[start, x])
        else:
            inverse[slot, :] = f32(0.0)
        y = start - RADIUS
        if y < first:
            continue
        center = inverse[(y + size) % size]
        total[:] = f32(0.0)
        weight[:] = f32(1e-6)
        for row_offset in range(-RADIUS, RADIUS + 1):
            other = inverse[(y + row_offset + size) % size]
            value = away[(y + row_offset + size) % size]
            for column_offset in range(-RADIUS, RADIUS + 1):
                tap = f32(1.0)
                if row_offset in (-RADIUS, RADIUS):
                    tap *= f32(0.5)
                if column_offset in (-RADIUS, RADIUS):
                    tap *= f32(0.5)
                shift = RADIUS + column_offset
                for x in range(width):
                    mine = center[RADIUS + x]
                    same = tap if abs(other[x + shift] - mine) <= f32(DEPTH_TOLERANCE) * mine else f32(0.0)
                    weight[x] += same
                    total[x] += same * value[x + shift]
        for x in range(width):
            share = f32(FLOOR) + f32(1.0 - FLOOR) * min(total[x] / weight[x], f32(1.0))
            openness[y, x] = np.int32(share * f32(255.0) + f32(0.5))
