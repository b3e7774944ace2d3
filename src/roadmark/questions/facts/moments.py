"""When something happens: whether its beginning and end are in the video."""

from __future__ import annotations

from typing import Final

from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene

SEEN_BEFORE: Final = 0.4
"""Seconds of video that a beginning needs before it, and an end after it, to be seen as such."""
TOLERANCE: Final = 0.5
"""Seconds by which an answer may be off."""


def begins(scene: ShownScene, it: ShownEvent) -> bool:
    """Whether the video shows how an event begins."""
    event = it.happening.event
    return scene.timeline.shows(event.first_frame, event.first_frame) and event.start_time >= SEEN_BEFORE


def happens(scene: ShownScene, it: ShownEvent) -> bool:
    """Whether the video shows plainly that an event happens: its actors, its beginning, and its moment."""
    return it.seen and begins(scene, it) and it.happening.moment <= scene.duration - SEEN_BEFORE


def ends(scene: ShownScene, it: ShownEvent) -> bool:
    """Whether the video shows how an event ends."""
    event = it.happening.event
    return scene.timeline.shows(event.last_frame, event.last_frame) and event.end_time <= scene.duration - SEEN_BEFORE


def around(moment: float, seconds: float = 0.5) -> tuple[float, float]:
    """Seconds of the video from shortly before a moment to shortly after it."""
    return max(moment - seconds, 0.0), moment + seconds
