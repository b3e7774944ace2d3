"""Triangle meshes with all that the renderer needs to know per triangle, and a builder that collects parts into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.errors import GeometryError

MAX_EMITTER = 32
"""Emitter bits an instance's emission mask can hold."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles in their own frame (metres), with their look and their label.

    Two meshes are equal only if they are the same object; the renderer keeps acceleration structures per object, so a
    mesh that appears often is made once.

    Attributes:
        vertices: (V, 3) float32 positions.
        triangles: (T, 3) uint32 vertex indices, counter-clockwise seen from outside.
        normals: (T, 3, 3) float32 unit shading normal per corner.
        material: (T,) uint8 `Material`.
        semantic: (T,) uint8 semantic class written to the label image.
        color: (T, 3) uint8 sRGB base colour (paint takes the instance's colour instead).
        emitter: (T,) uint8; 0 never shines, k shines while bit k-1 of the instance's emission mask is set.
        variation: (T,) uint16 seed of tint and pattern; equal within one building, tree or slab field.

    Raises:
        GeometryError: for wrong shapes, non-finite numbers or indices out of range.
    """

    vertices: NDArray[np.float32]
    triangles: NDArray[np.uint32]
    normals: NDArray[np.float32]
    material: NDArray[np.uint8]
    semantic: NDArray[np.uint8]
    color: NDArray[np.uint8]
    emitter: NDArray[np.uint8]
    variation: NDArray[np.uint16]

    def __post_init__(self) -> None:
        """Check shapes and values; arrays become contiguous and read-only."""
        count = len(self.triangles)
        for name, shape, dtype in (
            ("vertices", (len(self.vertices), 3), np.float32),
            ("triangles", (count, 3), np.uint32),
            ("normals", (count, 3, 3), np.float32),
            ("material", (count,), np.uint8),
            ("semantic", (count,), np.uint8),
            ("color", (count, 3), np.uint8),
            ("emitter", (count,), np.uint8),
            ("variation", (count,), np.uint16),
        ):
            array = np.ascontiguousarray(getattr(self, name), dtype)
            if array.shape != shape:
                raise GeometryError(f"mesh {name} has shape {array.shape}, expected {shape}")
            array = array.view()
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if count and int(self.triangles.max()) >= len(self.vertices):
            raise GeometryError(f"mesh triangle index {int(self.triangles.max())} of {len(self.vertices)} vertices")
        if not (np.isfinite(self.vertices).all() and np.isfinite(self.normals).all()):
            raise GeometryError("mesh vertices and normals must be finite")
        if count and int(self.emitter.max()) > MAX_EMITTER:
            raise GeometryError(f"mesh emitter {int(self.emitter.max())} exceeds {MAX_EMITTER}")

    @classmethod
    def empty(cls) -> Mesh:
        """A mesh without triangles."""
        return MeshBuilder().build()

    @classmethod
    def merge(cls, meshes: Sequence[Mesh]) -> Mesh:
        """One mesh with the triangles of all, in order."""
        if not meshes:
            return cls.empty()
        arrays: dict[str, NDArray[Any]] = {
            field.name: np.concatenate([getattr(mesh, field.name) for mesh in meshes]) for field in fields(cls)
        }
        starts = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
        arrays["triangles"] = np.concatenate(
            [mesh.triangles + np.uint32(start) for mesh, start in zip(meshes, starts, strict=True)]
        )
        return cls(**arrays)

    def transformed(self, matrix: ArrayLike) -> Mesh:
        """The mesh moved by a (3, 4) or (4, 4) matrix: rotation and scale, and translation in the last column.

        A mirroring matrix flips the winding, so that triangles stay counter-clockwise from outside.

        Raises:
            GeometryError: if the matrix has another shape, is singular or not finite.
        """
        affine = np.asarray(matrix, np.float64)
        if affine.shape not in ((3, 4), (4, 4)) or not np.isfinite(affine).all():
            raise GeometryError(f"a mesh is moved by a finite (3, 4) or (4, 4) matrix, not one of shape {affine.shape}")
        linear, shift = affine[:3, :3], affine[:3, 3]
        determinant = float(np.linalg.det(linear))
        if abs(determinant) < 1e-12:
            raise GeometryError("a mesh cannot be moved by a singular matrix")
        normals = self.normals.astype(np.float64) @ np.linalg.inv(linear)
        normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-30)
        triangles = self.triangles
        if determinant < 0:
            triangles, normals = triangles[:, ::-1], normals[:, ::-1]
        kept = {name: getattr(self, name) for name in ("material", "semantic", "color", "emitter", "variation")}
        vertices = (self.vertices.astype(np.float64) @ linear.T + shift).astype(np.float32)
        return Mesh(vertices=vertices, triangles=triangles, normals=normals.astype(np.float32), **kept)

    def facet_normals(self) -> NDArray[np.float32]:
        """(T, 3) unit normal of each triangle's plane; (0, 0, 1) where a triangle has no area."""
        from roadmark.render.normals import facet_normals  # noqa: PLC0415 - needs the compiler, which is slow to load

        return facet_normals(self.vertices, self.triangles)

    @property
    def bounds(self) -> NDArray[np.float32]:
        """(2, 3) lowest and highest coordinates.

        Raises:
            GeometryError: for a mesh without vertices.
        """
        if not len(self.vertices):
            raise GeometryError("a mesh without vertices has no bounds")
        columns = np.ascontiguousarray(self.vertices.T)  # numpy is ten times slower along the short rows
        return np.stack([columns.min(axis=1), columns.max(axis=1)])


class MeshBuilder:
    """Collects parts, each with its material and colour, into one `Mesh`.

    Example:
        >>> builder = MeshBuilder()
        >>> builder.add([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]], material=1, semantic=1, color=(90, 90, 90))
        >>> builder.build().triangles.shape
        (1, 3)
    """

    def __init__(self) -> None:
        """Start without parts."""
        self._parts: dict[str, list[NDArray[Any]]] = {field.name: [] for field in fields(Mesh)}
        self._vertex_count = 0
        self._triangle_count = 0

    def __len__(self) -> int:
        """Triangles added so far."""
        return self._triangle_count

    def add(
        self,
        vertices: ArrayLike,
        triangles: ArrayLike,
        *,
        material: ArrayLike,
        semantic: ArrayLike,
        color: ArrayLike,
        emitter: ArrayLike = 0,
        variation: ArrayLike = 0,
        smooth: bool | float | NDArray[np.floating[Any]] = False,
    ) -> None:
        """Add one part.

        Args:
            vertices: (V, 3) positions in metres.
            triangles: (T, 3) indices into `vertices`, counter-clockwise from outside.
            material: `Material`, one or (T,).
            semantic: Semantic class, one or (T,).
            color: sRGB triple or (T, 3), 0..255.
            emitter: Emitter number, one or (T,).
            variation: Seed of tint and pattern, one or (T,).
            smooth: False for flat facets; True for normals averaged over all facets that meet in a point; an angle in
                radians to average only over facets that differ less than it; or the corner normals, (T, 3, 3).

        Raises:
            GeometryError: for shapes that do not fit or indices out of range.
        """
        points = np.asarray(vertices, np.float32).reshape(-1, 3)
        corners = np.asarray(triangles, np.int64).reshape(-1, 3)
        count = len(corners)
        if count == 0:
            return
        if corners.min() < 0 or corners.max() >= len(points):
            raise GeometryError(f"triangle indices {corners.min()}..{corners.max()} of {len(points)} vertices")
        parts = {
            "vertices": points,
            "triangles": (corners + self._vertex_count).astype(np.uint32),
            "normals": _corner_normals(points, corners, smooth),
            "material": _per_triangle(material, (count,), np.uint8),
            "semantic": _per_triangle(semantic, (count,), np.uint8),
            "color": _per_triangle(color, (count, 3), np.uint8),
            "emitter": _per_triangle(emitter, (count,), np.uint8),
            "variation": _per_triangle(variation, (count,), np.uint16),
        }
        for name, part in parts.items():
            self._parts[name].append(part)
        self._vertex_count += len(points)
        self._triangle_count += count

    def build(self) -> Mesh:
        """The mesh of all parts in the order they were added; without parts an empty mesh."""
        shapes = {"vertices": (0, 3), "triangles": (0, 3), "normals": (0, 3, 3), "color": (0, 3)}
        arrays: dict[str, NDArray[Any]] = {
            name: np.concatenate(parts) if parts else np.zeros(shapes.get(name, (0,)))
            for name, parts in self._parts.items()
        }
        return Mesh(**arrays)


def _per_triangle(values: ArrayLike, shape: tuple[int, ...], dtype: type[np.generic]) -> NDArray[Any]:
    array = np.asarray(values)
    limit = np.iinfo(np.dtype(dtype)).max
    if array.size and (array.min() < 0 or array.max() > limit):
        raise GeometryError(f"per-triangle value {array.min()}..{array.max()} does not fit 0..{limit}")
    try:
        return np.broadcast_to(array, shape).astype(dtype)
    except ValueError as error:
        raise GeometryError(f"per-triangle values of shape {array.shape} do not fit {shape}") from error


def _corner_normals(
    vertices: NDArray[np.float32], triangles: NDArray[np.int64], smooth: bool | float | NDArray[np.floating[Any]]
) -> NDArray[np.float32]:
    if isinstance(smooth, np.ndarray) and smooth.ndim:
        if smooth.shape != (len(triangles), 3, 3):
            raise GeometryError(f"corner normals have shape {smooth.shape}, expected {(len(triangles), 3, 3)}")
        return smooth.astype(np.float32)
    from roadmark.render.normals import facet_normals, smooth_corner_normals  # noqa: PLC0415 - the same

    if smooth is False:
        return np.repeat(facet_normals(vertices, triangles)[:, None], 3, axis=1)
    return smooth_corner_normals(vertices, triangles, np.pi if smooth is True else float(smooth))
