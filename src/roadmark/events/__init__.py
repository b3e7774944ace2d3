"""What happened in a scenario, as events: the model, its file, and a detector that knows tracks and the map alone."""

from roadmark.events.agreement import Agreement, Match, Tolerance, agreement
from roadmark.events.audit import MotionLimits, audit
from roadmark.events.detect import detect_events
from roadmark.events.events_file import EventsFile, events_json, events_path, read_events, write_events
from roadmark.events.model import COLLISIONS, NON_COLLISIONS, Event, Participant, Place
from roadmark.events.violations import Violation

__all__ = [
    "COLLISIONS",
    "NON_COLLISIONS",
    "Agreement",
    "Event",
    "EventsFile",
    "Match",
    "MotionLimits",
    "Participant",
    "Place",
    "Tolerance",
    "Violation",
    "agreement",
    "audit",
    "detect_events",
    "events_json",
    "events_path",
    "read_events",
    "write_events",
]
