"""How the camera sees the scene, in words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.clip import Clip
from roadmark.scene.courses import Course
from roadmark.scene.words import number

Array = NDArray[np.float64]

_MOVED = 0.5
"""Metres that a fixed camera may shake."""

_RIDE_HEIGHT = 3.5
"""Metres: cameras above this are on masts, whatever carries them."""


@dataclass(frozen=True, eq=False)
class View:
    """A clip's camera over time.

    Attributes:
        clip: The clip.
        moves: Whether it changes its place.
        height: Metres over the ground, None where no ground is known.
        pitch: Radians below the horizon that it looks.
        facing: Where it looks while it moves: `ahead`, `back`, `left` or `right`.
        target: (2,) where its axis, or what is a little below it, meets the ground; None where it does not or no ground
            is known.
    """

    clip: Clip
    moves: bool
    height: float | None
    pitch: float
    facing: str
    target: Array | None

    def shows(self, points: Array, frame: int | None = None, within: float = math.inf) -> NDArray[np.bool_]:
        """(N,) which world points lie within the picture; what hides them does not count.

        Args:
            points: (N, 3) metres.
            frame: Of which frame; None is the middle one.
            within: Metres from the camera beyond which nothing is recognised.
        """
        pose = self.clip[len(self.clip) // 2 if frame is None else frame].pose
        there = pose.inverse().apply(np.asarray(points, np.float64).reshape(-1, 3))
        near = np.linalg.norm(there, axis=1) < within
        return np.asarray(self.clip.camera.project(there).inside(*self.clip.size) & near)

    def sentence_start(self) -> str:
        """Such as `A fixed camera about seven metres above the road looks down`."""
        height = None if self.height is None else max(1, round(self.height))
        low = self.height is not None and self.height < _RIDE_HEIGHT
        who = "A fixed camera" if not self.moves else "A camera on a moving vehicle" if low else "A moving camera"
        above = "" if height is None else f" about {number(height)} metre{'s' if height > 1 else ''} above the ground"
        degrees = math.degrees(self.pitch)
        if self.moves and degrees < 45:
            return f"{who}{above} looks {self.facing}"
        looks = "looks straight down" if degrees > 70 else "looks down" if degrees > 10 else "looks out"
        return f"{who}{above} {looks}"


def read_view(clip: Clip, courses: Iterable[Course], ground: float | None) -> View:
    """The camera of a clip.

    Args:
        clip: The clip.
        courses: Its actors: they stand on the ground.
        ground: Metres of the ground below the camera by the map, where there is one.
    """
    poses = np.array(clip.manifest.cameras[0].poses)[:, :3, 3]
    moves = bool(np.linalg.norm(poses - poses[0], axis=1).max() > _MOVED)
    middle = clip[len(clip) // 2].pose
    axis = middle.rotation @ np.array([0.0, 0.0, 1.0])
    feet = [float(np.median(course.places[:, 2] - 0.5 * course.heights)) for course in courses]
    level = ground if ground is not None else float(np.median(feet)) if feet else None
    pitch = -math.asin(float(np.clip(axis[2], -1.0, 1.0)))
    height = None if level is None else float(middle.translation[2] - level)
    if height is not None and height < 0.3:
        height = None  # the ground is not where it was taken to be
    target = _target(middle.translation, axis, pitch, height)
    return View(clip, moves, height, pitch, _facing(poses, axis), target)


def _facing(places: Array, axis: Array) -> str:
    """Where a camera looks as seen from its way."""
    middle = len(places) // 2
    way = places[min(middle + 3, len(places) - 1), :2] - places[max(middle - 3, 0), :2]
    if np.linalg.norm(way) < 0.05:
        way = places[-1, :2] - places[0, :2]
    angle = math.degrees(math.atan2(way[0] * axis[1] - way[1] * axis[0], float(way @ axis[:2])))
    return "ahead" if abs(angle) < 50 else "back" if abs(angle) > 130 else "left" if angle > 0 else "right"


def _target(place: Array, axis: Array, pitch: float, height: float | None) -> Array | None:
    if height is None:
        return None
    down = max(pitch, math.radians(8.0))  # of a level view: what lies before the camera
    reach = height / math.tan(min(down, math.radians(89.0)))
    ahead = axis[:2] / max(float(np.linalg.norm(axis[:2])), 1e-9)
    return np.asarray(place[:2] + reach * ahead)
