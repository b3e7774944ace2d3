"""Junctions: connecting roads between the lanes of the roads that meet, with the pavements of their corners."""

from __future__ import annotations

import math
from collections.abc import Sequence

from roadmark.towns.arms import Arm, LaneEnd, arm_of, link_to_junction
from roadmark.towns.document import (
    Connection,
    Contact,
    Junction,
    Lane,
    LaneKind,
    Mark,
    MarkKind,
    Road,
    RoadEnd,
    Section,
    Town,
)  # fmt: skip
from roadmark.towns.grades import Knot, between, ease
from roadmark.towns.joins import join
from roadmark.towns.turns import Way, ways

CORNER_RADIUS = 2.0
"""Metres of the outer, smallest radius of a pavement's corner."""
LEAST_TRIM = 7.0
"""Metres from a junction's middle to the end of a road, at least."""


def trims(headings: Sequence[float], halves: Sequence[float], radius: float = CORNER_RADIUS) -> list[float]:
    """How far from the middle of a junction its roads must end for their pavements to go round the corners.

    Args:
        headings: Of the arms, outwards, counter-clockwise.
        halves: Metres from each arm's reference line to its outer edges.
        radius: Of the corners' outer edge.
    """
    found = [LEAST_TRIM] * len(headings)
    for k in range(len(headings)):
        after = (k + 1) % len(headings)
        gap = (headings[after] - headings[k]) % math.tau
        if gap > math.radians(165.0):
            continue
        tangent = radius / math.tan(gap / 2.0)
        sine, cosine = math.sin(gap), math.cos(gap)
        found[k] = max(found[k], (halves[k] * cosine + halves[after]) / sine + tangent)
        found[after] = max(found[after], (halves[k] + halves[after] * cosine) / sine + tangent)
    return found


def build_junction(town: Town, name: str, ends: Sequence[tuple[Road, Contact]]) -> tuple[Junction, list[Arm]]:
    """Join road ends in a junction, every lane by the rules of `turns`.

    Args:
        town: Gets the junction and its connecting roads.
        name: Of the junction.
        ends: The roads' ends, in any order.

    Returns:
        The junction and its arms, counter-clockwise.
    """
    arms = sorted((arm_of(road, contact) for road, contact in ends), key=lambda arm: arm.pose.heading % math.tau)
    junction = open_junction(town, name, arms)
    for way in ways(arms):
        add_way(town, junction, arms[way.origin], arms[way.target], way)
    return junction, arms


def open_junction(town: Town, name: str, arms: Sequence[Arm]) -> Junction:
    """A junction without connecting roads yet, that the arms' roads link to."""
    junction = Junction(town.new_id(), name)
    town.junctions.append(junction)
    for arm in arms:
        link_to_junction(arm, junction.id)
    return junction


def add_way(town: Town, junction: Junction, origin: Arm, target: Arm, way: Way) -> Road:
    """Add the connecting road of one way through a junction."""
    path = join(origin.entry_pose(way.entry), target.exit_pose(way.exit))
    pairs = [(way.entry, way.exit)]
    if way.corner:
        pairs += _beyond(origin.inward, way.entry, target.outward, way.exit)
    length = path.length
    lanes = tuple(_lane(entry, leave, length, _edge(k, pairs)) for k, (entry, leave) in enumerate(pairs))
    profile = between(Knot(0.0, origin.height, -origin.slope), Knot(length, target.height, target.slope))
    road = Road(
        town.new_id(), "", path, (profile,), (Section(0.0, (), lanes),), origin.road.kind,
        min(origin.road.speed, target.road.speed), junction.id,
        RoadEnd(origin.road.id, origin.contact), RoadEnd(target.road.id, target.contact),
    )  # fmt: skip
    town.roads.append(road)
    links = tuple((entry.id, -k) for k, (entry, _) in enumerate(pairs, start=1))
    junction.connections.append(Connection(origin.road.id, road.id, links))
    return road


def _beyond(
    inward: Sequence[LaneEnd], entry: LaneEnd, outward: Sequence[LaneEnd], leave: LaneEnd
) -> list[tuple[LaneEnd, LaneEnd]]:
    """Pairs of lanes outside a way's own: shoulder to shoulder, pavement to pavement."""
    left = {lane.kind: lane for lane in inward if lane.inner >= entry.outer - 1e-6}
    right = {lane.kind: lane for lane in outward if lane.inner >= leave.outer - 1e-6}
    return [(left[kind], right[kind]) for kind in left if kind in right]


def _edge(index: int, pairs: Sequence[tuple[LaneEnd, LaneEnd]]) -> tuple[Mark, ...]:
    """The edge line goes round a corner with the driving lane."""
    goes_round = index == 0 and len(pairs) > 1
    return (Mark(MarkKind.SOLID),) if goes_round else ()


def _lane(entry: LaneEnd, leave: LaneEnd, length: float, marks: tuple[Mark, ...]) -> Lane:
    kind = LaneKind.SHOULDER if entry.kind is LaneKind.PARKING else entry.kind
    return Lane(kind, ease(entry.width, leave.width, length), marks, entry.id, leave.id)
