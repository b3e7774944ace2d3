"""How actors move in the picture: direction, turns, stops, and who cannot be overlooked."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from roadmark.scene.courses import Course

_TURN = math.radians(50.0)
_TURN_BACK = math.radians(140.0)
_ACROSS = 0.12
"""Share of the picture's width that who drives across it crosses."""
_DEPTH = 0.2
"""Natural logarithm of the distances' ratio of who approaches or leaves."""


@dataclass(frozen=True)
class Picture:
    """What movements are measured against.

    Attributes:
        width: Pixels.
        height: Pixels.
        moves: Whether the camera moves: then nobody moves left or right by themselves.
    """

    width: int
    height: int
    moves: bool


@dataclass(frozen=True)
class Ground:
    """What the map knows of where vehicles are.

    Attributes:
        off_road: Whether someone who stands does so beside the lanes.
        in_junction: Whether someone passes a junction: who turns elsewhere follows a bend.
    """

    off_road: Callable[[Course], bool]
    in_junction: Callable[[Course], bool]


def salience(course: Course) -> float:
    """How much of the clip an actor takes: visible pixels over all its frames."""
    return float(course.areas.sum())


def well_seen(course: Course, picture: Picture) -> bool:
    """Whether nobody can overlook an actor: a twentieth of the picture's height, half of it open, for 0.2 s."""
    tall = course.boxes[:, 3] - course.boxes[:, 1] >= 0.05 * picture.height
    times = course.times[tall & (course.visible >= 0.5)]
    return len(times) > 1 and float(times[-1] - times[0]) >= 0.2


def direction(course: Course, picture: Picture) -> str:
    """Where an actor goes in the picture, from its first to its last frame; empty where nowhere in particular."""
    middle = 0.5 * (course.boxes[:, 0] + course.boxes[:, 2])
    across = float(middle[-1] - middle[0]) / picture.width
    depth = math.log(max(float(course.distances[-1]), 0.1) / max(float(course.distances[0]), 0.1))
    side = "" if abs(across) < _ACROSS else "right" if across > 0 else "left"
    if abs(depth) >= _DEPTH:
        way = "towards the camera" if depth < 0 else "away from the camera"
        return f"{way} and to the {side}" if side else way
    return f"from {'left to right' if side == 'right' else 'right to left'}" if side else ""


def motion(course: Course, picture: Picture, ground: Ground) -> tuple[str, str]:
    """What a vehicle does as a verb phrase, for one and for several; empty where it is nothing definite.

    Args:
        course: The vehicle's.
        picture: What movements are measured against.
        ground: What the map knows.
    """
    if course.stood:
        where = "parked at the roadside" if ground.off_road(course) else "standing still"
        return f"is {where}", f"are {where}"
    turned = course.turned()
    if _TURN <= abs(turned) <= _TURN_BACK and ground.in_junction(course):
        side = "left" if turned > 0 else "right"
        return f"turns {side}", f"turn {side}"
    way = "" if picture.moves else f" {direction(course, picture)}".rstrip()
    go = "ride" if is_ridden(course) else "drive"
    if course.ends_standing and not course.begins_standing:
        return (f"{go}s{way}, then stops", f"{go}{way}, then stop") if way else ("comes to a stop", "come to a stop")
    if course.begins_standing and not course.ends_standing:
        return f"sets off{way}", f"set off{way}"
    if picture.moves:
        going = f"{go.removesuffix('e')}ing"
        return (f"is {going}", f"are {going}") if course.travelled > 3.0 else ("", "")
    return (f"{go}s{way}", f"{go}{way}") if way else ("", "")


def is_ridden(course: Course) -> bool:
    """Whether someone sits on it."""
    return course.category in ("bicycle", "motorcycle")
