"""Blueprints: what CARLA's actor types are, how large, and where their box sits around the actor's origin.

Sources: CARLA 0.9.16's `blueprint_sizes_vehicle.json` and `blueprint_sizes_walker.json`; static props measured from the
same release. All lengths in metres, actor frame FLU (x forward, y left, z up).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from roadmark.catalog.classes import SemanticClass
from roadmark.catalog.prop_table import PROP_SIZES
from roadmark.catalog.styles import BodyStyle
from roadmark.catalog.vehicle_table import VEHICLE_ROWS, VehicleRow
from roadmark.errors import InputError

BlueprintKind = Literal["vehicle", "walker", "prop"]

_LONGEST_SHOWN = 200

_SEMANTIC_OF_STYLE: Final = {
    BodyStyle.BOX_TRUCK: SemanticClass.TRUCK,
    BodyStyle.HEAVY_TRUCK: SemanticClass.TRUCK,
    BodyStyle.FIRE_TRUCK: SemanticClass.TRUCK,
    BodyStyle.CYBERTRUCK: SemanticClass.TRUCK,
    BodyStyle.AMBULANCE: SemanticClass.TRUCK,
    BodyStyle.VAN: SemanticClass.TRUCK,
    BodyStyle.BUS: SemanticClass.BUS,
    BodyStyle.MINIBUS: SemanticClass.BUS,
    BodyStyle.MOTORCYCLE: SemanticClass.MOTORCYCLE,
    BodyStyle.SCOOTER: SemanticClass.MOTORCYCLE,
    BodyStyle.BICYCLE: SemanticClass.BICYCLE,
}

# The three capsules of CARLA's 52 pedestrians: (length, width, height) and the numbers that have it.
_ADULT: Final = (0.3754, 0.3754, 1.86)
_SMALL_CHILD: Final = (0.5, 0.5, 1.1)
_CHILD: Final = (0.3754, 0.3754, 1.3)
_SMALL_CHILD_NUMBERS: Final = frozenset({9, 10, 11, 48, 49})
_CHILD_NUMBERS: Final = frozenset({12, 13, 14})
_WALKER_COUNT: Final = 52


@dataclass(frozen=True, slots=True)
class Wheel:
    """Where one wheel stands.

    Attributes:
        x: Axle position along the actor's x axis, metres.
        side: +1 left, -1 right, 0 in the middle (two-wheelers).
        radius: Tyre radius, metres.
        steers: Whether the wheel turns with the steering.
    """

    x: float
    side: int
    radius: float
    steers: bool


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One kind of actor.

    Attributes:
        id: CARLA's blueprint id, such as `vehicle.audi.tt`.
        kind: "vehicle", "walker" or "prop".
        style: Family of shapes it is drawn in.
        half_extents: Half length, width and height of its box, metres.
        center_offset: Box centre in the actor's frame (FLU), metres. Vehicles and props stand on their origin;
            a walker's origin is the centre of its capsule, so its offset is zero.
        semantic: Class of its body (riders on two-wheelers are `RIDER` besides).
        default_color: Paint or main colour where a recording names none, sRGB.
        wheels: Wheels at rest; empty for walkers and props.
    """

    id: str
    kind: BlueprintKind
    style: BodyStyle
    half_extents: tuple[float, float, float]
    center_offset: tuple[float, float, float]
    semantic: SemanticClass
    default_color: tuple[int, int, int]
    wheels: tuple[Wheel, ...] = ()

    @property
    def size(self) -> tuple[float, float, float]:
        """Length, width and height, metres."""
        return (2.0 * self.half_extents[0], 2.0 * self.half_extents[1], 2.0 * self.half_extents[2])

    @property
    def is_two_wheeler(self) -> bool:
        """Whether a rider sits on it rather than in it."""
        return self.style.is_two_wheeler


def _halved(size: tuple[float, float, float]) -> tuple[float, float, float]:
    return (size[0] / 2.0, size[1] / 2.0, size[2] / 2.0)


def _wheels(row: VehicleRow) -> tuple[Wheel, ...]:
    front_end, radius = row.offset[0] + row.size[0] / 2.0, row.wheel_radius
    if row.style.is_two_wheeler:
        front, rear = front_end - radius, front_end - row.size[0] + radius
        return (Wheel(front, 0, radius, True), Wheel(rear, 0, radius, False))
    front = front_end - row.front_overhang
    rear = front - row.wheelbase
    return tuple(Wheel(x, side, radius, steers) for x, steers in ((front, True), (rear, False)) for side in (1, -1))


def _vehicle(name: str, row: VehicleRow) -> Blueprint:
    half = _halved(row.size)
    semantic = _SEMANTIC_OF_STYLE.get(row.style, SemanticClass.CAR)
    offset = (row.offset[0], row.offset[1], half[2])
    return Blueprint(f"vehicle.{name}", "vehicle", row.style, half, offset, semantic, row.color, _wheels(row))


def _walker(number: int) -> Blueprint:
    size = _SMALL_CHILD if number in _SMALL_CHILD_NUMBERS else _CHILD if number in _CHILD_NUMBERS else _ADULT
    return Blueprint(
        f"walker.pedestrian.{number:04d}",
        "walker",
        BodyStyle.WALKER,
        _halved(size),
        (0.0, 0.0, 0.0),
        SemanticClass.PEDESTRIAN,
        (90, 100, 120),
    )


def _prop(name: str, size: tuple[float, float, float]) -> Blueprint:
    half = _halved(size)
    offset = (0.0, 0.0, half[2])
    return Blueprint(
        f"static.prop.{name}", "prop", BodyStyle.PROP, half, offset, SemanticClass.DYNAMIC, (150, 150, 148)
    )


@cache
def _table() -> dict[str, Blueprint]:
    items = [_vehicle(name, row) for name, row in VEHICLE_ROWS.items()]
    items += [_walker(number) for number in range(1, _WALKER_COUNT + 1)]
    items += [_prop(name, size) for name, size in PROP_SIZES.items()]
    return {item.id: item for item in items}


def known(blueprint_id: str) -> bool:
    """Return whether the catalogue has this blueprint id."""
    return blueprint_id in _table()


def blueprint(blueprint_id: str) -> Blueprint:
    """Return the blueprint of an id.

    Raises:
        InputError: The catalogue has no such id; the message offers the nearest ones.

    Example:
        >>> blueprint("vehicle.audi.tt").style.value
        'coupe'
    """
    found = _table().get(blueprint_id)
    if found is None:
        shown = blueprint_id[:_LONGEST_SHOWN]
        near = difflib.get_close_matches(shown, _table(), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise InputError(f"unknown blueprint {shown!r}{hint}")
    return found


def all_blueprints(kind: BlueprintKind | None = None) -> tuple[Blueprint, ...]:
    """Return every blueprint, or every one of a kind, in a fixed order."""
    return tuple(item for item in _table().values() if kind is None or item.kind == kind)
