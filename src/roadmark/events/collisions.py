"""Collisions: contacts of exact oriented boxes, with the moment between two frames at which they first touch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from roadmark.events.courses import Courses
from roadmark.events.ground import Ground
from roadmark.events.impact import Impact, impact_of
from roadmark.events.model import Event, Participant
from roadmark.events.overlap import contacts
from roadmark.events.scene import Scene
from roadmark.events.thresholds import PUSHED, REST, SAME_CONTACT, TOUCH
from roadmark.geometry import FloatArray
from roadmark.scenario import Collision, Scenario

RECORDED_NEAR = 0.25
"""Seconds between a recorded contact and ours that are one: recorders write the frame after."""


def find_contacts(courses: Courses) -> FloatArray:
    """(C, 7) contacts of all pairs of boxes, as `overlap.contacts`; not those of actors attached to each other."""
    rows = contacts(
        courses.times,
        np.ascontiguousarray(courses.positions),
        np.ascontiguousarray(courses.rpy),
        courses.present,
        courses.offset,
        courses.half,
        TOUCH,
    )
    actors = courses.actors
    attached = [
        actors[int(row[0])].parent == actors[int(row[1])].id or actors[int(row[1])].parent == actors[int(row[0])].id
        for row in rows
    ]
    return np.asarray(rows[~np.array(attached, dtype=bool)]) if len(rows) else rows


def detect_collisions(scenario: Scenario, courses: Courses, ground: Ground | None, found: FloatArray) -> list[Event]:
    """Collisions between vehicles, and of vehicles with people.

    Args:
        scenario: For the recorded contacts, a cross-check.
        courses: Everyone's courses.
        ground: The lanes; None without a map.
        found: From `find_contacts`.
    """
    view = Scene(scenario, courses, ground, np.full(courses.count, np.inf))
    events = []
    for group in _per_collision(found):
        first, second, contact = int(group[0][0]), int(group[0][1]), float(group[0][2])
        impact = impact_of(courses, first, second, contact, np.array(group[0][4:6]))
        if impact.kind and not _put_there(courses, first, second, group):
            events.append(_event(view, impact, group))
    return sorted(events, key=lambda event: (event.start, event.actor_ids))


def _per_collision(found: FloatArray) -> list[list[FloatArray]]:
    """Contacts of one pair that follow each other closely, together."""
    groups: list[list[FloatArray]] = []
    for row in found:
        last = groups[-1][-1] if groups else None
        if last is not None and (last[:2] == row[:2]).all() and row[2] - last[3] <= SAME_CONTACT:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _put_there(courses: Courses, first: int, second: int, group: Sequence[FloatArray]) -> bool:
    """Whether two overlap because they were placed so: from the start, and hardly moving against each other."""
    begin = courses.frame_at(group[0][2])
    if begin > max(courses.first[first], courses.first[second]):
        return False
    until = courses.frame_at(group[0][3])
    change = courses.velocities[first, begin : until + 1] - courses.velocities[second, begin : until + 1]
    return bool(np.hypot(change[:, 0], change[:, 1]).max() < PUSHED)


def _event(view: Scene, impact: Impact, group: Sequence[FloatArray]) -> Event:
    courses = view.courses
    contact = float(group[0][2])
    frame = courses.frame_at(contact)
    middle = np.nanmean(courses.centers[[impact.striking, impact.struck], frame], axis=0)
    height = float(np.nanmin(courses.positions[[impact.striking, impact.struck], frame, 2]))
    ids = tuple(courses.actors[row].id for row in (impact.striking, impact.struck))
    return Event(
        category="collision",
        sub_category=impact.kind,
        start=contact,
        contact=contact,
        end=max(_at_rest(courses, impact, contact), float(group[-1][3])),
        participants=_participants(view, impact),
        place=view.place_of(np.array([*middle, height])),
        caption=_caption(view, impact),
        measures={
            "relative_speed": round(impact.relative_speed, 3),
            "closing_speed": round(impact.closing_speed, 3),
            "speeds": [round(speed, 3) for speed in impact.speeds],
            "heading_difference": round(float(np.degrees(impact.heading_difference)), 2),
            "faces": list(impact.faces),
            "contact_end": round(float(group[-1][3]), 6),
            "overlap": round(max(float(row[6]) for row in group), 4),
            "recorded": _recorded(view.scenario.collisions, ids, contact, float(group[-1][3])),
        },
    )


def _at_rest(courses: Courses, impact: Impact, contact: float) -> float:
    """When both have come to rest after a contact, or one of them is gone."""
    begin = min(courses.frame_at(contact) + 1, len(courses.times) - 1)
    rest = contact
    for row in (impact.striking, impact.struck):
        last = int(courses.last[row])
        if last <= begin:
            continue
        still = np.flatnonzero(courses.speed[row, begin : last + 1] < REST)
        rest = max(rest, float(courses.times[begin + still[0]] if len(still) else courses.times[last]))
    return rest


def _participants(view: Scene, impact: Impact) -> tuple[Participant, ...]:
    role = view.word(impact.struck)
    return (
        view.person(impact.striking, "striking"),
        view.person(impact.struck, "struck" if role == "vehicle" else role),
    )


def _caption(view: Scene, impact: Impact) -> str:
    one, other = view.name(impact.striking).capitalize(), view.name(impact.struck)
    if impact.kind == "rear_end":
        return f"{one} runs into the back of {other}."
    if impact.kind == "head_on":
        return f"{one} and {other} collide head-on."
    if impact.kind == "side_collision":
        return (
            f"{one} hits the {impact.faces[1]} side of {other}."
            if impact.faces[1] in {"left", "right"}
            else (f"{one} and {other} collide at an angle.")
        )
    return f"{one} hits {other}."


def _recorded(collisions: Sequence[Collision], ids: tuple[int, ...], contact: float, end: float) -> bool:
    """Whether the recording reports a contact of the pair then."""
    return any(
        set(one.actor_ids) == set(ids) and one.start <= end + RECORDED_NEAR and one.end >= contact - RECORDED_NEAR
        for one in collisions
    )
