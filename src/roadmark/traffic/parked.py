"""Parked vehicles beside the carriageway, where the lanes leave room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray
from roadmark.maps import LaneKey, LaneStrip, RoadMap
from roadmark.traffic.build import DRIVEN
from roadmark.traffic.mix import VehicleMix, draw_drivers
from roadmark.traffic.motion import Clock, MovingActor

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

JUNCTION_CLEARANCE: Final = 8.0
"""Metres that parked vehicles keep from junctions."""
CROSSWALK_CLEARANCE: Final = 5.0
"""Metres that they keep from crosswalks."""
LANE_CLEARANCE: Final = 0.35
"""Metres that they keep from driving lanes: wide vehicles reach over their lane's edge."""
PARKED_MIX: Final = VehicleMix(cars=0.86, vans=0.11, trucks=0.02, buses=0.0, motorcycles=0.0, bicycles=0.0)
_BESIDE = frozenset({"shoulder", "parking", "border", "stop"})
_PAVED = frozenset({"sidewalk", "walking"})
_NARROWEST = 1.9  # metres of room below which no car fits
_KERB_GAP = (0.1, 0.35)  # metres from the kerb
_CARELESS, _MOST_CARELESS = np.deg2rad(1.2), np.deg2rad(4.0)  # how crooked people park
_GAP = (0.8, 2.5)  # metres between two in a row
_ROW_SHARE = 0.7  # of places in a row that are taken
_STATION = 1.0  # metres between two points of a bay


@dataclass(frozen=True, eq=False)
class Bay:
    """A strip along a road on which vehicles can park.

    Attributes:
        inner: (N, 3) edge towards the traffic, in its direction, `_STATION` apart.
        outer: (N, 3) edge at the kerb.
        side: -1 where the kerb is to the right of the traffic, +1 to the left.
        free: (N,) 1 where junctions and crosswalks are far enough away, else 0.
    """

    inner: FloatArray
    outer: FloatArray
    side: int
    free: FloatArray


def build_bays(road_map: RoadMap) -> tuple[Bay, ...]:
    """Where vehicles can park on a map: parking lanes, and shoulders between traffic and a sidewalk, if wide enough."""
    lanes = {strip.key: strip for strip in road_map.strips()}
    away = _trees(road_map)
    found = []
    for key, strip in lanes.items():
        if strip.type in DRIVEN and strip.junction is None:
            beside = _beside(lanes, key)
            bay = _bay(strip, beside, away) if beside else None
            if bay is not None:
                found.append(bay)
    return tuple(found)


def park_vehicles(
    road_map: RoadMap,
    bays: Sequence[Bay],
    count: int,
    clock: Clock,
    rng: np.random.Generator,
    *,
    known: Sequence[MovingActor] = (),
    focus: FloatArray | None = None,
    radius: float = 80.0,
) -> list[MovingActor]:
    """Park vehicles.

    Args:
        road_map: The map.
        bays: Its bays.
        count: How many at most; fewer where there is no room.
        clock: The frames; they stand there in all of them.
        rng: Where places and vehicles come from.
        known: Actors near whose courses nobody parks.
        focus: (2 or 3) metres, around which they park; None: anywhere.
        radius: Metres from the focus.

    Returns:
        Courses of vehicles that never move, wholly off every driving lane.
    """
    if count <= 0:
        return []
    places = [place for bay in bays for place in _row(bay, rng, focus, radius)]
    specs = draw_drivers(rng, len(places), PARKED_MIX)
    poses = []
    for (bay, at), spec in zip(places, specs, strict=True):
        pose = _pose(bay, at, spec.blueprint.half_extents, spec.blueprint.center_offset, rng)
        if pose is not None:
            poses.append((spec, pose))
    kept = [(spec, pose) for spec, pose in poses if not _in_the_way(spec.blueprint.size[0], pose, known)]
    off = _off_lanes(
        road_map, [(pose, spec.blueprint.half_extents, spec.blueprint.center_offset) for spec, pose in kept]
    )
    free = [item for item, fits in zip(kept, off, strict=True) if fits]
    chosen = sorted(rng.permutation(len(free))[:count].tolist())
    still = np.zeros((clock.count, 3))
    return [
        MovingActor(
            free[index][0],
            np.tile(free[index][1][:3], (clock.count, 1)),
            np.tile(free[index][1][3:], (clock.count, 1)),
            still,
            still[:, 0],
            steer=still[:, 0],
            parked=True,
        )
        for index in chosen
    ]


def _beside(lanes: dict[LaneKey, LaneStrip], key: LaneKey) -> list[LaneStrip]:
    """Lanes beyond the outermost driving lane on which vehicles can park, from there outwards."""
    sign = 1 if key.lane > 0 else -1
    found: list[LaneStrip] = []
    number = key.lane + sign
    while (strip := lanes.get(LaneKey(key.road, key.section, number))) is not None and strip.type in _BESIDE:
        found.append(strip)
        number += sign
    following = lanes.get(LaneKey(key.road, key.section, number))
    if any(strip.type == "parking" for strip in found) or (following is not None and following.type in _PAVED):
        return found
    return []


def _trees(road_map: RoadMap) -> tuple[tuple[cKDTree, float], ...]:
    """Points to keep away from, each with how far."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - slow to load

    junctions = [
        edge[:, :2]
        for strip in road_map.strips()
        if strip.junction is not None and strip.type in DRIVEN
        for edge in (_dense(strip.left), _dense(strip.right))
    ]
    crosswalks = [_dense(np.concatenate([walk.outline, walk.outline[:1]]))[:, :2] for walk in road_map.crosswalks]
    kinds = ((junctions, JUNCTION_CLEARANCE), (crosswalks, CROSSWALK_CLEARANCE))
    return tuple((cKDTree(np.concatenate(points)), far) for points, far in kinds if points)


def _dense(line: FloatArray) -> FloatArray:
    """(M, 3) points of a line (N, 3) `_STATION` apart."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line[:, :2], axis=0).T))])
    at = np.linspace(0.0, along[-1], max(round(along[-1] / _STATION), 1) + 1)
    return np.stack([np.interp(at, along, line[:, axis]) for axis in range(3)], axis=1)


