"""What the tests ask of a town: its lanes as a graph, and how well they join."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from roadmark.maps import LaneKey, LaneStrip, RoadMap, parse_opendrive
from roadmark.towns import build_town

SEEDS = dict.fromkeys(("crossing", "grid", "radial", "t_junctions", "roundabout", "highway"), (0, 1, 2))
TOWNS = [(kind, seed) for kind, seeds in SEEDS.items() for seed in seeds]


@cache
def document(kind: str, seed: int) -> bytes:
    return build_town(kind, seed)


@cache
def road_map(kind: str, seed: int) -> RoadMap:
    return parse_opendrive(document(kind, seed), f"{kind}_{seed}")


def links(town: RoadMap) -> Iterator[tuple[LaneStrip, int, LaneStrip, int]]:
    """Every link of a lane's end: (lane, its end: 0 or -1, the other lane, its end), roads' and junctions' alike."""
    strips = {strip.key: strip for strip in town.strips()}
    for strip in strips.values():
        road = town.road_geometry[strip.key.road]
        lane = road.sections[strip.key.section].lanes[strip.key.lane]
        sides = ((lane.predecessor, -1, 0, road.predecessor), (lane.successor, 1, -1, road.successor))
        for target, step, end, link in sides:
            if target is None:
                continue
            section = strip.key.section + step
            if 0 <= section < len(road.sections):
                yield strip, end, strips[LaneKey(road.id, section, target)], -1 - end
            elif link is not None and link.kind == "road":
                other = town.road_geometry[link.id]
                last = 0 if link.contact == "start" else len(other.sections) - 1
                yield strip, end, strips[LaneKey(other.id, last, target)], 0 if link.contact == "start" else -1


def heading(town: RoadMap, strip: LaneStrip, end: int) -> float:
    """Of a lane's middle line at one of its ends, along increasing s."""
    road = town.road_geometry[strip.key.road]
    section = road.sections[strip.key.section]
    s = np.array([section.s, section.s + 1e-4] if end == 0 else [section.end - 1e-4, section.end])
    edges = road.lane_edges(section, s)
    inner = edges[strip.key.lane - int(np.sign(strip.key.lane))]
    step = np.diff(road.surface(s, 0.5 * (edges[strip.key.lane] + inner))[:, :2], axis=0)[0]
    return float(np.arctan2(step[1], step[0]))


def successors(town: RoadMap) -> dict[LaneKey, set[LaneKey]]:
    """Driving lanes and those they lead to, in driving direction."""
    graph: dict[LaneKey, set[LaneKey]] = {s.key: set() for s in town.strips() if s.type == "driving"}
    for strip, end, other, other_end in links(town):
        if strip.type != "driving" or other.type != "driving":
            continue
        leaves = (end == -1) == (strip.direction > 0)
        enters = (other_end == 0) == (other.direction > 0)
        assert leaves == enters, f"{strip.key} and {other.key} run against each other"
        first, then = (strip, other) if leaves else (other, strip)
        graph[first.key].add(then.key)
    return graph


def reached(graph: dict[LaneKey, set[LaneKey]], start: LaneKey) -> set[LaneKey]:
    """Lanes that can be driven to from a lane."""
    found, front = {start}, [start]
    while front:
        new = [key for lane in front for key in graph[lane] if key not in found]
        found.update(new)
        front = list(dict.fromkeys(new))
    return found
