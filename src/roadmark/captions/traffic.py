"""Who else is in a clip and how they move."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from roadmark.scene import (
    STANDING,
    Course,
    Ground,
    Names,
    Picture,
    listed,
    motion,
    noun,
    number,
    plural,
    salience,
    sentence,
    well_seen,
)


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
