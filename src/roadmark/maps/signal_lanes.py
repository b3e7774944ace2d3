"""Which lanes a signal governs, and from them which way its face must look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Pose
from roadmark.maps.features import Signal
from roadmark.maps.road_geometry import Road

Array = NDArray[np.float64]

_HALF_TURN = np.diag([-1.0, -1.0, 1.0])


@dataclass(frozen=True, eq=False)
class GovernedLane:
    """A lane whose traffic a signal governs.

    Attributes:
        road, section, lane: Which lane.
        point: (3,) its centre where the signal's effect begins: the entry of a connecting road, else beside the signal.
        heading: Driving direction there, radians.
    """

    road: str
    section: int
    lane: int
    point: Array
    heading: float


def governed_lanes(signal: Signal, roads: Mapping[str, Road]) -> list[GovernedLane]:
    """Lanes that a signal governs by its own validity records and by references from other roads.

    A validity of lanes 0 to 0 means none (RoadRunner writes it on the road a signal merely stands beside); without
    validity records every driving lane of the orientation counts.
    """
    own = signal.validity
    found = list(_lanes(roads[signal.road], signal.s, signal.orientation, own))
    for reference in signal.references:
        if reference.road in roads:
            found += _lanes(roads[reference.road], reference.s, reference.orientation, reference.lanes)
    return found


def _lanes(road: Road, s: float, orientation: str, ranges: Sequence[tuple[int, int]]) -> Iterator[GovernedLane]:
    if not road.sections:
        return
    index = road.section_at(s)
    ids = road.sections[index].lanes
    if ranges:
        chosen = [k for k in ids if k and any(low <= k <= high for low, high in ranges)]
    elif orientation in ("+", "-"):
        sign = 1 if orientation == "+" else -1
        driving = [k for k, lane in ids.items() if k and lane.type == "driving"]
        chosen = [k for k in driving if road.lane_direction(k, road.sections[index]) == sign]
    else:
        chosen = []
    for lane in chosen:
        direction = road.lane_direction(lane, road.sections[index])
        at = s
        if road.junction is not None:
            at = 0.0 if direction > 0 else road.length
            index = road.section_at(at)
        section = road.sections[index]
        if lane not in section.lanes:
            continue
        where = np.array([min(max(at, section.s), section.end)])
        edges = road.lane_edges(section, where)
        inner = edges[_inner(section.lanes, lane)]
        point = road.surface(where, 0.5 * (edges[lane] + inner))[0]
        heading = float(road.heading(where)[0]) + (0.0 if direction > 0 else np.pi)
        yield GovernedLane(road.id, index, lane, point, heading)


def _inner(lanes: Mapping[int, object], lane: int) -> int:
    """The lane between a lane and the reference line."""
    nearer = [k for k in lanes if k * lane > 0 and abs(k) < abs(lane)]
    return max(nearer, key=abs, default=0)


def facing_traffic(signal: Signal, roads: Mapping[str, Road]) -> Signal:
    """Turn a signal round where its face would look the same way as the traffic it governs drives.

    Writers disagree on whether `hOffset` counts from the orientation or from the road; the lanes settle it.
    """
    lanes = governed_lanes(signal, roads)
    if not lanes:
        return signal
    headings = np.array([lane.heading for lane in lanes])
    travel = np.array([np.cos(headings).mean(), np.sin(headings).mean()])
    if float(signal.pose.rotation[:2, 0] @ travel) < 0.5:
        return signal
    pose = Pose(signal.pose.rotation @ _HALF_TURN, signal.pose.translation, "world", "signal")
    return replace(signal, pose=pose)
