"""People: a figure of smooth limbs hung on joints, dressed from an outfit. Pedestrians and riders share it.

Frame of a figure: x forward, y left, z up, metres. Proportions follow common anthropometric tables (segment lengths as
shares of the standing height; Drillis and Contini 1966, rounded).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from roadmark.render import Material
from roadmark.world.lofts import Collector, Doubles, Look, ball, box, limb

THIGH: Final = 0.245
SHIN: Final = 0.235
ANKLE: Final = 0.045
"""Height of the ankle above the sole."""
UPPER_ARM: Final = 0.17
FOREARM: Final = 0.15
HIP_HALF_WIDTH: Final = 0.05
SHOULDER_HALF_WIDTH: Final = 0.112
PELVIS_TO_SHOULDER: Final = 0.295
PELVIS_TO_CROWN: Final = 1.0 - THIGH - SHIN - ANKLE
HEEL: Final = 0.035
"""Heel behind the ankle."""
BALL: Final = 0.075
"""Ball of the foot ahead of the ankle."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """How a person looks.

    Attributes:
        skin: Skin colour, sRGB.
        hair: Hair colour.
        top: Colour of jacket or shirt.
        bottom: Colour of trousers, shorts or skirt.
        shoes: Colour of shoes.
        sleeves: "long" or "short".
        legs: "trousers", "shorts" or "skirt".
        head: "short", "long", "bald", "cap", "helmet" (open) or "full_helmet".
        head_color: Colour of cap or helmet.
        backpack: Colour of a backpack, if worn.
        girth: Thickness of the body over the usual one.
        head_scale: Size of the head over an adult's (children have larger ones).
    """

    skin: tuple[int, int, int]
    hair: tuple[int, int, int]
    top: tuple[int, int, int]
    bottom: tuple[int, int, int]
    shoes: tuple[int, int, int]
    sleeves: Literal["long", "short"] = "long"
    legs: Literal["trousers", "shorts", "skirt"] = "trousers"
    head: Literal["short", "long", "bald", "cap", "helmet", "full_helmet"] = "short"
    head_color: tuple[int, int, int] = (40, 40, 44)
    backpack: tuple[int, int, int] | None = None
    girth: float = 1.0
    head_scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Posture:
    """Where the joints are; pairs are left then right. All (3,) in metres.

    Attributes:
        pelvis: Middle between the hips.
        chest: Middle between the shoulders.
        knees: Knees.
        ankles: Ankles.
        foot_pitch: Pitch of each foot, radians, positive with the toes down.
        elbows: Elbows.
        wrists: Wrists.
        gaze: Pitch of the head, radians, positive looking down.
    """

    pelvis: Doubles
    chest: Doubles
    knees: tuple[Doubles, Doubles]
    ankles: tuple[Doubles, Doubles]
    foot_pitch: tuple[float, float]
    elbows: tuple[Doubles, Doubles]
    wrists: tuple[Doubles, Doubles]
    gaze: float = 0.0


SIDES: Final = (1.0, -1.0)


def hips(pelvis: Doubles, height: float) -> tuple[Doubles, Doubles]:
    """Left and right hip joint."""
    aside = np.array([0.0, HIP_HALF_WIDTH * height, 0.0])
    return pelvis + aside, pelvis - aside


def shoulders(chest: Doubles, height: float) -> tuple[Doubles, Doubles]:
    """Left and right shoulder joint."""
    aside = np.array([0.0, SHOULDER_HALF_WIDTH * height, 0.0])
    return chest + aside, chest - aside


def bend(root: Doubles, target: Doubles, upper: float, lower: float, towards: npt.ArrayLike) -> tuple[Doubles, Doubles]:
    """Middle joint and end of a two-bone limb that reaches from `root` for `target` (as far as it can).

    Args:
        root: (3,) fixed end.
        target: (3,) where the free end should be.
        upper: Length of the first bone.
        lower: Length of the second bone.
        towards: (3,) direction the middle joint points to.
    """
    line = target - root
    reach = float(np.clip(np.linalg.norm(line), abs(upper - lower) + 1e-4, (upper + lower) * 0.9995))
    along = line / max(float(np.linalg.norm(line)), 1e-9)
    pole = np.asarray(towards, dtype=np.float64)
    out = pole - along * (along @ pole)
    out /= max(float(np.linalg.norm(out)), 1e-9)
    ahead = (upper**2 - lower**2 + reach**2) / (2.0 * reach)
    aside = np.sqrt(max(upper**2 - ahead**2, 0.0))
    return root + along * ahead + out * aside, root + along * reach


def add_figure(collector: Collector, posture: Posture, outfit: Outfit, height: float, semantic: int) -> None:
    """Add a whole person to a mesh; arguments as in `add_upper_body`."""
    add_legs(collector, posture, outfit, height, semantic)
    add_upper_body(collector, posture, outfit, height, semantic)


def add_legs(collector: Collector, posture: Posture, outfit: Outfit, height: float, semantic: int) -> None:
    """Add a person's legs to a mesh; arguments as in `add_upper_body`."""
    for index in (0, 1):
        _add_leg(collector, posture, outfit, height, semantic, index)
    if outfit.legs == "skirt":
        _add_skirt(collector, posture, outfit, height, semantic)


