"""Outlines in the plane: their sense, area and cleaning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_SAME = 0.05  # metres: nearer corners are one
_STRAIGHT = 0.03  # metres: a corner that lies so near to the line between its neighbours is none


def signed_area(outline: Array) -> float:
    """Square metres inside an outline (N, 2); positive where it runs counter-clockwise."""
    x, y = outline[:, 0] - outline[0, 0], outline[:, 1] - outline[0, 1]
    return float(0.5 * (x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def oriented(outline: Array) -> Array:
    """The outline counter-clockwise."""
    return outline if signed_area(outline) >= 0.0 else outline[::-1].copy()


def cleaned(outline: Array) -> Array | None:
    """The outline counter-clockwise, without double corners and such that turn nowhere; None where nothing is left."""
    points = outline[:-1] if len(outline) > 1 and np.linalg.norm(outline[0] - outline[-1]) < _SAME else outline
    while len(points) >= 3:
        before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
        along = after - before
        length = np.linalg.norm(along, axis=1)
        aside = np.abs(along[:, 0] * (points - before)[:, 1] - along[:, 1] * (points - before)[:, 0])
        needless = (np.linalg.norm(points - before, axis=1) < _SAME) | (
            (length > _SAME) & (aside < _STRAIGHT * length) & (((points - before) * (after - points)).sum(axis=1) > 0.0)
        )
        if not needless.any():
            break
        drop = needless & ~np.roll(needless, 1)  # no two neighbours at once: one of them may matter
        drop[int(np.flatnonzero(needless)[0])] = True
        points = points[~drop]
    if len(points) < 3 or abs(signed_area(points)) < 1.0:
        return None
    return oriented(points)


def contains(outline: Array, points: Array) -> NDArray[np.bool_]:
    """(N,) whether points (N, 2) are inside an outline (M, 2), by the parity of edges passed."""
    start, end = outline, np.roll(outline, -1, axis=0)
    x, y = points[:, :1], points[:, 1:2]
    over = (start[:, 1] > y) != (end[:, 1] > y)
    rise = end[:, 1] - start[:, 1]
    at = start[:, 0] + (y - start[:, 1]) * (end[:, 0] - start[:, 0]) / np.where(rise == 0.0, 1.0, rise)
    return np.asarray((over & (x < at)).sum(axis=1) % 2 == 1)


def is_rectangle(outline: Array, tolerance: float = 0.12) -> bool:
    """Whether an outline has four corners, all nearly right angles."""
    if len(outline) != 4:
        return False
    sides = np.roll(outline, -1, axis=0) - outline
    unit = sides / np.maximum(np.linalg.norm(sides, axis=1, keepdims=True), 1e-9)
    return bool((np.abs((unit * np.roll(unit, -1, axis=0)).sum(axis=1)) < tolerance).all())
