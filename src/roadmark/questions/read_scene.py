"""Reads what a video shows: labels, events, map, marks and verification become a `ShownScene`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Conditions
from roadmark.clip import ActorRecord, AugmentedClip, Clip
from roadmark.dataset import HardNegative
from roadmark.errors import ConfigError
from roadmark.marks import MarksRecord
from roadmark.questions.facts.at_lights import shows_red
from roadmark.questions.shown.shown_scene import AROUND, ShownEvent, ShownMark, ShownScene
from roadmark.questions.shown.timeline import Timeline
from roadmark.scene import Course, Happening, Picture, Places, camera_carrier, labelled_within, read_courses, read_view
from roadmark.verify import Verification

_COLLISIONS, _EVENTS = "events_collision.json", "events.json"


def read_scene(
    clip: Clip,
    name: str,
    places: Places,
    *,
    augmented: AugmentedClip | None = None,
    augmentation: str | None = None,
    marks: MarksRecord | None = None,
    verification: Verification | None = None,
    negatives: Sequence[HardNegative] = (),
) -> ShownScene:
    """Read what one video of a clip shows.

    Args:
        clip: The clip with the labels.
        name: Its name in the dataset.
        places: Keeps maps from clip to clip.
        augmented: The augmented clip that is seen; None for the clip itself.
        augmentation: Its name.
        marks: The marks drawn on the video, where there are any; also says which frames the video has.
        verification: What is known to be invisible in the augmented video.
        negatives: Pairs of the clip that do not collide, from `find_hard_negatives`.

    Raises:
        InputError: A label file or the map is missing, or the video shows nothing of the clip.
        FormatError: One is malformed.
    """
    timeline = _timeline(clip, augmented, marks)
    invisible = {} if verification is None else verification.invisible
    whole = read_courses(clip)
    courses = _shown_courses(whole, timeline, invisible)
    place = places.of(clip)
    view = read_view(clip, whole.values(), place.ground_below(clip[len(clip) // 2].pose.translation))
    scene = ShownScene(
        clip=clip,
        name=name,
        augmentation=augmentation,
        timeline=timeline,
        courses=courses,
        events=(),
        conditions=_conditions(clip) if augmented is None else augmented.record.conditions,
        picture=Picture(*clip.size, moves=view.moves),
        view=view,
        place=place,
        marks={} if marks is None else _marks(marks, len(clip)),
        categories={int(actor): record.category for actor, record in clip.manifest.actors.items()},
        carrier=camera_carrier(clip),
        recorded=_recorded(clip),
        labelled_within=labelled_within(clip),
        negatives=tuple(negatives),
        collisions_known=_COLLISIONS in clip.manifest.files,
        events_known=_EVENTS in clip.manifest.files,
        times_known=all(one.label != "events" for one in clip.manifest.untrusted),
    )
    return replace(scene, events=_events(scene, verification))


def _timeline(clip: Clip, augmented: AugmentedClip | None, marks: MarksRecord | None) -> Timeline:
    if marks is not None:
        return Timeline.of_frames(len(clip), clip.fps, marks.label_frames, Fraction(marks.fps))
    if augmented is not None and augmented.record.frame_map is not None:
        return Timeline.of_frames(len(clip), clip.fps, augmented.record.frame_map, clip.fps)
    return Timeline.of_clip(len(clip), clip.fps)


def _shown_courses(
    courses: Mapping[int, Course], timeline: Timeline, invisible: Mapping[int, Sequence[int]]
) -> dict[int, Course]:
    found = {}
    for actor, course in courses.items():
        seconds = timeline.seconds[course.frames]
        rows = np.isfinite(seconds) & ~np.isin(course.frames, invisible.get(actor, ()))
        if rows.any():
            found[actor] = replace(course.cut(rows), times=seconds[rows])
    return found


def _events(scene: ShownScene, verification: Verification | None) -> tuple[ShownEvent, ...]:
    found = []
    for number, event in enumerate(scene.clip.events(), 1):
        if not scene.timeline.shows(event.first_frame, event.last_frame):
            continue
        happening = Happening.of(event)
        start, end, moment = scene.timeline.at([event.start_time, event.end_time, happening.moment]).tolist()
        happening = replace(happening, event=replace(event, start_time=start, end_time=end), moment=moment)
        hidden = verification is not None and verification.hides(event)
        around = (max(start - AROUND, 0.0), min(end + AROUND, scene.duration))
        actors = [actor for actor in event.actor_ids if actor != scene.carrier]
        seen = bool(actors) and all(_glimpsed(scene, actor, around) for actor in actors)
        shown = ShownEvent(number, happening, seen and not hidden)
        if shown.seen and happening.kind == "red_light" and not shows_red(scene, shown):
            shown = replace(shown, seen=False)  # nobody can tell that the light is red
        found.append(shown)
    return tuple(sorted(found, key=lambda it: (it.happening.event.start_time, it.number)))


def _glimpsed(scene: ShownScene, actor: int, around: tuple[float, float]) -> bool:
    """Whether an actor is legible for a moment in a stretch of time."""
    course = scene.courses.get(actor)
    if course is None:
        return False
    window = (course.times >= around[0]) & (course.times <= around[1])
    return int((window & scene.legible[actor]).sum()) >= min(3, max(1, round(0.2 / scene.timeline.step)))


def _marks(record: MarksRecord, frames: int) -> dict[int, ShownMark]:
    labels = np.array([-1 if frame is None else frame for frame in record.label_frames], np.int64)
    known = (labels >= 0) & (labels < frames)
    numbers = np.arange(len(labels))
    nearest = numbers[known][_nearest(labels[known], frames)] if known.any() else np.zeros(frames, np.int64)
    found = {}
    for mark in record.marks:
        drawn = np.zeros(len(labels), np.bool_)
        for first, last in mark.frames:
            drawn[first : last + 1] = True
        found[mark.actor_id] = ShownMark(mark.mark, drawn[nearest] if known.any() else np.zeros(frames, np.bool_))
    return found


def _nearest(labels: NDArray[np.int64], frames: int) -> NDArray[np.int64]:
    """(frames,) position among ascending labels of the one nearest to each frame."""
    right = np.searchsorted(labels, np.arange(frames)).clip(0, len(labels) - 1)
    left = (right - 1).clip(0)
    return np.where(np.abs(labels[left] - np.arange(frames)) <= np.abs(labels[right] - np.arange(frames)), left, right)


def _recorded(clip: Clip) -> dict[int, ActorRecord] | None:
    """Adopted clips list only whom their labels name."""
    if clip.manifest.origin != "roadmark":
        return None
    return {int(actor): record for actor, record in clip.manifest.actors.items()}


def _conditions(clip: Clip) -> Conditions | None:
    named = clip.manifest.conditions
    if named.get("sun_time") or not all(isinstance(named.get(key), str) for key in ("weather", "lighting", "road")):
        return None
    try:
        return Conditions(named["weather"], named["lighting"], named["road"])
    except ConfigError:
        return None
