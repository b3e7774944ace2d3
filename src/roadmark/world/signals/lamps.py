"""Traffic-light heads: housing, backplate, lenses and visors, as meshes whose lenses are emitters.

A head's frame: x looks at the traffic, y to the viewer's right, z up; the origin is the middle of the housing's back.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass
from roadmark.render import Material, Mesh
from roadmark.world.shape import Shape, merge, quads, triangles
from roadmark.world.solids import Look, box

Doubles = NDArray[np.float64]

RED_EMITTER, YELLOW_EMITTER, GREEN_EMITTER = 1, 2, 3
"""Emitters of the lenses: bits 1, 2 and 4 of an instance's emission mask."""

_LENS_COLORS = {RED_EMITTER: (190, 26, 20), YELLOW_EMITTER: (204, 138, 16), GREEN_EMITTER: (18, 158, 92)}
_HOUSING = (34, 37, 36)
_PLATE = (24, 25, 25)
_DEPTH = 0.20
_SIDES = 16
_HALVES = [0, 1, 2, 0, 2, 3]


@lru_cache(maxsize=32)
def head_mesh(width: float, height: float, emitters: tuple[int, ...]) -> Mesh:
    """One head.

    Args:
        width: Of the backplate, metres.
        height: Of the backplate, metres.
        emitters: Lenses from top to bottom.
    """
    dark = Look(Material.PLASTIC, SemanticClass.TRAFFIC_LIGHT, _HOUSING)
    plate = Look(Material.PLASTIC, SemanticClass.TRAFFIC_LIGHT, _PLATE)
    pitch = 0.9 * height / len(emitters)
    radius = 0.5 * min(0.80 * pitch, 0.62 * width)  # leaves room for the visors between lenses and above the top one
    body = 2.0 * radius + 0.06
    parts = [
        box((0.5 * _DEPTH, 0.0, 0.0), (_DEPTH, body, pitch * len(emitters)), dark),
        box((0.3 * _DEPTH, 0.0, 0.0), (0.02, width, height), plate),
    ]
    top = 0.5 * pitch * (len(emitters) - 1)
    for row, emitter in enumerate(emitters):
        middle = np.array([_DEPTH, 0.0, top - row * pitch])
        parts += [_lens(middle, radius, emitter), _visor(middle, radius * 1.06, dark)]
    return merge(parts).mesh()


def _lens(middle: Doubles, radius: float, emitter: int) -> Shape:
    """A shallow dome of two rings."""
    angle = np.linspace(0.0, 2.0 * np.pi, _SIDES + 1)
    circle = np.stack([np.zeros_like(angle), np.cos(angle), np.sin(angle)], axis=1)
    forward = np.array([1.0, 0.0, 0.0])
    rim = middle + circle * radius + forward * 0.004
    ring = middle + circle * (0.6 * radius) + forward * (0.15 * radius)
    tip = np.broadcast_to(middle + forward * (0.22 * radius), (_SIDES, 3))
    slope, gentle = circle * 0.45 + forward, circle * 0.25 + forward
    fan = np.stack([tip, ring[:-1], ring[1:]], axis=1)
    fan_normals = np.stack([np.broadcast_to(forward, (_SIDES, 3)), gentle[:-1], gentle[1:]], axis=1)
    band = np.stack([ring[:-1], rim[:-1], rim[1:], ring[1:]], axis=1)
    band_normals = np.stack([gentle[:-1], slope[:-1], slope[1:], gentle[1:]], axis=1)
    corners = np.concatenate([fan, band[:, _HALVES].reshape(-1, 3, 3)])
    normals = np.concatenate([fan_normals, band_normals[:, _HALVES].reshape(-1, 3, 3)])
    return triangles(
        corners,
        normals=normals / np.linalg.norm(normals, axis=-1, keepdims=True),
        material=Material.LAMP_LENS,
        semantic=SemanticClass.TRAFFIC_LIGHT,
        color=_LENS_COLORS[emitter],
        emitter=emitter,
    )


def _visor(middle: Doubles, radius: float, look: Look) -> Shape:
    """A tunnel open below that shades the lens; two walls, so that it has an inside and an outside."""
    angle = np.radians(np.linspace(-25.0, 205.0, 13))
    circle = np.stack([np.zeros_like(angle), np.cos(angle), np.sin(angle)], axis=1)
    # Cut obliquely, as visors are: longer at the top.
    reach = np.stack([0.10 + 0.12 * (np.sin(angle) + 0.45), np.zeros_like(angle), np.zeros_like(angle)], axis=1)
    walls = []
    for size, outward in ((radius + 0.008, True), (radius, False)):
        back = middle + circle * size
        front = back + reach
        corners = np.stack([back[:-1], back[1:], front[1:], front[:-1]], axis=1)
        normals = np.stack([circle[:-1], circle[1:], circle[1:], circle[:-1]], axis=1)
        if not outward:
            corners, normals = corners[:, ::-1], -normals[:, ::-1]
        walls.append(quads(corners, material=look.material, semantic=look.semantic, color=look.rgb, normals=normals))
    inner, outer = middle + circle * radius + reach, middle + circle * (radius + 0.008) + reach
    lip = np.stack([inner[:-1], outer[:-1], outer[1:], inner[1:]], axis=1)
    walls.append(quads(lip, material=look.material, semantic=look.semantic, color=look.rgb))
    return merge(walls)
