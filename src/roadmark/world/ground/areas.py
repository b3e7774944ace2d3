"""Areas of a raster as quads with smooth borders."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from roadmark.world.ground.raster import Mask, Raster
from roadmark.world.shape import Doubles

_TOLERANCE = 0.8  # pixels by which a border may be straightened: less than its steps need


def area_quads(raster: Raster, mask: Mask, longest: float = np.inf) -> Doubles:
    """Quads (Q, 4, 2), counter-clockwise, over the true pixels of a mask, their borders straightened.

    Args:
        raster: Where the pixels are.
        mask: The pixels.
        longest: Greatest extent of a quad along x and y, metres.
    """
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outlines = []
    for contour in contours:
        simple = cv2.approxPolyDP(contour, _TOLERANCE, True).reshape(-1, 2)
        if len(simple) >= 3:
            outlines.append(raster.origin + (simple.astype(np.float64) + 0.5) * raster.cell)
    quads = trapezoids(outlines, longest)
    return _split(quads, longest) if np.isfinite(longest) else quads


def trapezoids(outlines: Sequence[Doubles], tallest: float = np.inf) -> Doubles:
    """The inside of closed outlines (N, 2) by the even-odd rule as quads (Q, 4, 2) between horizontal lines.

    Args:
        outlines: Corner points; holes are outlines too.
        tallest: Greatest height of a quad.
    """
    if not outlines:
        return np.zeros((0, 4, 2))
    start = np.concatenate(outlines)
    end = np.concatenate([np.roll(outline, -1, axis=0) for outline in outlines])
    levels = np.unique(start[:, 1])
    if np.isfinite(tallest):
        levels = np.unique(np.r_[levels, np.arange(levels[0], levels[-1], tallest)])
    upward = start[:, 1] < end[:, 1]
    low, high = np.where(upward[:, None], start, end), np.where(upward[:, None], end, start)
    sloped = high[:, 1] > low[:, 1]
    low, high = low[sloped], high[sloped]
    slope = (high[:, 0] - low[:, 0]) / (high[:, 1] - low[:, 1])
    parts = []
    for bottom, top in pairwise(levels.tolist()):
        edge = np.flatnonzero((low[:, 1] <= bottom) & (high[:, 1] >= top))
        x = low[edge, 0] + slope[edge] * (np.array([[bottom], [top]]) - low[edge, 1])
        x = x[:, np.argsort(x.sum(axis=0), kind="stable")]
        left, right = x[:, 0 : 2 * (x.shape[1] // 2) : 2], x[:, 1::2]
        y0, y1 = np.full(left.shape[1], bottom), np.full(left.shape[1], top)
        corners = ((left[0], y0), (right[0], y0), (right[1], y1), (left[1], y1))
        parts.append(np.stack([np.stack(corner, axis=1) for corner in corners], axis=1))
    return np.concatenate(parts) if parts else np.zeros((0, 4, 2))


def _split(quads: Doubles, longest: float) -> Doubles:
    """Trapezoids cut across x so that none is longer than a limit."""
    extent = np.maximum(quads[:, 1, 0] - quads[:, 0, 0], quads[:, 2, 0] - quads[:, 3, 0])
    pieces = np.maximum(np.ceil(extent / longest), 1).astype(np.int64)
    which = np.repeat(np.arange(len(quads)), pieces)
    position = np.arange(len(which)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    a, b = position / pieces[which], (position + 1) / pieces[which]
    q = quads[which]
    bottom, top = q[:, 1] - q[:, 0], q[:, 2] - q[:, 3]
    corners = (
        q[:, 0] + bottom * a[:, None], q[:, 0] + bottom * b[:, None],
        q[:, 3] + top * b[:, None], q[:, 3] + top * a[:, None],
    )  # fmt: skip
    return np.stack(corners, axis=1)
