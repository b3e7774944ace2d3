"""`audit`: what no scenario may contain besides its events: overlaps, impossible motion, traffic off its lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from roadmark.events.audit_lanes import off_lanes
from roadmark.events.audit_motion import hard_motion, jumps
from roadmark.events.collisions import find_contacts
from roadmark.events.courses import Courses, gather_courses
from roadmark.events.detect import detect_events
from roadmark.events.model import Event
from roadmark.events.scene import first_contacts
from roadmark.events.violations import Violation
from roadmark.geometry import FloatArray
from roadmark.maps import RoadMap
from roadmark.scenario import Scenario

TOUCH_TIME = 0.5
"""Seconds around an event's contact in which the same pair's boxes may overlap."""


@dataclass(frozen=True)
class MotionLimits:
    """What tyres and manners allow, m/s2; the defaults are those of docs/traffic.md.

    Attributes:
        braking, acceleration, lateral: Of ordinary traffic.
        incident_braking, incident_acceleration, incident_lateral: Of actors of events, outside contact.
    """

    braking: float = 5.0
    acceleration: float = 3.0
    lateral: float = 4.0
    incident_braking: float = 9.0
    incident_acceleration: float = 5.0
    incident_lateral: float = 8.0


def audit(
    scenario: Scenario,
    road_map: RoadMap | None,
    events: Sequence[Event] | None = None,
    limits: MotionLimits | None = None,
) -> list[Violation]:
    """Look for what should not be there.

    Overlaps of boxes that no event's collision explains; accelerations beyond the limits (not from an actor's first
    contact on); positions that jump; vehicles more than 0.3 m off lanes of their direction and walkers on driving lanes
    away from crosswalks (only those that take part in no event).

    Args:
        scenario: The scenario.
        road_map: Its map; None leaves out what needs one.
        events: What happens in it; None detects them.
        limits: What motion may be.

    Returns:
        Violations by start.
    """
    courses = gather_courses(scenario)
    if not courses.count:
        return []
    known = detect_events(scenario, road_map) if events is None else list(events)
    allowed = limits or MotionLimits()
    contact = first_contacts(courses, [event for event in known if event.category == "collision"])
    involved = {actor_id for event in known for actor_id in event.actor_ids}
    taking_part = np.array([actor.id in involved for actor in courses.actors], dtype=bool)
    found = [
        *_overlaps(courses, find_contacts(courses), known),
        *jumps(courses, contact),
        *hard_motion(
            courses,
            contact,
            forward=(allowed.acceleration, allowed.incident_acceleration),
            braking=(allowed.braking, allowed.incident_braking),
            lateral=(allowed.lateral, allowed.incident_lateral),
            taking_part=taking_part,
        ),
    ]
    if road_map is not None:
        found += off_lanes(courses, road_map, taking_part)
    return sorted(found, key=lambda one: (one.start, one.kind, one.actor_ids))


def _overlaps(courses: Courses, contacts: FloatArray, events: Sequence[Event]) -> list[Violation]:
    """Contacts of boxes that belong to no collision of the events, walkers' included."""
    explained: dict[frozenset[int], list[tuple[float, float]]] = {}
    for event in events:
        if event.category == "collision" and event.contact is not None:
            # from the contact on a pair may lie against each other to the end
            explained.setdefault(frozenset(event.actor_ids), []).append((event.contact, np.inf))
    found = []
    for row in contacts:
        ids = (courses.actors[int(row[0])].id, courses.actors[int(row[1])].id)
        spans = explained.get(frozenset(ids), [])
        if any(first - TOUCH_TIME <= row[2] and row[3] <= last for first, last in spans):
            continue
        found.append(
            Violation("overlap", ids, float(row[2]), float(row[3]), round(float(row[6]), 4), "metres of overlap")
        )
    return found
