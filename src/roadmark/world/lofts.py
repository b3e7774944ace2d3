"""Smooth solids for actors: warped lattices (hulls), solids of revolution, limbs, rounded boxes, and their collector.

All lengths in metres; every solid is closed and its triangles run counter-clockwise seen from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from roadmark.errors import GeometryError
from roadmark.render import Material, Mesh, MeshBuilder, default_color
from roadmark.world.vectors import cross

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Face = Literal["front", "rear", "left", "right", "top", "bottom"]
Index = int | slice | list[int]

ALL: Final = slice(None)
_CREASE: Final = 0.7  # radians; facets that differ by less are shaded as one surface


@dataclass(frozen=True, slots=True)
class Look:
    """Material, sRGB colour (the material's usual one if None) and emitter number of a surface."""

    material: Material
    color: tuple[int, int, int] | None = None
    emitter: int = 0

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The colour to use."""
        return default_color(self.material) if self.color is None else self.color


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One solid; `table` (T, 6) holds material, red, green, blue, emitter and class per triangle."""

    points: Doubles
    corners: Ints
    table: Ints
    crease: float


class Collector:
    """Gathers solids of one semantic class into a mesh.

    Args:
        semantic: Class of the triangles, unless a call names another.
    """

    def __init__(self, semantic: int) -> None:
        """Start empty."""
        self._semantic = int(semantic)
        self._parts: list[_Part] = []

    def add(
        self,
        vertices: npt.ArrayLike,
        triangles: npt.ArrayLike,
        look: Look | Sequence[Look],
        *,
        which: Ints | None = None,
        crease: float = _CREASE,
        semantic: int | None = None,
    ) -> None:
        """Add a solid.

        Args:
            vertices: (V, 3) metres.
            triangles: (T, 3) vertex indices; those without area are dropped.
            look: One look, or several of which `which` (T,) picks one per triangle.
            which: Index into `look` per triangle.
            crease: Facets whose normals differ by less (radians) are shaded smooth.
            semantic: Class of this solid, if not the collector's.
        """
        points = np.asarray(vertices, dtype=np.float64)
        corners = np.asarray(triangles, dtype=np.int64)
        looks = [look] if isinstance(look, Look) else list(look)
        chosen = np.zeros(len(corners), dtype=np.int64) if which is None else which
        table = np.array([(item.material, *item.rgb, item.emitter) for item in looks])[chosen]
        label = np.full((len(corners), 1), self._semantic if semantic is None else int(semantic))
        self._parts.append(_Part(points, corners, np.concatenate([table, label], axis=1), crease))

    def add_hull(self, hull: Hull, *, crease: float = _CREASE, semantic: int | None = None) -> None:
        """Add a hull with the looks painted on it."""
        triangles, which = hull.triangles()
        self.add(hull.points.reshape(-1, 3), triangles, hull.looks, which=which, crease=crease, semantic=semantic)

    @property
    def top(self) -> float:
        """Highest z so far, metres."""
        return max(float(part.points[:, 2].max()) for part in self._parts)

    def build(self) -> Mesh:
        """The mesh of everything added."""
        builder = MeshBuilder()
        for crease in sorted({part.crease for part in self._parts}):
            parts = [part for part in self._parts if part.crease == crease]
            starts = np.cumsum([0] + [len(part.points) for part in parts[:-1]])
            points = np.concatenate([part.points for part in parts])
            corners = np.concatenate([part.corners + start for part, start in zip(parts, starts, strict=True)])
            edges = points[corners[:, 1:]] - points[corners[:, :1]]
            keep = np.linalg.norm(cross(edges[:, 0], edges[:, 1]), axis=1) > 1e-11
            table = np.concatenate([part.table for part in parts])[keep]
            used = np.zeros(len(points), dtype=bool)
            used[corners[keep]] = True
            builder.add(
                points[used],
                (np.cumsum(used) - 1)[corners[keep]],
                material=table[:, 0],
                semantic=table[:, 5],
                color=table[:, 1:4],
                emitter=table[:, 4],
                smooth=crease if crease > 0.0 else False,
            )
        return builder.build()


class Hull:
    """The closed surface of a warped lattice: a box whose six faces are grids, each cell with its own look.

    Axis 0 runs along x (rear to front), axis 1 along z (bottom to top), axis 2 along y (right to left).

    Args:
        points: (I+1, J+1, K+1, 3) positions; only those on the surface are used.
        look: Look of every cell until `paint` changes it.
    """

    def __init__(self, points: Doubles, look: Look) -> None:
        """Keep the lattice and give every cell the same look."""
        if points.ndim != 4 or points.shape[3] != 3 or min(points.shape[:3]) < 2:
            raise GeometryError(f"a hull needs a lattice of shape (I+1, J+1, K+1, 3), not {points.shape}")
        self.points = points
        self.looks = [look]
        i, j, k = (n - 1 for n in points.shape[:3])
        sizes: dict[Face, tuple[int, int]] = {
            "front": (j, k), "rear": (j, k), "left": (i, j), "right": (i, j), "top": (i, k), "bottom": (i, k),
        }  # fmt: skip
        self._cells: dict[Face, Ints] = {face: np.zeros(size, dtype=np.int64) for face, size in sizes.items()}

    @property
    def columns(self) -> int:
        """Number of cells across (K)."""
        return int(self.points.shape[2]) - 1

    def paint(self, face: Face, first: Index, second: Index, look: Look) -> None:
        """Give cells a look: (j, k) on front and rear, (i, j) on left and right, (i, k) on top and bottom."""
        if look not in self.looks:
            self.looks.append(look)
        rows = np.arange(self._cells[face].shape[0])[first]
        columns = np.arange(self._cells[face].shape[1])[second]
        self._cells[face][np.ix_(np.atleast_1d(rows), np.atleast_1d(columns))] = self.looks.index(look)

    def paint_sides(self, stations: Index, rows: Index, look: Look) -> None:
        """Give cells (i, j) of both sides a look."""
        self.paint("left", stations, rows, look)
        self.paint("right", stations, rows, look)

    def paint_mirrored(self, face: Face, first: Index, columns: Sequence[int], look: Look) -> None:
        """Give cells a look on both halves of the front, rear, top or bottom; columns count from the right."""
        last = self.columns - 1
        self.paint(face, first, sorted({*columns, *(last - k for k in columns)}), look)

    def triangles(self) -> tuple[Ints, Ints]:
        """(T, 3) vertex indices and the (T,) look index of each, quads split along their shorter diagonal."""
        quads, faces = _hull_quads(self.points.shape[:3])
        looks = np.concatenate([self._cells[face].reshape(-1) for face in faces])
        return split_quads(self.points.reshape(-1, 3), quads), np.repeat(looks, 2)


@lru_cache(maxsize=64)
def _hull_quads(shape: tuple[int, int, int]) -> tuple[Ints, tuple[Face, ...]]:
    """(Q, 4) vertex indices of a lattice's surface, counter-clockwise from outside, and the order of its faces."""
    index = np.arange(np.prod(shape)).reshape(shape)
    grids: dict[Face, tuple[Ints, bool]] = {
        "front": (index[-1], False), "rear": (index[0], True),
        "left": (index[:, :, -1], False), "right": (index[:, :, 0], True),
        "top": (index[:, -1, :], True), "bottom": (index[:, 0, :], False),
    }  # fmt: skip
    return np.concatenate([_grid_quads(*grid).reshape(-1, 4) for grid in grids.values()]), tuple(grids)


@lru_cache(maxsize=256)
def _rings_quads(count: int, sides: int) -> Ints:
    """(Q, 4) vertex indices between rings of vertices that follow each other."""
    index = np.arange(count * sides).reshape(count, sides)
    return _grid_quads(np.concatenate([index, index[:, :1]], axis=1), flip=False).reshape(-1, 4)


def _grid_quads(grid: Ints, flip: bool) -> Ints:
    order = [grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]]
    return np.stack(order[::-1] if flip else order, axis=-1)


