"""Street furniture: lamps, benches, bins, shelters, bollards, fences, poles, cabinets, guard rails.

Every prototype stands on z = 0 around the origin; x runs along the street, and the street lies towards -y.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.render import Material
from roadmark.world.shape import Doubles, Shape, merge, place, quads
from roadmark.world.solids import Look, box, lump, tube

_STEEL = Look(Material.METAL, SemanticClass.POLE, (112, 118, 120))
_DARK = Look(Material.METAL, SemanticClass.STATIC, (58, 62, 64))
_TIMBER = Look(Material.WOOD, SemanticClass.STATIC, (136, 98, 62))

#: Lamp head over the street: distance from the pole towards -y, and height.
LAMP_REACH = 1.7
LAMP_HEIGHT = 7.6
LENS_EMITTER = 1


def street_lamp() -> Shape:
    """Pole with a curved arm and a flat head, without its lens."""
    turn = np.linspace(0.0, np.pi / 2.0, 6)
    arm = np.stack([np.zeros(6), -1.0 + np.cos(turn), 6.6 + 1.0 * np.sin(turn)], axis=1)
    pole = np.concatenate([[[0.0, 0.0, 0.0], [0.0, 0.0, 0.5], [0.0, 0.0, 0.52]], arm, [[0.0, -LAMP_REACH, 7.66]]])
    radius = np.r_[0.11, 0.11, 0.075, np.linspace(0.07, 0.045, 6), 0.04]
    return merge(
        [
            tube(pole, radius, _STEEL, sides=8),
            box((0.0, -LAMP_REACH, LAMP_HEIGHT + 0.08), (0.3, 0.8, 0.12), _STEEL),
        ]
    )


def lamp_lens() -> Shape:
    """The glass under a street lamp's head, which shines while its emitter is on."""
    y, z = -LAMP_REACH, LAMP_HEIGHT + 0.015
    corners = [[[-0.12, y - 0.36, z], [-0.12, y + 0.3, z], [0.12, y + 0.3, z], [0.12, y - 0.36, z]]]
    return quads(
        corners,
        material=Material.LAMP_LENS,
        semantic=SemanticClass.POLE,
        color=(255, 226, 178),
        emitter=LENS_EMITTER,
    )


def _upright(heights: Sequence[float], x: float = 0.0, y: float = 0.0) -> Doubles:
    """(N, 3) points over one spot."""
    return np.array([[x, y, height] for height in heights], dtype=np.float64)


def bench() -> Shape:
    """Slatted bench that faces the street."""
    slats = [box((0.0, y, 0.45), (1.7, 0.1, 0.04), _TIMBER) for y in (-0.18, -0.05, 0.08, 0.21)]
    back = [box((0.0, 0.3, z), (1.7, 0.035, 0.1), _TIMBER) for z in (0.62, 0.76)]
    legs = [box((x, 0.06, 0.22), (0.06, 0.46, 0.44), _DARK) for x in (-0.7, 0.7)]
    stays = [box((x, 0.32, 0.6), (0.06, 0.04, 0.44), _DARK) for x in (-0.7, 0.7)]
    return merge([*slats, *back, *legs, *stays])


def bin_() -> Shape:
    """Litter bin."""
    look = Look(Material.METAL, SemanticClass.STATIC, (62, 84, 66))
    body = tube(_upright((0.06, 0.9)), 0.24, look, sides=10)
    lid = tube(_upright((0.93, 1.0, 1.06)), [0.27, 0.25, 0.12], _DARK, sides=10)
    return merge([body, lid])


def bollard() -> Shape:
    """Steel bollard with a bright band."""
    band = Look(Material.SIGN, SemanticClass.STATIC, (226, 224, 216))
    post = tube(_upright((0.0, 0.88, 0.95)), [0.06, 0.06, 0.03], _DARK, sides=8)
    return merge([post, tube(_upright((0.7, 0.8)), 0.064, band, sides=8, cap=False)])


def hydrant() -> Shape:
    """Fire hydrant."""
    look = Look(Material.METAL, SemanticClass.STATIC, (176, 48, 38))
    body = tube(_upright((0.0, 0.08, 0.1, 0.6, 0.74)), [0.16, 0.16, 0.1, 0.1, 0.04], look, sides=8)
    return merge(
        [body, box((0.0, 0.0, 0.48), (0.36, 0.1, 0.1), look), box((0.0, -0.1, 0.44), (0.12, 0.12, 0.12), look)]
    )


def cabinet() -> Shape:
    """Grey box of a telephone or power company."""
    look = Look(Material.METAL, SemanticClass.STATIC, (150, 154, 146))
    foot = Look(Material.STONE, SemanticClass.STATIC, (128, 124, 118))
    return merge([box((0, 0, 0.08), (1.15, 0.45, 0.16), foot), box((0, 0, 0.76), (1.1, 0.4, 1.2), look),
                  box((0, 0, 1.38), (1.16, 0.46, 0.05), look)])  # fmt: skip


def mailbox() -> Shape:
    """Blue letter box."""
    look = Look(Material.METAL, SemanticClass.STATIC, (42, 66, 118))
    legs = [box((x, y, 0.15), (0.05, 0.05, 0.3), _DARK) for x in (-0.2, 0.2) for y in (-0.18, 0.18)]
    lid = tube(np.stack([np.linspace(-0.25, 0.25, 2), np.zeros(2), np.full(2, 1.0)], axis=1), 0.24, look, sides=12)
    return merge([*legs, box((0, 0, 0.65), (0.5, 0.48, 0.7), look), lid])


