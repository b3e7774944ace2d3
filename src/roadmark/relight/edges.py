"""Pixels in which a surface and the sky behind it are mixed: found, and taken apart.

Labels are sampled at pixel centres, colours are anti-aliased: a roof's last pixel holds some of the old sky, which
would shine like a seam before a night sky.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.relight.images import KIND_BITS, SHADOW_EDGE, SKY_EDGE, Kind
from roadmark.render.kernels import Array, Scalar, device_function, f32, saturate

_SKY = int(Kind.SKY)
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
_SHADOW_STEP = 64


def edge_marks(kinds: NDArray[np.uint8], visibility: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """Which pixels have a neighbour on the other side of the sky's edge, or of a shadow's.

    Args:
        kinds: (H, W) `Kind` of every pixel.
        visibility: (H, W) where the source's sun shines; None where it is not known.

    Returns:
        (H, W) uint8 sums of `SKY_EDGE` and `SHADOW_EDGE`.
    """
    sky = np.where(kinds == Kind.SKY, np.uint8(SKY_EDGE), np.uint8(0))
    marks = np.asarray(cv2.morphologyEx(sky, cv2.MORPH_GRADIENT, _CROSS), np.uint8)
    if visibility is not None:
        change = cv2.morphologyEx(visibility, cv2.MORPH_GRADIENT, _CROSS)
        marks |= np.where(np.asarray(change) > _SHADOW_STEP, np.uint8(SHADOW_EDGE), np.uint8(0))
    return marks


@device_function
def unmixed(
    rgb: Array, kinds: Array, linear: Array, row: int, column: int
) -> tuple[Scalar, Scalar, Scalar, int, int, Scalar]:
    """The surface's colour in a pixel at the sky's edge, a pixel of that surface, and the sky's share.

    The sky's colour is the mean of the sky nearby; the surface's is that of the nearby pixel least like it.

    Returns:
        Linear red, green, blue; row and column; share 0..1.
    """
    height, width = kinds.shape
    sr, sg, sb, count = f32(0.0), f32(0.0), f32(0.0), f32(0.0)
    top, bottom = max(row - 2, 0), min(row + 3, height)
    left, right = max(column - 2, 0), min(column + 3, width)
    for y in range(top, bottom):
        for x in range(left, right):
            if (kinds[y, x] & KIND_BITS) == _SKY:
                # Sky that touches the surface may be mixed itself: what lies two pixels off counts more.
                weight = f32((y - row) * (y - row) + (x - column) * (x - column)) + f32(0.05)
                sr += weight * linear[rgb[y, x, 0]]
                sg += weight * linear[rgb[y, x, 1]]
                sb += weight * linear[rgb[y, x, 2]]
                count += weight
    sr, sg, sb = sr / count, sg / count, sb / count
    farthest = f32(-1.0)
    fy, fx = row, column
    for y in range(max(row - 1, 0), min(row + 2, height)):
        for x in range(max(column - 1, 0), min(column + 2, width)):
            if (kinds[y, x] & KIND_BITS) != _SKY:
                dr, dg, db = linear[rgb[y, x, 0]] - sr, linear[rgb[y, x, 1]] - sg, linear[rgb[y, x, 2]] - sb
                apart = dr * dr + dg * dg + db * db
                if apart > farthest:
                    farthest = apart
                    fy, fx = y, x
    fr, fg, fb = linear[rgb[fy, fx, 0]], linear[rgb[fy, fx, 1]], linear[rgb[fy, fx, 2]]
    dr, dg, db = sr - fr, sg - fg, sb - fb
    length = dr * dr + dg * dg + db * db
    own = (kinds[row, column] & KIND_BITS) == _SKY
    if length < f32(1e-5):
        return fr, fg, fb, fy, fx, f32(1.0) if own else f32(0.0)
    share = (
        (linear[rgb[row, column, 0]] - fr) * dr
        + (linear[rgb[row, column, 1]] - fg) * dg
        + (linear[rgb[row, column, 2]] - fb) * db
    ) / length
    return fr, fg, fb, fy, fx, saturate(share)
