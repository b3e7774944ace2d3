"""Scenes for tests of questions: ten seconds at ten frames a second in a picture of 1280 x 720 pixels, by hand."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np

from roadmark.catalog import Conditions
from roadmark.clip import ClipEvent
from roadmark.geometry import PinholeCamera
from roadmark.questions import Asker, ShownEvent, ShownMark, ShownScene, Timeline
from roadmark.scene import Course, Happening, Picture, Place, View

RATE = 10
PAINTS = {"red": (185, 25, 28), "blue": (30, 80, 175), "white": (240, 240, 238), None: None}


def asker(seed=0):
    return Asker(np.random.default_rng(seed))


def course(
    actor_id,
    category="car",
    blueprint_id="",
    paint=None,
    *,
    way=((0.0, 0.0, 0.0),),
    seen=(0.0, 10.0),
    heading=None,
    left=(600.0, 600.0),
    top=(300.0, 300.0),
    side=(100.0, 100.0),
    visible=1.0,
    distances=(30.0, 30.0),
    length=4.5,
    width=1.9,
    height=1.6,
    lane=None,
    camera_box=None,
):
    """An actor in the frames in which it is seen.

    Args:
        way: (second, x, y) knots of its middle on the ground, metres: straight and steady between them, standing before
            the first and after the last.
        seen: Seconds from and to which it is labelled.
        heading: Radians; None is where it goes, or last went.
        left: Left side of its box in the picture, in its first and last frame; so do `top` and `side` (width, height).
        visible: Its visible fraction.
        distances: Metres to the camera, in its first and last frame.
        camera_box: Its 3D box in the camera, nine numbers.
    """
    frames = np.arange(round(RATE * seen[0]), round(RATE * seen[1]) + 1)
    times, share = frames / RATE, np.linspace(0.0, 1.0, len(frames))
    knots = np.array(way, float)
    xy = np.stack([np.interp(times, knots[:, 0], knots[:, axis]) for axis in (1, 2)], axis=1)
    speeds, headings = np.zeros(len(times)), np.full(len(times), 0.0 if heading is None else heading)
    for (since, *here), (until, *there) in zip(knots, knots[1:], strict=False):
        step = np.subtract(there, here)
        speeds[(times >= since) & (times < until)] = np.hypot(*step) / (until - since)
        if heading is None and step.any():
            headings[times >= since] = np.arctan2(step[1], step[0])
    corner = np.stack([left[0] + share * (left[1] - left[0]), top[0] + share * (top[1] - top[0])], axis=1)
    boxes = np.concatenate([corner, corner + np.array(side) - 1.0], axis=1)
    full = np.ones(len(times))
    return Course(
        actor_id=actor_id,
        category=category,
        blueprint_id=blueprint_id,
        color=PAINTS.get(paint, paint),
        frames=frames,
        times=times,
        places=np.column_stack([xy, 0.5 * height * full]),
        headings=np.unwrap(headings),
        tilts=0.0 * full,
        heights=height * full,
        speeds=speeds,
        boxes=boxes,
        areas=side[0] * side[1] * visible * full,
        visible=visible * full,
        distances=distances[0] + share * (distances[1] - distances[0]),
        lengths=length * full,
        widths=width * full,
        lanes=np.full(len(times), lane, np.object_),
        camera_boxes=np.tile(np.array((np.nan,) * 9 if camera_box is None else camera_box, float), (len(times), 1)),
    )


def event(category, *actors, at=5.0, lasts=1.0, number=1, seen=True, sub_category="", caption="", **attributes):
    """Something that happens at a time of the video.

    Args:
        number: Its place in the clip's list, from 1.
        attributes: `kind`, `cause`, `roles` (by id), `measures`, `contact_time`, ...
    """
    frames = round(RATE * at), round(RATE * (at + lasts))
    happened = ClipEvent(category, at, at + lasts, *frames, actors, sub_category, caption, attributes)
    return ShownEvent(number, Happening.of(happened), seen)


def scene(*courses, events=(), marked=None, seconds=10.0, conditions=None, known=True, road_map=None, **fields):
    """What a video shows; every actor bears its id as mark, whenever it is labelled.

    Args:
        marked: Ids of those who bear marks; None is everyone.
        conditions: (weather, light, road).
        known: Whether collisions and other events were looked for.
    """
    frames = round(RATE * seconds) + 1
    ids = [one.actor_id for one in courses] if marked is None else marked
    events = tuple(sorted(events, key=lambda it: (it.happening.event.start_time, it.number)))
    clip = SimpleNamespace(
        manifest=SimpleNamespace(map_name="Town", box_convention="rdf-lhw-xyz", metadata={}),
        camera=PinholeCamera(1280, 720, 1000.0, 1000.0, 640.0, 360.0),
        events=lambda: tuple(one.happening.event for one in sorted(events, key=lambda it: it.number)),
        size=(1280, 720),
        fps=Fraction(RATE),
    )
    given = {
        "clip": clip,
        "name": "clip",
        "augmentation": None,
        "timeline": Timeline.of_clip(frames, Fraction(RATE)),
        "courses": {one.actor_id: one for one in courses},
        "events": events,
        "conditions": None if conditions is None else Conditions(*conditions),
        "picture": Picture(1280, 720, moves=False),
        "view": View(clip, False, 8.0, 0.4, "ahead", None),
        "place": Place(road_map),
        "marks": {actor: ShownMark(str(actor), np.ones(frames, np.bool_)) for actor in ids},
        "categories": {one.actor_id: one.category for one in courses},
        "collisions_known": known,
        "events_known": known,
    }
    return ShownScene(**{**given, **fields})


def asked(family, shown, template=None, seed=0):
    """What a family asks, of one template if it is named (without the family's name)."""
    every = list(family.ask(shown, asker(seed)))
    return [one for one in every if template is None or one.template == f"{family.name}.{template}"]
