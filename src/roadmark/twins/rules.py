"""Traffic lights, signs and crosswalks of an extract, placed on the roads that a converter made of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.maps import Road, RoadMap
from roadmark.twins.arms import Arm, RoadLines, incoming_arms, kerb, leg_count, opposite_roads
from roadmark.twins.osm import OsmExtract, OsmNode
from roadmark.twins.projection import TransverseMercator

Array = NDArray[np.float64]

SIGNAL_REACH: Final = 35.0
"""Metres from a mapped traffic light to the junction it belongs to."""
SIGN_REACH: Final = 40.0
"""Metres before a junction within which a mapped stop or give-way sign belongs to it."""
CROSSING_REACH: Final = 14.0
"""Metres by which a crossing may be moved along its street, out of a junction."""
CROSSWALK: Final = 3.5
"""Metres of a crosswalk along the street."""
FROM_END: Final = 2.4
"""Least distance of a crosswalk's middle from its road's end, metres."""
_APART = 5.0  # metres between crosswalks of one street
_FACING = math.radians(40.0)
_UNPAINTED = frozenset({"no", "unmarked", "informal"})


@dataclass(frozen=True)
class Light:
    """A light or sign for an arm."""

    arm: Arm
    kind: str


@dataclass(frozen=True)
class Crosswalk:
    """A crosswalk over a road: its middle at `s`, from `right` metres right of the reference line to `left`."""

    road: Road
    s: float
    left: float
    right: float


@dataclass
class TrafficRules:
    """What rules the traffic.

    Attributes:
        phases: Per signalised junction, the arms that have green together.
        signs: Stop and give-way signs.
        crosswalks: Crosswalks.
        notes: What could not be placed.
    """

    phases: dict[str, list[tuple[Arm, ...]]] = field(default_factory=dict)
    signs: list[Light] = field(default_factory=list)
    crosswalks: list[Crosswalk] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def traffic_rules(extract: OsmExtract, road_map: RoadMap, plane: TransverseMercator) -> TrafficRules:
    """Find lights, signs and crosswalks for a converted map.

    Every arm of a junction with a mapped traffic light gets one; opposite arms have green together. Lights far from
    junctions guard crossings: those become crosswalks without a light.
    """
    rules = TrafficRules()
    arms = incoming_arms(road_map)
    places = _places(extract, plane)
    _add_lights(rules, road_map, arms, places)
    open_roads = [road for road in road_map.road_geometry.values() if road.junction is None]
    lines = RoadLines(open_roads)
    _add_signs(rules, arms, lines, places)
    _add_crosswalks(rules, road_map, lines, places)
    return rules


def _places(extract: OsmExtract, plane: TransverseMercator) -> list[tuple[OsmNode, Array]]:
    """Nodes that rule traffic on drivable ways, with their places."""
    kinds = ("traffic_signals", "crossing", "stop", "give_way")
    nodes = [node for node in extract.nodes.values() if node.tags.get("highway") in kinds]
    if not nodes:
        return []
    xy = plane.forward([node.latitude for node in nodes], [node.longitude for node in nodes])
    return list(zip(nodes, xy, strict=True))


def _add_lights(
    rules: TrafficRules, road_map: RoadMap, arms: Mapping[str, list[Arm]], places: list[tuple[OsmNode, Array]]
) -> None:
    surfaces = {
        junction: np.concatenate([strip.center[:, :2] for strip in road_map.junction_strips(junction)])
        for junction in arms
        if road_map.junction_strips(junction) and leg_count(road_map, junction) > 2
    }
    lone = 0
    for node, place in places:
        if node.tags["highway"] != "traffic_signals":
            continue
        gaps = {key: float(np.linalg.norm(points - place, axis=1).min()) for key, points in surfaces.items()}
        nearest = min(gaps, key=lambda key: gaps[key], default=None)
        if nearest is None or gaps[nearest] > SIGNAL_REACH:
            lone += 1
        elif nearest not in rules.phases:
            rules.phases[nearest] = _phases(arms[nearest])
    if lone:
        rules.notes.append(
            f"{lone} traffic light{'s stand' if lone > 1 else ' stands'} away from any junction of three streets: "
            "left out"
        )


def _phases(arms: list[Arm]) -> list[tuple[Arm, ...]]:
    """Opposite arms together, in the order of their headings."""
    left = sorted(arms, key=lambda arm: math.remainder(arm.heading, math.tau))
    groups: list[tuple[Arm, ...]] = []
    while left:
        first = left.pop(0)
        same = [arm for arm in left if _between(first, arm) < _FACING or _between(first, arm) > math.pi - _FACING]
        groups.append((first, *same))
        left = [arm for arm in left if arm not in same]
    return groups


def _between(one: Arm, other: Arm) -> float:
    return abs(math.remainder(one.heading - other.heading, math.tau))


def _add_signs(
    rules: TrafficRules, arms: Mapping[str, list[Arm]], lines: RoadLines, places: list[tuple[OsmNode, Array]]
) -> None:
    every = [arm for several in arms.values() for arm in several]
    taken: set[int] = set()
    for node, place in places:
        if node.tags["highway"] not in ("stop", "give_way"):
            continue
        near = lines.near(place, 6.0)
        before = {k: arm.left(near[arm.road.id][0]) for k, arm in enumerate(every) if arm.road.id in near}
        nearest = min(before, key=lambda k: before[k], default=None)
        if nearest is None or before[nearest] > SIGN_REACH or nearest in taken:
            continue
        if every[nearest].junction not in rules.phases:
            taken.add(nearest)
            rules.signs.append(Light(every[nearest], node.tags["highway"]))


def _add_crosswalks(
    rules: TrafficRules, road_map: RoadMap, lines: RoadLines, places: list[tuple[OsmNode, Array]]
) -> None:
    opposite = opposite_roads(road_map)
    lost = 0
    for node, place in places:
        if node.tags["highway"] != "crossing" or node.tags.get("crossing") in _UNPAINTED:
            continue
        if node.tags.get("crossing:markings") == "no":
            continue
        found = next(_crosswalks(place, lines, road_map, opposite), None)
        if found is None:
            lost += 1
        elif not any(_same_street(found, other, opposite) for other in rules.crosswalks):
            rules.crosswalks.append(found)
    if lost:
        rules.notes.append(f"{lost} crossing{'s lie' if lost > 1 else ' lies'} on no street of the map: left out")


def _crosswalks(place: Array, lines: RoadLines, road_map: RoadMap, opposite: Mapping[str, str]) -> Iterator[Crosswalk]:
    """Crosswalks at a place, the nearest road's first."""
    for road_id, (s, _) in lines.near(place, CROSSING_REACH).items():
        road = road_map.road_geometry[road_id]
        if road.length < 2.0 * FROM_END:
            continue
        at = min(max(s, FROM_END), road.length - FROM_END)
        left = kerb(road, at, 1)
        if road_id in opposite:
            other = road_map.road_geometry[opposite[road_id]]
            left = max(left, kerb(other, min(max(other.length - at, 0.0), other.length), -1))
        right = kerb(road, at, -1)
        if left + right > 2.0:
            yield Crosswalk(road, at, left, right)


def _same_street(one: Crosswalk, other: Crosswalk, opposite: Mapping[str, str]) -> bool:
    if one.road is other.road:
        return abs(one.s - other.s) < _APART
    if opposite.get(one.road.id) == other.road.id:
        return abs(one.s - (other.road.length - other.s)) < _APART
    return False
