"""Recorded contacts become the clip's collision events, with exact times."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from roadmark.clip import CollisionEvent, frames_during
from roadmark.scenario import Collision, SampleTimes, Scenario

GAP = 0.2
"""Seconds: contacts of a pair that are no farther apart are one event; a recorder drops single frames of a contact."""

TOLERANCE = 1e-6
"""Seconds that sums of recorded steps may be off."""

_WORDS = {
    "vehicle": "vehicle",
    "walker": "pedestrian",
    "traffic_light": "traffic light",
    "traffic_sign": "traffic sign",
    "non_actor": "something that is no actor",
}


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


def collision_events(
    scenario: Scenario, sample: SampleTimes, *, time_factor: float, actor_ids: Collection[int] | None
) -> list[CollisionEvent]:
    """Collisions that happen within a clip.

    Args:
        scenario: Holds the recorded contacts.
        sample: The clip's frames.
        time_factor: Recorded seconds per second of the clip.
        actor_ids: Keep only contacts in which one of these takes part; None or empty keeps all.

    Returns:
        Events by start; times in seconds from the clip's start.
    """
    times: npt.NDArray[np.float64] = sample.times
    begin, last = float(times[0]), float(times[-1])
    end = last + (last - float(times[-2]) if len(times) > 1 else 0.0)  # the last frame is shown until then
    events = []
    for collision in _pairs(scenario.collisions):
        involved = tuple(actor for actor in collision.actor_ids if actor is not None)
        if collision.end < begin or (collision.start > last and collision.start >= end - TOLERANCE):
            continue
        if actor_ids and not set(involved) & set(actor_ids):
            continue
        first_frame, last_frame = frames_during(times, collision.start, collision.end)
        events.append(
            CollisionEvent(
                start_time=(max(collision.start, begin) - begin) / time_factor,
                end_time=(min(collision.end, end) - begin) / time_factor,
                first_frame=first_frame,
                last_frame=last_frame,
                actor_ids=involved,
                sub_category="_".join(sorted(collision.kinds)),
                caption=_caption(collision),
                attributes={"recorded_start": collision.start, "recorded_end": collision.end},
            )
        )
    return events
