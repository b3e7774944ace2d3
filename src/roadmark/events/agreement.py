"""`agreement`: whether what was detected is what was planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from roadmark.events.model import Event

STARTS: Mapping[str, float] = {
    "near_miss": 3.0,
    "wrong_way": 1.5,
    "red_light": 1.5,
    "sudden_stop": 0.75,
    "stalled_vehicle": 2.0,
    "illegal_turn": 3.0,
    "speeding": 3.0,
    "jaywalk": 1.5,
    "blocked_junction": 3.0,
}
"""Seconds by which starts may differ. Scripts reckon from when somebody begins to do something, the detector from when
it crosses its threshold: a speeder speeds up for some seconds, a stalling vehicle rolls out."""


@dataclass(frozen=True)
class Tolerance:
    """What counts as the same.

    Attributes:
        contact: Seconds between contacts: a frame.
        starts: Seconds between starts of events without contact, by category.
        default: The same for categories that `starts` does not name.
    """

    contact: float
    starts: Mapping[str, float] = field(default_factory=lambda: STARTS)
    default: float = 1.5


@dataclass(frozen=True)
class Match:
    """A planned event and the detected one that is it; differences are detected minus planned, seconds."""

    planned: Event
    detected: Event
    start: float
    contact: float | None


@dataclass(frozen=True)
class Agreement:
    """How far detection and plan agree.

    Attributes:
        matches: Pairs that are the same event.
        missing: Planned events that were not detected, or not then, or with others.
        unexpected: Detected events that nobody planned.
        related: Detected events that nobody planned, but that only the actors of planned ones did, during or within
            `STORY` before them: another name for a part of the same incident (the U-turn that a head-on came of).
    """

    matches: tuple[Match, ...]
    missing: tuple[Event, ...]
    unexpected: tuple[Event, ...]
    related: tuple[Event, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything planned was detected, and nothing else but what belongs to it."""
        return not self.missing and not self.unexpected

    @property
    def exact(self) -> bool:
        """Whether exactly what was planned was detected."""
        return self.holds and not self.related

    def describe(self) -> str:
        """What differs, one line each; empty where all agree."""
        lines = [f"missing: {_line(event)}" for event in self.missing]
        lines += [f"unexpected: {_line(event)}" for event in self.unexpected]
        return "\n".join([*lines, *(f"related: {_line(event)}" for event in self.related)])


STORY = 6.0
"""Seconds before a planned event in which its actors' other doings belong to it."""


def agreement(planned: Sequence[Event], detected: Sequence[Event], tolerance: Tolerance) -> Agreement:
    """Compare two lists of events.

    Two events are the same when they are of one kind, have the same actors (in any order; of violations the first ones
    must be the same), and are at the same time: contacts within a frame, starts within the tolerance, where no contact
    is.

    Args:
        planned: What should happen.
        detected: What was found.
        tolerance: How exact.
    """
    left = list(detected)
    matches, missing = [], []
    for event in planned:
        fitting = [other for other in left if _same(event, other, tolerance)]
        if not fitting:
            missing.append(event)
            continue
        best = min(fitting, key=lambda other: abs(_moment(other) - _moment(event)))
        left.remove(best)
        contact = None if event.contact is None or best.contact is None else best.contact - event.contact
        matches.append(Match(event, best, best.start - event.start, contact))
    related = [event for event in left if _belongs(event, planned)]
    return Agreement(
        tuple(matches),
        tuple(missing),
        tuple(event for event in left if not any(event is one for one in related)),
        tuple(related),
    )


def _moment(event: Event) -> float:
    return event.start if event.contact is None else event.contact


def _same(planned: Event, detected: Event, tolerance: Tolerance) -> bool:
    if planned.kind != detected.kind:
        return False
    if planned.contact is not None and detected.contact is not None:
        same = set(planned.actor_ids) == set(detected.actor_ids)
        return same and abs(planned.contact - detected.contact) <= tolerance.contact + 1e-6
    if planned.category == "near_miss":
        same = set(planned.actor_ids) == set(detected.actor_ids)
    else:
        same = planned.actor_ids[:1] == detected.actor_ids[:1]
    allowed = tolerance.starts.get(planned.category, tolerance.default)
    return same and abs(planned.start - detected.start) <= allowed


def _belongs(event: Event, planned: Sequence[Event]) -> bool:
    """Whether an event that is no collision is part of the story of a planned one."""
    if event.category == "collision":
        return False
    return any(
        set(event.actor_ids) <= set(other.actor_ids)
        and event.start <= other.end + 1e-6
        and event.end >= other.start - STORY
        for other in planned
    )


def _line(event: Event) -> str:
    moment = f"{event.start:.2f} s" if event.contact is None else f"contact {event.contact:.3f} s"
    return f"{event.kind} of {', '.join(map(str, event.actor_ids))} at {moment}"
