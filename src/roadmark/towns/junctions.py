"""Junctions: connecting roads between the lanes of the roads that meet, with the pavements of their corners."""

from __future__ import annotations

import math
from collections.abc import Sequence

from roadmark.errors import GeometryError
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


LanePair = tuple[LaneEnd | None, LaneEnd | None]
"""A lane into a junction and the lane out of it that it becomes; None where it opens or closes in the junction."""


def add_way(town: Town, junction: Junction, origin: Arm, target: Arm, way: Way) -> Road:
    """Add the connecting road of one way through a junction; at a corner with shoulder and pavement."""
    beyond = _beyond(origin.inward, way.entry, target.outward, way.exit) if way.corner else []
    return connect(town, junction, origin, target, [(way.entry, way.exit), *beyond])


def connect(
    town: Town,
    junction: Junction,
    origin: Arm,
    target: Arm,
    right: Sequence[LanePair],
    left: Sequence[LanePair] = (),
    centre: Mark = Mark(MarkKind.NONE),  # noqa: B008 - frozen
) -> Road:
    """Add a connecting road; its reference line runs along the left border of the first pair of lanes.

    Args:
        town: Gets the road.
        junction: Gets the connection.
        origin: The arm it comes from.
        target: The arm it leads to.
        right: Lanes from the left to the right, the first ones driving; the first goes all through.
        left: Lanes to the left of the reference line, from it outwards: islands and shoulders of one-way roads.
        centre: Mark on the reference line.
    """
    first_in, first_out = right[0]
    if first_in is None or first_out is None:
        raise GeometryError("a connecting road's first lane must come from a lane and lead to one")
    path = join(origin.entry_pose(first_in), target.exit_pose(first_out))
    length = path.length
    last = max(k for k, (entry, _) in enumerate(right) if entry is not None and entry.kind is LaneKind.DRIVING)
    lanes = tuple(_lane(pair, length, _border(k, last, len(right))) for k, pair in enumerate(right))
    inner = tuple(_lane(pair, length, ()) for pair in left)
    profile = between(Knot(0.0, origin.height, -origin.slope), Knot(length, target.height, target.slope))
    road = Road(
        town.new_id(),
        "",
        path,
        (profile,),
        (Section(0.0, inner, lanes, (centre,)),),
        origin.road.kind,
        min(origin.road.speed, target.road.speed),
        junction.id,
        RoadEnd(origin.road.id, origin.contact),
        RoadEnd(target.road.id, target.contact),
    )
    town.roads.append(road)
    links = [(entry.id, -k) for k, (entry, _) in enumerate(right, start=1) if entry is not None]
    links += [(entry.id, k) for k, (entry, _) in enumerate(left, start=1) if entry is not None]
    junction.connections.append(Connection(origin.road.id, road.id, tuple(links)))
    return road


def _beyond(inward: Sequence[LaneEnd], entry: LaneEnd, outward: Sequence[LaneEnd], leave: LaneEnd) -> list[LanePair]:
    """Pairs of lanes outside a way's own: shoulder to shoulder, pavement to pavement."""
    left = {lane.kind: lane for lane in inward if lane.inner >= entry.outer - 1e-6}
    right = {lane.kind: lane for lane in outward if lane.inner >= leave.outer - 1e-6}
    return [(left[kind], right[kind]) for kind in left if kind in right]


def _border(index: int, last: int, count: int) -> tuple[Mark, ...]:
    """Marks between lanes side by side, and the edge line where more than lanes goes along."""
    if index < last:
        return (Mark(MarkKind.BROKEN),)
    return (Mark(MarkKind.SOLID),) if index == last and count > last + 1 else ()


def _lane(pair: LanePair, length: float, marks: tuple[Mark, ...]) -> Lane:
    entry, leave = pair
    widths = ease(entry.width if entry else 0.0, leave.width if leave else 0.0, length)
    known = entry or leave
    if known is None:
        raise GeometryError("a lane of a connecting road must come from a lane or lead to one")
    return Lane(known.kind, widths, marks, entry.id if entry else None, leave.id if leave else None)
