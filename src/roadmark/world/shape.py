"""Triangles with their looks: what every generator of the static world returns, and how copies are placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from roadmark.render import Mesh
from roadmark.world.vectors import cross

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

# Corner order of a quad's two triangles.
_QUAD = np.array([0, 1, 2, 0, 2, 3])


@dataclass(frozen=True)
class Shape:
    """A bag of triangles: T of them, each with its own three corners, normals and looks.

    Attributes:
        corners: (T, 3, 3) float32 metres, counter-clockwise seen from outside.
        normals: (T, 3, 3) float32 unit shading normals at the corners.
        material: (T,) uint8 `Material`.
        semantic: (T,) uint8 `SemanticClass`.
        color: (T, 3) uint8 sRGB base colour.
        emitter: (T,) uint8, 0 or the index of the emission bit plus one.
        variation: (T,) uint16 seed of the shading's own variation.
    """

    corners: Floats
    normals: Floats
    material: Bytes
    semantic: Bytes
    color: Bytes
    emitter: Bytes
    variation: npt.NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.corners)

    def selected(self, keep: npt.NDArray[np.bool_]) -> Shape:
        """The triangles where `keep` (T,) is true."""
        return Shape(
            self.corners[keep],
            self.normals[keep],
            self.material[keep],
            self.semantic[keep],
            self.color[keep],
            self.emitter[keep],
            self.variation[keep],
        )

    def mesh(self) -> Mesh:
        """The shape as a mesh of the renderer."""
        count = len(self.corners)
        return Mesh(
            vertices=self.corners.reshape(-1, 3),
            triangles=np.arange(3 * count, dtype=np.uint32).reshape(-1, 3),
            normals=self.normals,
            material=self.material,
            semantic=self.semantic,
            color=self.color,
            emitter=self.emitter,
            variation=self.variation,
        )


def empty() -> Shape:
    """A shape without triangles."""
    return triangles(np.zeros((0, 3, 3)), material=0, semantic=0, color=(0, 0, 0))


def triangles(
    corners: npt.ArrayLike,
    *,
    material: npt.ArrayLike,
    semantic: npt.ArrayLike,
    color: npt.ArrayLike,
    emitter: npt.ArrayLike = 0,
    variation: npt.ArrayLike = 0,
    normals: npt.ArrayLike | None = None,
) -> Shape:
    """Triangles from corners (T, 3, 3); the looks are scalars or one per triangle.

    Flat facet normals are used unless `normals` (T, 3, 3) are given. Degenerate triangles are dropped.
    """
    points = np.asarray(corners, dtype=np.float32).reshape(-1, 3, 3)
    facet = cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    length = np.linalg.norm(facet, axis=1)
    good = length > 1e-9
    count = len(points)
    shading = (
        np.repeat((facet / np.where(good, length, 1.0)[:, None])[:, None, :], 3, axis=1)
        if normals is None
        else np.asarray(normals, dtype=np.float32).reshape(-1, 3, 3)
    )
    shape = Shape(
        points,
        shading.astype(np.float32),
        _rows(material, np.uint8, count),
        _rows(semantic, np.uint8, count),
        _rows(color, np.uint8, count, 3),
        _rows(emitter, np.uint8, count),
        _rows(variation, np.uint16, count),
    )
    return shape if good.all() else shape.selected(good)


def _rows(value: npt.ArrayLike, kind: type[np.unsignedinteger[Any]], *shape: int) -> npt.NDArray[Any]:
    """A look, one or per triangle, as an array with a row per triangle."""
    rows = np.empty(shape, dtype=kind)
    rows[...] = value
    return rows


def quads(
    corners: npt.ArrayLike,
    *,
    material: npt.ArrayLike,
    semantic: npt.ArrayLike,
    color: npt.ArrayLike,
    emitter: npt.ArrayLike = 0,
    variation: npt.ArrayLike = 0,
    normals: npt.ArrayLike | None = None,
) -> Shape:
    """Quads from corners (Q, 4, 3), counter-clockwise from outside; looks and normals as in `triangles`, per quad."""
    points = np.asarray(corners, dtype=np.float32).reshape(-1, 4, 3)
    count = len(points)

    def per_triangle(value: npt.ArrayLike, row: tuple[int, ...]) -> npt.NDArray[np.generic]:
        array = np.asarray(value)
        return np.repeat(np.broadcast_to(array, (count, *row)), 2, axis=0) if array.ndim > len(row) else array

    shading = None
    if normals is not None:
        shading = np.asarray(normals, dtype=np.float32).reshape(-1, 4, 3)[:, _QUAD].reshape(-1, 3, 3)
    return triangles(
        points[:, _QUAD].reshape(-1, 3, 3),
        material=per_triangle(material, ()),
        semantic=per_triangle(semantic, ()),
        color=per_triangle(color, (3,)),
        emitter=per_triangle(emitter, ()),
        variation=per_triangle(variation, ()),
        normals=shading,
    )


def merge(shapes: Sequence[Shape]) -> Shape:
    """All triangles of several shapes in one."""
    parts = [shape for shape in shapes if len(shape)]
    if not parts:
        return empty()
    if len(parts) == 1:
        return parts[0]
    return Shape(
        np.concatenate([part.corners for part in parts]),
        np.concatenate([part.normals for part in parts]),
        np.concatenate([part.material for part in parts]),
        np.concatenate([part.semantic for part in parts]),
        np.concatenate([part.color for part in parts]),
        np.concatenate([part.emitter for part in parts]),
        np.concatenate([part.variation for part in parts]),
    )


def place(
    shape: Shape,
    positions: npt.ArrayLike,
    yaw: npt.ArrayLike = 0.0,
    scale: npt.ArrayLike = 1.0,
    tint: npt.ArrayLike | None = None,
    variation: npt.ArrayLike | None = None,
) -> Shape:
    """Copies of a prototype, turned about z, scaled and moved.

    Args:
        shape: The prototype, around its own origin.
        positions: (K, 3) metres.
        yaw: Radians, one or (K,).
        scale: One factor, (K,) or (K, 3) along the prototype's own axes.
        tint: Colour factors, (K,) or (K, 3), or None for the prototype's colours.
        variation: (K,) seeds that replace the prototype's, or None.
    """
    where = np.asarray(positions, dtype=np.float64).reshape(-1, 3)
    count, size = len(where), len(shape)
    if count == 0 or size == 0:
        return empty()
    angle = np.broadcast_to(np.asarray(yaw, dtype=np.float64), (count,))
    factors = np.asarray(scale, dtype=np.float64)
    factors = np.broadcast_to(factors[:, None] if factors.ndim == 1 else factors, (count, 3))
    turn = np.zeros((count, 3, 3))
    turn[:, 0, 0] = turn[:, 1, 1] = np.cos(angle)
    turn[:, 1, 0] = np.sin(angle)
    turn[:, 0, 1] = -turn[:, 1, 0]
    turn[:, 2, 2] = 1.0
    stretch = (turn * factors[:, None, :]).astype(np.float32)
    corners = shape.corners.reshape(-1, 3) @ stretch.transpose(0, 2, 1) + where[:, None, :].astype(np.float32)
    normals = shape.normals.reshape(-1, 3) @ (turn / factors[:, None, :]).astype(np.float32).transpose(0, 2, 1)
    if not np.all(factors == factors[:, :1]):
        normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    elif not np.all(factors == 1.0):
        normals *= factors[:, :1, None].astype(np.float32)
    color = np.broadcast_to(shape.color, (count, size, 3))
    if tint is not None:
        factor = np.asarray(tint, dtype=np.float32)
        factor = np.broadcast_to(factor[:, None] if factor.ndim == 1 else factor, (count, 3))
        color = np.clip(color * factor[:, None, :] + 0.5, 0.0, 255.0).astype(np.uint8)
    seeds = np.broadcast_to(shape.variation, (count, size))
    if variation is not None:
        seeds = np.broadcast_to(np.asarray(variation, dtype=np.uint16)[:, None], (count, size))
    return Shape(
        corners.reshape(-1, 3, 3),
        normals.reshape(-1, 3, 3),
        np.tile(shape.material, count),
        np.tile(shape.semantic, count),
        color.reshape(-1, 3),
        np.tile(shape.emitter, count),
        seeds.reshape(-1),
    )
