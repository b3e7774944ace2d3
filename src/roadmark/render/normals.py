"""Normals of triangles: of their planes, and smoothed over the facets that meet in a point."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from roadmark.render.jit import Array, Scalar, kernel

_SAME_POINT = 1e-5
"""Vertices in the same cell of this size, metres, are one point."""

_NO_AREA = 1e-20
"""Sums of normals shorter than this have no direction."""

f64 = np.float64


def facet_normals(vertices: NDArray[np.floating[Any]], triangles: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """(T, 3) unit normal of each triangle's plane, pointing where the corners are seen counter-clockwise.

    A triangle without area gets (0, 0, 1): no ray can hit it.
    """
    unit = np.empty((len(triangles), 3), dtype=np.float32)
    facet_units(*_plain(vertices, triangles), unit)
    return unit


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
    points, corners = _plain(vertices, triangles)
    unit = np.empty((len(corners), 3), dtype=np.float32)
    facet_units(points, corners, unit)
    cells = np.round(points.astype(np.float64) / _SAME_POINT).astype(np.int64)
    table = np.full(1 << max(int(2 * len(points)).bit_length(), 2), -1, dtype=np.int64)
    first_there = np.empty(len(points), dtype=np.int64)
    find_same_cells(cells, table, first_there)
    point = first_there[corners.reshape(-1).astype(np.int64)]
    members = np.argsort(point, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(point, minlength=len(points)))])
    normals = np.empty((len(corners), 3, 3), dtype=np.float32)
    sum_smooth_normals(points, corners, unit, point, members, starts, np.cos(max_angle) - 1e-9, normals)
    return normals


def _plain(
    vertices: NDArray[np.floating[Any]], triangles: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """The arrays in the one type that the kernels are compiled for: read-only, as a mesh's own are."""
    points = np.ascontiguousarray(vertices, np.float32).view()
    corners = np.ascontiguousarray(triangles, np.uint32).view()
    points.flags.writeable = corners.flags.writeable = False
    return points, corners


@kernel
def facet_units(vertices: Array, triangles: Array, unit: Array) -> None:
    """Write the unit normal of each triangle (T, 3) uint32 of vertices (V, 3) float32 to `unit` (T, 3) float32."""
    for t in range(len(triangles)):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, az = f64(vertices[a, 0]), f64(vertices[a, 1]), f64(vertices[a, 2])
        ux, uy, uz = vertices[b, 0] - ax, vertices[b, 1] - ay, vertices[b, 2] - az
        vx, vy, vz = vertices[c, 0] - ax, vertices[c, 1] - ay, vertices[c, 2] - az
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        length = np.sqrt(x * x + y * y + z * z)
        if length > 0.0:
            unit[t, 0], unit[t, 1], unit[t, 2] = x / length, y / length, z / length
        else:
            unit[t, 0], unit[t, 1], unit[t, 2] = 0.0, 0.0, 1.0


@kernel
def find_same_cells(cells: Array, table: Array, first: Array) -> None:
    """Write to `first` (V,) the first row of `cells` (V, 3) int64 that equals each row.

    `table` is scratch: int64, all -1, its length a power of two greater than V.
    """
    mask = len(table) - 1
    for i in range(len(cells)):
        x, y, z = cells[i, 0], cells[i, 1], cells[i, 2]
        # Large odd factors spread neighbouring cells over the table (multiplicative hashing).
        mixed = x * 73856093 ^ y * 19349663 ^ z * 83492791
        slot = (mixed ^ (mixed >> 15)) & mask
        while table[slot] >= 0:
            other = table[slot]
            if cells[other, 0] == x and cells[other, 1] == y and cells[other, 2] == z:
                break
            slot = (slot + 1) & mask
        if table[slot] < 0:
            table[slot] = i
        first[i] = table[slot]


@kernel
def sum_smooth_normals(
    vertices: Array,
    triangles: Array,
    unit: Array,
    point: Array,
    members: Array,
    starts: Array,
    least_cosine: Scalar,
    normals: Array,
) -> None:
    """Write the smoothed normal of each corner to `normals` (T, 3, 3) float32.

    Args:
        vertices: (V, 3) float32.
        triangles: (T, 3) uint32.
        unit: (T, 3) float32 facet normals.
        point: (3 T,) int64 label of the place of each corner.
        members: (3 T,) int64 corners by place.
        starts: (labels + 1,) int64 where each place's corners begin in `members`.
        least_cosine: Facets take part where the cosine between their normals is at least this.
        normals: Result.
    """
    for corner in range(len(point)):
        own = corner // 3
        x, y, z = 0.0, 0.0, 0.0
        for m in range(starts[point[corner]], starts[point[corner] + 1]):
            facet, at = members[m] // 3, members[m] % 3
            nx, ny, nz = f64(unit[facet, 0]), f64(unit[facet, 1]), f64(unit[facet, 2])
            if unit[own, 0] * nx + unit[own, 1] * ny + unit[own, 2] * nz < least_cosine:
                continue
            here = triangles[facet, at]
            ahead, behind = triangles[facet, (at + 1) % 3], triangles[facet, (at + 2) % 3]
            px, py, pz = f64(vertices[here, 0]), f64(vertices[here, 1]), f64(vertices[here, 2])
            ax, ay, az = vertices[ahead, 0] - px, vertices[ahead, 1] - py, vertices[ahead, 2] - pz
            bx, by, bz = vertices[behind, 0] - px, vertices[behind, 1] - py, vertices[behind, 2] - pz
            cx, cy, cz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
            angle = np.arctan2(np.sqrt(cx * cx + cy * cy + cz * cz), ax * bx + ay * by + az * bz)
            x, y, z = x + nx * angle, y + ny * angle, z + nz * angle
        length = np.sqrt(x * x + y * y + z * z)
        if length > _NO_AREA:
            normals[own, corner % 3, 0] = x / length
            normals[own, corner % 3, 1] = y / length
            normals[own, corner % 3, 2] = z / length
        else:
            for k in range(3):
                normals[own, corner % 3, k] = unit[own, k]