def add_upper_body(collector: Collector, posture: Posture, outfit: Outfit, height: float, semantic: int) -> None:
    """Add a person without legs to a mesh.

    Args:
        collector: Where to.
        posture: Joint positions.
        outfit: Clothes, skin and hair.
        height: Standing height the limbs are sized by, metres.
        semantic: Class of the triangles.
    """
    for index in (0, 1):
        _add_arm(collector, posture, outfit, height, semantic, index)
    _add_torso(collector, posture, outfit, height, semantic)
    _add_head(collector, posture, outfit, height, semantic)
    if outfit.backpack is not None:
        middle = (0.42 * posture.pelvis + 0.58 * posture.chest) + np.array([-0.105 * height * outfit.girth, 0.0, 0.0])
        vertices, triangles = box(middle, (0.085 * height, 0.17 * height, 0.25 * height), 0.035 * height)
        collector.add(vertices, triangles, Look(Material.CLOTH, outfit.backpack), semantic=semantic)


def _jointed(a: Doubles, b: Doubles, c: Doubles) -> Doubles:
    """(8, 3) path along two bones with a rounded joint."""
    before, after = b + 0.2 * (a - b), b + 0.2 * (c - b)
    return np.stack(
        [a, a + 0.3 * (b - a), a + 0.62 * (b - a), before, 0.5 * b + 0.25 * (before + after), after,
         b + 0.55 * (c - b), c]
    )  # fmt: skip


def _pitched(points: Doubles, angle: float) -> Doubles:
    """Points turned about the y axis, x towards -z."""
    cosine, sine = np.cos(angle), np.sin(angle)
    x, y, z = points.T
    return np.stack([x * cosine + z * sine, y, -x * sine + z * cosine], axis=1)


def _cloth(color: tuple[int, int, int]) -> Look:
    return Look(Material.CLOTH, color)


def _add_leg(collector: Collector, posture: Posture, outfit: Outfit, height: float, semantic: int, index: int) -> None:
    hip = hips(posture.pelvis, height)[index]
    knee, ankle = posture.knees[index], posture.ankles[index]
    girth = height * (0.5 + 0.5 * outfit.girth)
    path = _jointed(hip + np.array([0.0, 0.0, 0.015 * height]), knee, ankle)
    slim = np.array([0.049, 0.052, 0.043, 0.034, 0.033, 0.033, 0.032, 0.022])
    loose = np.array([0.051, 0.053, 0.046, 0.039, 0.038, 0.038, 0.037, 0.034])
    sides = 8
    vertices, triangles = limb(path, (loose if outfit.legs == "trousers" else slim) * girth, sides=sides)
    ring = np.concatenate([np.repeat(np.arange(7), 2 * sides), np.zeros(sides), np.full(sides, 6)])
    bare = {"trousers": 99, "shorts": 3, "skirt": 0}[outfit.legs]
    which = (ring >= bare).astype(np.int64)
    collector.add(
        vertices, triangles, [_cloth(outfit.bottom), Look(Material.SKIN, outfit.skin)], which=which, crease=1.2,
        semantic=semantic,
    )  # fmt: skip
    _add_shoe(collector, ankle, posture.foot_pitch[index], outfit, height, semantic)


