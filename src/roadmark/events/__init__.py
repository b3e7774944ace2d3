"""What happened in a scenario, as events: the model, its file, and a detector that knows tracks and the map alone."""

from roadmark.events.detect import detect_events
from roadmark.events.model import COLLISIONS, VIOLATIONS, Event, Participant, Place

__all__ = ["COLLISIONS", "VIOLATIONS", "Event", "Participant", "Place", "detect_events"]
