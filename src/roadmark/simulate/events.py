"""What happens in a recording becomes the clip's events, with exact times."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from roadmark.clip import ClipEvent, CollisionEvent, frames_during
from roadmark.events import Event, events_path
from roadmark.files import has_file
from roadmark.scenario import Collision, SampleTimes, Scenario

GAP = 0.2
"""Seconds: contacts of a pair that are no farther apart are one event; a recorder drops single frames of a contact."""

TOLERANCE = 1e-6
"""Seconds that sums of recorded steps may be off."""

SAME_CONTACT = 0.25
"""Seconds between a recorded contact and an event that are one: recorders write the frame after, and events may hold
what comes of it."""

_WORDS = {
    "vehicle": "vehicle",
    "walker": "pedestrian",
    "traffic_light": "traffic light",
    "traffic_sign": "traffic sign",
    "non_actor": "something that is no actor",
}


@dataclass(frozen=True, eq=False)
class Window:
    """The stretch of a recording that a clip shows.

    Attributes:
        times: (F,) seconds of its frames.
        time_factor: Recorded seconds per second of the clip.
    """

    times: npt.NDArray[np.float64]
    time_factor: float

    @property
    def begin(self) -> float:
        """First frame, seconds of the recording."""
        return float(self.times[0])

    @property
    def end(self) -> float:
        """Until when the last frame is shown."""
        last = float(self.times[-1])
        return last + (last - float(self.times[-2]) if len(self.times) > 1 else 0.0)

    def shows(self, start: float, end: float) -> bool:
        """Whether anything between two times is shown."""
        return not (end < self.begin or (start > float(self.times[-1]) and start >= self.end - TOLERANCE))

    def cut(self, start: float, end: float) -> dict[str, Any]:
        """Times of the clip and frames that show a stretch, as the fields of a `ClipEvent`."""
        first_frame, last_frame = frames_during(self.times, start, end)
        return {
            "start_time": self.clip_time(max(start, self.begin)),
            "end_time": self.clip_time(min(end, self.end)),
            "first_frame": first_frame,
            "last_frame": last_frame,
        }

    def clip_time(self, time: float) -> float:
        """Seconds from the clip's start."""
        return (time - self.begin) / self.time_factor


def _word(kind: str, blueprint: str) -> str:
    if kind == "other" and blueprint.startswith("static.prop."):
        return blueprint.removeprefix("static.prop.")
    return _WORDS.get(kind, "object")


def _order(collision: Collision) -> tuple[float, tuple[int, ...]]:
    return collision.start, tuple(-1 if actor is None else actor for actor in collision.actor_ids)


def _pairs(collisions: Sequence[Collision]) -> list[Collision]:
    """One contact per unordered pair and time: the recorder reports each from both sides."""
    merged: list[Collision] = []
    last: dict[tuple[int, ...], int] = {}
    for collision in sorted(collisions, key=_order):
        key = tuple(sorted(actor for actor in collision.actor_ids if actor is not None))
        known = last.get(key)
        if known is not None and collision.start <= merged[known].end + GAP:
            before = merged[known]
            if collision.end > before.end:
                merged[known] = replace(before, end=collision.end, end_frame=collision.end_frame)
            continue
        last[key] = len(merged)
        merged.append(collision)
    return merged


def _caption(collision: Collision) -> str:
    words = [
        _word(kind, blueprint) + (f" {actor}" if actor is not None else "")
        for kind, blueprint, actor in zip(collision.kinds, collision.blueprints, collision.actor_ids, strict=True)
    ]
    return f"{words[0].capitalize()} collides with {words[1]}."


def described_events(recording: Path) -> Path | None:
    """The file beside a recording that says what happens in it; None where there is none."""
    described = events_path(recording)
    return described if has_file(described) else None


def collision_events(
    scenario: Scenario,
    sample: SampleTimes,
    *,
    time_factor: float,
    actor_ids: Collection[int] | None,
    known: Sequence[Event] = (),
) -> list[CollisionEvent]:
    """Collisions that happen within a clip: the recorded contacts, or where the recording has none the known ones.

    Args:
        scenario: Holds the recorded contacts.
        sample: The clip's frames.
        time_factor: Recorded seconds per second of the clip.
        actor_ids: Keep only contacts in which one of these takes part; None or empty keeps all.
        known: What is known to happen; collisions among them add what they know to recorded contacts.

    Returns:
        Events by start; times in seconds from the clip's start.
    """
    window = Window(sample.times, time_factor)
    crashes = [event for event in known if event.category == "collision"]
    recorded = _pairs(scenario.collisions)
    found = _recorded(recorded, crashes, window) if recorded else _detected(scenario, crashes, window)
    return [event for event in found if not actor_ids or set(event.actor_ids) & set(actor_ids)]


def other_events(sample: SampleTimes, time_factor: float, known: Sequence[Event]) -> list[ClipEvent]:
    """Everything but collisions that happens within a clip.

    Args:
        sample: The clip's frames.
        time_factor: Recorded seconds per second of the clip.
        known: What happens in the recording.
    """
    window = Window(sample.times, time_factor)
    return [
        ClipEvent(
            category=event.category,
            actor_ids=event.actor_ids,
            sub_category=event.sub_category,
            caption=event.caption,
            attributes={"recorded_start": event.start, "recorded_end": event.end, **_facts(event, window)},
            **window.cut(event.start, event.end),
        )
        for event in known
        if event.category != "collision" and window.shows(event.start, event.end)
    ]


def _recorded(recorded: Sequence[Collision], crashes: Sequence[Event], window: Window) -> Iterator[CollisionEvent]:
    for collision in recorded:
        if not window.shows(collision.start, collision.end):
            continue
        involved = tuple(actor for actor in collision.actor_ids if actor is not None)
        same = next((event for event in crashes if _is_same(collision, event)), None)
        yield CollisionEvent(
            actor_ids=involved,
            sub_category="_".join(sorted(collision.kinds)),
            caption=_caption(collision) if same is None or not same.caption else same.caption,
            attributes={
                "recorded_start": collision.start,
                "recorded_end": collision.end,
                **({} if same is None else _facts(same, window)),
            },
            **window.cut(collision.start, collision.end),
        )


def _is_same(collision: Collision, event: Event) -> bool:
    contact = event.start if event.contact is None else event.contact
    return (
        set(collision.actor_ids) == set(event.actor_ids)
        and collision.start <= event.end + SAME_CONTACT
        and collision.end >= contact - SAME_CONTACT
    )


def _detected(scenario: Scenario, crashes: Sequence[Event], window: Window) -> Iterator[CollisionEvent]:
    for event in crashes:
        if not window.shows(event.start, event.end):
            continue
        kinds = sorted(actors[0].kind.label for id_ in event.actor_ids if (actors := scenario.named(id_)))
        yield CollisionEvent(
            actor_ids=event.actor_ids,
            sub_category="_".join(kinds),
            caption=event.caption,
            attributes={"recorded_start": event.start, "recorded_end": event.end, **_facts(event, window)},
            **window.cut(event.start, event.end),
        )


def _facts(event: Event, window: Window) -> dict[str, Any]:
    """What an event says beyond times, actors and caption."""
    place = event.place
    facts: dict[str, Any] = {
        "kind": event.kind,
        "roles": {str(one.actor_id): one.role for one in event.participants},
        "place": {
            "position": list(place.position),
            "road": place.road,
            "lane": place.lane,
            "junction": place.junction,
        },
        "cause": event.cause,
        "measures": dict(event.measures),
    }
    if event.contact is not None:
        facts["contact_time"] = window.clip_time(event.contact)
    return facts