def _add_shoe(collector: Collector, ankle: Doubles, pitch: float, outfit: Outfit, height: float, semantic: int) -> None:
    x = np.array([-HEEL, -0.018, 0.02, 0.062, 0.095, 0.112]) * height
    top = np.array([0.024, 0.052, 0.048, 0.026, 0.020, 0.012]) * height
    half = np.array([0.016, 0.022, 0.024, 0.028, 0.025, 0.013]) * height
    angle = 2.0 * np.pi * (np.arange(8) + 0.5) / 8
    y = half[:, None] * np.cos(angle) * 1.08
    z = np.where(np.sin(angle) > 0, np.sin(angle) * 1.08 * top[:, None], 0.0)
    ring = np.stack([np.broadcast_to(x[:, None], y.shape), y, z - ANKLE * height], axis=-1).reshape(-1, 3)
    hinge = np.array([BALL * height, 0.0, -ANKLE * height])
    toes = ring[:, :1] > hinge[0]
    bent = np.where(toes, hinge + _pitched(ring - hinge, min(pitch, 0.0) - pitch), ring)
    turned = _pitched(bent, pitch)
    _, triangles = limb(np.stack([x, 0 * x, 0 * x], axis=1), 1.0, sides=8)
    middles = turned.reshape(6, 8, 3).mean(axis=1)
    vertices = np.concatenate([turned, middles[:1], middles[-1:]]) + ankle
    collector.add(vertices, triangles, Look(Material.CLOTH, outfit.shoes), crease=0.9, semantic=semantic)


def _add_arm(collector: Collector, posture: Posture, outfit: Outfit, height: float, semantic: int, index: int) -> None:
    shoulder = shoulders(posture.chest, height)[index]
    elbow, wrist = posture.elbows[index], posture.wrists[index]
    girth = height * (0.5 + 0.5 * outfit.girth)
    inward = np.array([0.0, -0.012 * height * SIDES[index], -0.022 * height])
    cap = np.array([[0.0, -0.020 * SIDES[index], 0.031], [0.0, -0.009 * SIDES[index], 0.022]]) * height
    path = np.concatenate([shoulder + inward + cap, _jointed(shoulder + inward, elbow, wrist)])
    radius = np.array([0.010, 0.024, 0.034, 0.034, 0.029, 0.026, 0.0255, 0.025, 0.023, 0.017]) * girth
    sides = 7
    vertices, triangles = limb(path, radius, sides=sides)
    ring = np.concatenate([np.repeat(np.arange(9), 2 * sides), np.zeros(sides), np.full(sides, 8)])
    which = (ring >= (4 if outfit.sleeves == "short" else 99)).astype(np.int64)
    skin = Look(Material.SKIN, outfit.skin)
    collector.add(vertices, triangles, [_cloth(outfit.top), skin], which=which, crease=1.2, semantic=semantic)
    ahead = (wrist - elbow) / max(float(np.linalg.norm(wrist - elbow)), 1e-9)
    hand = np.stack(
        [
            wrist - 0.01 * height * ahead,
            wrist + 0.03 * height * ahead,
            wrist + 0.07 * height * ahead,
            wrist + 0.088 * height * ahead,
        ]
    )
    vertices, triangles = limb(
        hand, np.array([0.013, 0.021, 0.019, 0.008]) * height, sides=6, flatten=0.6, aside=(1.0, 0.0, 0.0)
    )
    collector.add(vertices, triangles, skin, crease=1.2, semantic=semantic)


def _add_torso(collector: Collector, posture: Posture, outfit: Outfit, height: float, semantic: int) -> None:
    share = np.array([-0.20, -0.08, 0.03, 0.04, 0.16, 0.36, 0.58, 0.78, 0.90, 0.98, 1.06, 1.12])
    path = posture.pelvis + share[:, None] * (posture.chest - posture.pelvis)
    half = np.array([0.055, 0.088, 0.092, 0.102, 0.097, 0.087, 0.096, 0.106, 0.110, 0.099, 0.066, 0.036]) * height
    deep = np.array([0.8, 0.68, 0.66, 0.70, 0.69, 0.70, 0.70, 0.67, 0.62, 0.58, 0.66, 0.95])
    sides, last = 12, len(share) - 2
    vertices, triangles = limb(path, half * (0.4 + 0.6 * outfit.girth), sides=sides, flatten=deep * outfit.girth**0.6)
    ring = np.concatenate([np.repeat(np.arange(last + 1), 2 * sides), np.zeros(sides), np.full(sides, last)])
    looks = [_cloth(outfit.bottom), _cloth(outfit.top)]
    collector.add(vertices, triangles, looks, which=(ring >= 2).astype(np.int64), crease=1.3, semantic=semantic)


