"""Simple solids as shapes: hexahedra, boxes, tubes along a line, lumpy balls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.render import Material, default_color
from roadmark.world.shape import Doubles, Shape, merge, quads, triangles
from roadmark.world.vectors import cross

# Corners of a hexahedron: 0..3 the bottom counter-clockwise from above, 4..7 the top above them.
_FACES = np.array([[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])
_UNIT = np.array(
    [[-1, -1, -1], [1, -1, -1], [1, 1, -1], [-1, 1, -1], [-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]],
    dtype=np.float64,
)


@dataclass(frozen=True)
class Look:
    """How a part looks: material, semantic class, sRGB colour (the material's usual one when None), emitter bit."""

    material: Material
    semantic: int
    color: tuple[int, int, int] | None = None
    emitter: int = 0

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The colour to use."""
        return default_color(self.material) if self.color is None else self.color


def hexahedra(corners: npt.ArrayLike, look: Look, *, bottom: bool = True) -> Shape:
    """Solids with eight corners (K, 8, 3): bottom four counter-clockwise from above, then the four above them."""
    points = np.asarray(corners, dtype=np.float64).reshape(-1, 8, 3)
    faces = _FACES if bottom else _FACES[1:]
    return quads(
        points[:, faces].reshape(-1, 4, 3),
        material=look.material,
        semantic=look.semantic,
        color=look.rgb,
        emitter=look.emitter,
    )


def box(center: npt.ArrayLike, size: npt.ArrayLike, look: Look, yaw: npt.ArrayLike = 0.0) -> Shape:
    """Upright boxes by centre (K, 3) or (3,), full size (K, 3) or (3,) and yaw in radians."""
    middle = np.atleast_2d(np.asarray(center, dtype=np.float64))
    extent = np.broadcast_to(np.asarray(size, dtype=np.float64), middle.shape)
    angle = np.broadcast_to(np.asarray(yaw, dtype=np.float64), (len(middle),))
    local = _UNIT[None] * extent[:, None, :] / 2.0
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    corners = np.stack(
        [
            local[..., 0] * cosine - local[..., 1] * sine,
            local[..., 0] * sine + local[..., 1] * cosine,
            local[..., 2],
        ],
        axis=-1,
    )
    return hexahedra(corners + middle[:, None, :], look)


def tube(path: npt.ArrayLike, radius: npt.ArrayLike, look: Look, *, sides: int = 8, cap: bool = True) -> Shape:
    """A round rod along a path (N, 3) with a radius, one or (N,), smooth around; the last end closed by a cap."""
    points = np.asarray(path, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(points),))
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    aside = cross(along, np.array([0.0, 0.0, 1.0]))
    flat = np.linalg.norm(aside, axis=1) < 0.1
    aside[flat] = cross(along[flat], np.array([1.0, 0.0, 0.0]))
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    for i in range(1, len(aside)):  # carry the first direction along, so that the rod does not twist
        carried = aside[i - 1] - along[i] * (aside[i - 1] @ along[i])
        aside[i] = carried / np.linalg.norm(carried)
    other = cross(along, aside)
    angle = np.linspace(0.0, 2.0 * np.pi, sides + 1)
    spoke = aside[:, None, :] * np.cos(angle)[None, :, None] + other[:, None, :] * np.sin(angle)[None, :, None]
    ring = points[:, None, :] + spoke * radii[:, None, None]
    corners = np.stack([ring[:-1, :-1], ring[:-1, 1:], ring[1:, 1:], ring[1:, :-1]], axis=2)
    normals = np.stack([spoke[:-1, :-1], spoke[:-1, 1:], spoke[1:, 1:], spoke[1:, :-1]], axis=2)
    side = quads(
        corners,
        material=look.material,
        semantic=look.semantic,
        color=look.rgb,
        emitter=look.emitter,
        normals=normals,
    )
    if not cap:
        return side
    end = np.stack([np.broadcast_to(points[-1], (sides, 3)), ring[-1, :-1], ring[-1, 1:]], axis=1)
    return merge(
        [
            side,
            triangles(end, material=look.material, semantic=look.semantic, color=look.rgb, emitter=look.emitter),
        ]
    )


def lump(
    radius: float, look: Look, rng: np.random.Generator, *, rings: int = 6, roughness: float = 0.12, sides: int = 9
) -> Shape:
    """A closed uneven ball around the origin with smooth normals, for crown cores, hedges and stones."""
    polar = np.linspace(0.0, np.pi, rings + 1)
    angle = np.linspace(0.0, 2.0 * np.pi, sides + 1)
    grid = radius * (1.0 + roughness * rng.standard_normal((rings + 1, sides + 1)))
    grid[:, -1] = grid[:, 0]
    grid[0] = grid[0, 0]
    grid[-1] = grid[-1, 0]
    direction = np.stack(
        [
            np.sin(polar)[:, None] * np.cos(angle)[None],
            np.sin(polar)[:, None] * np.sin(angle)[None],
            np.broadcast_to(np.cos(polar)[:, None], grid.shape),
        ],
        axis=-1,
    )
    points: Doubles = direction * grid[..., None]
    low, high = slice(0, -1), slice(1, None)
    order = ((low, low), (high, low), (high, high), (low, high))
    corners = np.stack([points[s] for s in order], axis=2)
    normals = np.stack([direction[s] for s in order], axis=2)
    return quads(
        corners,
        material=look.material,
        semantic=look.semantic,
        color=look.rgb,
        emitter=look.emitter,
        normals=normals,
    )
