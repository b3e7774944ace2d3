"""Courses of actors for tests: straight lines, turns, and how they look in a picture of 1000 x 500 pixels."""

from __future__ import annotations

import math

import numpy as np

from roadmark.scene import Course, Picture

FIXED = Picture(1000, 500, moves=False)
MOVING = Picture(1000, 500, moves=True)
PAINTS = {"red": (185, 25, 28), "blue": (30, 80, 175), "white": (240, 240, 238), None: None}


def course(
    actor_id=1,
    category="car",
    blueprint_id="",
    paint=None,
    *,
    places=((0.0, 0.0), (20.0, 0.0)),
    seen=(0.0, 10.0),
    stops=math.inf,
    across=(450.0, 450.0),
    distances=(30.0, 30.0),
    turn=0.0,
    tilt_from=math.inf,
    heading=0.0,
    height=100.0,
    visible=1.0,
):
    """An actor labelled ten times a second, from the first of `places` to the last, over the time it is seen.

    Args:
        stops: Seconds at which it stops where it is.
        across: Left side of its box in the picture, from and to; it is 100 pixels wide.
        distances: Metres to the camera, from and to.
        turn: Radians by which it turns to the left between a third and two thirds of the time.
        tilt_from: Seconds from which it lies on its side.
    """
    times = np.arange(round(10 * seen[0]), round(10 * seen[1]) + 1) / 10.0
    share = (np.minimum(times, stops) - times[0]) / max(times[-1] - times[0], 1e-9)
    start, end = (np.array(place, float) for place in places)
    xy = start + share[:, None] * (end - start)
    full = float(np.linalg.norm(end - start)) / max(float(times[-1] - times[0]), 1e-9)
    box_left = across[0] + share * (across[1] - across[0])
    boxes = np.stack(
        [box_left, np.full_like(times, 200.0), box_left + 100, np.full_like(times, 200.0 + height)], axis=1
    )
    return Course(
        actor_id=actor_id,
        category=category,
        blueprint_id=blueprint_id,
        color=PAINTS.get(paint, paint),
        frames=np.arange(len(times)),
        times=times,
        places=np.column_stack([xy, np.full_like(times, 0.8)]),
        headings=heading + turn * np.clip(3.0 * share - 1.0, 0.0, 1.0),
        tilts=np.where(times >= tilt_from, math.pi / 2, 0.0),
        heights=np.full_like(times, 1.6),
        speeds=np.where(times < stops, full, 0.0),
        boxes=boxes,
        areas=100.0 * np.full_like(times, height),
        visible=np.full_like(times, visible),
        distances=distances[0] + share * (distances[1] - distances[0]),
        lengths=np.full_like(times, 4.5),
        widths=np.full_like(times, 1.9),
        lanes=np.full(len(times), None, np.object_),
        camera_boxes=np.full((len(times), 9), math.nan),
    )
