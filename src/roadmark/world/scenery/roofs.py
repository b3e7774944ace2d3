"""Roofs: parapets and roof plant on flat ones, gables, hips and chimneys on pitched ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from roadmark.catalog import SemanticClass
from roadmark.render import Material
from roadmark.world.scenery.plans import Buildings
from roadmark.world.scenery.styles import Roof
from roadmark.world.shape import Doubles, Shape, merge, quads, triangles
from roadmark.world.solids import Look, box

_PARAPET = 0.55
_OVERHANG = 0.45
_PITCH = 0.62
_THICK = 0.16


def roof_shapes(buildings: Buildings, level: npt.NDArray[np.int64]) -> Shape:
    """Roofs of all buildings; `level` (K,) is the detail, 0 for the least."""
    kind = buildings.roof
    return merge(
        [
            _flat(buildings, np.flatnonzero(kind == Roof.FLAT)),
            _gable(buildings, np.flatnonzero(kind == Roof.GABLE)),
            _hip(buildings, np.flatnonzero(kind == Roof.HIP)),
            _chimneys(buildings, np.flatnonzero((kind != Roof.FLAT) & (buildings.storeys * level > 0))),
        ]
    )


def _world(buildings: Buildings, chosen: npt.NDArray[np.int64], local: Doubles) -> Doubles:
    """Points (K, ..., 3) in the frames of the chosen buildings, in the world."""
    shape = (len(chosen),) + (1,) * (local.ndim - 2)
    cosine, sine = np.cos(buildings.yaw[chosen]).reshape(shape), np.sin(buildings.yaw[chosen]).reshape(shape)
    center = buildings.center[chosen].reshape(*shape, 3)
    return np.stack(
        [
            center[..., 0] + cosine * local[..., 0] - sine * local[..., 1],
            center[..., 1] + sine * local[..., 0] + cosine * local[..., 1],
            center[..., 2] + local[..., 2],
        ],
        axis=-1,
    )


def _flat(buildings: Buildings, chosen: npt.NDArray[np.int64]) -> Shape:
    count = len(chosen)
    half = buildings.size[chosen] / 2.0
    eaves = buildings.eaves[chosen]
    felt = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float64)[None] * half[:, None, :]
    deck = np.concatenate([felt, np.broadcast_to(eaves[:, None, None], (count, 4, 1))], axis=2)
    color = buildings.choice("roof_colors")[chosen]
    parts = [
        quads(
            _world(buildings, chosen, deck), material=Material.ROOF, semantic=SemanticClass.BUILDING, color=color,
            variation=buildings.seed[chosen],
        )
    ]  # fmt: skip
    trim = buildings.choice("trim_colors")[chosen]
    for i, (x, y) in enumerate(((0, -1), (1, 0), (0, 1), (-1, 0))):
        across = i % 2 == 1
        size = np.stack(
            [
                np.full(count, 0.26) if across else 2 * half[:, 0] + 0.06,
                2 * half[:, 1] + 0.06 if across else np.full(count, 0.26),
                np.full(count, _PARAPET + 0.04),
            ],
            axis=1,
        )
        middle = np.stack([x * (half[:, 0] - 0.1), y * (half[:, 1] - 0.1), eaves + _PARAPET / 2.0 + 0.03], axis=1)
        wall = box(_world(buildings, chosen, middle[:, None])[:, 0], size, Look(Material.CONCRETE, 3),
                   buildings.yaw[chosen])  # fmt: skip
        parts.append(_recolored(wall, trim, buildings.seed[chosen]))
    parts.extend(_roof_plant(buildings, chosen, half, eaves))
    return merge(parts)


def _roof_plant(buildings: Buildings, chosen: npt.NDArray[np.int64], half: Doubles, eaves: Doubles) -> list[Shape]:
    """Stair heads, air conditioning boxes and ducts on flat roofs."""
    parts = []
    for salt, (length, width, tall), color, material in (
        (41, (4.2, 3.0, 2.7), (170, 166, 158), Material.PLASTER),
        (43, (2.2, 1.5, 1.3), (172, 176, 178), Material.METAL),
        (47, (1.6, 1.6, 1.1), (150, 154, 156), Material.METAL),
        (53, (5.5, 0.7, 0.6), (160, 164, 166), Material.METAL),
        (59, (1.4, 1.1, 1.0), (186, 188, 188), Material.METAL),
    ):
        here = buildings.chance(salt)[chosen] < 0.7
        x = (buildings.chance(salt + 1)[chosen] - 0.5) * np.maximum(2 * half[:, 0] - length - 1.6, 0.0)
        y = (buildings.chance(salt + 2)[chosen] - 0.5) * np.maximum(2 * half[:, 1] - width - 1.6, 0.0)
        middle = np.stack([x, y, eaves + tall / 2.0], axis=1)
        world = _world(buildings, chosen, middle[:, None])[:, 0]
        look = Look(material, SemanticClass.BUILDING, color)
        parts.append(box(world[here], (length, width, tall), look, buildings.yaw[chosen][here]))
    return parts


def _recolored(shape: Shape, color: npt.NDArray[np.uint8], seed: npt.NDArray[np.uint16]) -> Shape:
    """The same number of triangles per item, with each item's colour and seed."""
    each = len(shape) // max(len(color), 1)
    return Shape(
        shape.corners, shape.normals, shape.material, shape.semantic,
        np.repeat(color, each, axis=0), shape.emitter, np.repeat(seed, each),
    )  # fmt: skip


