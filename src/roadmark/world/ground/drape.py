"""Laying paint on a road surface that is not flat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roadmark.world.shape import Doubles, Shape, merge

_LONGEST = 1.0  # edges are halved until they are shorter, metres
_CHUNK = 256  # points looked up together
_STOREY = 2.5  # surfaces further from the paint than this belong to another level


class Surface:
    """Triangles to lay paint on, with their bounds."""

    def __init__(self, shape: Shape) -> None:
        up = shape.selected(shape.normals[:, 0, 2] > 0.5)
        self.corners = up.corners.astype(np.float64)
        self.low = np.ascontiguousarray(self.corners.min(axis=1).T)
        self.high = np.ascontiguousarray(self.corners.max(axis=1).T)

    def near(self, low: Doubles, high: Doubles) -> Doubles:
        """Triangles (T, 3, 3) whose bounds meet a box, which may lie a storey higher or lower."""
        found = np.flatnonzero((self.high[0] > low[0] - 0.1) & (self.low[0] < high[0] + 0.1))
        for axis, reach in ((1, 0.1), (2, _STOREY)):
            inside = (self.high[axis, found] > low[axis] - reach) & (self.low[axis, found] < high[axis] + reach)
            found = found[inside]
        return self.corners[found]


def draped(paint: Shape, surface: Surface, height: float) -> Shape:
    """Paint cut into small pieces, each corner at a height over the highest surface under it.

    Args:
        paint: Nearly flat triangles.
        surface: What they lie on.
        height: Over the surface, metres.
    """
    if not len(paint):
        return paint
    pieces = paint
    while True:
        edge = np.linalg.norm(pieces.corners - np.roll(pieces.corners, 1, axis=1), axis=2).max(axis=1)
        long = edge > _LONGEST
        if not long.any():
            break
        pieces = merge([pieces.selected(~long), _quartered(pieces.selected(long))])
    points, where = np.unique(pieces.corners.reshape(-1, 3), axis=0, return_inverse=True)
    flat = points.astype(np.float64)
    order = np.argsort(flat[:, 0], kind="stable")
    for start in range(0, len(flat), _CHUNK):
        part = order[start : start + _CHUNK]
        top = highest(flat[part, :2], surface.near(flat[part].min(axis=0), flat[part].max(axis=0)))
        flat[part, 2] = np.where(np.isfinite(top), top + height, flat[part, 2])
    return replace(pieces, corners=flat[where.ravel()].reshape(-1, 3, 3).astype(np.float32))


def _quartered(shape: Shape) -> Shape:
    """Each triangle as the four between its corners and the middles of its edges."""
    a, b, c = (shape.corners[:, k] for k in range(3))
    ab, bc, ca = (a + b) / 2.0, (b + c) / 2.0, (c + a) / 2.0
    parts = [np.stack(part, axis=1) for part in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
    return merge([replace(shape, corners=part) for part in parts])


def highest(points: Doubles, triangles: Doubles) -> Doubles:
    """(N,) height of the highest of the triangles (T, 3, 3) over points (N, 2); -inf where there is none."""
    a = triangles[:, 0]
    u, v = triangles[:, 1] - a, triangles[:, 2] - a
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    keep = np.abs(area) > 1e-9
    a, u, v, area = a[keep], u[keep], v[keep], area[keep]
    w = points[:, None, :] - a[None, :, :2]
    s = (w[..., 0] * v[:, 1] - w[..., 1] * v[:, 0]) / area
    t = (u[:, 0] * w[..., 1] - u[:, 1] * w[..., 0]) / area
    inside = (s >= -1e-6) & (t >= -1e-6) & (s + t <= 1.0 + 1e-6)
    return np.asarray(np.where(inside, a[:, 2] + s * u[:, 2] + t * v[:, 2], -np.inf).max(axis=1, initial=-np.inf))