def split_quads(points: Doubles, quads: Ints) -> Ints:
    """(2Q, 3) triangles of quads (Q, 4), each cut along its shorter diagonal."""
    first = np.linalg.norm(points[quads[:, 0]] - points[quads[:, 2]], axis=1)
    second = np.linalg.norm(points[quads[:, 1]] - points[quads[:, 3]], axis=1)
    one = quads[:, [0, 1, 2, 0, 2, 3]]
    other = quads[:, [1, 2, 3, 1, 3, 0]]
    return np.where((first <= second)[:, None], one, other).reshape(-1, 3)


def box(center: npt.ArrayLike, size: npt.ArrayLike, bevel: float = 0.0) -> tuple[Doubles, Ints]:
    """Vertices and triangles of an upright box; a bevel rounds all its edges (108 triangles instead of 12)."""
    half = np.asarray(size, dtype=np.float64) / 2.0
    if bevel <= 0.0:
        steps = [np.array([-h, h]) for h in half]
    else:
        steps = [np.array([-h, -h + min(bevel, 0.45 * 2 * h), h - min(bevel, 0.45 * 2 * h), h]) for h in half]
    x, z, y = np.meshgrid(steps[0], steps[2], steps[1], indexing="ij")
    points = np.stack([x, y, z], axis=-1)
    if bevel > 0.0:
        extreme = np.abs(points) >= half - 1e-12
        count = extreme.sum(axis=-1, keepdims=True)
        inset = np.choose(np.clip(count, 0, 3), [0.0, 0.0, 0.293, 0.423]) * np.minimum(bevel, 0.9 * half)
        points = np.where(extreme, np.sign(points) * (half - inset), points)
    hull = Hull(points + np.asarray(center, dtype=np.float64), Look(Material.GENERIC))
    return hull.points.reshape(-1, 3), hull.triangles()[0]