def _slabs(buildings: Buildings, chosen: npt.NDArray[np.int64], tops: Doubles) -> Shape:
    """Roof slopes (K, Q, 4, 3) as thin slabs: tiles above, boards below, edges all round."""
    faces = tops.shape[1]
    below = tops.copy()
    below[..., 2] -= _THICK
    rim = np.stack([below, np.roll(below, -1, axis=2), np.roll(tops, -1, axis=2), tops], axis=3)
    color = np.repeat(buildings.choice("roof_colors")[chosen], faces, axis=0)
    trim = np.repeat(buildings.choice("trim_colors")[chosen], faces * 4, axis=0)
    seed = np.repeat(buildings.seed[chosen], faces)
    semantic = SemanticClass.BUILDING
    return merge(
        [
            quads(
                _world(buildings, chosen, tops).reshape(-1, 4, 3),
                material=Material.ROOF, semantic=semantic, color=color, variation=seed,
            ),
            quads(
                _world(buildings, chosen, below)[:, :, ::-1].reshape(-1, 4, 3),
                material=Material.WOOD, semantic=semantic, color=(150, 132, 110), variation=seed,
            ),
            quads(
                _world(buildings, chosen, rim).reshape(-1, 4, 3),
                material=Material.WOOD, semantic=semantic, color=trim, variation=np.repeat(seed, 4),
            ),
        ]
    )  # fmt: skip


def _gable(buildings: Buildings, chosen: npt.NDArray[np.int64]) -> Shape:
    """A ridge along the front, slopes to the street and to the yard."""
    half = buildings.size[chosen] / 2.0
    eaves = buildings.eaves[chosen]
    pitch = np.where(buildings.storeys[chosen] == 1, _PITCH, _PITCH * 0.9)
    pitch = np.where(half[:, 1] > 6.5, 0.22, pitch)
    ridge = eaves + half[:, 1] * pitch
    reach_x, reach_y = half[:, 0] + _OVERHANG, half[:, 1] + _OVERHANG
    foot = eaves - _OVERHANG * pitch
    lift = _THICK * 0.9
    zero = np.zeros(len(chosen))
    front = [(-reach_x, -reach_y, foot), (reach_x, -reach_y, foot), (reach_x, zero, ridge), (-reach_x, zero, ridge)]
    back = [(reach_x, reach_y, foot), (-reach_x, reach_y, foot), (-reach_x, zero, ridge), (reach_x, zero, ridge)]
    tops = np.stack([np.stack([np.stack(p, axis=-1) for p in face], axis=1) for face in (front, back)], axis=1)
    tops[..., 2] += lift
    gables = []
    for sign in (1.0, -1.0):
        ends = [(sign * half[:, 0], -sign * half[:, 1], eaves), (sign * half[:, 0], sign * half[:, 1], eaves)]
        ends.append((sign * half[:, 0], zero, ridge))
        gables.append(np.stack([np.stack(p, axis=-1) for p in ends], axis=1))
    walls = np.stack(gables, axis=1)
    material = buildings.wall_material[chosen]
    return merge(
        [
            _slabs(buildings, chosen, tops),
            triangles(
                _world(buildings, chosen, walls).reshape(-1, 3, 3),
                material=np.repeat(material, 2), semantic=SemanticClass.BUILDING,
                color=np.repeat(buildings.choice("wall_colors")[chosen], 2, axis=0),
                variation=np.repeat(buildings.seed[chosen], 2),
            ),
        ]
    )  # fmt: skip


def _hip(buildings: Buildings, chosen: npt.NDArray[np.int64]) -> Shape:
    """Four slopes of the same pitch."""
    half = buildings.size[chosen] / 2.0
    x, y = half[:, 0] + _OVERHANG, half[:, 1] + _OVERHANG
    foot = buildings.eaves[chosen] - 0.1
    inner = np.maximum(x - y, 0.3)
    ridge = foot + y * _PITCH * 0.85
    zero = np.zeros(len(chosen))
    a, b, c, d = (-x, -y, foot), (x, -y, foot), (x, y, foot), (-x, y, foot)
    e, f = (-inner, zero, ridge), (inner, zero, ridge)
    faces = ((a, b, f, e), (b, c, f, f), (c, d, e, f), (d, a, e, e))
    tops = np.stack([np.stack([np.stack(p, axis=-1) for p in face], axis=1) for face in faces], axis=1)
    tops[..., 2] += _THICK * 0.9
    return _slabs(buildings, chosen, tops)


def _chimneys(buildings: Buildings, chosen: npt.NDArray[np.int64]) -> Shape:
    half = buildings.size[chosen] / 2.0
    small = np.flatnonzero(half[:, 1] < 6.5)
    chosen, half = chosen[small], half[small]
    x = (buildings.chance(71)[chosen] - 0.5) * half[:, 0]
    y = np.where(buildings.chance(73)[chosen] < 0.5, -0.25, 0.25) * half[:, 1]
    height = buildings.eaves[chosen] + half[:, 1] * _PITCH * 0.55
    middle = _world(buildings, chosen, np.stack([x, y, height + 0.45], axis=1)[:, None])[:, 0]
    stack = box(middle, (0.7, 0.7, 2.1), Look(Material.BRICK, SemanticClass.BUILDING, (132, 82, 66)),
                buildings.yaw[chosen])  # fmt: skip
    cap = box(middle + np.array([0.0, 0.0, 1.08]), (0.86, 0.86, 0.12), Look(Material.CONCRETE, SemanticClass.BUILDING),
              buildings.yaw[chosen])  # fmt: skip
    return merge([stack, cap])