def planter(rng: np.random.Generator) -> Shape:
    """Concrete tub with a small shrub."""
    tub = Look(Material.STONE, SemanticClass.STATIC, (156, 150, 140))
    green = Look(Material.FOLIAGE, SemanticClass.VEGETATION, (82, 108, 50))
    parts = [box((0, 0, 0.28), (1.1, 0.7, 0.56), tub)]
    for x in (-0.28, 0.28):
        ball = lump(0.36, green, rng, rings=5, sides=8, roughness=0.16)
        parts.append(place(ball, [[x, 0.0, 0.72]]))
    return merge(parts)


def bus_shelter() -> Shape:
    """Glass shelter with a bench, and the stop's flag beside it."""
    frame = Look(Material.METAL, SemanticClass.STATIC, (70, 76, 80))
    glass = Look(Material.WINDOW, SemanticClass.STATIC, (112, 128, 134))
    roof = Look(Material.METAL, SemanticClass.STATIC, (94, 100, 104))
    posts = [box((x, y, 1.2), (0.07, 0.07, 2.4), frame) for x in (-1.9, 0.0, 1.9) for y in (-0.55, 0.65)]
    panes = [box((x, 0.65, 1.3), (1.78, 0.02, 1.9), glass) for x in (-0.95, 0.95)]
    panes += [box((1.9, 0.05, 1.3), (0.02, 1.1, 1.9), glass)]
    seat = box((-0.3, 0.45, 0.46), (2.6, 0.34, 0.05), _TIMBER)
    flag = Look(Material.SIGN, SemanticClass.STATIC, (48, 84, 140))
    stop = [tube(_upright((0.0, 2.8), -2.6, -0.55), 0.035, frame, sides=6),
            box((-2.6, -0.55, 2.55), (0.42, 0.03, 0.5), flag)]  # fmt: skip
    return merge([*posts, *panes, seat, box((0.0, 0.05, 2.46), (4.2, 1.6, 0.1), roof), *stop])


def fence(length: float = 2.0, height: float = 1.15) -> Shape:
    """Bar railing along x."""
    look = Look(Material.METAL, SemanticClass.FENCE, (66, 72, 70))
    rails = [box((0.0, 0.0, z), (length, 0.035, 0.04), look) for z in (0.18, height - 0.06)]
    bars = box(
        np.stack([np.linspace(-length / 2 + 0.12, length / 2 - 0.12, 12), np.zeros(12), np.full(12, height / 2)], 1),
        (0.018, 0.018, height - 0.1),
        look,
    )
    post = box((-length / 2, 0.0, height / 2 + 0.04), (0.06, 0.06, height + 0.08), look)
    return merge([*rails, bars, post])


def board_fence(length: float = 2.0, height: float = 1.6) -> Shape:
    """Wooden garden fence along x."""
    look = Look(Material.WOOD, SemanticClass.FENCE, (140, 110, 80))
    post = box((-length / 2, 0.0, height / 2 + 0.05), (0.1, 0.1, height + 0.1), look)
    return merge([box((0.0, 0.0, height / 2 + 0.04), (length, 0.04, height - 0.08), look), post])


def garden_wall(length: float = 2.0, height: float = 1.1) -> Shape:
    """Low brick wall with a coping along x."""
    brick = Look(Material.BRICK, SemanticClass.WALL, (146, 94, 74))
    stone = Look(Material.STONE, SemanticClass.WALL, (176, 170, 158))
    return merge([box((0, 0, height / 2), (length, 0.24, height), brick),
                  box((0, 0, height + 0.04), (length, 0.32, 0.08), stone)])  # fmt: skip


def utility_pole() -> Shape:
    """Wooden pole with a cross-arm and insulators."""
    wood = Look(Material.WOOD, SemanticClass.POLE, (104, 84, 64))
    knob = Look(Material.PLASTIC, SemanticClass.POLE, (90, 110, 112))
    arm = box((0.0, 0.0, 8.3), (0.12, 2.2, 0.14), wood)
    knobs = box([[0.0, y, 8.45] for y in (-0.95, -0.4, 0.4, 0.95)], (0.07, 0.07, 0.16), knob)
    return merge([tube(_upright((0.0, 9.0)), [0.15, 0.1], wood, sides=8), arm, knobs])


def guard_rail(length: float = 4.0) -> Shape:
    """Corrugated beam on a post, along x, its face towards -y."""
    look = Look(Material.METAL, SemanticClass.GUARD_RAIL, (158, 162, 164))
    profile = np.array([[-0.02, 0.42], [-0.1, 0.48], [-0.02, 0.56], [-0.02, 0.6], [-0.1, 0.68], [-0.02, 0.74]])
    half = length / 2
    ends = [np.c_[np.full(len(profile), x), profile] for x in (-half, half)]
    front = np.stack([ends[0][:-1], ends[1][:-1], ends[1][1:], ends[0][1:]], axis=1)
    sheet = merge(
        [
            quads(front, material=look.material, semantic=look.semantic, color=look.rgb),
            quads(front[:, ::-1] + [0.0, 0.006, 0.0], material=look.material, semantic=look.semantic, color=look.rgb),
        ]
    )
    return merge([sheet, box((0.0, 0.06, 0.36), (0.1, 0.12, 0.72), look)])
