"""From a class and a size to the CARLA blueprint that is most like it."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from roadmark.catalog import Blueprint, BodyStyle, all_blueprints
from roadmark.errors import InputError

Size = tuple[float | None, float | None, float | None]
"""Length, width, height in metres; None where not known."""
SAME = 1e-4
"""Metres within which a size is the blueprint's own."""
_SMALLEST, _LARGEST = 0.1, 60.0  # metres

CLASSES: Final = {
    "car": (
        *(BodyStyle.HATCHBACK, BodyStyle.SEDAN, BodyStyle.FASTBACK, BodyStyle.LIFTBACK, BodyStyle.COUPE),
        *(BodyStyle.SUV, BodyStyle.OFFROAD, BodyStyle.MPV, BodyStyle.MICROCAR),
    ),
    "taxi": (BodyStyle.TAXI,),
    "police": (BodyStyle.POLICE,),
    "van": (BodyStyle.VAN, BodyStyle.MINIBUS),
    "truck": (BodyStyle.BOX_TRUCK, BodyStyle.HEAVY_TRUCK),
    "pickup": (BodyStyle.CYBERTRUCK,),
    "ambulance": (BodyStyle.AMBULANCE,),
    "fire_truck": (BodyStyle.FIRE_TRUCK,),
    "bus": (BodyStyle.BUS,),
    "motorcycle": (BodyStyle.MOTORCYCLE,),
    "scooter": (BodyStyle.SCOOTER,),
    "bicycle": (BodyStyle.BICYCLE,),
    "pedestrian": (BodyStyle.WALKER,),
}
"""Classes and the styles of body that belong to them."""
ALIASES: Final = {
    "vehicle": "car",
    "firetruck": "fire_truck",
    "motorbike": "motorcycle",
    "motorcyclist": "motorcycle",
    "cyclist": "bicycle",
    "bike": "bicycle",
    "person": "pedestrian",
    "walker": "pedestrian",
}
"""Other words for them."""


def lookalikes(name: str) -> tuple[Blueprint, ...]:
    """The blueprints of a class, in the catalogue's order.

    Raises:
        InputError: There is no such class; the message lists those there are.
    """
    word = name.strip().lower()
    word = ALIASES.get(word, word)
    if word not in CLASSES:
        near = difflib.get_close_matches(word[:80], [*CLASSES, *ALIASES], n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise InputError(f"unknown class {name[:80]!r}{hint}; known are {', '.join([*CLASSES, *ALIASES])}")
    return tuple(body for body in all_blueprints() if body.style in CLASSES[word])


def nearest(bodies: Sequence[Blueprint], size: Size, turn: int = 0) -> Blueprint:
    """The one of some blueprints that is nearest in size.

    Args:
        bodies: To choose from.
        size: What is known of the size; the sum of the squared logarithms of the ratios decides.
        turn: Where nothing is known, which of the blueprints it is, round and round.
    """
    if all(value is None for value in size):
        return bodies[turn % len(bodies)]
    return min(bodies, key=lambda body: _unlikeness(body, size))


def _unlikeness(body: Blueprint, size: Size) -> float:
    return sum(
        math.log(max(given, SAME) / own) ** 2 for given, own in zip(size, body.size, strict=True) if given is not None
    )


def sized(body: Blueprint, size: Size, center: Size = (None, None, None)) -> Blueprint:
    """A blueprint with another box.

    Args:
        body: The blueprint.
        size: Its new length, width and height; what is None stays.
        center: The box's centre in the actor's frame; what is None stays in proportion.

    Raises:
        InputError: A size is no size of a road user.
    """
    for value, name in zip(size, ("length", "width", "height"), strict=True):
        if value is not None and not _SMALLEST <= value <= _LARGEST:
            raise InputError(f"{name} {value:g} m is not between {_SMALLEST} and {_LARGEST} m")
    new = [own if given is None else given for given, own in zip(size, body.size, strict=True)]
    ratio = [given / own for given, own in zip(new, body.size, strict=True)]
    middle = [
        own * scale if given is None else given
        for given, own, scale in zip(center, body.center_offset, ratio, strict=True)
    ]
    off = [abs(a - b) for a, b in zip((*new, *middle), (*body.size, *body.center_offset), strict=True)]
    if max(off) <= SAME:
        return body
    wheels = tuple(replace(wheel, x=wheel.x * ratio[0]) for wheel in body.wheels)
    half = (0.5 * new[0], 0.5 * new[1], 0.5 * new[2])
    return replace(body, half_extents=half, center_offset=(middle[0], middle[1], middle[2]), wheels=wheels)
