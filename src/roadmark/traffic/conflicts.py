"""Where lanes of one junction touch each other: the stretches along both on which vehicles could."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.traffic.network import Conflict
from roadmark.traffic.paths import Path

_STEP = 0.5  # metres between the places that are compared
_HALF_WIDTH = 1.1  # of a car
_SWEEP = 2.0  # m2: how much wider a car of usual length sweeps per rad/m of bend
_ROOM = 0.2  # metres between two that pass
_STOREY = 3.0  # metres of height that part a bridge from what is under it


def beyond(lane: int, links: Mapping[int, Sequence[int]], inside: frozenset[int]) -> frozenset[int]:
    """The lanes outside a junction to which links lead from a lane in it, over lanes of the junction.

    Args:
        lane: The lane.
        links: Successors by lane, or predecessors.
        inside: The junction's lanes.
    """
    found, seen, open_lanes = set(), {lane}, [lane]
    while open_lanes:
        for other in links[open_lanes.pop()]:
            if other not in inside:
                found.add(other)
            elif other not in seen:
                seen.add(other)
                open_lanes.append(other)
    return frozenset(found)


def junction_conflicts(
    lanes: Sequence[int],
    paths: Mapping[int, Path],
    before: Mapping[int, Sequence[int]],
    after: Mapping[int, Sequence[int]],
) -> dict[int, list[Conflict]]:
    """Conflicts among the lanes of one junction, by lane.

    Args:
        lanes: The lanes.
        paths: Centre line by lane.
        before: Predecessors by lane.
        after: Successors by lane.
    """
    inside = frozenset(lanes)
    ends = {lane: (beyond(lane, before, inside), beyond(lane, after, inside)) for lane in lanes}
    found: dict[int, list[Conflict]] = {lane: [] for lane in lanes}
    swept = {lane: _swept(paths[lane]) for lane in lanes}
    for one, other in itertools.combinations(lanes, 2):
        if one in before[other] or other in before[one]:
            continue  # one goes on from the other
        zones = _touching(swept[one], swept[other])
        if zones is None:
            continue
        crossing = not (ends[one][0] & ends[other][0] or ends[one][1] & ends[other][1])
        found[one].append(Conflict(other, zones[0], zones[1], crossing))
        found[other].append(Conflict(one, zones[1], zones[0], crossing))
    return found


def _swept(path: Path) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Places along a lane (N, 3), their distances (N,), and half the width (N,) that a car there needs."""
    count = max(int(np.ceil(path.length / _STEP)), 1)
    along = np.linspace(0.0, path.length, count + 1)
    return path.position(along), along, _HALF_WIDTH + _SWEEP * np.abs(path.curvature(along))


def _touching(
    one: tuple[FloatArray, FloatArray, FloatArray], other: tuple[FloatArray, FloatArray, FloatArray]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    offset = one[0][:, None] - other[0][None]
    reach = one[2][:, None] + other[2][None] + _ROOM
    near = (offset[..., 0] ** 2 + offset[..., 1] ** 2 < reach * reach) & (np.abs(offset[..., 2]) < _STOREY)
    if not near.any():
        return None
    here, there = one[1][near.any(axis=1)], other[1][near.any(axis=0)]
    return (float(here[0]), float(here[-1])), (float(there[0]), float(there[-1]))
