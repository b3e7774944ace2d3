"""`detect_events`: everything that happened, from tracks, boxes, lights shown and the map alone."""

from __future__ import annotations

from roadmark.events.blocked_junction import detect_blocked_junctions
from roadmark.events.causes import with_causes
from roadmark.events.collisions import detect_collisions, find_contacts
from roadmark.events.courses import gather_courses
from roadmark.events.ground import locate_courses
from roadmark.events.illegal_turn import detect_illegal_turns
from roadmark.events.jaywalk import detect_jaywalks
from roadmark.events.model import Event
from roadmark.events.near_misses import detect_near_misses
from roadmark.events.red_light import detect_red_lights
from roadmark.events.scene import Scene, first_contacts
from roadmark.events.speeding import detect_speeding
from roadmark.events.stalled import detect_stalled
from roadmark.events.sudden_stop import detect_sudden_stops
from roadmark.events.wrong_way import detect_wrong_way
from roadmark.maps import RoadMap
from roadmark.scenario import Scenario

DETECTORS = (
    detect_red_lights,
    detect_wrong_way,
    detect_illegal_turns,
    detect_speeding,
    detect_sudden_stops,
    detect_stalled,
    detect_blocked_junctions,
    detect_jaywalks,
    detect_near_misses,
)
"""Every kind but collisions, which are looked for first: what follows from them is no event of its own."""


def detect_events(scenario: Scenario, road_map: RoadMap | None = None) -> list[Event]:
    """Find what happened in a scenario, whoever made it.

    Args:
        scenario: Tracks and boxes of the actors; what its traffic lights showed. Its recorded contacts are only
            compared with.
        road_map: The map it happened on; without one, kinds that need none are found: collisions, near misses, sudden
            stops.

    Returns:
        Events by start, then actors.
    """
    courses = gather_courses(scenario)
    if not courses.count:
        return []
    ground = None if road_map is None or not road_map.strips() else locate_courses(courses, road_map)
    collisions = detect_collisions(scenario, courses, ground, find_contacts(courses))
    scene = Scene(scenario, courses, ground, first_contacts(courses, collisions))
    others = [event for detector in DETECTORS for event in detector(scene)]
    return with_causes([*collisions, *others])
