"""What led to what: violations shortly before a collision are its cause, and its doer comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from roadmark.events.model import Event

BEFORE = 4.0
"""Seconds before a contact in which a violation by a participant is its cause."""

FRIGHT = 8.0
"""Seconds after a near miss or a sudden stop in which standing is a part of it."""

EVADERS = frozenset({"approaching", "evading"})
"""Roles in near misses of those who had to get out of the way."""

CAUSES: Final = {
    "wrong_way": "drove against the traffic",
    "red_light": "ran a red light",
    "illegal_turn": "turned where it must not",
    "jaywalk": "crossed the road away from a crosswalk",
    "sudden_stop": "braked suddenly",
    "speeding": "drove too fast",
    "stalled_vehicle": "stood in the lane",
    "blocked_junction": "stood in the junction",
}
"""Causes in words, the graver first."""


def with_causes(events: Sequence[Event]) -> list[Event]:
    """Events in order of their start, collisions and near misses with what led to them."""
    events = [event for event in events if not _forced(event, events)]
    violations = [event for event in events if event.category in CAUSES]
    led_to = {"collision", "near_miss"}
    known = [_explained(event, violations) if event.category in led_to else event for event in events]
    return sorted(known, key=event_order)


def event_order(event: Event) -> tuple[float, str, tuple[int, ...], float]:
    """Sorts events by start, kind, actors and end."""
    return event.start, event.kind, event.actor_ids, event.end


def _forced(event: Event, events: Sequence[Event]) -> bool:
    """Whether an event is but a part of another one of its actor.

    A sudden stop that got somebody out of a near miss belongs to that; and who stands after either has a fright to get
    over, not a breakdown.
    """
    actor = event.actor_ids[0]
    if event.category == "sudden_stop":
        return any(
            other.category == "near_miss"
            and other.start <= event.end
            and other.end >= event.start - 0.5
            and any(one.actor_id == actor and one.role in EVADERS for one in other.participants)
            for other in events
        )
    if event.category == "stalled_vehicle":
        return any(
            other.category in {"near_miss", "sudden_stop"}
            and actor in other.actor_ids
            and event.start - FRIGHT <= other.end <= event.start + 1.0
            for other in events
        )
    return False


def _explained(event: Event, violations: Sequence[Event]) -> Event:
    moment = event.start if event.contact is None else event.contact
    for category, words in CAUSES.items():
        for other in violations:
            doers = other.actor_ids[:1]
            if other.category != category or doers[0] not in event.actor_ids:
                continue
            if other.start <= moment + 1e-6 and other.end >= moment - BEFORE:
                first = [one for one in event.participants if one.actor_id == doers[0]]
                if event.category == "near_miss":
                    first = [replace(one, role="violator") for one in first]
                rest = [one for one in event.participants if one.actor_id != doers[0]]
                return replace(event, cause=words, participants=(*first, *rest))
    if event.kind == "rear_end":
        return replace(event, cause="did not brake in time")
    return event
