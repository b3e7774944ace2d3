"""Who else is in a clip and how they move."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from roadmark.captions.courses import STANDING, Course
from roadmark.captions.words import Names, listed, noun, number, plural, sentence

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


def vehicles_sentence(others: Sequence[Course], names: Names, picture: Picture, ground: Ground, most: int) -> str:
    """The vehicles that take part in nothing, grouped by what they do; empty where there are none.

    Args:
        others: The vehicles.
        names: What has been named already.
        picture: What movements are measured against.
        ground: What the map knows.
        most: How many are told of.
    """
    seen = sorted(
        (course for course in others if well_seen(course, picture)), key=lambda it: (-salience(it), it.actor_id)
    )
    groups: dict[tuple[str, str], list[Course]] = {}
    for course in seen[:most]:
        does = motion(course, picture, ground)
        if does[0]:
            groups.setdefault(does, []).append(course)
    clauses = [
        f"{_counted(members, names)} {one if len(members) == 1 else several}"
        for (one, several), members in groups.items()
    ]
    rest = len(others) - sum(map(len, groups.values()))
    more = "Further vehicles are in view at times." if clauses else "Vehicles are in view at times."
    return " ".join(filter(None, [sentence("; ".join(clauses)) if clauses else "", more if rest else ""]))


def pedestrians_sentence(others: Sequence[Course], picture: Picture, walks_on: Callable[[Course], str]) -> str:
    """The people on foot that take part in nothing, grouped by what they do; empty where there are none.

    Args:
        others: The pedestrians.
        picture: What movements are measured against.
        walks_on: `crosswalk`, `sidewalk` or nothing definite, of someone who walks.
    """
    seen = [course for course in others if well_seen(course, picture)]
    groups: dict[tuple[str, str], int] = {}
    for course in seen:
        does = _on_foot(course, walks_on)
        groups[does] = groups.get(does, 0) + 1
    clauses: list[str] = []
    for (one, several), count in groups.items():
        who = ("pedestrian" if count == 1 else "pedestrians") if not clauses else ""
        clauses.append(f"{number(count)} {who}".rstrip() + f" {one if count == 1 else several}")
    more = "Further pedestrians are in view at times." if clauses else "Pedestrians are in view at times."
    rest = len(others) - len(seen)
    return " ".join(filter(None, [sentence(listed(clauses)) if clauses else "", more if rest else ""]))


def is_ridden(course: Course) -> bool:
    """Whether someone sits on it."""
    return course.category in ("bicycle", "motorcycle")


def _on_foot(course: Course, walks_on: Callable[[Course], str]) -> tuple[str, str]:
    where = walks_on(course)
    if float(np.median(course.speeds)) < STANDING:
        return ("stands on the sidewalk", "stand on the sidewalk") if where == "sidewalk" else ("stands", "stand")
    if where == "crosswalk":
        return "crosses on a crosswalk", "cross on a crosswalk"
    return ("walks along the sidewalk", "walk along the sidewalk") if where == "sidewalk" else ("walks", "walk")


def _counted(members: Sequence[Course], names: Names) -> str:
    """`a red van and two white sedans`."""
    kinds: dict[str, list[Course]] = {}
    for course in members:
        kinds.setdefault(noun(course), []).append(course)
    return listed(
        [names.of(same[0]) if len(same) == 1 else f"{number(len(same))} {plural(word)}" for word, same in kinds.items()]
    )
