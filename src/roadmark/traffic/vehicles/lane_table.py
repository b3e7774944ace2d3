"""A `Network` as the arrays that the engine works on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.maps import LaneStrip
from roadmark.traffic.conflicts import beyond
from roadmark.traffic.network import Network, NetworkLane
from roadmark.traffic.stops import BEFORE_END
from roadmark.traffic.vehicles.arrays import CONFLICT, CROSS, LANE, LIGHT, MERGE, SPLIT, STOP, YIELD, LaneTable
from roadmark.traffic.vehicles.jit import Array

_SPACING = 0.5  # metres between points of a lane, about
_TURNS = {"none": 0, "straight": 1, "left": 2, "right": 3, "u_turn": 4}
_SIGNS = {"light": LIGHT, "stop": STOP, "yield": YIELD}
_TURN_RANK = {"none": 0, "straight": 0, "right": 1, "left": 2, "u_turn": 3}
_KEPT = 4  # networks whose tables a process keeps


@lru_cache(_KEPT)
def lane_table(network: Network, lights: tuple[str, ...]) -> LaneTable:
    """The network's arrays.

    Args:
        network: The lanes.
        lights: Signal ids in the order of their rows; lanes of others count as without a light.
    """
    lanes = network.lanes
    lines = [_evenly(lane) for lane in lanes]
    row = {signal: index for index, signal in enumerate(lights)}
    points = np.concatenate([line for line, _ in lines]) if lines else np.zeros((0, 3))
    along = [np.linspace(0.0, lane.length, len(line)) for lane, (line, _) in zip(lanes, lines, strict=True)]
    abreast = {
        side: [_abreast(network, lane, side, at) for lane, at in zip(lanes, along, strict=True)] for side in (1, -1)
    }
    return LaneTable(
        row=_rows(network, row, [len(line) for line, _ in lines], [step for _, step in lines]),
        x=np.ascontiguousarray(points[:, 0]),
        y=np.ascontiguousarray(points[:, 1]),
        z=np.ascontiguousarray(points[:, 2]),
        left_s=_joined(abreast[1]),
        right_s=_joined(abreast[-1]),
        next=np.array(list(chain.from_iterable(lane.successors for lane in lanes)), np.int64),
        back=np.array(list(chain.from_iterable(lane.predecessors for lane in lanes)), np.int64),
        conflict=_conflicts(network),
    )


def _rows(network: Network, lights: Mapping[str, int], counts: list[int], spacing: list[float]) -> Array:
    """(L,) `LANE`."""
    lanes = network.lanes
    junctions = {name: index for index, name in enumerate(sorted({lane.junction for lane in lanes if lane.junction}))}
    rows = np.zeros(len(lanes), LANE)
    rows["first"], rows["last"] = _spans(counts)
    rows["spacing"] = spacing
    rows["length"] = [lane.length for lane in lanes]
    rows["limit"] = [lane.speed_limit for lane in lanes]
    rows["width"] = [lane.width for lane in lanes]
    rows["cycle"] = [lane.type == "biking" for lane in lanes]
    rows["junction"] = [junctions[lane.junction] if lane.junction else -1 for lane in lanes]
    rows["turn"] = [_TURNS[lane.turn] for lane in lanes]
    rows["next_first"], rows["next_last"] = _spans([len(lane.successors) for lane in lanes])
    rows["back_first"], rows["back_last"] = _spans([len(lane.predecessors) for lane in lanes])
    rows["conflict_first"], rows["conflict_last"] = _spans([len(lane.conflicts) for lane in lanes])
    rows["left"] = [-1 if lane.left is None else lane.left for lane in lanes]
    rows["right"] = [-1 if lane.right is None else lane.right for lane in lanes]
    rows["left_ok"] = [lane.may_change_left for lane in lanes]
    rows["right_ok"] = [lane.may_change_right for lane in lanes]
    rows["stop"] = [_stop(lane) for lane in lanes]
    rows["sign"] = [_SIGNS[lane.stop_line.sign] if lane.stop_line else 0 for lane in lanes]
    rows["light"] = [lights.get(lane.signal, -1) if lane.signal else -1 for lane in lanes]
    inside = [lane.index for lane in lanes if lane.junction is not None]
    rows["rest"][inside] = [_rest(network, lanes[lane], forward=True) for lane in inside]
    rows["before"][inside] = [_rest(network, lanes[lane], forward=False) for lane in inside]
    return rows


def _conflicts(network: Network) -> Array:
    """`CONFLICT`s by lane."""
    ends = _ends(network)
    rows = [
        (
            conflict.lane,
            *conflict.here,
            *conflict.there,
            _kind(ends[lane.index], ends[conflict.lane]),
            _yields(network, lane, network.lanes[conflict.lane]),
        )
        for lane in network.lanes
        for conflict in lane.conflicts
    ]
    return np.array(rows, CONFLICT)


def _spans(counts: list[int]) -> tuple[Array, Array]:
    """First entry of each, and the entry after its last."""
    ends = np.cumsum(counts, dtype=np.int64)
    return ends - np.array(counts, np.int64), ends


def _joined(parts: list[FloatArray]) -> FloatArray:
    return np.concatenate(parts) if parts else np.zeros(0)


def _evenly(lane: NetworkLane) -> tuple[FloatArray, float]:
    """Points of a lane at even distances, on the cubic through the path's own, and how far apart they are."""
    count = max(math.ceil(lane.length / _SPACING), 1)
    along, points, known = np.linspace(0.0, lane.length, count + 1), lane.path.points, lane.path.distances
    if len(points) < 3:
        return lane.path.position(along), lane.length / count
    k = np.clip(np.searchsorted(known, along, side="right") - 1, 0, len(known) - 2)
    step = (known[k + 1] - known[k])[:, None]
    u = (along - known[k])[:, None] / step
    slope = np.gradient(points, known, axis=0, edge_order=2)
    even = (
        points[k] * (1.0 + 2.0 * u) * (1.0 - u) ** 2
        + points[k + 1] * u * u * (3.0 - 2.0 * u)
        + step * (slope[k] * u * (1.0 - u) ** 2 - slope[k + 1] * u * u * (1.0 - u))
    )
    return np.ascontiguousarray(even), lane.length / count


