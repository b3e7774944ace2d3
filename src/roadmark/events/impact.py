"""What kind of collision a contact is: which faces met, at which headings, and who ran into whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.events.courses import Courses
from roadmark.events.thresholds import ALONG
from roadmark.geometry import FloatArray, wrap_angle

FACES = ("front", "left", "rear", "right")


@dataclass(frozen=True)
class Impact:
    """A contact between two actors, seen just before it.

    Attributes:
        kind: One of `roadmark.events.COLLISIONS`, "" where two pedestrians touch.
        striking, struck: Rows of the actors.
        faces: Which side of each of them was hit, in that order.
        heading_difference: Radians between their headings, 0 to pi.
        speeds: m/s of each.
        closing_speed: m/s at which they met along the direction of the contact.
        relative_speed: Length of the difference of their velocities, m/s.
    """

    kind: str
    striking: int
    struck: int
    faces: tuple[str, str]
    heading_difference: float
    speeds: tuple[float, float]
    closing_speed: float
    relative_speed: float


def impact_of(courses: Courses, first: int, second: int, contact: float, normal: FloatArray) -> Impact:
    """Look at a contact.

    Args:
        courses: Everyone's courses.
        first: Row of one actor.
        second: Row of the other.
        contact: Seconds.
        normal: (2,) direction in plan from the first to the second in which their boxes met.
    """
    frame = _before(courses, first, second, contact)
    length = float(np.hypot(*normal))
    away = courses.centers[second, frame] - courses.centers[first, frame] if length < 1e-6 else normal
    away = away / max(float(np.hypot(*away)), 1e-9)
    yaws = courses.rpy[[first, second], frame, 2]
    velocity = courses.velocities[[first, second], frame]
    faces = (_face(yaws[0], away), _face(yaws[1], -away))
    turned = abs(float(wrap_angle(yaws[0] - yaws[1])))
    approach = (float(velocity[0] @ away), float(-velocity[1] @ away))
    kind = _kind(courses, first, second, faces, turned)
    swap = _second_strikes(courses, first, second, faces, approach)
    order = (second, first) if swap else (first, second)
    step = -1 if swap else 1
    speeds = tuple(float(np.hypot(*one)) for one in velocity)[::step]
    return Impact(
        kind=kind,
        striking=order[0],
        struck=order[1],
        faces=(faces[::step][0], faces[::step][1]),
        heading_difference=turned,
        speeds=(speeds[0], speeds[1]),
        closing_speed=approach[0] + approach[1],
        relative_speed=float(np.hypot(*(velocity[0] - velocity[1]))),
    )


def _before(courses: Courses, first: int, second: int, contact: float) -> int:
    """The last frame whose speeds, differenced over its neighbours, know nothing of the contact."""
    frame = courses.frame_at(contact)
    both = max(courses.first[first], courses.first[second])
    return int(max(frame - 1, both))


def _face(yaw: float, direction: FloatArray) -> str:
    """The face of a body that looks most in a direction."""
    angle = float(np.arctan2(direction[1], direction[0])) - yaw
    return FACES[round(angle / (0.5 * np.pi)) % 4]


def _kind(courses: Courses, first: int, second: int, faces: tuple[str, str], turned: float) -> str:
    if courses.walker[first] and courses.walker[second]:
        return ""
    if courses.walker[first] or courses.walker[second]:
        return "pedestrian_collision"
    if courses.bicycle[first] or courses.bicycle[second]:
        return "cyclist_collision"
    if turned < ALONG and set(faces) == {"front", "rear"}:
        return "rear_end"
    if turned > np.pi - ALONG and faces == ("front", "front"):
        return "head_on"
    return "side_collision"


def _second_strikes(
    courses: Courses, first: int, second: int, faces: tuple[str, str], approach: tuple[float, float]
) -> bool:
    """Whether the second ran into the first: a vehicle into a person, a front into another face, else the faster."""
    weak = [courses.walker[first], courses.walker[second]]
    if weak[0] != weak[1]:
        return bool(weak[0])
    fronts = [face == "front" and speed > 0.0 for face, speed in zip(faces, approach, strict=True)]
    if fronts[0] != fronts[1]:
        return fronts[1]
    return approach[1] > approach[0]
