"""Speed limits along lanes: the map's records, its signs, and the signs a recording has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.events.ground import Ground
from roadmark.events.streets import Streets
from roadmark.geometry import FloatArray
from roadmark.maps import Signal
from roadmark.scenario import ActorKind, Scenario

KILOMETRES_PER_HOUR, MILES_PER_HOUR = 1.0 / 3.6, 0.44704
_SPEED_LIMIT_TYPE = "274"  # of the German and RoadRunner's catalogues; CARLA's towns use it, too
_RECORDED = "traffic.speed_limit."
_BESIDE = np.arange(1.0, 9.0)  # metres from a recorded sign at which its lane is looked for
_FASTEST = 100.0  # m/s: larger numbers on signs are none of speed


@dataclass(frozen=True)
class Posting:
    """A limit that a sign sets from some place on.

    Attributes:
        road: The road.
        direction: +1 for traffic along increasing s, else -1.
        s: Where, metres along the road.
        limit: m/s.
    """

    road: str
    direction: int
    s: float
    limit: float


def limits_of(scenario: Scenario, ground: Ground) -> FloatArray:
    """(A, F) m/s where every actor is; NaN where nothing is known.

    Where a lane has no limit of its own, the one last passed holds (junctions have none in CARLA's towns), and before
    the first the first.
    """
    postings = [*_map_postings(ground.streets), *_recorded_postings(scenario, ground)]
    table = _table(ground.streets, postings)
    if not len(table):
        return np.full(ground.strip.shape, np.nan)
    scale = 1e6
    key = ground.strip * scale + np.clip(np.nan_to_num(ground.s), 0.0, scale / 2.0)
    row = np.searchsorted(table[:, 0] * scale + table[:, 1], key, side="right") - 1
    own = (row >= 0) & (table[np.maximum(row, 0), 0] == ground.strip)
    limits = np.where(own, table[np.maximum(row, 0), 2], np.nan)
    return _carried(limits)


def _carried(limits: FloatArray) -> FloatArray:
    """Fill gaps (A, F) with what held before them, and at the start with what holds first."""
    frames = np.arange(limits.shape[1])
    known = ~np.isnan(limits)
    before = np.maximum.accumulate(np.where(known, frames, -1), axis=1)
    first = np.where(known.any(axis=1), known.argmax(axis=1), 0)
    source = np.where(before >= 0, before, first[:, None])
    return np.asarray(limits[np.arange(len(limits))[:, None], source])


def _table(streets: Streets, postings: list[Posting]) -> FloatArray:
    """(K, 3) strip, metres along the road from which on, limit or NaN; sorted."""
    by_road: dict[tuple[str, int], list[Posting]] = {}
    for posting in postings:
        by_road.setdefault((posting.road, posting.direction), []).append(posting)
    rows: list[tuple[float, float, float]] = []
    for index, strip in enumerate(streets.strips):
        if not streets.drives[index]:
            continue
        road = streets.road_map.road_geometry[strip.key.road]
        lane = road.sections[strip.key.section].lanes[strip.key.lane]
        signs = by_road.get((road.id, strip.direction), [])
        if not (road.speeds or lane.speeds or signs):
            continue
        starts = {0.0, *(s for s, _, _ in road.speeds), *(s for s, _ in lane.speeds), *(sign.s for sign in signs)}
        for start in sorted(starts):
            limit = road.speed_limit(start)
            for s, value in lane.speeds:
                limit = value if s <= start + 1e-9 else limit
            # the latest sign passed: against increasing s, at the sign's own place it does not hold yet
            passed = [sign for sign in signs if (sign.s <= start if strip.direction > 0 else sign.s > start)]
            if passed:
                limit = max(passed, key=lambda sign: sign.s * strip.direction).limit
            rows.append((float(index), start, np.nan if limit is None else limit))
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _map_postings(streets: Streets) -> list[Posting]:
    found = []
    for signal in streets.road_map.signals:
        limit = None if signal.dynamic else _sign_limit(signal)
        if limit is None:
            continue
        for lane in streets.road_map.governed_lanes(signal):
            road = streets.road_map.road_geometry[lane.road]
            direction = road.lane_direction(lane.lane, road.sections[lane.section])
            s = signal.s if lane.road == signal.road else (0.0 if direction > 0 else road.length)
            found.append(Posting(lane.road, direction, s, limit))
    return found


def _sign_limit(signal: Signal) -> float | None:
    if signal.type != _SPEED_LIMIT_TYPE:
        return None
    value = signal.value
    if (value is None or value <= 0.0) and signal.subtype.isdigit():
        value = float(signal.subtype)
    if value is None or not value > 0.0:
        return None
    unit = signal.unit.lower()
    factor = 1.0 if unit == "m/s" else MILES_PER_HOUR if unit == "mph" else KILOMETRES_PER_HOUR
    return value * factor if value * factor < _FASTEST else None


def _recorded_postings(scenario: Scenario, ground: Ground) -> list[Posting]:
    """Signs that CARLA recorded as actors: they hold for the nearest lane that has them on its outer side."""
    found = []
    for actor in scenario.of_kind(ActorKind.TRAFFIC_SIGN):
        number = actor.blueprint_id.removeprefix(_RECORDED)
        if not (actor.blueprint_id.startswith(_RECORDED) and number.isdigit() and 0 < int(number) < 300):
            continue
        posting = _beside(ground, actor.spawn_position, int(number) * KILOMETRES_PER_HOUR)
        found += [] if posting is None else [posting]
    return found


def _beside(ground: Ground, place: FloatArray, limit: float) -> Posting | None:
    angles = np.arange(24) * (np.pi / 12.0)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = (place[:2] + _BESIDE[:, None, None] * ring).reshape(-1, 2)
    located = ground.road_map.locate(np.column_stack([points, np.full(len(points), place[2])]))
    streets = ground.streets
    for k in np.flatnonzero(streets.drives[located.strip_index] & ~streets.inside[located.strip_index]):
        strip = streets.strips[int(located.strip_index[k])]
        road = streets.road_map.road_geometry[strip.key.road]
        heading, offset = located.heading[k], place[:2] - points[k]
        left = float(np.cos(heading) * offset[1] - np.sin(heading) * offset[0])
        if left != 0.0 and (left > 0.0) == road.left_hand_traffic:
            return Posting(road.id, strip.direction, float(located.s[k]), limit)
    return None
