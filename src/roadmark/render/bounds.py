"""Bounds of what a block of pixels shows, for `still`: which blocks something that moves may touch.

They are gathered packet by packet in 16 columns side by side, in `spans`, which vector instructions do, and then merged
into a block's row; columns as named below.
"""

from __future__ import annotations

import numpy as np

from roadmark.render.hits import (
    DX,
    DY,
    DZ,
    FX,
    FY,
    FZ,
    LENGTH,
    NO_RAY,
    NX,
    NY,
    NZ,
    PX,
    PY,
    PZ,
    SURFACE,
    T,
    start_offset,
)
from roadmark.render.jit import Array, Scalar, device_function, device_function_inlined
from roadmark.render.packets import LANES

f32 = np.float32

POINTS, DIRECTIONS, MIRRORED, HIGHLIGHTS, ALL_BOUNDS = 0, 6, 12, 18, 24
"""First columns of a block's bounds: six each of the points seen, of its mirror rays' directions, of the points these
hit and of the mirror directions of all that faces up; and how many columns in all. Six are the lowest and highest of
two coordinates across the sun's rays, and of one along them."""

_FACES_UP = 0.49  # upward part of a normal; `lamps` shows lamps in ground from 0.5 on


@device_function
def clear_bounds(bounds: Array, first: Scalar, last: Scalar) -> None:
    """Make the columns `first` to `last - 1` of a block's bounds empty."""
    for column in range(first, last, 2):
        bounds[column] = f32(np.inf)
        bounds[column + 1] = f32(-np.inf)


@device_function
def clear_spans(spans: Array) -> None:
    """Make all spans empty: highest values are kept with their sign changed, so that all of them are lowest ones."""
    for i in range(ALL_BOUNDS * LANES):
        spans[i] = f32(np.inf)


@device_function
def merge_spans(spans: Array, bounds: Array, first: Scalar, last: Scalar) -> None:
    """Take the columns `first` to `last - 1` of spans into a block's bounds."""
    for column in range(first, last, 2):
        low = bounds[column]
        high = -bounds[column + 1]
        for lane in range(LANES):
            low = min(low, spans[column * LANES + lane])
            high = min(high, spans[(column + 1) * LANES + lane])
        bounds[column] = low
        bounds[column + 1] = -high


@device_function
def span_points(lanes: Array, marks: Array, axes: Array, spans: Array) -> None:
    """Take the points where a packet's secondary rays start into spans, and mirror directions of what faces up.

    The packet's columns come first in `lanes` and `marks`.
    """
    for k in range(LANES):
        hit = marks[SURFACE + k] >= 0
        offset = start_offset(lanes[T + k] * lanes[LENGTH + k])
        x = lanes[PX + k] + lanes[FX + k] * offset
        y = lanes[PY + k] + lanes[FY + k] * offset
        z = lanes[PZ + k] + lanes[FZ + k] * offset
        _span(spans, POINTS, k, hit, x, y, z, f32(0.0), axes)
    for k in range(LANES):
        up = (marks[SURFACE + k] >= 0) & (lanes[NZ + k] > f32(_FACES_UP))
        nx, ny, nz = lanes[NX + k], lanes[NY + k], lanes[NZ + k]
        inverse = f32(1.0) / lanes[LENGTH + k]
        dx, dy, dz = lanes[DX + k] * inverse, lanes[DY + k] * inverse, lanes[DZ + k] * inverse
        twice = f32(2.0) * (dx * nx + dy * ny + dz * nz)
        _span(spans, HIGHLIGHTS, k, up, dx - twice * nx, dy - twice * ny, dz - twice * nz, f32(0.0), axes)


@device_function
def span_mirrored(mirror: Array, mirror_marks: Array, axes: Array, spans: Array) -> None:
    """Take a packet's mirror rays, and what they hit, into spans."""
    for k in range(LANES):
        there = mirror_marks[SURFACE + k] != NO_RAY
        _span(spans, DIRECTIONS, k, there, mirror[DX + k], mirror[DY + k], mirror[DZ + k], f32(1e-4), axes)
    for k in range(LANES):
        hit = mirror_marks[SURFACE + k] >= 0
        _span(spans, MIRRORED, k, hit, mirror[PX + k], mirror[PY + k], mirror[PZ + k], f32(0.01), axes)


@device_function_inlined
def _span(
    spans: Array, first: Scalar, k: Scalar, there: Scalar, x: Scalar, y: Scalar, z: Scalar, slack: Scalar, axes: Array
) -> None:
    """Take a point's coordinates along the axes into the spans of six columns."""
    for axis in range(3):
        along = axes[axis, 0] * x + axes[axis, 1] * y + axes[axis, 2] * z
        low = (first + 2 * axis) * LANES + k
        spans[low] = min(spans[low], along - slack if there else f32(np.inf))
        spans[LANES + low] = min(spans[LANES + low], -along - slack if there else f32(np.inf))