def _bay(traffic: LaneStrip, beside: Sequence[LaneStrip], away: Sequence[tuple[cKDTree, float]]) -> Bay | None:
    to_left = traffic.key.lane > 0  # as seen along the road
    inner = beside[0].right if to_left else beside[0].left
    outer = beside[-1].left if to_left else beside[-1].right
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(inner[:, :2], axis=0).T))])
    if along[-1] < 6.0:
        return None
    at = np.linspace(0.0, along[-1], round(along[-1] / _STATION) + 1)
    edges = [np.stack([np.interp(at, along, line[:, axis]) for axis in range(3)], axis=1) for line in (inner, outer)]
    inner, outer = (edge if traffic.direction > 0 else edge[::-1] for edge in edges)
    wide = np.hypot(*(outer - inner)[:, :2].T) >= _NARROWEST
    middle = 0.5 * (inner + outer)[:, :2]
    for tree, far in away:
        wide &= tree.query(middle)[0] > far
    if not wide.any():
        return None
    return Bay(inner, outer, 1 if to_left == (traffic.direction > 0) else -1, wide.astype(np.float64))


def _row(
    bay: Bay, rng: np.random.Generator, focus: FloatArray | None, radius: float
) -> Iterator[tuple[Bay, tuple[float, float]]]:
    """Places (from, to) along a bay, as distances; some are left empty."""
    if focus is not None:
        near = np.hypot(bay.inner[:, 0] - focus[0], bay.inner[:, 1] - focus[1]) < radius
        if not near.any():
            return
    at = float(rng.uniform(0.0, 6.0))
    end = len(bay.inner) - 1.0
    while at + 6.0 < end:
        rows = slice(int(at), int(at + 6.0) + 2)
        taken = rng.random() < _ROW_SHARE
        if not bay.free[rows].all():
            at += 2.0
            continue
        if taken and (focus is None or near[rows].any()):
            yield bay, (at, at + 6.0)
        at += 6.0 + float(rng.uniform(*_GAP)) - 0.8


def _pose(
    bay: Bay,
    at: tuple[float, float],
    half: tuple[float, float, float],
    center: tuple[float, float, float],
    rng: np.random.Generator,
) -> FloatArray | None:
    """(6,) origin and angles of a vehicle in a place, a little crooked; None where it does not fit."""
    if 2.0 * half[0] > at[1] - at[0]:
        return None
    stations = np.arange(len(bay.inner), dtype=np.float64)
    ends = np.array([0.5 * sum(at) - half[0], 0.5 * sum(at) + half[0]])
    inner, outer = (
        np.stack([np.interp(ends, stations, line[:, axis]) for axis in range(3)], axis=1)
        for line in (bay.inner, bay.outer)
    )
    along = outer[1] - outer[0]
    crooked = float(np.clip(rng.normal(0.0, _CARELESS), -_MOST_CARELESS, _MOST_CARELESS))
    gap = float(rng.uniform(*_KERB_GAP))
    room = float(np.hypot(*(outer - inner)[:, :2].T).min())
    reach = half[1] * np.cos(crooked) + half[0] * abs(np.sin(crooked))
    if gap + 2.0 * reach + LANE_CLEARANCE > room:  # whoever has little room parks with care
        crooked, gap, reach = 0.0, _KERB_GAP[0], half[1]
        if gap + 2.0 * reach + LANE_CLEARANCE > room:
            return None
    length = max(float(np.hypot(along[0], along[1])), 1e-9)
    to_road = -bay.side * np.array([-along[1], along[0]]) / length
    middle = outer.mean(axis=0)
    middle[:2] += to_road * (gap + reach)
    yaw = float(np.arctan2(along[1], along[0])) + crooked
    forward = np.array([np.cos(yaw), np.sin(yaw)])
    middle[:2] -= center[0] * forward + center[1] * np.array([-forward[1], forward[0]])
    return np.array([*middle, 0.0, -np.arctan2(along[2], length), yaw])


def _in_the_way(length: float, pose: FloatArray, known: Sequence[MovingActor]) -> bool:
    """Whether a known actor comes near a parked vehicle."""
    for actor in known:
        near = 0.5 * (length + max(actor.spec.blueprint.size[:2])) + 0.5
        if (np.hypot(*(actor.positions[:, :2] - pose[:2]).T) < near).any():
            return True
    return False


def _off_lanes(
    road_map: RoadMap, boxes: Sequence[tuple[FloatArray, tuple[float, float, float], tuple[float, float, float]]]
) -> NDArray[np.bool_]:
    """(N,) whether no corner or side of each box is on a driving lane."""
    if not boxes:
        return np.zeros(0, np.bool_)
    outline = np.array([(x, y) for x in (-1.0, -0.5, 0.0, 0.5, 1.0) for y in (-1.0, 1.0)])
    points = []
    for pose, half, center in boxes:
        local = outline * np.array(half[:2]) + np.array(center[:2])
        cosine, sine = np.cos(pose[5]), np.sin(pose[5])
        points.append(pose[:2] + local @ np.array([[cosine, sine], [-sine, cosine]]))
    found = road_map.locate(np.concatenate(points)).strip_index
    strips = road_map.strips()
    driven = np.array([index >= 0 and strips[index].type in DRIVEN for index in found.tolist()])
    return np.logical_not(driven.reshape(len(boxes), -1).any(axis=1))
