"""Running a red light: a front crosses its stop line on red and goes on into the junction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numba
import numpy as np

from roadmark.events.lights import Entry, light_entries, light_of, shown_at, shown_since
from roadmark.events.model import Event
from roadmark.events.scene import Scene
from roadmark.events.stop_lines import crossing_time
from roadmark.events.thresholds import RED_GRACE, REST, STOP_LINE_REACH, THROUGH
from roadmark.geometry import FloatArray
from roadmark.scenario import SignalState

_STEEPEST = 0.5  # cosine between course and lane: less is passing by, not entering
_AFTER = 25.0  # metres of course behind the line that tell which way was taken
_STOREY = 3.0  # metres of height within which a vehicle is on the lane


def detect_red_lights(scene: Scene) -> list[Event]:
    """Vehicles that drive into a junction on red."""
    if scene.ground is None or not scene.scenario.signals:
        return []
    entries = light_entries(scene.scenario, scene.ground)
    if not entries:
        return []
    areas = scene.ground.streets.stop_areas
    events = []
    for row, index, frame, share in _entered(scene, entries):
        event = _event(scene, entries[index], row, frame, share, areas)
        if event is not None:
            events.append(event)
    return events


def _entered(scene: Scene, entries: list[Entry]) -> Iterator[tuple[int, int, int, float]]:
    """Row, entry, frame and share of the interval after it, of everyone who crosses a line forwards."""
    courses = scene.courses
    movers = np.flatnonzero(~courses.walker & (np.nanmax(courses.speed, axis=1, initial=0.0) > 1.0))
    lines = np.array([(*e.point, *e.direction, e.half_width, e.height) for e in entries])
    found = line_crossings(
        np.ascontiguousarray(courses.fronts[movers]), np.ascontiguousarray(courses.positions[movers, :, 2]), lines
    )
    for mover, index, frame, share in found:
        row = int(movers[int(mover)])
        if scene.intact[row, int(frame)]:
            yield row, int(index), int(frame), float(share)


@numba.njit(cache=True)
def line_crossings(points: FloatArray, heights: FloatArray, lines: FloatArray) -> FloatArray:
    """Where courses cross short lines forwards.

    Args:
        points: (A, F, 2) metres, NaN where there is none.
        heights: (A, F) metres.
        lines: (L, 6) middle x, y, direction x, y, half width, height.

    Returns:
        (C, 4) course, line, frame before it and share of the interval after that frame.
    """
    found = []
    for a in range(points.shape[0]):
        for k in range(lines.shape[0]):
            x, y, dx, dy, half, height = lines[k]
            frame = 0
            while frame + 1 < points.shape[1]:
                px, py = points[a, frame, 0] - x, points[a, frame, 1] - y
                far = abs(px) + abs(py)
                if far > 60.0:  # nobody covers 60 m in four frames
                    frame += 4
                    continue
                qx, qy = points[a, frame + 1, 0] - x, points[a, frame + 1, 1] - y
                before, after = px * dx + py * dy, qx * dx + qy * dy
                if before < 0.0 <= after and abs(heights[a, frame] - height) < _STOREY:
                    share = before / (before - after)
                    across = (px + share * (qx - px)) * -dy + (py + share * (qy - py)) * dx
                    moved = np.hypot(qx - px, qy - py)
                    if abs(across) <= half and after - before >= _STEEPEST * moved:
                        found.append((float(a), float(k), float(frame), share))
                frame += 1
    result = np.empty((len(found), 4))
    for row in range(len(found)):
        result[row] = found[row]
    return result


def _event(scene: Scene, entry: Entry, row: int, frame: int, share: float, areas: Any) -> Event | None:
    courses = scene.courses
    fronts, times = courses.fronts[row], courses.times
    last = int(courses.last[row])
    light = light_of(scene.ground, entry, _onwards(fronts, frame, last)) if scene.ground is not None else None
    if light is None:
        return None
    entered = float(times[frame] + share * (times[frame + 1] - times[frame]))
    crossed = crossing_time(areas, fronts, times, frame, entered, STOP_LINE_REACH)
    red_since = shown_since(scene.scenario, light, crossed)
    around = (crossed, crossed + RED_GRACE)
    if any(shown_at(scene.scenario, light, time) is not SignalState.RED for time in around):
        return None
    if crossed - red_since < RED_GRACE:
        return None
    if not _drove_on(scene, row, crossed, entered):
        return None
    out = _left(scene, row, frame)
    speed = float(courses.speed[row, frame])
    return Event(
        category="red_light",
        start=crossed,
        end=max(out, entered),
        participants=(scene.person(row, "violator"),),
        place=scene.place_of(np.array([*entry.point, entry.height])),
        cause="did not stop at the red light",
        caption=f"{scene.name(row).capitalize()} runs a red light at {speed * 3.6:.0f} km/h.",
        measures={
            "speed": round(speed, 3),
            "red_for": round(crossed - red_since, 3),
            "entered": round(entered, 6),
            "light": scene.scenario.actors[light].id,
        },
    )


def _drove_on(scene: Scene, row: int, crossed: float, entered: float) -> bool:
    """Whether a vehicle goes on from its stop line and beyond the entry without standing in between."""
    courses = scene.courses
    begin, entry = courses.frame_at(crossed), courses.frame_at(entered)
    way = np.hypot(*(courses.fronts[row, entry:] - courses.fronts[row, entry]).T)
    beyond = np.flatnonzero(way > THROUGH)
    stood = np.flatnonzero(~(courses.speed[row, begin:] >= REST))
    if not len(beyond):
        return False
    return not len(stood) or begin + int(stood[0]) > entry + int(beyond[0])


def _onwards(fronts: FloatArray, frame: int, last: int) -> FloatArray:
    """(N, 2) the course behind a line."""
    after = fronts[frame + 1 : last + 1]
    if len(after) < 2:
        return after
    travelled = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(after, axis=0).T))])
    return after[travelled <= _AFTER]


def _left(scene: Scene, row: int, frame: int) -> float:
    """When a vehicle has left the junction, collides or is gone."""
    ground, courses = scene.ground, scene.courses
    if ground is None:
        return float(courses.times[frame])
    ahead = slice(frame + 1, int(courses.last[row]) + 1)
    inside = ground.in_junction[row, ahead]
    been = np.maximum.accumulate(inside) if len(inside) else inside
    out = np.flatnonzero(been & ~inside)
    until = courses.times[frame + 1 + out[0]] if len(out) else courses.times[int(courses.last[row])]
    return float(min(until, scene.first_contact[row]))
