"""`Instant`: who is in the picture at one second of a video, and in which form; drawn for questions about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.questions.shown.shown_scene import ShownScene
from roadmark.scene import Course

MARGIN: Final = 0.4
"""Seconds at a video's start and end about which nothing is asked."""
EXACT: Final = 0.01
"""Seconds by which a frame may be off the tenth of a second that is named."""


@dataclass(frozen=True, eq=False)
class Sight:
    """One actor in one frame.

    Attributes:
        actor: Its id.
        course: All of its frames.
        row: This frame's among them.
        box: Left, top, right and bottom edge of what is seen of it, continuous pixels of the labels' picture.
        distance: Metres from the camera to its middle.
        visible: Share of it that nothing hides, within the picture.
        legible: Whether a person can tell it.
        drawn: Whether a mark is drawn on it.
        marked: Whether it is legible and bears its mark; never who carries the camera.
    """

    actor: int
    course: Course
    row: int
    box: tuple[float, float, float, float]
    distance: float
    visible: float
    legible: bool
    drawn: bool
    marked: bool

    @property
    def width(self) -> float:
        """Pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Pixels."""
        return self.box[3] - self.box[1]

    @property
    def across(self) -> float:
        """Middle of its box, pixels from the picture's left side."""
        return 0.5 * (self.box[0] + self.box[2])

    def is_cut(self, scene: ShownScene) -> bool:
        """Whether the picture's border may cut it off."""
        left, top, right, bottom = self.box
        return min(left, top) <= 0.0 or right >= scene.picture.width or bottom >= scene.picture.height

    @property
    def place(self) -> NDArray[np.float64]:
        """(3,) its middle, world metres."""
        return np.asarray(self.course.places[self.row])

    def __lt__(self, other: Sight) -> bool:
        """By id."""
        return self.actor < other.actor


@dataclass(frozen=True, eq=False)
class Instant:
    """One frame of a video.

    Attributes:
        frame: Of the clip.
        second: Of the video, whole tenths.
        sights: Everyone who is labelled then, by id.
    """

    frame: int
    second: float
    sights: tuple[Sight, ...]

    @property
    def at(self) -> str:
        """The second as questions name it."""
        return f"{self.second:.1f}"

    @property
    def during(self) -> tuple[float, float]:
        """`Question.during`: the frame itself."""
        return self.second, self.second

    @cached_property
    def marked(self) -> tuple[Sight, ...]:
        """Those who can be told and bear their marks."""
        return tuple(sight for sight in self.sights if sight.marked)


def instants(scene: ShownScene, rng: np.random.Generator, most: int = 3) -> Iterator[Instant]:
    """Some seconds of a video, one out of each of as many parts of it; tenths of seconds that fall on frames.

    Args:
        scene: What the video shows.
        rng: The only source of chance.
        most: How many.
    """
    seconds = scene.timeline.seconds
    shown = np.flatnonzero(np.isfinite(seconds) & (seconds >= MARGIN) & (seconds <= scene.duration - MARGIN))
    off = np.abs(seconds[shown] - np.round(seconds[shown], 1))
    exact = shown[off <= EXACT]
    frames = exact if len(exact) else shown[off <= 0.5 * scene.timeline.step]
    for part in np.array_split(frames, most):
        if len(part):
            yield instant(scene, int(part[rng.integers(len(part))]))


def instant(scene: ShownScene, frame: int) -> Instant:
    """Who is in the picture in a frame of the clip."""
    found = []
    for actor, course in scene.courses.items():
        row = int(scene.rows[actor][frame])
        if row < 0:
            continue
        left, top, right, bottom = course.boxes[row].tolist()
        mark = scene.marks.get(actor)
        legible, drawn = bool(scene.legible[actor][row]), mark is not None and bool(mark.drawn[frame])
        found.append(
            Sight(
                actor,
                course,
                row,
                (left, top, right + 1.0, bottom + 1.0),  # whole pixels, inclusive
                float(course.distances[row]),
                float(course.visible[row]),
                legible,
                drawn,
                legible and drawn and actor != scene.carrier,
            )
        )
    return Instant(frame, round(float(scene.timeline.seconds[frame]), 1), tuple(sorted(found)))


def some(sights: tuple[Sight, ...] | list[Sight], rng: np.random.Generator, most: int) -> list[Sight]:
    """Some of them, at random."""
    return [sights[int(one)] for one in rng.permutation(len(sights))[:most]]


def some_pairs(
    sights: tuple[Sight, ...] | list[Sight], rng: np.random.Generator, most: int
) -> list[tuple[Sight, Sight]]:
    """Some pairs of different ones, at random, each in either order."""
    pairs = [(one, other) for one in sights for other in sights if one is not other]
    return [pairs[int(index)] for index in rng.permutation(len(pairs))[:most]]