def revolve(profile: npt.ArrayLike, sides: int) -> tuple[Doubles, Ints]:
    """Vertices and triangles of a profile (P, 2) of (radius, y) turned around the y axis.

    The first vertex of each ring lies straight below the axis. Seen from +y the profile runs from the axis at +y around
    the outside to the axis at -y.
    """
    points = np.asarray(profile, dtype=np.float64)
    angle = 2.0 * np.pi * np.arange(sides) / sides
    ring = np.stack([np.sin(angle), np.zeros(sides), -np.cos(angle)], axis=-1)
    vertices = points[:, None, 0, None] * ring[None] + points[:, None, 1, None] * np.array([0.0, 1.0, 0.0])
    return vertices.reshape(-1, 3), split_quads(vertices.reshape(-1, 3), _rings_quads(len(points), sides))


def limb(
    path: npt.ArrayLike,
    radius: npt.ArrayLike,
    *,
    sides: int = 8,
    flatten: npt.ArrayLike = 1.0,
    aside: npt.ArrayLike = (0.0, 1.0, 0.0),
) -> tuple[Doubles, Ints]:
    """Vertices and triangles of a closed rod along a path, such as an arm, a tube or a trunk.

    Args:
        path: (N, 3) metres.
        radius: One or (N,) metres, along `aside`.
        sides: Vertices around.
        flatten: Radius across `aside` over radius along it, one or (N,).
        aside: Direction that the sections' first axis keeps as near as it can.
    """
    points = np.asarray(path, dtype=np.float64)
    count = len(points)
    along = np.gradient(points, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    first = np.asarray(aside, dtype=np.float64) - along * (along @ np.asarray(aside, dtype=np.float64))[:, None]
    weak = np.linalg.norm(first, axis=1) < 0.2
    first[weak] = cross(along[weak], np.array([0.3, 0.1, 0.9]))
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = cross(along, first)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (count,))[:, None, None]
    ratio = np.broadcast_to(np.asarray(flatten, dtype=np.float64), (count,))[:, None, None]
    angle = 2.0 * np.pi * np.arange(sides) / sides
    cosine, sine = np.cos(angle)[None, :, None], np.sin(angle)[None, :, None]
    ring = points[:, None] + radii * (cosine * first[:, None] + ratio * sine * second[:, None])
    vertices = np.concatenate([ring.reshape(-1, 3), points[:1], points[-1:]])
    return vertices, np.concatenate([split_quads(vertices, _rings_quads(count, sides)), _limb_ends(count, sides)])


@lru_cache(maxsize=256)
def _limb_ends(count: int, sides: int) -> Ints:
    """(2 * sides, 3) vertex indices of the fans that close a limb."""
    around = np.arange(sides)
    after = (around + 1) % sides
    last = (count - 1) * sides
    start = np.stack([np.full(sides, count * sides), after, around], axis=1)
    end = np.stack([np.full(sides, count * sides + 1), last + around, last + after], axis=1)
    return np.concatenate([start, end])


def ball(center: npt.ArrayLike, radii: npt.ArrayLike, *, rings: int = 6, sides: int = 10) -> tuple[Doubles, Ints]:
    """Vertices and triangles of an upright ellipsoid with its poles along z."""
    polar = np.linspace(0.0, np.pi, rings + 1)
    vertices, triangles = revolve(np.stack([np.sin(polar), np.cos(polar)], axis=1), sides)
    upright = np.stack([vertices[:, 0], -vertices[:, 2], vertices[:, 1]], axis=1)
    return upright * np.asarray(radii, dtype=np.float64) + np.asarray(center, dtype=np.float64), triangles


def mirrored(vertices: Doubles, triangles: Ints) -> tuple[Doubles, Ints]:
    """The solid mirrored at the plane y = 0, its triangles turned so that they still face outwards."""
    return vertices * np.array([1.0, -1.0, 1.0]), triangles[:, ::-1]
