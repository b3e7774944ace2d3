"""When something happens: whether its beginning and end are in the video, and questions for its time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Unpack

from roadmark.questions.forms import About, Asker
from roadmark.questions.question import Question
from roadmark.questions.shown_scene import ShownEvent, ShownScene

SEEN_BEFORE: Final = 0.4
"""Seconds of video that a beginning needs before it, and an end after it, to be seen as such."""
TOLERANCE: Final = 0.5
"""Seconds by which an answer may be off."""
_APART: Final = 0.5
"""Seconds between a moment and the border of the part of the video that it is in."""

_PARTS: Final = (
    ("the first quarter of the video", "the second quarter of the video",
     "the third quarter of the video", "the last quarter of the video"),
    ("the first third of the video", "the middle third of the video", "the last third of the video"),
)  # fmt: skip


def begins(scene: ShownScene, it: ShownEvent) -> bool:
    """Whether the video shows how an event begins."""
    event = it.happening.event
    return scene.timeline.shows(event.first_frame, event.first_frame) and event.start_time >= SEEN_BEFORE


def ends(scene: ShownScene, it: ShownEvent) -> bool:
    """Whether the video shows how an event ends."""
    event = it.happening.event
    return scene.timeline.shows(event.last_frame, event.last_frame) and event.end_time <= scene.duration - SEEN_BEFORE


def around(moment: float, seconds: float = 0.5) -> tuple[float, float]:
    """Seconds of the video from shortly before a moment to shortly after it."""
    return max(moment - seconds, 0.0), moment + seconds


def ask_when(
    scene: ShownScene,
    asker: Asker,
    template: str,
    clauses: Sequence[str],
    names: Mapping[str, object],
    moment: float,
    **about: Unpack[About],
) -> Iterator[Question]:
    """Questions for the time of something: its second, and the part of the video.

    Args:
        scene: What the video shows.
        asker: Puts it into words.
        template: Of the question for the second; `<template>_part` asks for the part, in quarters, or in thirds where
            it is too near to the border of a quarter, if it is in none either.
        clauses: Such as `does the collision happen`, with `{names}`.
        names: What stands for each.
        moment: Seconds of the video.
        about: What it is about; to its facts `value` and, where it has none, `tolerance` are added.
    """
    about["facts"] = {"value": round(moment, 3), "tolerance": TOLERANCE, **about.get("facts", {})}
    wordings = (
        *(f"At what time of the video {clause}?" for clause in clauses),
        *(f"How many seconds into the video {clause}?" for clause in clauses),
    )
    yield asker.number(template, wordings, names, moment, "s", 1, **about)
    part = _part(moment, scene.duration)
    if part is not None:
        right, options = part
        wordings = tuple(f"In which part of the video {clause}?" for clause in clauses)
        question = asker.choice(f"{template}_part", wordings, names, right, options, **about)
        if question is not None:
            yield question


def _part(moment: float, duration: float) -> tuple[str, tuple[str, ...]] | None:
    """The part of the video that a moment is surely in, and all of them."""
    for names in _PARTS:
        length = duration / len(names)
        index = int(moment // length)
        if not 0 <= index < len(names) or length < 1.0:
            continue
        from_start, to_end = moment - index * length, (index + 1) * length - moment
        if (index == 0 or from_start >= _APART) and (index == len(names) - 1 or to_end >= _APART):
            return names[index], names
    return None