def _abreast(network: Network, lane: NetworkLane, side: int, along: FloatArray) -> FloatArray:
    """Metres along the neighbour to a side that lie abreast of metres along the lane."""
    other = lane.left if side > 0 else lane.right
    if other is None:
        return np.zeros(len(along))
    strips, index = network.road_map.strips(), network.road_map.strip_index
    here = _stations(strips[index[lane.key]])
    there = _stations(strips[index[network.lanes[other].key]])
    return np.asarray(np.interp(along, here, there))


def _stations(strip: LaneStrip) -> FloatArray:
    """Metres along a lane, in its driving direction, of the stations that all lanes of a section share."""
    center = strip.center[:: strip.direction, :2]
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(center, axis=0).T))])


def _stop(lane: NetworkLane) -> float:
    return lane.stop_line.distance if lane.stop_line else max(lane.length - BEFORE_END, 0.0)


_Ends = tuple[frozenset[int], frozenset[int]]


def _ends(network: Network) -> dict[int, _Ends]:
    """Where traffic on each lane of a junction came from, and where it leaves the junction."""
    junctions: dict[str, list[int]] = {}
    for lane in network.lanes:
        if lane.junction is not None:
            junctions.setdefault(lane.junction, []).append(lane.index)
    before = {lane.index: lane.predecessors for lane in network.lanes}
    after = {lane.index: lane.successors for lane in network.lanes}
    ends = {}
    for members in junctions.values():
        inside = frozenset(members)
        ends.update({member: (beyond(member, before, inside), beyond(member, after, inside)) for member in members})
    return ends


def _kind(here: _Ends, there: _Ends) -> int:
    kind = (SPLIT if here[0] & there[0] else 0) | (MERGE if here[1] & there[1] else 0)
    return kind or CROSS


def _rest(network: Network, lane: NetworkLane, *, forward: bool) -> float:
    """Metres of the junction after a lane of it, or before it."""
    total, at = 0.0, lane
    for _ in range(8):
        links = at.successors if forward else at.predecessors
        if not links or network.lanes[links[0]].junction != lane.junction:
            break
        at = network.lanes[links[0]]
        total += at.length
    return total


def _approach(network: Network, lane: NetworkLane) -> NetworkLane:
    """The lane outside the junction from which traffic came onto a lane in it."""
    at = lane
    for _ in range(8):
        if at.junction is None or not at.predecessors:
            break
        at = network.lanes[at.predecessors[0]]
    return at


def _yields(network: Network, lane: NetworkLane, other: NetworkLane) -> bool:
    """Whether a lane's traffic gives way to another's: by sign, by the larger road, by turn, else right before left."""
    here, there = _rank(network, lane), _rank(network, other)
    if here != there:
        return here > there
    first, second = float(lane.path.heading(0.0)), float(other.path.heading(0.0))
    return math.sin(second - first) > 0.1  # it comes from the right when it heads to the left


def _rank(network: Network, lane: NetworkLane) -> tuple[int, int, int]:
    """Smaller goes first."""
    approach = _approach(network, lane)
    sign = approach.stop_line.sign if approach.stop_line else "light"
    smaller_road = 0 if lane.signal else -round(approach.speed_limit)
    return ({"light": 0, "yield": 1, "stop": 1}[sign], smaller_road, _TURN_RANK[lane.turn])
