"""Static props: simple recognisable shapes in the sizes the catalogue lists; the actor's origin is on the ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from roadmark.catalog import Blueprint
from roadmark.errors import InputError
from roadmark.render import Material, Mesh
from roadmark.world.lofts import Collector, Doubles, Ints, Look, ball, box, limb, revolve

Size = tuple[float, float, float]

_ORANGE: Final = Look(Material.PLASTIC, (226, 92, 28))
_WHITE: Final = Look(Material.SIGN, (238, 238, 234))
_DARK: Final = Look(Material.PLASTIC, (42, 44, 46))
_GREEN: Final = Look(Material.PLASTIC, (44, 92, 62))
_BLUE: Final = Look(Material.PLASTIC, (36, 74, 140))
_GREY: Final = Look(Material.METAL, (136, 140, 143))
_WOOD: Final = Look(Material.WOOD)
_CARD: Final = Look(Material.WOOD, (176, 138, 92))
_RED: Final = Look(Material.METAL, (178, 32, 30))
_GLASS: Final = Look(Material.CAR_GLASS)
_LEAVES: Final = Look(Material.FOLIAGE)
_PLAIN: Final = Look(Material.GENERIC, (150, 150, 148))
_DIRT: Final = Look(Material.SOIL, (92, 76, 58))
_SACK: Final = Look(Material.PLASTIC, (28, 30, 32))


@dataclass(frozen=True, eq=False)
class PropModel:
    """A prop's mesh in the actor's frame (FLU, origin on the ground)."""

    blueprint: Blueprint
    mesh: Mesh


def _upright(profile: list[tuple[float, float]], sides: int = 16) -> tuple[Doubles, Ints]:
    """A profile of (radius, z), from the top's axis to the bottom's, turned about z."""
    vertices, triangles = revolve(profile, sides)
    return np.stack([vertices[:, 0], -vertices[:, 2], vertices[:, 1]], axis=1), triangles


def _cone(collector: Collector, size: Size) -> None:
    radius, high = min(size[0], size[1]) / 2.0, size[2]
    collector.add(*box((0, 0, 0.02 * high), (size[0], size[1], 0.04 * high)), _DARK, crease=0.0)
    levels = [0.04, 0.34, 0.52, 0.66, 0.80, 1.0]
    thick = [radius * (0.82 - 0.68 * (level - 0.04) / 0.96) for level in levels]
    profile = [
        (0.0, high),
        *[(r, level * high) for level, r in zip(levels[::-1], thick[::-1], strict=True)],
        (0.0, 0.04 * high),
    ]
    band = np.repeat(np.arange(len(profile) - 1), 32)
    which = np.isin(band, [2, 4]).astype(np.int64)
    collector.add(*_upright(profile), [_ORANGE, _WHITE], which=which)


def _barrel(collector: Collector, size: Size) -> None:
    high = size[2]
    profile = [
        (0.0, high), (0.46, high), (0.5, 0.97 * high), (0.48, 0.68 * high), (0.5, 0.66 * high),
        (0.48, 0.36 * high), (0.5, 0.34 * high), (0.48, 0.0), (0.0, 0.0),
    ]  # fmt: skip
    vertices, triangles = _upright(profile, 20)
    which = np.isin(np.repeat(np.arange(len(profile) - 1), 40), [3, 5]).astype(np.int64)
    collector.add(vertices * np.array([size[0], size[1], 1.0]), triangles, [_ORANGE, _WHITE], which=which)


def _street_barrier(collector: Collector, size: Size) -> None:
    length, width, high = size
    for level, thick in ((0.88, 0.24), (0.52, 0.18)):
        count = 6
        for i in range(count):
            x = (i + 0.5) / count * length - length / 2.0
            collector.add(
                *box((x, 0, level * high), (length / count, 0.05, thick * high)), (_ORANGE, _WHITE)[i % 2], crease=0.0
            )
    for side in (-0.42, 0.42):
        for lean in (-1.0, 1.0):
            path = [(side * length, lean * (width / 2.0 - 0.018), 0.02), (side * length, lean * 0.02, 0.97 * high)]
            collector.add(*limb(path, 0.018, sides=6), _GREY)


def _chain(collector: Collector, size: Size) -> None:
    length, width, high = size
    posts = (-length / 2.0 + width / 2.0, length / 2.0 - width / 2.0) if length > 2.0 * width else (0.0,)
    for x in posts:
        vertices, triangles = _upright(
            [(0.0, high), (0.16, high), (0.16, 0.1 * high), (0.5, 0.05 * high), (0.5, 0.0), (0.0, 0.0)], 12
        )
        collector.add(vertices * np.array([width, width, 1.0]) + np.array([x, 0, 0]), triangles, _GREY)
    if len(posts) == 2:
        share = np.linspace(0.0, 1.0, 9)
        sag = 0.22 * high * 4.0 * share * (1.0 - share)
        path = np.stack([posts[0] + share * (posts[1] - posts[0]), 0 * share, 0.9 * high - sag], axis=1)
        collector.add(*limb(path, 0.018, sides=5), _RED)


def _bench(collector: Collector, size: Size) -> None:
    length, width, high = size
    back = high > 0.75
    seat = 0.46 if back else high - 0.03
    for i in range(4):
        y = (i - 1.5) / 4.0 * width * 0.95
        collector.add(*box((0, y, seat), (length, width * 0.2, 0.045)), _WOOD, crease=0.0)
    if back:
        for level in (0.68, 0.88):
            collector.add(*box((0, width / 2.0 - 0.03, level * high / 0.95), (length, 0.04, 0.12)), _WOOD, crease=0.0)
    for side in (-0.4, 0.4):
        collector.add(
            *box((side * length, 0, seat / 2.0 - 0.012), (0.06, width * 0.9, seat - 0.024)), _GREY, crease=0.0
        )
        if back:
            collector.add(
                *box((side * length, width / 2.0 - 0.055, high / 2.0), (0.06, 0.05, high * 0.95)), _GREY, crease=0.0
            )


def _bin(look: Look) -> Callable[[Collector, Size], None]:
    def build(collector: Collector, size: Size) -> None:
        length, width, high = size
        vertices, triangles = box((0, 0, 0.45 * high), (length * 0.92, width * 0.92, 0.82 * high), 0.03)
        shrink = 0.82 + 0.18 * np.clip(vertices[:, 2:] / (0.86 * high), 0.0, 1.0)
        collector.add(vertices * np.concatenate([shrink, shrink, np.ones_like(shrink)], axis=1), triangles, look)
        collector.add(*box((0, 0, 0.93 * high), (length, width, 0.13 * high), 0.035), _DARK)
        collector.add(*box((0, 0, 0.02 * high), (length * 0.7, width * 0.7, 0.04 * high)), _DARK, crease=0.0)

    return build


def _crate(look: Look) -> Callable[[Collector, Size], None]:
    def build(collector: Collector, size: Size) -> None:
        collector.add(*box((0, 0, size[2] / 2.0), size, 0.02 * min(size)), look)

    return build


def _container(collector: Collector, size: Size) -> None:
    length, width, high = size
    collector.add(*box((0, 0, 0.42 * high), (0.94 * length, 0.94 * width, 0.72 * high), 0.05), _GREEN)
    collector.add(*box((0, 0, 0.88 * high), (length, width, 0.24 * high), 0.08), Look(Material.PLASTIC, (38, 70, 50)))
    for x in (-0.38, 0.38):
        for y in (-0.38, 0.38):
            collector.add(*box((x * length, y * width, 0.035 * high), (0.1, 0.1, 0.07 * high)), _DARK, crease=0.0)


def _plant_pot(collector: Collector, size: Size) -> None:
    length, width, high = size
    collector.add(*box((0, 0, 0.27 * high), (length, width, 0.54 * high), 0.03), Look(Material.CONCRETE))
    for i, x in enumerate((-0.28, 0.0, 0.28) if length > 1.5 * width else (0.0,)):
        radii = (length * (0.2 if length > 1.5 * width else 0.42), width * 0.42, 0.27 * high)
        collector.add(*ball((x * length, 0, (0.73 - 0.03 * (i % 2)) * high), radii, rings=5, sides=9), _LEAVES)


def _sack(collector: Collector, size: Size) -> None:
    length, width, high = size
    profile = [
        (0.0, high),
        (0.10, 0.97 * high),
        (0.06, 0.86 * high),
        (0.34, 0.72 * high),
        (0.5, 0.42 * high),
        (0.46, 0.1 * high),
        (0.3, 0.0),
        (0.0, 0.0),
    ]
    vertices, triangles = _upright(profile, 14)
    collector.add(vertices * np.array([length, width, 1.0]), triangles, _SACK)


def _heap(collector: Collector, size: Size) -> None:
    """Dirt that lies about: a flat heap with an uneven edge."""
    length, width, high = size
    profile = [(0.0, high), (0.14, 0.9 * high), (0.27, 0.55 * high), (0.4, 0.2 * high), (0.5, 0.0), (0.0, 0.0)]
    vertices, triangles = _upright(profile, 18)
    around = np.arctan2(vertices[:, 1], vertices[:, 0])
    uneven = 1.0 - 0.16 * np.sin(3.0 * around + 0.7) ** 2 - 0.1 * np.sin(7.0 * around) ** 2
    collector.add(
        vertices * np.stack([length * uneven, width * uneven, np.ones_like(uneven)], axis=1), triangles, _DIRT
    )


def _bus_stop(collector: Collector, size: Size) -> None:
    length, width, high = size
    along = length >= width
    a, b = (length, width) if along else (width, length)
    parts = [
        ((0, 0, high - 0.06), (a, b, 0.12), _GREY),
        ((0, b / 2 - 0.05, 0.55 * high), (a * 0.94, 0.03, 0.75 * high), _GLASS),
        ((-a / 2 + 0.06, 0.1 * b, 0.55 * high), (0.03, 0.6 * b, 0.75 * high), _GLASS),
        ((0, b / 2 - 0.35, 0.45), (a * 0.6, 0.36, 0.06), _WOOD),
    ]
    parts += [((x * a, b / 2 - 0.06, high / 2), (0.08, 0.08, high - 0.02), _GREY) for x in (-0.46, 0.0, 0.46)]
    for center, extent, look in parts:
        vertices, triangles = box(center, extent)
        turned = vertices if along else np.stack([-vertices[:, 1], vertices[:, 0], vertices[:, 2]], axis=1)
        collector.add(turned, triangles, look, crease=0.0)


def _sign_board(face: Look) -> Callable[[Collector, Size], None]:
    def build(collector: Collector, size: Size) -> None:
        length, width, high = size
        collector.add(*box((0, 0, 0.70 * high), (length, max(0.25 * width, 0.03), 0.60 * high), 0.01), face)
        for x in (-0.36, 0.36):
            collector.add(
                *box((x * length, 0, 0.25 * high), (0.06, max(0.2 * width, 0.03), 0.5 * high)), _GREY, crease=0.0
            )
            collector.add(*box((x * length, 0, 0.015), (0.10, width, 0.03)), _GREY, crease=0.0)

    return build


def _machine(look: Look) -> Callable[[Collector, Size], None]:
    def build(collector: Collector, size: Size) -> None:
        length, width, high = size
        collector.add(*box((0, 0, high / 2.0), (0.97 * length, width, high), 0.02), look)
        front = (length / 2.0 - 0.02, 0, 0.62 * high)
        collector.add(*box(front, (0.04, 0.7 * width, 0.5 * high)), _GLASS, crease=0.0)

    return build


def _mail_box(collector: Collector, size: Size) -> None:
    length, width, high = size
    collector.add(*box((0, 0, 0.72 * high), (length, width, 0.56 * high), 0.08), Look(Material.METAL, (190, 40, 36)))
    collector.add(*box((0, 0, 0.23 * high), (0.3 * length, 0.3 * width, 0.46 * high)), _DARK, crease=0.0)


_BUILDERS: Final[dict[str, Callable[[Collector, Size], None]]] = {
    "constructioncone": _cone,
    "trafficcone": _cone,
    "barrel": _barrel,
    "streetbarrier": _street_barrier,
    "chainbarrier": _chain,
    "bench": _bench,
    "bin": _bin(_GREEN),
    "trashcan": _bin(_GREY),
    "clothcontainer": _container,
    "glasscontainer": _container,
    "container": _container,
    "box": _crate(_CARD),
    "haybale": _crate(Look(Material.GRASS, (186, 160, 92))),
    "briefcase": _crate(Look(Material.PLASTIC, (58, 40, 28))),
    "travelcase": _crate(Look(Material.PLASTIC, (44, 62, 96))),
    "plantpot": _plant_pot,
    "trashbag": _sack,
    "plasticbag": _sack,
    "dirtdebris": _heap,
    "busstop": _bus_stop,
    "advertisement": _sign_board(Look(Material.SIGN, (214, 216, 218))),
    "streetsign": _sign_board(_WHITE),
    "trafficwarning": _sign_board(_ORANGE),
    "warning": _sign_board(_ORANGE),
    "vendingmachine": _machine(_RED),
    "atm": _machine(_BLUE),
    "mailbox": _mail_box,
}


@cache
def prop_model(blueprint: Blueprint) -> PropModel:
    """The model of a static prop: its own simple shape, or a box of its size; it fills its blueprint's box.

    Raises:
        InputError: The blueprint is no prop.
    """
    if blueprint.kind != "prop":
        raise InputError(f"{blueprint.id} is no prop")
    name = blueprint.id.removeprefix("static.prop.")
    prefix = max((key for key in _BUILDERS if name.startswith(key)), key=len, default="")
    collector = Collector(blueprint.semantic)
    _BUILDERS.get(prefix, _crate(_PLAIN))(collector, blueprint.size)
    mesh = collector.build()
    low, high = mesh.bounds.astype(np.float64)
    scale = np.array(blueprint.size) * (1.0 - 2e-5) / (high - low)
    center = np.asarray(blueprint.center_offset)
    matrix = np.concatenate([np.diag(scale), (center - scale * (low + high) / 2.0)[:, None]], axis=1)
    return PropModel(blueprint, mesh.transformed(matrix))
