"""Points and polygons in plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray


def inside_polygon(points: FloatArray, outline: FloatArray) -> NDArray[np.bool_]:
    """(N,) whether points (N, 2) lie in an outline (K, 2), by the even-odd rule."""
    x, y = points[:, 0, None], points[:, 1, None]
    a, b = outline, np.roll(outline, -1, axis=0)
    straddles = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(a[:, 1] == b[:, 1], 1.0, b[:, 1] - a[:, 1])
    crossing = a[:, 0] + (y - a[:, 1]) / rise * (b[:, 0] - a[:, 0])
    return np.asarray((straddles & (x < crossing)).sum(axis=1) % 2 == 1)


def distance_to_polygon(points: FloatArray, outline: FloatArray) -> FloatArray:
    """(N,) metres from points (N, 2) to an outline (K, 2); 0 inside."""
    a, b = outline, np.roll(outline, -1, axis=0)
    edge = b - a
    length = np.maximum((edge**2).sum(axis=1), 1e-12)
    offset = points[:, None] - a[None]
    share = np.clip((offset * edge).sum(axis=2) / length, 0.0, 1.0)
    apart = np.hypot(*(offset - share[..., None] * edge).transpose(2, 0, 1)).min(axis=1)
    return np.where(inside_polygon(points, outline), 0.0, apart)
