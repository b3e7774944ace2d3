"""Illegal turns: U-turns, and turns that the lane taken has no connection for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from roadmark.events.ground import Ground
from roadmark.events.model import Event
from roadmark.events.scene import Scene
from roadmark.events.thresholds import REST, U_TURN

_ALONG = 0.7  # cosine of the angle to the lane within which a vehicle follows it
_TURNED = np.radians(15.0)  # off the lane's heading: the turn has begun
_STRAIGHT = np.radians(30.0)
_LONGEST = 20.0  # seconds between two lanes of one turn; longer gaps are not understood


@dataclass(frozen=True)
class _Stretch:
    """A stretch of a road that a vehicle drove in its direction: frames, its last section and the last lanes there."""

    road: str
    direction: int
    first: int
    last: int
    section: int
    lanes: frozenset[int]


def detect_illegal_turns(scene: Scene) -> list[Event]:
    """Vehicles that get from one road to another, or to the other side of theirs, as they must not."""
    ground, courses = scene.ground, scene.courses
    if ground is None:
        return []
    lane = np.stack([np.cos(ground.lane_heading), np.sin(ground.lane_heading)], axis=-1)
    with np.errstate(invalid="ignore"):
        follows = ((courses.heading * lane).sum(axis=-1) > _ALONG) & (courses.forward > REST)
    follows &= ground.fresh & ground.on_driving & ~ground.in_junction & scene.intact & ~courses.walker[:, None]
    events = []
    for row in np.flatnonzero(follows.any(axis=1)).tolist():
        stretches = _stretches(ground, row, np.flatnonzero(follows[row]))
        for before, after in pairwise(stretches):
            event = _judged(scene, ground, row, before, after)
            events += [] if event is None else [event]
    return events


def _stretches(ground: Ground, row: int, frames: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[_Stretch]:
    found: list[_Stretch] = []
    for frame in frames.tolist():
        strip = ground.streets.strips[int(ground.strip[row, frame])]
        key = strip.key
        if found and (found[-1].road, found[-1].direction) == (key.road, strip.direction):
            last = found[-1]
            before = last.lanes if key.section == last.section else {key.lane}
            lanes = frozenset({max(before, key=lambda k: k == key.lane), key.lane})
            found[-1] = _Stretch(last.road, last.direction, last.first, frame, key.section, lanes)
        else:
            found.append(_Stretch(key.road, strip.direction, frame, frame, key.section, frozenset({key.lane})))
    return found


def _judged(scene: Scene, ground: Ground, row: int, before: _Stretch, after: _Stretch) -> Event | None:
    courses = scene.courses
    if courses.times[after.first] - courses.times[before.last] > _LONGEST:
        return None
    if _strayed(scene, ground, row, before, after):
        return None
    turned = _turned(scene, row, before.last, after.first)
    back = before.road == after.road and before.direction != after.direction
    through = bool(ground.in_junction[row, before.last : after.first + 1].any())
    if not (back or through or abs(turned) > U_TURN):
        return None
    allowed = ground.streets.reachable((before.road, before.direction), _lanes_at_end(ground, before))
    if back and not through:
        allowed = set()
    if allowed is None or (after.road, after.direction) in allowed:
        return None
    return _event(scene, row, before, after, turned)


def _strayed(scene: Scene, ground: Ground, row: int, before: _Stretch, after: _Stretch) -> bool:
    """Whether a vehicle drove some third road against its traffic in between: that is wrong-way driving, no turn."""
    frames = np.arange(before.last, after.first + 1)
    frames = frames[(ground.on_driving & ~ground.in_junction)[row, frames]]
    facing = np.arctan2(*scene.courses.heading[row, frames].T[::-1]) - ground.lane_heading[row, frames]
    against = frames[(np.cos(facing) < -_ALONG) & (scene.courses.forward[row, frames] > REST)]
    roads = {ground.streets.strips[int(index)].key.road for index in np.unique(ground.strip[row, against])}
    return bool(roads - {before.road, after.road})


def _lanes_at_end(ground: Ground, stretch: _Stretch) -> set[int]:
    """Lanes of the stretch's road end that the vehicle may have left it on."""
    sections = ground.road_map.road_geometry[stretch.road].sections
    end = len(sections) - 1 if stretch.direction > 0 else 0
    if stretch.section == end:
        return set(stretch.lanes)
    near = {k for k in sections[end].lanes if any(abs(k - lane) <= 1 for lane in stretch.lanes)}
    return near | set(stretch.lanes)


def _turned(scene: Scene, row: int, first: int, last: int) -> float:
    """Radians turned to the left between two frames."""
    yaw = np.unwrap(scene.courses.rpy[row, first : last + 1, 2])
    return float(yaw[-1] - yaw[0])


def _event(scene: Scene, row: int, before: _Stretch, after: _Stretch, turned: float) -> Event:
    courses = scene.courses
    # who swings out to the other side first has not begun to turn
    yaw = np.unwrap(courses.rpy[row, before.last : after.first + 1, 2])
    begun = np.flatnonzero((yaw - yaw[0]) * np.sign(turned) > _TURNED)
    start = before.last + (int(begun[0]) if len(begun) else 0)
    if abs(turned) > U_TURN:
        name, words = "u_turn", "makes a U-turn"
    elif abs(turned) < _STRAIGHT:
        name, words = "straight", "goes straight on from a lane that does not"
    else:
        side = "left" if turned > 0.0 else "right"
        name, words = side, f"turns {side} from a lane that does not"
    return Event(
        category="illegal_turn",
        sub_category=name,
        start=float(courses.times[start]),
        end=float(courses.times[after.first]),
        participants=(scene.person(row, "violator"),),
        place=scene.place(row, start),
        cause="turned where it must not",
        caption=f"{scene.name(row).capitalize()} {words}.",
        measures={"turned": round(float(np.degrees(turned)), 1), "from_road": before.road, "to_road": after.road},
    )
