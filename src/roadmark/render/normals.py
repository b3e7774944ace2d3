"""Normals of triangles: of their planes, and smoothed over the facets that meet in a point."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SAME_POINT = 1e-5
"""Vertices in the same cell of this size, metres, are one point."""


def facet_normals(vertices: NDArray[np.floating[Any]], triangles: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """(T, 3) unit normal of each triangle's plane, pointing where the corners are seen counter-clockwise.

    A triangle without area gets (0, 0, 1): no ray can hit it.
    """
    crossed = _crossed_edges(vertices, triangles)
    length = np.linalg.norm(crossed, axis=1, keepdims=True)
    unit = np.where(length > 0, crossed / np.where(length > 0, length, 1), (0.0, 0.0, 1.0))
    return unit.astype(np.float32)


def smooth_corner_normals(
    vertices: NDArray[np.floating[Any]], triangles: NDArray[np.integer[Any]], max_angle: float
) -> NDArray[np.float32]:
    """(T, 3, 3) shading normal per corner: the mean over facets sharing the point, weighted by their angle there.

    Points are shared by position, so seams between parts with own vertices are smoothed too.

    Args:
        vertices: (V, 3) positions.
        triangles: (T, 3) indices.
        max_angle: Only facets whose normals differ from the corner's own by at most this take part, radians.
    """
    unit = facet_normals(vertices, triangles).astype(np.float64)
    angle = _corner_angles(vertices, triangles).reshape(-1)
    grid = np.round(np.asarray(vertices, np.float64) / _SAME_POINT).astype(np.int64)
    _, point = np.unique(grid, axis=0, return_inverse=True)
    corner_point = point.reshape(-1)[triangles.reshape(-1)]
    first, second = _pairs_sharing(corner_point)
    facet_of_first, facet_of_second = first // 3, second // 3
    close = np.einsum("ij,ij->i", unit[facet_of_first], unit[facet_of_second]) >= np.cos(max_angle) - 1e-9
    total = np.zeros((len(corner_point), 3))
    for axis in range(3):
        weighted = unit[facet_of_second[close], axis] * angle[second[close]]
        total[:, axis] = np.bincount(first[close], weights=weighted, minlength=len(corner_point))
    length = np.linalg.norm(total, axis=1, keepdims=True)
    own = np.repeat(unit, 3, axis=0)
    normals = np.where(length > 1e-20, total / np.maximum(length, 1e-20), own)
    return normals.reshape(-1, 3, 3).astype(np.float32)


def _crossed_edges(vertices: NDArray[np.floating[Any]], triangles: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    corners = np.asarray(vertices, np.float64)[triangles.astype(np.int64)]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def _corner_angles(vertices: NDArray[np.floating[Any]], triangles: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    corners = np.asarray(vertices, np.float64)[triangles.astype(np.int64)]
    to_next = np.roll(corners, -1, axis=1) - corners
    to_last = np.roll(corners, 1, axis=1) - corners
    across = np.linalg.norm(np.cross(to_next, to_last), axis=2)
    return np.asarray(np.arctan2(across, np.einsum("tcj,tcj->tc", to_next, to_last)))


def _pairs_sharing(labels: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All ordered pairs (i, j), i = j included, with equal labels."""
    order = np.argsort(labels, kind="stable")
    _, start, count = np.unique(labels[order], return_index=True, return_counts=True)
    per_item = np.repeat(count, count)
    first = np.repeat(order, per_item)
    group_start = np.repeat(np.repeat(start, count), per_item)
    within = np.arange(len(first)) - np.repeat(np.cumsum(per_item) - per_item, per_item)
    return first, order[group_start + within]