def _add_skirt(collector: Collector, posture: Posture, outfit: Outfit, height: float, semantic: int) -> None:
    knees = (posture.knees[0] + posture.knees[1]) / 2.0
    apart = abs(posture.knees[0][0] - posture.knees[1][0]) / 2.0
    top = posture.pelvis + np.array([0.0, 0.0, 0.05 * height])
    path = np.stack([top + s * (knees - top) for s in (0.0, 0.3, 0.65, 1.02)])
    half = np.array([0.078, 0.104, 0.108, 0.112]) * height * (0.5 + 0.5 * outfit.girth)
    deep = np.array([0.7, 0.75, 0.8, 0.85]) + np.array([0.0, 0.3, 0.7, 1.0]) * apart / half
    vertices, triangles = limb(path, half, sides=14, flatten=deep)
    collector.add(vertices, triangles, _cloth(outfit.bottom), crease=1.0, semantic=semantic)


def _add_head(collector: Collector, posture: Posture, outfit: Outfit, height: float, semantic: int) -> None:
    spine = (posture.chest - posture.pelvis) / max(float(np.linalg.norm(posture.chest - posture.pelvis)), 1e-9)
    up = 0.6 * np.array([0.0, 0.0, 1.0]) + 0.4 * spine
    up /= np.linalg.norm(up)
    size = height * outfit.head_scale
    base = posture.chest + spine * 0.015 * height
    center = base + up * (PELVIS_TO_CROWN - PELVIS_TO_SHOULDER - 0.015 - 0.068 * outfit.head_scale) * height
    center = center + np.array([0.008 * height, 0.0, 0.0])
    skin = Look(Material.SKIN, outfit.skin)
    neck = np.stack([base, (base + center) / 2.0, center])
    collector.add(*limb(neck, np.array([0.036, 0.031, 0.030]) * size, sides=8), skin, crease=1.2, semantic=semantic)

    def placed(solid: tuple[Doubles, npt.NDArray[np.int64]], offset: tuple[float, float, float]) -> Doubles:
        moved: Doubles = _pitched(solid[0] + np.array(offset) * size, posture.gaze) + center
        return moved

    skull = ball((0, 0, 0), np.array([0.054, 0.044, 0.068]) * size, rings=7, sides=12)
    skull[0][:, 0] *= np.where(skull[0][:, 2] < 0, 1.0 + 1.8 * skull[0][:, 2] / size, 1.0)
    collector.add(placed(skull, (0, 0, 0)), skull[1], skin, crease=1.3, semantic=semantic)
    _add_hair(collector, outfit, size, semantic, placed)


def _add_hair(collector: Collector, outfit: Outfit, size: float, semantic: int, placed: Callable[..., Doubles]) -> None:
    if outfit.head == "helmet":
        shell = ball((0, 0, 0), np.array([0.074, 0.062, 0.062]) * size, rings=6, sides=12)
        shell[0][:, 2] = np.maximum(shell[0][:, 2], -0.022 * size)
        look = Look(Material.PLASTIC, outfit.head_color)
        collector.add(placed(shell, (0.0, 0, 0.022)), shell[1], look, crease=0.9, semantic=semantic)
        return
    if outfit.head == "full_helmet":
        shell = ball((0, 0, 0), np.array([0.079, 0.067, 0.082]) * size, rings=8, sides=14)
        collector.add(
            placed(shell, (-0.002, 0, 0.004)),
            shell[1],
            Look(Material.PLASTIC, outfit.head_color),
            crease=1.2,
            semantic=semantic,
        )
        visor = ball((0, 0, 0), np.array([0.060, 0.058, 0.034]) * size, rings=5, sides=14)
        collector.add(
            placed(visor, (0.024, 0, 0.006)), visor[1], Look(Material.CAR_GLASS), crease=1.2, semantic=semantic
        )
        return
    if outfit.head == "bald":
        return
    look = Look(Material.CLOTH, outfit.head_color if outfit.head == "cap" else outfit.hair)
    cover = ball((0, 0, 0), np.array([0.058, 0.049, 0.058]) * size, rings=6, sides=12)
    front = cover[0][:, 0] > 0.02 * size
    cover[0][:, 2] = np.maximum(cover[0][:, 2], np.where(front, 0.016, -0.034) * size)
    collector.add(placed(cover, (-0.006, 0, 0.0145)), cover[1], look, crease=1.2, semantic=semantic)
    if outfit.head == "cap":
        peak = ball((0, 0, 0), np.array([0.045, 0.040, 0.007]) * size, rings=3, sides=10)
        collector.add(placed(peak, (0.055, 0, 0.03)), peak[1], look, crease=0.8, semantic=semantic)
    if outfit.head == "long":
        fall = ball((0, 0, 0), np.array([0.030, 0.052, 0.085]) * size, rings=5, sides=10)
        collector.add(placed(fall, (-0.036, 0, -0.05)), fall[1], look, crease=1.2, semantic=semantic)
