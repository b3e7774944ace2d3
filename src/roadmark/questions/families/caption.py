"""Captions of the whole video and of a stretch of it, from what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

import numpy as np

from roadmark.captions import Cast, Sight, Telling, conditions_sentence, tell
from roadmark.clip import ClipEvent
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.at_lights import shows_red
from roadmark.questions.facts.kinds import colors_show
from roadmark.questions.facts.moments import happens
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene
from roadmark.scene import Course, Names

SHORTEST: Final = 3.0
"""Seconds of a stretch that is described."""
AROUND: Final = 1.5
"""Seconds of a stretch before what happens in it, and after."""

_GRAVE: Final = ("collision", "near_miss")
"""A caption that leaves one of these out is wrong."""
_UNSEEN: Final = ("speeding",)
"""What the picture does not tell: it has no speeds and limits in numbers."""

_MARK: Final = re.compile(r" \(mark \d+\)")
"""How `Names` gives marks."""
_RED: Final = ("ran a red light", "runs a red light")

_VIDEO: Final = (
    "Describe the video in detail.",
    "Write a detailed caption of this traffic video.",
    "What does the video show? Describe the place, the road users and what happens.",
)
_VIDEO_MARKED: Final = (
    "Describe the video in detail; give the marks of the road users you tell of.",
    "Write a detailed caption of this traffic video, with the marks of those in it.",
    "What does the video show? Describe the place, the road users, by their marks, and what happens.",
)
_SPAN: Final = (
    "Describe what the road users do between second {start} and second {end}.",
    "What happens from {start} s to {end} s? Describe it.",
    "Write a caption of the part of the video from second {start} to second {end}.",
)


class CaptionFamily:
    """Asks for captions; where what happens cannot be told from the picture, for none."""

    name = "caption"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        graver = [it for it in scene.events if it.happening.event.category in _GRAVE]
        if not (scene.collisions_known and all(happens(scene, it) for it in graver)):
            return
        courses = _told_courses(scene)
        if bool(np.isfinite(scene.timeline.seconds).all()):
            yield from _video(scene, asker, courses)
        for start, end in _stretches(scene, asker):
            yield from _stretch(scene, asker, courses, start, end)


def _video(scene: ShownScene, asker: Asker, courses: Mapping[int, Course]) -> Iterator[Question]:
    air = "" if scene.conditions is None else conditions_sentence(_condition_names(scene))
    marks = _legible_marks(scene, None)
    told = tell(_sight(scene, courses, scene.events), Names(marks), words_after=len(air.split()))
    facts = _facts(scene, told)
    plain = _MARK.sub("", told.text)
    yield asker.caption("caption.video", _VIDEO, {}, f"{plain} {air}".strip(), facts=facts)
    actors = tuple(actor for actor in told.actors if actor in marks)
    if actors:
        text = f"{told.text} {air}".strip()
        yield asker.caption("caption.video_marked", _VIDEO_MARKED, {}, text, actors=actors, facts=facts)


def _stretch(
    scene: ShownScene, asker: Asker, courses: Mapping[int, Course], start: float, end: float
) -> Iterator[Question]:
    within = {}
    for actor, course in courses.items():
        rows = (course.times >= start) & (course.times <= end)
        if rows.any():
            within[actor] = course.cut(rows)
    events = [it for it in scene.events if start <= it.happening.event.start_time <= end]
    marks = _legible_marks(scene, (start, end))
    told = tell(_sight(scene, within, events), Names(marks), with_place=False)
    actors = tuple(actor for actor in told.actors if actor in marks)
    if actors:
        names = {"start": f"{start:.1f}", "end": f"{end:.1f}"}
        facts = {**_facts(scene, told), "start": start, "end": end}
        yield asker.caption("caption.span", _SPAN, names, told.text, actors=actors, during=(start, end), facts=facts)


def _stretches(scene: ShownScene, asker: Asker) -> list[tuple[float, float]]:
    """One with the first thing that happens, and one in which nothing does; to half seconds."""
    times = [(it.happening.event.start_time, it.happening.event.end_time) for it in scene.events]
    found = []
    if times:
        found.append((max(times[0][0] - AROUND, 0.0), min(times[0][1] + AROUND, scene.duration)))
    if scene.duration > SHORTEST:
        start = float(asker.rng.uniform(0.0, scene.duration - SHORTEST))
        found.append((start, start + SHORTEST))
    halves = [(np.floor(2.0 * start) / 2.0, np.floor(2.0 * end) / 2.0) for start, end in found]
    return [
        (float(start), float(end))
        for start, end in halves
        if end - start >= SHORTEST - 0.5 and all(_in_or_out(one, start, end) for one in times)
    ]


def _in_or_out(times: tuple[float, float], start: float, end: float) -> bool:
    """Whether something happens wholly within a stretch of time, or wholly outside of it."""
    inside = times[0] >= start + 0.5 and times[1] <= end - 0.5
    return inside or times[1] < start or times[0] > end


def _sight(scene: ShownScene, courses: Mapping[int, Course], events: Sequence[ShownEvent]) -> Sight:
    seen = [it for it in events if it.seen and it.happening.event.category not in _UNSEEN]
    reds = [it for it in seen if it.happening.kind == "red_light" and shows_red(scene, it)]
    told = [it for it in seen if it.happening.kind != "red_light" or it in reds]
    offenders = {it.happening.first for it in reds}
    cast = Cast(courses, scene.categories, scene.carrier)
    return Sight(scene.clip, cast, [_as_seen(it, offenders) for it in told], scene.place, scene.view)


def _as_seen(it: ShownEvent, offenders: Set[int | None]) -> ClipEvent:
    """An event in the video's time; a red light is its cause only where one sees that it is red."""
    event = it.happening.event
    changed: dict[str, object] = {"contact_time": it.happening.moment}
    if it.happening.cause in _RED and not offenders & set(event.actor_ids):
        changed["cause"] = ""
    return replace(event, attributes={**event.attributes, **changed})


def _told_courses(scene: ShownScene) -> Mapping[int, Course]:
    """Of those who can be told; without paint where light, weather or another look of the video hide it."""
    seen = {actor: course for actor, course in scene.courses.items() if scene.seen(actor)}
    return seen if colors_show(scene) else {actor: replace(course, color=None) for actor, course in seen.items()}


def _legible_marks(scene: ShownScene, during: tuple[float, float] | None) -> dict[int, str]:
    return {actor: mark.text for actor, mark in scene.marks.items() if scene.bears_mark(actor, during)}


def _condition_names(scene: ShownScene) -> dict[str, str]:
    known = scene.conditions
    return {} if known is None else {"weather": known.weather, "lighting": known.lighting, "road": known.road}


def _facts(scene: ShownScene, told: Telling) -> dict[str, object]:
    return {"terms": list(told.terms), "events": [it.number for it in scene.events]}
